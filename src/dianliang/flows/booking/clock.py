"""What happens to bookings by the clock alone: nobody decided, nobody came, the time is over."""

from datetime import datetime

from django.db.models import Q

from dianliang.domain.venues.booking import taking
from dianliang.domain.venues.models import Booking
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import StaleStateError

MOST_AT_ONCE = 500


def move_due(*, by: Actor = SYSTEM, at: datetime) -> int:
    """Refuse what was not decided in time, mark who did not come, end what is over.

    Whoever was quicker than the clock is right. Returns how many were moved.
    """
    due = Q(status="ASKED", starts_at__lte=at) | Q(status="IN_USE", ends_at__lte=at)
    due |= Q(status="APPROVED", starts_at__lte=at)
    rows = Booking.objects.filter(due).select_related("bookable").order_by("starts_at")
    moved = 0
    for booking in rows[:MOST_AT_ONCE]:
        try:
            moved += bool(taking.by_the_clock(booking=booking, by=by, at=at))
        except StaleStateError:
            continue
    return moved
