"""The generated cases are what the seeds report, and anybody can draw them again."""

from collections import Counter
from collections.abc import Callable

import pytest
from benchmarks.routing.cases import CASES, day, dike, flood, loyal, tea, villages, week
from benchmarks.routing.plain import priced, sequences_of

from dianliang.engines.routing import MaxIterations, Problem, check, solve, validate

DRAW: dict[str, Callable[[], Problem]] = {
    "flood": lambda: flood(customers=60, teams=4, bases=2),
    "week": lambda: week(visits=50, stewards=4),
    "loyal": lambda: loyal(visits=50, stewards=4, rounds=500),
    "tea": lambda: tea(calls=30, teams=4),
    "villages": lambda: villages(count=8, stations=5),
    "day": lambda: day(teams=4, jobs=30),
    "dike": lambda: dike(km=6, teams=2, days=2),
}
SMALL = {name: draw() for name, draw in DRAW.items()}


def test_every_case_has_a_small_version_here():
    assert SMALL.keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_valid_and_drawn_the_same_twice(name):
    assert validate(SMALL[name]) == ()
    assert DRAW[name]() == SMALL[name]


def test_the_flood_day_is_as_large_as_seed_002_reports():
    large = flood()
    gear = Counter(kind for job in large.jobs for kind in job.gear)

    assert (len(large.teams), len(large.jobs)) == (184, 5922)
    assert gear == {"transformer": 47, "light": 120}
    assert {job.value for job in large.jobs} == {60_000, 20_000, 8_000, 4_000}
    assert len({skill for job in large.jobs for skill in job.skills}) == 5
    assert len({team.shifts[0].start for team in large.teams}) == 101
    assert {shift.window.duration.total_seconds() for t in large.teams for shift in t.shifts} == {
        12 * 3600
    }


def test_the_county_week_gives_sixty_stewards_five_days_for_1500_visits():
    plain, kept = week(), loyal(rounds=0)

    assert len(plain.jobs) == len(kept.jobs) == 1500
    assert [len(team.shifts) for team in plain.teams] == [5] * 60
    assert not plain.series
    assert sum(len(series.job_ids) for series in kept.series) == 300
    assert all(
        job.skills <= next(t.skills for t in kept.teams if t.id == job.preferred_team)
        for job in kept.jobs
        if job.preferred_team
    )


def test_the_round_of_villages_is_as_large_as_seed_001_reports():
    problem = villages()

    assert len(problem.teams) == 54
    assert len({job.id.lstrip("abcdefghijklmnopqrstuvwxyz") for job in problem.jobs}) == 94


def test_the_dike_is_as_long_as_seed_002_reports_for_thirty_people_in_three_days():
    problem = dike()

    assert problem.lines[0].length_m == 44_600
    assert sum(job.part.to_m - job.part.from_m for job in problem.jobs) == pytest.approx(44_600)
    assert [len(team.shifts) for team in problem.teams] == [3] * 10


@pytest.mark.parametrize("name", SMALL)
def test_a_small_case_is_solved_checked_and_priced_as_the_engine_prices_it(name):
    problem = SMALL[name]
    plan = solve(problem, stop=MaxIterations(limit=500))
    again = priced(problem, sequences_of(plan))

    assert check(problem, plan) == check(problem, again) == ()
    assert again.objective.total == pytest.approx(plan.objective.total, rel=1e-3)
    assert len(plan.unassigned) < len(problem.jobs) / 3
