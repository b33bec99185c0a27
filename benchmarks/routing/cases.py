"""The seeds' days and weeks as generated problems: seeded, sized by what the seeds report.

No county publishes its addresses, so places are drawn: seats with a least distance, towns around
them, customers around the towns. Every figure that is not drawn is named where it stands.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import cos, radians

import numpy as np
from numpy.typing import NDArray
from tests.engines.routing.worlds import county_day

from dianliang.engines.routing import (
    GreatCircle,
    Job,
    Line,
    MaxIterations,
    Priority,
    Problem,
    Series,
    Shift,
    Team,
    solve,
    split_lines,
)
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MONDAY = datetime(2026, 6, 8, tzinfo=SHANGHAI)
KM_PER_DEGREE = 111.195
Points = NDArray[np.float64]
Random = np.random.Generator


def flood(*, customers: int = 5922, teams: int = 184, bases: int = 101, seed: int = 1) -> Problem:
    """Draw the flood day of seed 002: 184 teams, 5922 key customers, 101 bases, a 12 h shift.

    Five skills; 47 transformers and 120 lighting sets to be set up, in proportion when the day is
    made smaller; leaving a customer out costs 60 000, 20 000, 8000 or 4000 s.
    """
    rng = np.random.default_rng(seed)
    scale = np.sqrt(bases / 101)
    seats = _apart(rng, bases, area_km=np.array([450, 350]) * scale, least_km=18)
    weight = rng.gamma(2.0, size=bases)
    towns = seats[:, None] + rng.normal(0, 9, (bases, 4, 2))
    county = rng.choice(bases, customers, p=weight / weight.sum())
    is_in_town = rng.random(customers) < 0.6
    spot = np.where(
        is_in_town[:, None],
        towns[county, rng.integers(4, size=customers)] + rng.normal(0, 1.5, (customers, 2)),
        seats[county] + rng.normal(0, 10, (customers, 2)),
    )
    special = rng.permutation(customers)
    transformers = set(special[: round(customers * 47 / 5922)].tolist())
    lights = set(special[len(transformers) :][: round(customers * 120 / 5922)].tolist())
    jobs = tuple(
        _flooded(rng, f"c{i}", _geo(spot[i], 32.9, 119.5), i in transformers, i in lights)
        for i in range(customers)
    )
    share = np.sqrt(weight)
    further = rng.choice(bases, max(0, teams - bases), p=share / share.sum())
    homes = [*range(min(bases, teams)), *further.tolist()]
    crews = tuple(
        _crew(rng, f"t{number}", _geo(seats[home], 32.9, 119.5), is_first=number < bases)
        for number, home in enumerate(homes)
    )
    return Problem(jobs=jobs, teams=crews, travel=GreatCircle(detour=1.3, speed_m_s=40 / 3.6))


def _flooded(rng: Random, name: str, at: GeoPoint, is_transformer: bool, is_light: bool) -> Job:
    rank = int(rng.choice(4, p=[0.08, 0.22, 0.40, 0.30]))
    skill = str(rng.choice(["", "pump", "gen", "boat", "hv"], p=[0.7, 0.1, 0.08, 0.05, 0.07]))
    minutes, gear = int(rng.integers(8, 22)), dict[str, int]()
    if is_transformer:
        rank, skill, gear, minutes = min(rank, 1), "hv", {"transformer": 1}, minutes * 6
    elif is_light:
        rank, skill, gear, minutes = min(rank, 2), "light", {"light": 1}, minutes * 2
    windows: tuple[TimeWindow, ...] = ()
    if rank == 0 and rng.random() < 0.5:
        windows = (_hours(0, 6, 14),)
    elif rng.random() < 0.3:
        opens = float(rng.uniform(6, 14))
        windows = (_hours(0, opens, opens + int(rng.integers(2, 5))),)
    return Job(
        id=name,
        at=at,
        duration_s=minutes * 60,
        windows=windows,
        skills=frozenset({skill} - {""}),
        gear=gear,
        priority=(Priority.MUST, Priority.SHOULD, Priority.MAY, Priority.MAY)[rank],
        value=(60_000.0, 20_000.0, 8_000.0, 4_000.0)[rank],
    )


def _crew(rng: Random, name: str, home: GeoPoint, *, is_first: bool) -> Team:
    chance = {"hv": 0.45, "gen": 0.4, "pump": 0.45, "boat": 0.3, "light": 0.4}
    skills = {skill for skill, share in chance.items() if rng.random() < share}
    skills |= {"hv", "pump"} if is_first else set[str]()
    return Team(
        id=name,
        shifts=(Shift(window=_hours(0, 6, 18), start=home),),
        skills=frozenset(skills),
        gear={"transformer": int("hv" in skills), "light": 4 * ("light" in skills)},
    )


def week(*, visits: int = 1500, stewards: int = 60, seed: int = 2) -> Problem:
    """Draw a county week: 60 stewards × 5 days, 1500 visits with skills, hours, allowed days.

    A fifth of the visits come in pairs.
    """
    rng = np.random.default_rng(seed)
    towns = _apart(rng, 12, area_km=np.array([50.0, 45.0]), least_km=6)
    hamlets = towns[rng.integers(12, size=160)] + rng.normal(0, 5, (160, 2))
    crews = tuple(_steward(rng, f"s{i}", _geo(towns[i % 12], 30.6, 119.6)) for i in range(stewards))
    pairs = visits // 10
    jobs = list[Job]()
    for number in range(visits - pairs):
        at = _geo(hamlets[rng.integers(160)] + rng.normal(0, 0.8, 2), 30.6, 119.6)
        jobs += _pair(rng, number, at) if number < pairs else (_visit(rng, number, at),)
    return Problem(
        jobs=tuple(jobs), teams=crews, travel=GreatCircle(detour=1.3, speed_m_s=30 / 3.6)
    )


def loyal(
    *, visits: int = 1500, stewards: int = 60, seed: int = 2, rounds: int = 200_000
) -> Problem:
    """Draw the county week in which two customers in five want the steward who came last week.

    Last week these customers were planned for other hours and days, each for those of another. A
    pair also keeps to its pattern of days, and one steward comes both times. Last week's plan is
    the best of so many rounds.
    """
    this = week(visits=visits, stewards=stewards, seed=seed)
    rng = np.random.default_rng(seed)
    turns = [job.id.rpartition(".")[2] if job.id.startswith("p") else "" for job in this.jobs]
    last = list(this.jobs)
    for turn in ("", "0", "1"):
        alike = [number for number, own in enumerate(turns) if own == turn]
        for number, other in zip(alike, rng.permutation(alike).tolist(), strict=True):
            last[number] = replace(this.jobs[number], windows=this.jobs[other].windows)
    came = solve(replace(this, jobs=tuple(last)), stop=MaxIterations(limit=rounds))
    team_of = {stop.job_id: route.team_id for route in came.routes for stop in route.stops}
    names = {job.id: job.id.partition(".")[0] for job in this.jobs}
    wanting = {name for name in sorted(set(names.values())) if rng.random() < 0.4}
    first = {name: team_of.get(job_id) for job_id, name in reversed(names.items())}
    pairs = sorted(name for name in set(names.values()) if name.startswith("p"))
    return replace(
        this,
        jobs=tuple(
            replace(job, preferred_team=first[names[job.id]]) if names[job.id] in wanting else job
            for job in this.jobs
        ),
        series=tuple(
            Series(id=name, job_ids=(f"{name}.0", f"{name}.1"), patterns=_patterns())
            for name in pairs
        ),
    )


PAIRED_DAYS = ((0, 2), (0, 3), (1, 3), (1, 4), (2, 4))


def _patterns() -> tuple[tuple[date, ...], ...]:
    return tuple(
        tuple((MONDAY + timedelta(days=day)).date() for day in days) for days in PAIRED_DAYS
    )


def _steward(rng: Random, name: str, home: GeoPoint) -> Team:
    chance = {"repair": 0.45, "meter": 0.35, "care": 0.35}
    return Team(
        id=name,
        shifts=tuple(Shift(window=_hours(day, 8, 17), start=home) for day in range(5)),
        skills=frozenset(skill for skill, share in chance.items() if rng.random() < share),
    )


def _pair(rng: Random, number: int, at: GeoPoint) -> tuple[Job, ...]:
    hours, minutes = _opening(rng), 5 * int(rng.integers(4, 10))
    return tuple(
        Job(
            id=f"p{number}.{turn}",
            at=at,
            duration_s=minutes * 60,
            windows=tuple(_hours(day, *hours) for day in days),
            value=60_000.0,
        )
        for turn, days in enumerate(((0, 1, 2), (2, 3, 4)))
    )


def _visit(rng: Random, number: int, at: GeoPoint) -> Job:
    rank, hours = int(rng.choice(4, p=[0.1, 0.25, 0.4, 0.25])), _opening(rng)
    first = int(rng.integers(4))
    days = range(first, min(5, first + int(rng.integers(2, 4))))
    if rank and rng.random() < 0.5:
        days = range(5)
    skill = str(rng.choice(["", "repair", "meter", "care"], p=[0.67, 0.15, 0.10, 0.08]))
    return Job(
        id=f"v{number}",
        at=at,
        duration_s=int(rng.integers(4, 13)) * 300,
        windows=tuple(_hours(day, *hours) for day in days),
        skills=frozenset({skill} - {""}),
        priority=(Priority.MUST, Priority.SHOULD, Priority.SHOULD, Priority.MAY)[rank],
        value=(200_000.0, 60_000.0, 20_000.0, 9_000.0)[rank],
    )


def _opening(rng: Random) -> tuple[float, float]:
    """Return the hours at which somebody is at home: all day, mornings or afternoons."""
    return ((8.0, 17.0), (8.0, 12.0), (13.0, 17.0))[int(rng.choice(3, p=[0.5, 0.25, 0.25]))]


def tea(*, calls: int = 240, teams: int = 16, seed: int = 3) -> Problem:
    """Draw a day of the tea season of seed 004: calls for repair at the roasting places.

    A call opens when it comes and promises a start within two hours; 14 dedicated transformers
    are put in on the same day by crews that carry one each.
    """
    rng = np.random.default_rng(seed)
    meixi = _apart(rng, 10, area_km=np.array([18.0, 16.0]), least_km=3)
    jobs = list[Job]()
    for number in range(calls):
        at = _geo(meixi[rng.integers(10)] + rng.normal(0, 1.2, 2), 30.78, 119.75)
        came = float(rng.triangular(6, 10, 18))
        jobs.append(
            Job(
                id=f"call{number}",
                at=at,
                duration_s=int(rng.integers(20, 46)) * 60,
                windows=(_hours(0, came, 22),),
                skills=frozenset({"repair"}),
                due_at=_at(0, came + 2),
            )
        )
    for number in range(round(calls * 14 / 240)):
        at = _geo(meixi[rng.integers(10)] + rng.normal(0, 1.2, 2), 30.78, 119.75)
        jobs.append(
            Job(
                id=f"transformer{number}",
                at=at,
                duration_s=7200,
                skills=frozenset({"hv"}),
                gear={"transformer": 1},
                priority=Priority.MAY,
            )
        )
    crews = tuple(
        Team(
            id=f"t{number}",
            shifts=(Shift(window=_hours(0, 6, 22), start=_geo(meixi[number % 3], 30.78, 119.75)),),
            skills=frozenset({"repair", "hv"} if number % 2 else {"repair"}),
            gear={"transformer": 2 * (number % 2)},
        )
        for number in range(teams)
    )
    return Problem(jobs=tuple(jobs), teams=crews)


def villages(*, count: int = 94, stations: int = 54, seed: int = 4) -> Problem:
    """Draw a round of seed 001: 94 villages with a file each, seen to from 54 service stations.

    Four visits a village; sending a station's steward out at all costs half an hour, so that the
    question is also who need not go.
    """
    rng = np.random.default_rng(seed)
    sites = _apart(rng, count, area_km=np.array([50.0, 45.0]), least_km=1.5)
    kinds = (
        ("transformer", "hv", 40),
        ("file", "", 30),
        ("hazards", "inspect", 60),
        ("care", "", 45),
    )
    jobs = tuple(
        Job(
            id=f"{kind}{village}",
            at=_geo(sites[village] + rng.normal(0, 0.5, 2), 30.6, 119.6),
            duration_s=minutes * 60,
            windows=(_hours(0, *_opening(rng)),),
            skills=frozenset({skill} - {""}),
        )
        for village in range(count)
        for kind, skill, minutes in kinds
    )
    crews = tuple(
        Team(
            id=f"station{number}",
            shifts=(
                Shift(window=_hours(0, 8, 17), start=_geo(sites[number % count], 30.6, 119.6)),
            ),
            skills=frozenset({"inspect", "hv"} if number % 2 else {"inspect"}),
            shift_price=1800.0,
        )
        for number in range(stations)
    )
    return Problem(jobs=jobs, teams=crews)


def day(*, teams: int = 30, jobs: int = 300, seed: int = 1) -> Problem:
    """Draw a county's ordinary day without what peers have no word for: lunch and overtime."""
    problem = county_day(teams=teams, jobs=jobs, seed=seed)
    crews = (
        replace(team, shifts=tuple(replace(s, lunch=None, overtime_limit_s=0) for s in team.shifts))
        for team in problem.teams
    )
    return replace(problem, teams=tuple(crews))


DIKE_KM, PEOPLE_IN_TEAM, KM_A_PERSON = 44.6, 3, 0.55


def dike(*, km: float = DIKE_KM, teams: int = 10, days: int = 3, seed: int = 5) -> Problem:
    """Draw the dike of seed 002: 44.6 km lit by 30 people in three days, 0.50 km a person and day.

    Ten teams of three at 0.55 km a person in eight hours of pure work, from three bases a little
    off a winding dike, which is measured and drawn; parts of 250 m or more, ten minutes to set up.
    What is not lit costs half an hour of driving for each 25 m.
    """
    rng = np.random.default_rng(seed)
    turns = np.cumsum(rng.normal(0, 0.5, 24))
    bends = np.cumsum(np.column_stack([np.cos(turns), np.sin(turns)]) * km / 30, axis=0)
    path = tuple(_geo(bend, 32.9, 119.5) for bend in (np.zeros(2), *bends))
    line = Line(
        id="dike",
        path=path,
        measured_m=km * 1000,
        s_per_km=8 * 3600 / (KM_A_PERSON * PEOPLE_IN_TEAM),
        setup_s=600,
        value_per_km=72_000.0,
    )
    sites = bends[[4, 12, 20]] + rng.normal(0, 1.0, (3, 2))
    crews = tuple(
        Team(
            id=f"t{number}",
            shifts=tuple(
                Shift(window=_hours(turn, 8, 17), start=_geo(sites[number % 3], 32.9, 119.5))
                for turn in range(days)
            ),
        )
        for number in range(teams)
    )
    travel = GreatCircle(detour=1.3, speed_m_s=30 / 3.6)
    return split_lines(Problem(jobs=(), teams=crews, travel=travel, lines=(line,)))


CASES: dict[str, Callable[[], Problem]] = {
    "day": day,
    "flood": flood,
    "week": week,
    "loyal": loyal,
    "tea": tea,
    "villages": villages,
    "dike": dike,
}


def _at(day: int, hour: float) -> datetime:
    return (MONDAY + timedelta(days=day, seconds=round(hour * 3600))).astimezone(UTC)


def _hours(day: int, opens: float, closes: float) -> TimeWindow:
    return TimeWindow(_at(day, opens), _at(day, closes))


def _geo(km: Points, lat: float, lon: float) -> GeoPoint:
    """Return the point that lies so many kilometres east and north of a corner."""
    east, north = float(km[0]), float(km[1])
    return GeoPoint(lat + north / KM_PER_DEGREE, lon + east / (KM_PER_DEGREE * cos(radians(lat))))


def _apart(rng: Random, count: int, *, area_km: Points, least_km: float) -> Points:
    """Draw points that keep a least distance from each other."""
    found = np.empty((0, 2))
    while len(found) < count:
        point = rng.uniform(0, area_km)
        if (np.hypot(*(found - point).T) > least_km).all():
            found = np.vstack([found, point])
    return found
