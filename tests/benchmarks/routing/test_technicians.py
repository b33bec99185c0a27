"""Technicians are drawn as told, the same each time, and every peer can be given them."""

import pytest
from benchmarks.routing.plain import plainly, unspeakable
from benchmarks.routing.technicians import HELD, LAYOUTS, WIDTHS_H, days, technicians

from dianliang.engines.routing import MaxIterations, check, solve, validate


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("width", WIDTHS_H)
def test_a_day_is_valid_and_drawn_the_same_twice_and_peers_can_be_given_it(layout, width):
    problem = technicians(layout=layout, width=width, requests=20, crews=5)

    assert validate(problem) == ()
    assert unspeakable(problem) == ()
    assert technicians(layout=layout, width=width, requests=20, crews=5) == problem
    assert {len(team.skills) for team in problem.teams} == {2 * HELD}
    assert {len(job.skills) for job in problem.jobs} == {2}
    assert plainly(problem, has_soft_promises=False).errands[0].needs == problem.jobs[0].skills
    plan = solve(problem, stop=MaxIterations(limit=200))
    assert check(problem, plan) == ()
    assert len(plan.unassigned) < 10


def test_the_family_has_six_days_that_differ():
    drawn = dict(days(requests=10, crews=3))

    assert len(drawn) == 6
    assert len({problem.jobs[0].at for problem in drawn.values()}) == 6
