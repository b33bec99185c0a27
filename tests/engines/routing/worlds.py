"""Small worlds for the routing engine: a day in Anji, seeded or drawn by hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dianliang.engines.routing import (
    Job,
    Line,
    Lunch,
    Priority,
    Problem,
    Shift,
    Team,
    split_lines,
)
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

DAY = datetime(2026, 11, 24, tzinfo=SHANGHAI)
SEAT = GeoPoint(30.64, 119.68)
SKILLS = ("repair", "inspect", "care", "line", "meter")


def at(hour: float, day: int = 0) -> datetime:
    """Return an instant of the day in Anji."""
    return (DAY + timedelta(days=day, hours=hour)).astimezone(UTC)


def window(begin: float, end: float, day: int = 0) -> TimeWindow:
    return TimeWindow(at(begin, day), at(end, day))


def shift(
    *, day: int = 0, place: GeoPoint = SEAT, overtime_s: int = 0, lunch: bool = True
) -> Shift:
    return Shift(
        window=window(8.5, 17.5, day),
        start=place,
        lunch=Lunch(window=window(11.5, 13.5, day), duration_s=3600) if lunch else None,
        overtime_limit_s=overtime_s,
    )


def job(name: str = "J", *, km_east: float = 1.0, minutes: int = 45, **rest: object) -> Job:
    place = GeoPoint(SEAT.lat, SEAT.lon + km_east / 95.7)
    return Job(id=name, at=place, duration_s=minutes * 60, **rest)  # type: ignore[arg-type]


def team(
    name: str = "A", *, days: int = 1, skills: tuple[str, ...] = SKILLS, **rest: object
) -> Team:
    shifts = tuple(shift(day=day) for day in range(days))
    return Team(id=name, shifts=shifts, skills=frozenset(skills), **rest)  # type: ignore[arg-type]


def km_east(km: float, km_north: float = 0.0) -> GeoPoint:
    return GeoPoint(SEAT.lat + km_north / 111.2, SEAT.lon + km / 95.7)


def dike(km: float = 6.0, **rest: Any) -> Line:
    """Return a straight dike that begins two kilometres east of the seat."""
    facts: dict[str, Any] = {
        "id": "D",
        "path": (km_east(2), km_east(2 + km)),
        "s_per_km": 3600.0,
        **rest,
    }
    return Line(**facts)


def county_day(*, teams: int, jobs: int, seed: int) -> Problem:
    """Draw a day like a county's: clustered jobs, some with windows, promises, one skill each."""
    rng = np.random.default_rng(seed)
    towns = np.column_stack([rng.uniform(30.4, 30.85, 15), rng.uniform(119.3, 119.85, 15)])

    def place() -> GeoPoint:
        town = towns[rng.integers(15)]
        lat, lon = rng.normal(town, 0.02)
        return GeoPoint(float(lat), float(lon))

    crew = []
    for number in range(teams):
        base = place()
        skills = frozenset(rng.choice(SKILLS, size=3, replace=False).tolist())
        crew.append(
            Team(
                id=f"T{number}",
                skills=skills,
                shifts=(shift(place=base, overtime_s=3600 * int(rng.integers(2))),),
                gear={"ladder": 2},
            )
        )
    work = []
    for number in range(jobs):
        begin = float(rng.choice([8.5, 9, 10, 13.5, 14.5]))
        windows = (window(begin, begin + 3),) if rng.random() < 0.4 else ()
        work.append(
            Job(
                id=f"J{number}",
                at=place(),
                duration_s=int(rng.choice([20, 30, 45, 60])) * 60,
                windows=windows,
                skills=frozenset({str(rng.choice(SKILLS))}),
                gear={"ladder": 1} if rng.random() < 0.05 else {},
                priority=[Priority.MUST, Priority.SHOULD, Priority.MAY][
                    int(rng.choice(3, p=[0.15, 0.6, 0.25]))
                ],
                due_at=at(float(rng.uniform(9, 18))) if rng.random() < 0.5 else None,
            )
        )
    return Problem(jobs=tuple(work), teams=tuple(crew))


places = st.builds(GeoPoint, st.floats(30.5, 30.75), st.floats(119.5, 119.8))
hours = st.sampled_from([8.5, 9.0, 10.0, 11.5, 13.0, 14.5, 16.0])


@st.composite
def problems(
    draw: st.DrawFn, max_jobs: int = 6, max_teams: int = 2, *, along_lines: bool = False
) -> Problem:
    """Draw a small valid problem with every kind of rule in it; jobs may lead somewhere else."""
    teams = []
    for number in range(draw(st.integers(1, max_teams))):
        days = draw(st.integers(1, 2))
        base = draw(places)
        teams.append(
            Team(
                id=f"T{number}",
                skills=draw(st.frozensets(st.sampled_from(SKILLS[:3]))),
                shifts=tuple(
                    shift(
                        day=day,
                        place=base,
                        overtime_s=draw(st.sampled_from([0, 1800])),
                        lunch=draw(st.booleans()),
                    )
                    for day in range(days)
                ),
                gear={"pump": draw(st.integers(0, 2))},
                areas=draw(st.sampled_from([None, frozenset({"a"})])),
            )
        )
    jobs = []
    for number in range(draw(st.integers(0, max_jobs))):
        begin = draw(hours)
        jobs.append(
            Job(
                id=f"J{number}",
                at=draw(places),
                duration_s=draw(st.integers(5, 240)) * 60,
                windows=draw(
                    st.sampled_from([(), (window(begin, begin + 2.5),), (window(begin, 18, 1),)])
                ),
                skills=draw(st.frozensets(st.sampled_from(SKILLS[:3]), max_size=1)),
                gear=draw(st.sampled_from([{}, {"pump": 1}])),
                priority=draw(st.sampled_from(Priority)),
                due_at=draw(st.sampled_from([None, at(10), at(15)])),
                area=draw(st.sampled_from(["", "a", "b"])),
                forbidden_teams=draw(st.sampled_from([frozenset(), frozenset({"T0"})])),
                preferred_team=draw(st.sampled_from([None, "T0", "T1"])),
                ends_at=draw(st.none() | places) if along_lines else None,
                either_way=along_lines and draw(st.booleans()),
            )
        )
    return Problem(jobs=tuple(jobs), teams=tuple(teams))


@st.composite
def lined(draw: st.DrawFn, *, max_jobs: int = 2, max_lines: int = 1, max_parts: int = 5) -> Problem:
    """Draw a problem with lines in parts that want skills, hours, gear or a certain team."""
    rest = draw(problems(max_jobs=max_jobs, max_teams=1 if max_lines == 1 else 2, along_lines=True))
    lines = []
    for number in range(draw(st.integers(1, max_lines))):
        path = draw(st.lists(places, min_size=2, max_size=4, unique=True))
        drawn_m = sum(a.distance_m(b) for a, b in pairwise(path))
        measured_m = draw(st.none() | st.floats(500, 4000)) if drawn_m > 500 else 500.0
        length_m = measured_m or drawn_m
        opens = draw(hours)
        lines.append(
            Line(
                id=f"L{number}",
                path=tuple(path),
                measured_m=measured_m,
                s_per_km=draw(st.sampled_from([600.0, 5000.0])) * 2000 / length_m,
                setup_s=draw(st.sampled_from([0, 300, 1500])),
                least_part_m=length_m / draw(st.integers(1, max_parts)) - 1e-6,
                gear_per_km={"ladder": draw(st.sampled_from([0.0, 0.4]))},
                skills=draw(st.sampled_from([frozenset(), frozenset({"line"})])),
                priority=draw(st.sampled_from(list(Priority))),
                windows=draw(st.sampled_from([(), (window(opens, opens + 2),)])),
                due_at=draw(st.sampled_from([None, at(10)])),
                either_way=draw(st.booleans()),
            )
        )
    return split_lines(replace(rest, lines=tuple(lines)))
