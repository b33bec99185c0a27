"""Propose a month of presence: evenly over the days of a site, spread for each person.

Persons take turns; each day a person gets is one of those on which fewest others are at the site,
and of these the nearest to where an even spread of his days would put it. Without absences the
busiest day of a site has at most one person more than the emptiest.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WEEK = 7
"""Days apart beyond which a person's days are spread well enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a person owes a site this month, between which days, and what stands already."""

    id: int
    person_id: int
    site_id: int
    days: int
    fixed: tuple[date, ...] = ()
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Days for one duty; `short` of them found no place."""

    duty_id: int
    days: tuple[date, ...]
    short: int


def propose(
    duties: Sequence[Duty],
    *,
    working_days: Sequence[date],
    away: Mapping[int, Collection[date]],
    first: date,
) -> tuple[Proposal, ...]:
    """Return new days for each duty, on working days from `first` on; nothing fixed is moved.

    `away` names the days on which a person cannot come. A person is at one site a day.
    """
    load: Counter[tuple[int, date]] = Counter()
    taken: dict[int, set[date]] = {}
    for duty in duties:
        for day in duty.fixed:
            load[duty.site_id, day] += 1
            taken.setdefault(duty.person_id, set()).add(day)
    proposals = []
    for turn, duty in enumerate(duties):
        busy = taken.setdefault(duty.person_id, set())
        gone = away.get(duty.person_id, ())
        start = max(first, duty.since)
        free = [day for day in working_days if start <= day <= duty.until and day not in gone]
        chosen: list[date] = []
        wanted = max(0, duty.days - len(duty.fixed))
        for number in range(wanted):
            possible = [day for day in free if day not in busy]
            if not possible:
                break
            ideal = _ideal(number, of=wanted, among=free, turn=turn)
            day = min(
                possible,
                key=lambda day: (
                    load[duty.site_id, day],
                    _crowding(day, duty.fixed, chosen),
                    abs(free.index(day) - ideal),
                    day,
                ),
            )
            chosen.append(day)
            busy.add(day)
            load[duty.site_id, day] += 1
        proposals.append(
            Proposal(duty_id=duty.id, days=tuple(sorted(chosen)), short=wanted - len(chosen))
        )
    return tuple(proposals)


def _ideal(number: int, *, of: int, among: Sequence[date], turn: int) -> float:
    """Return where in a row of days the n-th of an even spread lies, a little later each turn."""
    step = len(among) / of
    return (number * step + (turn * step / 3) % step) % len(among)


def _crowding(day: date, *own: Collection[date]) -> int:
    """Return less the farther a day is from the person's others; a week is far enough."""
    gaps = [abs((day - other).days) for days in own for other in days]
    return -min(WEEK, min(gaps, default=WEEK))
