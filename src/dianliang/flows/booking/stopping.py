"""Take a room off the market: what is booked is shown first, then kept or called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core.idempotency import digest
from dianliang.domain.venues.booking import access, holding, keeping, reading, taking
from dianliang.domain.venues.booking.reading import BookingRow
from dianliang.domain.venues.models import Bookable, Booking
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.text import clean_text

KEEP, CALL_OFF = "keep", "call_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of bookings that somebody has looked at; `seen` is a mark of these."""

    choice: str = ""
    seen: str = ""


NOBODY_ASKED = Decision()


class BookedAheadError(DomainError):
    """Something is booked: whoever stops the room has to say what becomes of it."""

    code = "venues.booked-ahead"

    def __init__(self, rows: Sequence[BookingRow], *, may_keep: bool, field: str) -> None:
        """Keep the bookings, which the page shows."""
        super().__init__(
            f"还有 {len(rows)} 个预约，请逐条看过再决定：保留，还是取消并告知预约人。"
            if may_keep
            else f"这段时间有 {len(rows)} 个预约，请逐条看过；确需停用的，选择取消并告知预约人。",
            field=field,
        )
        self.rows = tuple(rows)
        self.may_keep = may_keep
        self.mark = mark_of([row.number for row in rows])


def mark_of(numbers: Sequence[str]) -> str:
    """Return a mark of what somebody was shown: another mark means that more or less is there."""
    return digest(sorted(numbers))[:16]


@transaction.atomic
def stop(
    *, code: str, reason: str, decision: Decision = NOBODY_ASKED, by: Actor, at: datetime
) -> int:
    """Take something off offer, with a reason; return how many bookings were called off.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
        BookedAheadError: something is booked and nobody has said what becomes of it.
    """
    words = clean_text(reason, field="reason", label="停用原因", most=200, least=2)
    room = holding.locked(access.bookable_to_keep(code, by=by))
    ahead = list(ahead_of(room, at=at))
    _require(ahead, decision, may_keep=True, field="reason", by=by, at=at)
    if decision.choice == CALL_OFF:
        call_off(ahead, words=f"{room.name}停用：{words}", by=by, at=at)
    keeping.stop(bookable=room, reason=words, by=by, at=at)
    return len(ahead) if decision.choice == CALL_OFF else 0


@transaction.atomic
def close(
    *,
    code: str,
    window: TimeWindow,
    reason: str,
    decision: Decision = NOBODY_ASKED,
    by: Actor,
    at: datetime,
) -> str:
    """Take something off the market for a while and return the closure's number.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError: there is no reason.
        BookedAheadError: something is booked then and nobody has said that it is called off.
        UnableToBookError: the window makes no sense, or somebody is there.
    """
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    room = holding.locked(access.bookable_to_keep(code, by=by))
    inside = [
        row
        for row in taking.overlapping(room, window)
        if row.status in {"ASKED", "APPROVED"} and not row.is_closure
    ]
    _require(inside, decision, may_keep=False, field="starts", by=by, at=at)
    call_off(inside, words=f"{room.name}停用：{words}", by=by, at=at)
    made = taking.close(bookable=room, window=window, reason=words, unit=room.unit, by=by, at=at)
    return made.number


def ahead_of(room: Bookable, *, at: datetime) -> QuerySet[Booking]:
    """Return what is booked there and has not begun to be used."""
    rows = Booking.objects.filter(
        bookable=room, status__in=["ASKED", "APPROVED"], ends_at__gt=at, is_closure=False
    )
    return rows.order_by("starts_at", "number")


def _require(
    rows: Sequence[Booking],
    decision: Decision,
    *,
    may_keep: bool,
    field: str,
    by: Actor,
    at: datetime,
) -> None:
    """Refuse unless somebody has seen just these bookings and decided about them.

    Raises:
        BookedAheadError: nobody has.
    """
    choices = {CALL_OFF, KEEP} if may_keep else {CALL_OFF}
    is_decided = decision.choice in choices
    if not rows or (is_decided and decision.seen == mark_of([row.number for row in rows])):
        return
    joined = Booking.objects.filter(pk__in=[row.pk for row in rows]).select_related(*access.JOINED)
    shown = reading.rows_of(joined.order_by("starts_at", "number"), by=by, at=at)
    raise BookedAheadError(shown, may_keep=may_keep, field=field)


def call_off(rows: Sequence[Booking], *, words: str, by: Actor, at: datetime) -> None:
    """Call bookings off with words that their bookers read."""
    for row in rows:
        taking.cancel(booking=row, reason=words[:200], is_keeper=True, by=by, at=at)
