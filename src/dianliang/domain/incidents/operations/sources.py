"""Addresses that are asked for alerts: registered by a person, what came of asking noted."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.models import AlertSource
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import to_text

MOST_SEEN = 500
"""Entries of a feed that are remembered: more than any feed lists at a time."""


class UnableToAskError(DomainError):
    """The address cannot be registered like this."""

    code = "incidents.unable-to-ask"


@transaction.atomic
def register(
    *, name: str, url: str, unit: Unit, every_min: int, by: Actor, at: datetime
) -> AlertSource:
    """Have an address asked for alerts (登记来源).

    Raises:
        UnableToAskError: the name or the address is taken.
    """
    try:
        with transaction.atomic():
            made = AlertSource.objects.create(
                number=next_number("LY", at=at),
                name=name,
                url=url,
                unit=unit,
                every_min=every_min,
                created_by=by.name,
                created_at=at,
            )
    except IntegrityError as taken:
        raise UnableToAskError("已有同名或同地址的来源。", field="url") from taken
    audit.record("incidents.alertsource.register", target=made, by=by, at=at, after=url)
    return made


@transaction.atomic
def switch(*, source: AlertSource, is_on: bool, by: Actor, at: datetime) -> AlertSource:
    """Ask an address no more, or again (停用、启用)."""
    source.is_on = is_on
    source.save(update_fields=["is_on"])
    verb = "on" if is_on else "off"
    audit.record(f"incidents.alertsource.{verb}", target=source, by=by, at=at)
    return source


def note_asked(
    *,
    source: AlertSource,
    etag: str,
    seen: Sequence[str],
    taken: int,
    fault: str,
    at: datetime,
) -> None:
    """Note what came of asking: it answered, though perhaps with something that is no alert."""
    source.asked_at = source.answered_at = at
    source.failing_since = (source.failing_since or at) if fault else None
    source.fault = to_text(fault, most=500)
    source.etag = "" if fault else etag[:200]  # with a fault all of it is looked at again
    source.seen = list(seen)[-MOST_SEEN:]
    source.taken = F("taken") + taken
    source.save(
        update_fields=[
            *("asked_at", "answered_at", "failing_since", "fault", "etag", "seen", "taken")
        ]
    )


def note_silent(*, source: AlertSource, fault: str, at: datetime) -> None:
    """Note that an address did not answer, and since when it gives nothing."""
    source.asked_at = at
    source.failing_since = source.failing_since or at
    source.fault = to_text(fault, most=500) or "没有说明"
    source.save(update_fields=["asked_at", "failing_since", "fault"])
