"""A day on which requests come late is lived through without knowing them, and keeps every rule."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from benchmarks.routing.dynamic import EPOCH, drawn, lived
from benchmarks.routing.instances import at, points
from benchmarks.routing.plain import sequences_of

from dianliang.engines.routing import (
    Job,
    MaxIterations,
    Problem,
    Shift,
    Team,
    TravelTable,
    check,
    solve,
)
from dianliang.kernel.periods import TimeWindow

EPOCHS = 4


@pytest.fixture(scope="module")
def day():
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 100, (25, 2))
    legs = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(-1)).round()
    places = points(xy)
    jobs = []
    for node in range(1, 25):
        opens = float(rng.uniform(0, 500))
        window = TimeWindow(at(opens), at(opens + 300))
        jobs.append(
            Job(id=str(node), at=places[node], duration_s=10, windows=(window,), gear={"load": 1})
        )
    shift = Shift(window=TimeWindow(at(0), at(1200)), start=places[0])
    problem = Problem(
        jobs=tuple(jobs),
        teams=tuple(Team(id=f"v{i}", shifts=(shift,), gear={"load": 8}) for i in range(8)),
        travel=TravelTable(points=places, seconds=legs, metres=legs),
    )
    return drawn(problem, customers=24, epochs=EPOCHS)


def test_what_comes_late_is_drawn_the_same_twice_and_early_enough_to_be_driven_to(day):
    late = {id_: known for id_, known in day.known_at.items() if known > EPOCH}

    assert 5 <= len(late) <= 19
    for job in day.problem.jobs:
        known, (window,) = day.known_at[job.id], job.windows
        way_s = float(
            day.problem.travel.table([day.problem.teams[0].shifts[0].start], [job.at])[0, 0]
        )
        assert known <= window.start
        assert known + timedelta(seconds=way_s + job.duration_s) <= window.end


def test_nobody_is_asked_about_a_request_before_it_is_known_or_after_it_is_begun(day):
    asked, opened = [], []

    def solver(problem, clock, last):
        del clock, last
        opened.append(min(team.shifts[0].window.start for team in problem.teams))
        asked.append({job.id for job in problem.jobs})
        return sequences_of(solve(problem, stop=MaxIterations(limit=150)))

    plan = lived(day, solver, epochs=EPOCHS, seconds=1.0)

    step = (day.closes - EPOCH) / EPOCHS
    for number, jobs in enumerate(asked):
        assert all(day.known_at[id_] <= EPOCH + number * step for id_ in jobs)
    assert opened == sorted(opened)
    assert asked[0] == {id_ for id_, known in day.known_at.items() if known == EPOCH}
    assert len(asked[-1]) < len(day.problem.jobs)
    assert check(day.problem, plan) == ()
    assert len(plan.unassigned) <= 2


def test_without_surprises_a_day_is_what_was_planned_in_the_morning(day):
    known = replace(day, known_at=dict.fromkeys(day.known_at, EPOCH))
    morning = solve(known.problem, stop=MaxIterations(limit=400))

    def stubborn(problem, clock, last):
        del clock, last
        rest = {job.id for job in problem.jobs}
        return {
            key: [id_ for id_ in ids if id_ in rest]
            for key, ids in sequences_of(morning).items()
            if key[0] in {team.id for team in problem.teams}
        }

    plan = lived(known, stubborn, epochs=EPOCHS, seconds=1.0)

    assert sequences_of(plan) == sequences_of(morning)
