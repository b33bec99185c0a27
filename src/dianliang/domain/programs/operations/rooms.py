"""The room of a session: booked with it, moved with it, given back with it, and never twice."""

from datetime import datetime

from django.db import transaction

from dianliang.domain.programs.models import Session
from dianliang.domain.venues.booking import taking
from dianliang.domain.venues.booking.rules import Wanted
from dianliang.domain.venues.booking.taking import Booker
from dianliang.domain.venues.models import Bookable, Booking, Site
from dianliang.domain.venues.opening import is_open, openings, spoken
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

FIELDS = {"starts": "starts_at", "ends": "ends_at", "persons": "places"}
"""What the form of a session calls the fields of a booking."""
AHEAD = ("ASKED", "APPROVED")


class UnableToUsePlaceError(DomainError):
    """The base is closed then, or the room is not there."""

    code = "programs.unable-to-use-place"


def require_open(site: Site, *, starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a time at which a base is closed; one that has told no hours is not asked.

    Raises:
        UnableToUsePlaceError: it is closed for some of the time; its hours of that day are told.
    """
    if is_open(site, window=TimeWindow(starts_at, ends_at)) is not False:
        return
    day = starts_at.astimezone(SHANGHAI).date()
    (told,) = openings([site.pk], first=day, days=1)[site.pk]
    message = Phrase(
        "%(name)s %(day)s的开放时间：%(spoken)s。请改时间；已和阵地说好的，"
        "请勾选“开放时间以外也办”。",
        name=site.name,
        day=f"{day:%m-%d}",
        spoken=spoken(told.spans),
    )
    raise UnableToUsePlaceError(message, field="starts_at")


@transaction.atomic
def book(*, session: Session, room: Bookable, is_keeper: bool, by: Actor, at: datetime) -> Booking:
    """Book a room for a session, instead of one that it had; all or nothing.

    Raises:
        UnableToUsePlaceError: it is another base's, or the session is over.
        UnableToBookError, TakenError: the room's rules, or somebody else's booking.
    """
    if session.status not in {"DRAFT", "ANNOUNCED"}:
        raise UnableToUsePlaceError("只有草稿和报名中的场次可以订场室。", field="room")
    if session.site_id is not None and session.site_id != room.site_id:
        message = Phrase(
            "%(room)s在%(site)s，和场次的阵地不同，请改选。",
            room=room.name,
            site=room.site.name,
        )
        raise UnableToUsePlaceError(message, field="room")
    release(session=session, reason="改订场室", by=by, at=at)
    booking = _take(session, room, is_keeper=is_keeper, by=by, at=at)
    session.booking = booking
    session.save(update_fields=["booking"])
    return booking


def _take(session: Session, room: Bookable, *, is_keeper: bool, by: Actor, at: datetime) -> Booking:
    window = TimeWindow(session.starts_at, session.ends_at)
    try:
        return taking.take(
            bookable=room,
            wanted=Wanted(window=window, persons_count=session.places),
            purpose=session.title,
            booker=Booker(unit=session.unit, id=by.id, name=by.name),
            is_keeper=is_keeper,
            by=by,
            at=at,
        )
    except DomainError as refusal:
        refusal.field = FIELDS.get(refusal.field or "", "room")
        raise


def follow(*, session: Session, is_keeper: bool, by: Actor, at: datetime) -> None:
    """Let the booking go where its session has been moved to.

    Raises:
        UnableToBookError, TakenError: the room is not to be had then; the session stays, too.
    """
    booking = session.booking
    if booking is None or booking.status not in AHEAD:
        return
    is_same = (booking.starts_at, booking.ends_at) == (session.starts_at, session.ends_at)
    if is_same and booking.persons_count == session.places:
        return
    book(session=session, room=booking.bookable, is_keeper=is_keeper, by=by, at=at)


def release(*, session: Session, reason: str, by: Actor, at: datetime) -> None:
    """Give a room back that a session does not need any more."""
    booking = session.booking
    if booking is not None and booking.status in AHEAD:
        taking.cancel(booking=booking, reason=reason[:200], is_keeper=True, by=by, at=at)


def enter(*, session: Session, at: datetime) -> None:
    """Note that the room is used: who holds the session need not check in at the door, too."""
    booking = session.booking
    if booking is None or booking.status != "APPROVED":
        return
    if booking.starts_at - taking.EARLY <= at < booking.ends_at:
        taking.check_in(booking=booking, by=SYSTEM, at=at)


def leave(*, session: Session, at: datetime) -> None:
    """Note that the room is free again."""
    booking = session.booking
    if booking is not None and booking.status == "IN_USE":
        taking.end(booking=booking, by=SYSTEM, at=at)
