"""Published instances say the same in our words; made-up ones show what could differ."""

import pytest
from benchmarks.routing.instances import periodic
from benchmarks.routing.plain import priced, sequences_of

from dianliang.engines.routing import MaxIterations, check, solve

EVERY_DAY, FIRST, SECOND = 3, 2, 1
"""Codes of days, of two: the highest bit is the first day."""


@pytest.fixture
def file(tmp_path):
    """Write two days, a vehicle a day, and customers so far off that a tour outlasts a day."""
    customers = [(0, 500, 2, [EVERY_DAY]), (0, 700, 2, [EVERY_DAY]), (700, 0, 1, [FIRST, SECOND])]
    rows = [(1, 1, len(customers), 2), (0, 6), (0, 6), (0, 0, 0, 0, 0, 0, 0)]
    for number, (x, y, visits, codes) in enumerate(customers, 1):
        rows.append((number, x, y, 1, 2, visits, len(codes), *codes))
    path = tmp_path / "far"
    path.write_text("\n".join(" ".join(map(str, row)) for row in rows))
    return path


def test_a_periodic_tour_longer_than_a_day_is_a_plan_that_breaks_nothing(file):
    problem = periodic(file, known=1.0).problem

    plan = solve(problem, stop=MaxIterations(limit=300))

    assert not plan.unassigned
    assert max(route.return_at - route.leave_at for route in plan.routes).days >= 1
    assert check(problem, plan) == ()
    assert check(problem, priced(problem, sequences_of(plan))) == ()
