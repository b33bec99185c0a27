"""Book, decide, come, go, cancel: every write to a booking."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.fields import blind_index
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.booking import holding, rules
from dianliang.domain.venues.booking.opening import week_over
from dianliang.domain.venues.booking.rules import UnableToBookError, Wanted
from dianliang.domain.venues.lifecycle import BOOKING, LIVE
from dianliang.domain.venues.models import Bookable, Booking, BookingSeries
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

EARLY = timedelta(minutes=15)
"""So long before it begins one may check in."""


_COUNTRY = re.compile(r"^(?:00)?86(?=1\d{10}$)")
"""Our country before a mobile number: with it or without, it is the same person's."""


class UnableToCheckInError(DomainError):
    """It is not the time for it."""

    code = "venues.unable-to-check-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booker:
    """Who books: an account for its unit, or somebody of the public by name and telephone."""

    unit: Unit | None
    id: str = ""
    name: str = ""
    phone: str = ""
    token_hash: str | None = None

    @property
    def phone_index(self) -> str:
        """Return by what his telephone number is found again."""
        return phone_index(self.phone)


def phone_index(phone: str) -> str:
    """Return by what a telephone number is looked up, however it is written; nothing for none."""
    digits = "".join(character for character in phone if character.isdecimal())
    digits = _COUNTRY.sub("", digits)
    return blind_index(digits, context="booking.phone") if digits else ""


@transaction.atomic
def take(
    *,
    bookable: Bookable,
    wanted: Wanted,
    purpose: str,
    booker: Booker,
    is_keeper: bool,
    by: Actor,
    at: datetime,
) -> Booking:
    """Book; who keeps it decides at once, others wait where approval is needed (预约).

    Raises:
        UnableToBookError: a rule of the room or of the person does not allow it.
        TakenError: somebody has it at that time.
    """
    room = holding.locked(bookable)
    week = week_over(room, wanted.window)
    rules.require_rules(room, wanted, week=week, is_keeper=is_keeper, at=at)
    if not is_keeper:
        require_person(room, booker, at=at)
    return _store(
        room, wanted, purpose=purpose, booker=booker, is_keeper=is_keeper, series=None, by=by, at=at
    )


def require_person(bookable: Bookable, booker: Booker, *, at: datetime) -> None:
    """Refuse somebody who may not book for now.

    Raises:
        UnableToBookError: he did not come lately.
    """
    index = booker.phone_index if booker.unit is None else ""
    rules.require_good_record(bookable, booker_id=booker.id, phone_index=index, at=at)


def _store(
    bookable: Bookable,
    wanted: Wanted,
    *,
    purpose: str,
    booker: Booker,
    is_keeper: bool,
    series: BookingSeries | None,
    by: Actor,
    at: datetime,
) -> Booking:
    is_decided = is_keeper or not bookable.needs_approval
    number = next_number("YY", at=at)
    if booker.unit is None:  # only now: whoever books another room at once waits for his number
        rules.require_few_open(phone_index=booker.phone_index, at=at)
    booking = Booking.objects.create(
        number=number,
        bookable=bookable,
        series=series,
        starts_at=wanted.window.start,
        ends_at=wanted.window.end,
        pieces=wanted.pieces,
        persons_count=wanted.persons_count,
        status="APPROVED" if is_decided else "ASKED",
        purpose=purpose,
        unit=booker.unit,
        booker_id=booker.id,
        name=booker.name,
        phone=booker.phone,
        phone_index=booker.phone_index,
        token_hash=booker.token_hash,
        asked_at=at,
    )
    holding.hold(booking, bookable=bookable)
    audit.record(
        "venues.booking.take",
        target=booking,
        by=by,
        at=at,
        after=booking.status,
        reason=bookable.code,
    )
    return booking


@transaction.atomic
def take_series(
    *,
    bookable: Bookable,
    series: BookingSeries,
    occurrences: list[Wanted],
    purpose: str,
    booker: Booker,
    is_keeper: bool,
    by: Actor,
    at: datetime,
) -> tuple[BookingSeries, list[Booking]]:
    """Book every occurrence of a series, or none (周期预约). The series is stored here.

    Raises:
        UnableToBookError, TakenError: an occurrence is not possible.
    """
    room = holding.locked(bookable)
    whole = TimeWindow(occurrences[0].window.start, occurrences[-1].window.end)
    week = week_over(room, whole)
    if not is_keeper:
        require_person(room, booker, at=at)
    series.number = next_number("ZQ", at=at)
    series.save()
    for wanted in occurrences:
        rules.require_rules(room, wanted, week=week, is_keeper=is_keeper, at=at)
    made = [
        _store(
            room,
            wanted,
            purpose=purpose,
            booker=booker,
            is_keeper=is_keeper,
            series=series,
            by=by,
            at=at,
        )
        for wanted in occurrences
    ]
    audit.record(
        "venues.bookingseries.take",
        target=series,
        by=by,
        at=at,
        after=f"{len(made)} 次",
        reason=bookable.code,
    )
    return series, made


@transaction.atomic
def close(
    *, bookable: Bookable, window: TimeWindow, reason: str, unit: Unit, by: Actor, at: datetime
) -> Booking:
    """Take something off the market for a while, with a reason (停用时段).

    Raises:
        UnableToBookError: somebody has it then; his bookings are named.
    """
    room = holding.locked(bookable)
    if not rules.is_on_grain(window):
        raise UnableToBookError("停用时段应从整刻开始和结束，如 8:00、8:15。", field="starts")
    if window.end <= at:
        raise UnableToBookError("停用时段已过，请重新选择。", field="ends")
    inside = overlapping(room, window)
    if inside:
        numbers = "、".join(booking.number for booking in inside[:5])
        message = Phrase(
            "这段时间有 %(n)s 个预约（%(numbers)s），请先与预约人商量取消。",
            n=len(inside),
            numbers=numbers,
        )
        raise UnableToBookError(message, field="starts")
    booking = Booking.objects.create(
        number=next_number("YY", at=at),
        bookable=room,
        starts_at=window.start,
        ends_at=window.end,
        pieces=room.pieces,
        status="APPROVED",
        is_closure=True,
        reason=reason,
        unit=unit,
        booker_id=by.id,
        name=by.name,
        asked_at=at,
    )
    holding.hold(booking, bookable=room)
    audit.record("venues.booking.close", target=booking, by=by, at=at, reason=reason)
    return booking


def overlapping(bookable: Bookable, window: TimeWindow) -> list[Booking]:
    """Return the bookings that hold any of a window."""
    live = Booking.objects.filter(bookable=bookable, status__in=LIVE)
    return list(
        live.filter(starts_at__lt=window.end, ends_at__gt=window.start).order_by("starts_at")
    )


@transaction.atomic
def decide(*, booking: Booking, verb: str, reason: str, by: Actor, at: datetime) -> Booking:
    """Approve, or refuse with a reason; what is refused is free again.

    Raises:
        UnableToBookError: a refusal has no reason, or the time of what is approved is over.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if verb == "refuse" and not reason:
        raise UnableToBookError("请写明不同意的原因，预约人会看到。", field="reason")
    if verb == "approve" and booking.ends_at <= at:
        raise UnableToBookError("预约时间已过，不能再同意。")
    changes = {"decided_by": by.name, "decided_at": at, "reason": reason}
    return _move(booking, verb, by=by, at=at, note=reason, changes=changes)


def cancel(
    *, booking: Booking, reason: str, is_keeper: bool = False, by: Actor, at: datetime
) -> Booking:
    """Call a booking off; its time is free again (取消).

    Raises:
        UnableToBookError: it has begun, and who calls off does not keep the room.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if not is_keeper and booking.status in {"ASKED", "APPROVED"} and booking.starts_at <= at:
        message = "预约已经开始，不能再取消；需要更正请联系管理单位。"
        raise UnableToBookError(message)
    return _move(booking, "cancel", by=by, at=at, note=reason, changes={"reason": reason})


def check_in(*, booking: Booking, by: Actor, at: datetime) -> Booking:
    """Note that the booker has come (签到).

    Raises:
        UnableToCheckInError: it is too early, or over.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if at < booking.starts_at - EARLY or at >= booking.ends_at:
        minutes = int(EARLY.total_seconds() // 60)
        message = Phrase("只能在预约开始前 %(minutes)s 分钟到预约结束之间签到。", minutes=minutes)
        raise UnableToCheckInError(message)
    return _move(booking, "check_in", by=by, at=at, changes={"checked_in_at": at})


def end(*, booking: Booking, by: Actor, at: datetime) -> Booking:
    """Note that the booker has gone; what is left of his time is free (结束使用).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    return _move(booking, "end", by=by, at=at, changes={"ended_at": min(at, booking.ends_at)})


def excuse(*, booking: Booking, reason: str, by: Actor, at: datetime) -> Booking:
    """Take back that somebody did not come: it no longer counts against him (撤销未到场).

    Raises:
        UnableToBookError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if not reason:
        raise UnableToBookError("请写明撤销的原因。", field="reason")
    return _move(booking, "excuse", by=by, at=at, note=reason, changes={"reason": reason})


def by_the_clock(*, booking: Booking, by: Actor, at: datetime) -> str:
    """Move a booking that nobody moved in time; return the verb, empty if it is not due.

    Raises:
        StaleStateError: somebody moved it at this moment.
    """
    verb = due_verb(booking, at=at)
    if verb == "lapse":
        reason = "开始前没有人审批，系统自动取消。"
        _move(booking, verb, by=by, at=at, note=reason, changes={"reason": reason})
    elif verb == "miss":
        _move(booking, verb, by=by, at=at)
    elif verb == "check_in":
        _move(booking, verb, by=by, at=at, changes={"checked_in_at": booking.starts_at})
    elif verb == "end":
        _move(booking, verb, by=by, at=at, changes={"ended_at": booking.ends_at})
    return verb


def due_verb(booking: Booking, *, at: datetime) -> str:
    """Return what is due to a booking by the clock alone."""
    if booking.status == "ASKED":
        return "lapse" if booking.starts_at <= at else ""
    if booking.status == "IN_USE":
        return "end" if booking.ends_at <= at else ""
    if booking.is_closure:
        return "check_in" if booking.starts_at <= at else ""
    return "miss" if missed_at(booking) <= at else ""


def missed_at(booking: Booking) -> datetime:
    """Return until when somebody who is late finds his time kept."""
    grace = timedelta(minutes=booking.bookable.grace_min)
    return min(booking.starts_at + grace, booking.ends_at)


@transaction.atomic
def _move(
    booking: Booking,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    changes: dict[str, object] | None = None,
) -> Booking:
    moved = transitions.apply(
        booking, verb, lifecycle=BOOKING, by=by, at=at, note=note, changes=changes
    )
    if moved.status not in LIVE:
        holding.release([moved])
    return moved
