"""Needs that nobody rated are closed in the end."""

from datetime import datetime, timedelta

from dianliang.domain.intake.models import Need
from dianliang.domain.intake.operations import handling
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import StaleStateError

RATE_WITHIN = timedelta(days=14)
AT_ONCE = 200


def archive_unrated(*, at: datetime) -> int:
    """Close needs that were done two weeks ago and never rated; return how many."""
    due = Need.objects.filter(status="RESOLVED", resolved_at__lt=at - RATE_WITHIN)
    closed = 0
    for need in due.order_by("resolved_at")[:AT_ONCE]:
        try:
            handling.archive(need=need, by=SYSTEM, at=at)
        except StaleStateError:  # it was rated just now, which is better
            continue
        closed += 1
    return closed
