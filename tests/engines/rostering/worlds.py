"""Small rosters: a week at a control room, seeded or drawn by hypothesis."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from dianliang.engines.rostering import Duty, Person, Problem, Rules, Turn, cut
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

MONDAY = datetime(2026, 11, 30, tzinfo=SHANGHAI)
THREE = (time(8), time(16), time(0))


def at(hour: float) -> datetime:
    """Return an instant so many hours after Monday midnight."""
    return (MONDAY + timedelta(hours=hour)).astimezone(UTC)


def span(begin: float, end: float) -> TimeWindow:
    return TimeWindow(at(begin), at(end))


def watch(days: int, *, starts: tuple[time, ...] = THREE, **facts: Any) -> tuple[Duty, ...]:
    """Return a watch round the clock."""
    windows = cut(span(0, 24 * days), starts)
    return tuple(Duty(id=f"D{n}", window=window, **facts) for n, window in enumerate(windows))


def turn(duty: str, person: str) -> Turn:
    return Turn(duty_id=duty, person_id=person)


@st.composite
def problems(draw: st.DrawFn, *, most_duties: int = 6, most_people: int = 4) -> Problem:
    """Draw a few days with every kind of rule."""
    begins = draw(st.lists(st.integers(0, 20), min_size=1, max_size=most_duties))
    duties = tuple(
        Duty(
            id=f"D{n}",
            window=span(4 * begin, 4 * begin + draw(st.sampled_from([4, 8, 12]))),
            size=(size := draw(st.integers(1, 2))),
            skills=draw(st.sampled_from([{}, {"line": 1}, {"line": size}])),
            weight=draw(st.sampled_from([100, 150])),
        )
        for n, begin in enumerate(begins)
    )
    ids = [duty.id for duty in duties]
    people = tuple(
        Person(
            id=f"P{n}",
            skills=draw(st.sampled_from([frozenset[str](), frozenset({"line"})])),
            away=draw(st.sampled_from([(), (span(24, 48),)])),
            held=draw(st.sampled_from([(), (span(-8, 0),), (span(28, 36), span(40, 44))])),
            credit_s=draw(st.sampled_from([0, 7200])),
            week_s=draw(st.sampled_from([None, 8 * 3600])),
            wishes=draw(
                st.dictionaries(st.sampled_from(ids), st.sampled_from([-1, 2]), max_size=2)
            ),
        )
        for n in range(draw(st.integers(0, most_people)))
    )
    rules = Rules(
        rest=timedelta(hours=draw(st.sampled_from([0, 8, 11]))),
        week_s=draw(st.sampled_from([None, 16 * 3600])),
        days=draw(st.sampled_from([None, 1, 2])),
        nights=draw(st.sampled_from([None, 0, 1])),
    )
    pairs = [turn(duty.id, person.id) for duty in duties for person in people]
    some = st.frozensets(st.sampled_from(pairs), max_size=3) if pairs else st.just(frozenset())
    return Problem(
        duties=duties,
        people=people,
        rules=rules,
        exempt=draw(some),
        previous=draw(some),
        frozen_until=draw(st.sampled_from([None, at(16)])),
    )
