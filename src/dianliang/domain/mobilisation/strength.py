"""How many shifts people still have in them between two instants, under the rules of hours.

Pure: people with what binds them in, shifts left out. Three numbers are kept apart and never
added: people (人), person-shifts that they could still do (人班), and person-times, the duties that
they have had or are down for (人次).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.engines.rostering import Rules
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

SHIFT = timedelta(hours=12)
"""A shift of an emergency as power companies plan them: two a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A person, the duties that he has (also just before and after), and when he is away."""

    held: tuple[TimeWindow, ...] = ()
    away: tuple[TimeWindow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """What a group of people could do in a window; see the module."""

    people: int
    person_shifts: int
    person_times: int


def force(
    hands: Iterable[Hand], window: TimeWindow, *, rules: Rules, shift: timedelta = SHIFT
) -> Force:
    """Return what people could still do in a window; who can do no shift counts as nobody."""
    left = times = able = 0
    for hand in hands:
        shifts = len(shifts_left(hand, window, rules=rules, shift=shift))
        able += shifts > 0
        left += shifts
        times += sum(duty.overlaps(window) for duty in hand.held)
    return Force(people=able, person_shifts=left, person_times=times)


def shifts_left(
    hand: Hand, window: TimeWindow, *, rules: Rules, shift: timedelta = SHIFT
) -> tuple[TimeWindow, ...]:
    """Return the shifts that somebody could still do in a window, each as early as it can be.

    Between two duties lies the rest; a duty counts for the week in which it begins, Monday first;
    days and nights in a row are left to the roster that is made of it. Taking each as early as
    possible leaves most room for the next, so without a limit of the week no other choice has
    more. O(shifts + duties).
    """
    busy = _busy(hand, rules.rest)
    hours: dict[date, float] = {}
    for duty in hand.held:
        monday = _monday(duty.start)
        hours[monday] = hours.get(monday, 0) + duty.duration.total_seconds()
    found: list[TimeWindow] = []
    start = window.start
    while start + shift <= window.end:
        wanted = TimeWindow(start, start + shift)
        stands = next((span for span in busy if span.overlaps(wanted)), None)
        if stands is not None:
            start = stands.end
            continue
        monday = _monday(start)
        spent = hours.get(monday, 0) + shift.total_seconds()
        if rules.week_s is not None and spent > rules.week_s:
            start = monday_after(start)
            continue
        hours[monday] = spent
        found.append(wanted)
        start = wanted.end + rules.rest
    return tuple(found)


def _busy(hand: Hand, rest: timedelta) -> Sequence[TimeWindow]:
    """Return when no shift may touch: away, or on duty with the rest around it."""
    held = (TimeWindow(duty.start - rest, duty.end + rest) for duty in hand.held)
    return sorted([*held, *hand.away], key=lambda span: span.start)


def _monday(at: datetime) -> date:
    day = at.astimezone(SHANGHAI).date()
    return day - timedelta(days=day.weekday())


def monday_after(at: datetime) -> datetime:
    """Return the begin of the week after an instant, in Shanghai."""
    day = _monday(at) + timedelta(days=7)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
