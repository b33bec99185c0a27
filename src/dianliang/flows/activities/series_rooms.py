"""The room of a series: on which dates it is to be had, booked for each, told where it was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.models import Series, Session
from dianliang.domain.programs.operations import rooms
from dianliang.domain.programs.operations import series as operations
from dianliang.domain.programs.operations.series import Missed
from dianliang.domain.venues.booking.rules import Wanted
from dianliang.domain.venues.models import Bookable
from dianliang.flows.booking.asking import to_book
from dianliang.flows.booking.repeating import looked_at
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

Untaken = tuple[tuple[date, str], ...]
"""The days on which the room was not to be had, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A session to come that has not got the room of its series, and what is against it now."""

    number: str
    on: date
    words: str


def problems(
    room: Bookable,
    windows: Sequence[TimeWindow],
    *,
    unit_path: str,
    places: int | None,
    at: datetime,
) -> dict[date, str]:
    """Return the days on which a unit cannot have a room, and why."""
    wanted = [Wanted(window=window, persons_count=places) for window in windows]
    is_keeper = room.unit.path.startswith(unit_path)
    found = looked_at(room, wanted, is_keeper=is_keeper, at=at)
    return {one.on: one.problem for one in found if one.problem}


def choose_room(*, number: str, code: str, by: Actor, at: datetime) -> Untaken:
    """Book a room for each session of a series, or give all back; return the days without it.

    Raises:
        NotVisibleError: the series is absent or not the actor's, or the room is not his to book.
        UnableToRepeatError: the room is at another base.
    """
    series = access.series_to_lead(number, by=by)
    room = to_book(code, by=by) if code else None
    return untaken(operations.choose_room(series=series, room=room, by=by, at=at))


def untaken(missed: Sequence[Missed]) -> Untaken:
    """Return days without the room as pages tell them."""
    return tuple((one.on, one.words) for one in missed)


def lacking(series: Series, *, at: datetime) -> tuple[Lacking, ...]:
    """Return the sessions to come that have not got the room of their series."""
    room = series.room
    if room is None:
        return ()
    ahead = Session.objects.filter(series=series, status="ANNOUNCED", starts_at__gt=at)
    without = list(
        ahead.exclude(booking__bookable=room, booking__status__in=rooms.AHEAD).order_by("starts_at")
    )
    windows = [TimeWindow(session.starts_at, session.ends_at) for session in without]
    told = problems(room, windows, unit_path=series.unit.path, places=series.places, at=at)
    days = [session.starts_at.astimezone(SHANGHAI).date() for session in without]
    return tuple(
        Lacking(number=session.number, on=on, words=told.get(on, ""))
        for session, on in zip(without, days, strict=True)
    )
