"""Published problems with a proven optimum: the engine finds it and proves nothing above it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dianliang.engines.routing import (
    Job,
    MaxIterations,
    Priority,
    Problem,
    Shift,
    Team,
    TravelTable,
    bound,
    check,
    solve,
)
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from tests.engines.routing.worlds import at

CASES = Path(__file__).resolve().parents[2] / "cases" / "routing"
ENOUGH = MaxIterations(limit=6000)


def problem_of(case: dict[str, Any]) -> Problem:
    """Make a job of every place but the first: a second of work, a second for each unit of way."""
    size = len(case["demand"]) + 1
    ways = np.zeros((size, size))
    for row, cells in enumerate(case["ways"], start=1):
        ways[row, :row] = ways[:row, row] = cells
    points = tuple(GeoPoint(30.0 + row / 1000, 119.0) for row in range(size))
    day = Shift(window=TimeWindow(at(0), at(0) + timedelta(days=1)), start=points[0])
    return Problem(
        jobs=tuple(
            Job(
                id=f"place {row}",
                at=points[row],
                duration_s=1,
                gear={"load": demand},
                priority=Priority.MUST,
            )
            for row, demand in enumerate(case["demand"], start=1)
        ),
        teams=tuple(
            Team(id=f"vehicle {number}", shifts=(day,), gear={"load": case["capacity"]})
            for number in range(case["vehicles"])
        ),
        travel=TravelTable(points=points, seconds=ways, metres=ways),
    )


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("*/case.json")), ids=lambda path: path.parent.name
)
def test_a_published_optimum_is_found_and_no_bound_lies_above_it(path):
    case = json.loads(path.read_text())
    problem = problem_of(case)

    plan = solve(problem, stop=ENOUGH)

    assert case["source"]
    assert check(problem, plan) == ()
    assert not plan.unassigned
    assert plan.objective.total == pytest.approx(case["optimum"], abs=case["tolerance"])
    assert bound(problem).total <= case["optimum"] + case["tolerance"]


def test_there_are_cases():
    assert len(list(CASES.glob("*/case.json"))) >= 2
