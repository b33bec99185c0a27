"""Generated days in a county on which something is short, one kind of shortage each.

Towns, teams and jobs are drawn from a seed; a day of two teams' more work than there is time for is
then made short of a skill, of gear, of hours at a customer's and so on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from dianliang.engines.routing import (
    Job,
    Link,
    Lunch,
    Priority,
    Problem,
    Series,
    Shift,
    Team,
    Weights,
)
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

DAY = datetime(2026, 11, 24, tzinfo=SHANGHAI)
SKILLS = ("repair", "inspect", "care", "line", "meter")
Draw = np.random.Generator


def at(hour: float, day: int = 0) -> datetime:
    """Return an instant of the days in the county."""
    return DAY + timedelta(days=day, hours=hour)


@dataclass(frozen=True)
class County:
    """Where things are: towns in degrees."""

    rng: Draw
    towns: tuple[tuple[float, float], ...]

    def place(self) -> GeoPoint:
        """Draw a place near a town."""
        town = self.towns[int(self.rng.integers(len(self.towns)))]
        return GeoPoint(*(float(value) for value in self.rng.normal(town, 0.02)))


def ordinary(seed: int, *, teams: int, jobs: int, days: int = 1) -> Problem:
    """Draw days with more work than there is time for."""
    rng = np.random.default_rng(seed)
    towns = tuple(
        (float(lat), float(lon))
        for lat, lon in zip(
            rng.uniform(30.4, 30.85, 12), rng.uniform(119.3, 119.85, 12), strict=True
        )
    )
    county = County(rng, towns)
    return Problem(
        teams=tuple(_team(county, f"T{number}", days) for number in range(teams)),
        jobs=tuple(_job(county, f"J{number}", days) for number in range(jobs)),
    )


def _team(county: County, name: str, days: int) -> Team:
    base, rng = county.place(), county.rng
    overtime_s = 1800 * int(rng.integers(2))
    shifts = tuple(
        Shift(
            window=TimeWindow(at(8.5, day), at(17.5, day)),
            start=base,
            lunch=Lunch(window=TimeWindow(at(11.5, day), at(13.5, day)), duration_s=3600),
            overtime_limit_s=overtime_s,
        )
        for day in range(days)
    )
    skills = frozenset(rng.choice(SKILLS, size=3, replace=False).tolist())
    return Team(id=name, shifts=shifts, skills=skills, gear={"ladder": 2})


def _job(county: County, name: str, days: int) -> Job:
    rng = county.rng
    begin, day = float(rng.choice([8.5, 9, 10, 13.5, 14.5])), int(rng.integers(days))
    return Job(
        id=name,
        at=county.place(),
        duration_s=int(rng.choice([20, 30, 45, 60])) * 60,
        windows=(TimeWindow(at(begin, day), at(begin + 3, day)),) if rng.random() < 0.4 else (),
        skills=frozenset({str(rng.choice(SKILLS))}),
        gear={"ladder": 1} if rng.random() < 0.05 else {},
        priority=list(Priority)[int(rng.choice(3, p=[0.15, 0.6, 0.25]))],
        due_at=at(float(rng.uniform(9, 18)), day) if rng.random() < 0.5 else None,
    )


def _some(problem: Problem, share: float, change: Callable[[Job], Job]) -> Problem:
    """Change every so many-th job."""
    step = round(1 / share)
    jobs = (change(job) if i % step == 0 else job for i, job in enumerate(problem.jobs))
    return replace(problem, jobs=tuple(jobs))


def _teams(problem: Problem, change: Callable[[Team], Team]) -> Problem:
    return replace(problem, teams=tuple(change(team) for team in problem.teams))


def _short(seed: int, share: float, change: Callable[[Job], Job]) -> Problem:
    return _some(ordinary(seed, teams=6, jobs=42), share, change)


def skill(seed: int) -> Problem:
    """Some jobs ask for a trade that nobody has."""
    return _short(seed, 0.1, lambda job: replace(job, skills=frozenset({"water"})))


def level(seed: int) -> Problem:
    """Some jobs ask for a higher level than anybody has."""
    day = _short(seed, 0.1, lambda job: replace(job, levels=dict.fromkeys(job.skills, 3)))
    return _teams(day, lambda team: replace(team, levels=dict.fromkeys(team.skills, 1)))


def gear(seed: int) -> Problem:
    """Some jobs ask for gear that nobody has, some bring more back than there is room for."""
    day = _short(seed, 0.1, lambda job: replace(job, gear={"pump": 1}))
    return _some(day, 0.15, lambda job: replace(job, returns={"crate": 1}))


def gear_out(seed: int) -> Problem:
    """A piece of gear is there, but too few for all jobs."""
    day = ordinary(seed, teams=4, jobs=16)
    day = _some(day, 0.5, lambda job: replace(job, gear={"pump": 1}))
    return _teams(day, lambda team: replace(team, gear={"pump": 1, "ladder": 2}))


def windows(seed: int) -> Problem:
    """Some customers are at home in the evening only, many for an hour and a half."""
    day = _short(seed, 0.15, lambda job: replace(job, windows=(TimeWindow(at(18.5), at(21)),)))
    return _some(day, 0.5, lambda job: replace(job, windows=(TimeWindow(at(9), at(10.5)),)))


def overload(seed: int) -> Problem:
    """There is too much work."""
    return ordinary(seed, teams=4, jobs=60)


def lunch(seed: int) -> Problem:
    """Many customers are there about noon only."""
    return _short(seed, 0.5, lambda job: replace(job, windows=(TimeWindow(at(11.5), at(13.25)),)))


def limits(seed: int) -> Problem:
    """Teams may be out or work for some hours only."""
    day = ordinary(seed, teams=5, jobs=40, days=2)
    return replace(
        day,
        teams=tuple(
            replace(team, shift_limit_s=5 * 3600)
            if i % 2
            else replace(team, total_limit_s=8 * 3600)
            for i, team in enumerate(day.teams)
        ),
    )


def links(seed: int) -> Problem:
    """Some jobs need two teams at once."""
    day = ordinary(seed, teams=4, jobs=40)
    pairs = tuple(Link(first=f"J{i}", then=f"J{i + 1}") for i in range(0, 16, 2))
    return replace(day, links=pairs)


def series(seed: int) -> Problem:
    """Some customers are visited on several days."""
    day = ordinary(seed, teams=3, jobs=45, days=3)
    free = _some(day, 1.0, lambda job: replace(job, windows=(), due_at=None))
    mine = tuple(
        Series(id=f"S{i}", job_ids=(f"J{i}", f"J{i + 1}"), gap_to_days=2) for i in range(0, 20, 2)
    )
    return replace(free, series=mine)


def chosen_teams(seed: int) -> Problem:
    """Some customers want one team only, which may lack the trade, and some refuse most."""
    day = _short(seed, 0.15, lambda job: replace(job, allowed_teams=frozenset({"T0"})))
    return _some(
        day, 0.25, lambda job: replace(job, forbidden_teams=frozenset({"T1", "T2", "T3", "T4"}))
    )


def areas(seed: int) -> Problem:
    """Teams keep to their areas, and one area has none."""
    day = ordinary(seed, teams=6, jobs=42)
    jobs = tuple(replace(job, area="abcd"[i % 4]) for i, job in enumerate(day.jobs))
    return replace(
        day,
        jobs=jobs,
        teams=tuple(
            replace(team, areas=frozenset({"abc"[i % 3]})) for i, team in enumerate(day.teams)
        ),
    )


def balance(seed: int) -> Problem:
    """Equal loads are wanted, going out costs, customers know their teams."""
    day = ordinary(seed, teams=4, jobs=60)
    day = _some(day, 0.5, lambda job: replace(job, preferred_team="T0"))
    return replace(
        _teams(day, lambda team: replace(team, shift_price=900.0)), weights=Weights(balance=0.2)
    )


SHORTAGES: dict[str, Callable[[int], Problem]] = {
    "技能": skill,
    "等级": level,
    "装备": gear,
    "装备已分出": gear_out,
    "时段": windows,
    "人手": overload,
    "午休": lunch,
    "工时上限": limits,
    "同时作业": links,
    "系列": series,
    "指定与回避": chosen_teams,
    "片区": areas,
    "均衡与出勤": balance,
}
"""Every kind of shortage by its name."""
