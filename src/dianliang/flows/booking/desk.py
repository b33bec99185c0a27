"""What a person at a desk does with bookings: decide, let in, call off; and the queue of these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.rows import Rows
from dianliang.domain.programs.models import Session
from dianliang.domain.venues.booking import access, reading, taking
from dianliang.domain.venues.booking.reading import OF_THE_BOOKER, BookingRow
from dianliang.domain.venues.booking.rules import MISSES_WITHIN
from dianliang.domain.venues.lifecycle import LIVE
from dianliang.domain.venues.models import Booking
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

VIEWS = {
    "waiting": "待审批",
    "present": "现在",
    "own": "本单位的预约",
    "off": "本单位被取消的",
    "missed": "未到场",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One view of what a keeper has to look at, with the counts of all."""

    rows: Sequence[BookingRow]
    counts: Mapping[str, int]


def queue(*, view: str, by: Actor, at: datetime) -> Queue:
    """Return what waits, goes on now, is ahead of one's units or fell through, or was missed."""
    kept = Booking.objects.filter(bookable__in=access.kept(by), is_closure=False)
    own = access.bookings(by).filter(unit__path__startswith=by.unit_path, is_closure=False)
    soon = at + taking.EARLY
    present = kept.filter(status__in=["APPROVED", "IN_USE"], starts_at__lte=soon, ends_at__gt=at)
    missed = kept.filter(status="NO_SHOW", starts_at__gt=at - MISSES_WITHIN)
    cuts = {
        "waiting": access.queue(by).order_by("starts_at", "number"),
        "present": present.order_by("starts_at", "number"),
        "own": own.filter(status__in=LIVE, ends_at__gt=at).order_by("starts_at", "number"),
        "off": own.filter(status__in=["CANCELLED", "REFUSED"], ends_at__gt=at).order_by(
            "starts_at", "number"
        ),
        "missed": missed.order_by("-starts_at", "number"),
    }
    view = view if view in cuts else "waiting"
    counts = {name: rows.count() for name, rows in cuts.items()}
    shown = cuts[view].select_related(*access.JOINED)
    return Queue(
        rows=Rows(shown, lambda some: reading.rows_of(some, by=by, at=at), total=counts[view]),
        counts=counts,
    )


def booking(*, number: str, by: Actor, at: datetime) -> BookingRow:
    """Return one booking.

    Raises:
        NotVisibleError: it is absent or not the actor's to read.
    """
    return reading.row_of(access.booking_to_see(number, by=by), by=by, at=at)


def session_behind(*, number: str) -> str:
    """Return the number of the session for which something was booked; empty where none is."""
    rows = Session.objects.filter(booking__number=number)
    return rows.values_list("number", flat=True).first() or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button of a booking, with what was written beside it."""

    booking: Booking
    reason: str
    is_keeper: bool
    by: Actor
    at: datetime


def _decide(verb: str) -> Callable[[Pressed], object]:
    def act(it: Pressed) -> object:
        return taking.decide(booking=it.booking, verb=verb, reason=it.reason, by=it.by, at=it.at)

    return act


def _cancel(it: Pressed) -> object:
    return taking.cancel(
        booking=it.booking, reason=it.reason, is_keeper=it.is_keeper, by=it.by, at=it.at
    )


ACTS: dict[str, Callable[[Pressed], object]] = {
    "approve": _decide("approve"),
    "refuse": _decide("refuse"),
    "cancel": _cancel,
    "check_in": lambda it: taking.check_in(booking=it.booking, by=it.by, at=it.at),
    "end": lambda it: taking.end(booking=it.booking, by=it.by, at=it.at),
    "excuse": lambda it: taking.excuse(booking=it.booking, reason=it.reason, by=it.by, at=it.at),
}


@transaction.atomic
def press(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> BookingRow:
    """Do what a button says.

    Raises:
        NotVisibleError: the booking is absent or foreign, or its button is for who keeps the room.
        InvalidInputError: the reason cannot be kept.
        UnableToBookError, UnableToCheckInError: not now, or not without a reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    found = access.booking_to_see(number, by=by)
    is_keeper = access.keeps(by, found.bookable)
    if verb not in ACTS or not (is_keeper or verb in OF_THE_BOOKER):
        raise NotVisibleError("没有这个操作。")
    words = clean_text(reason, field="reason", label="原因", most=200)
    pressed = Pressed(booking=found, reason=words, is_keeper=is_keeper, by=by, at=at)
    ACTS[verb](pressed)
    return reading.row_of(found, by=by, at=at)


@transaction.atomic
def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> tuple[str, str]:
    """Return the booker's name and telephone; that somebody looked is on record.

    Raises:
        NotVisibleError: the booking is absent, or the actor does not keep the room.
        InvalidInputError: there is no reason.
    """
    found = access.booking_to_see(number, by=by)
    if not access.keeps(by, found.bookable):
        raise NotVisibleError("没有找到这个预约。")
    words = clean_text(reason, field="reason", label="事由", most=200, least=2)
    if not found.name and not found.phone:
        raise InvalidInputError("这个预约没有留下姓名和电话。", field="reason")
    audit.record("venues.booking.reveal", target=found, by=by, at=at, reason=words)
    return found.name, found.phone
