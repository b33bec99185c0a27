"""The sites that are opened cover most, and every place is told what covers it or would."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.covering import (
    InvalidProblemError,
    Outcome,
    Place,
    Problem,
    Site,
    solve,
    validate,
)


@st.composite
def problems(draw):
    rows, columns = draw(st.integers(0, 7)), draw(st.integers(0, 6))
    away = draw(
        st.lists(
            st.lists(st.integers(0, 9), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
    return Problem(
        places=tuple(
            Place(id=f"P{n}", weight=draw(st.integers(0, 5)), must=draw(st.booleans()))
            for n in range(rows)
        ),
        sites=tuple(
            Site(id=f"S{n}", is_open=draw(st.booleans()), cost_cny=float(draw(st.integers(0, 4))))
            for n in range(columns)
        ),
        away=np.array(away, float).reshape(rows, columns),
        within=3.0,
        most_new=draw(st.none() | st.integers(0, 3)),
        budget_cny=draw(st.none() | st.integers(0, 8).map(float)),
    )


def brute(problem):
    """Return the best (musts, weight, cost, number) by trying every set of sites."""
    free = [n for n, site in enumerate(problem.sites) if not site.is_open]
    was_open = [n for n, site in enumerate(problem.sites) if site.is_open]
    best = None
    for size in range(len(free) + 1):
        for new in combinations(free, size):
            cost = sum(problem.sites[n].cost_cny for n in new)
            if problem.most_new is not None and size > problem.most_new:
                continue
            if problem.budget_cny is not None and cost > problem.budget_cny:
                continue
            covered = [
                place
                for row, place in enumerate(problem.places)
                if any(problem.away[row, n] <= problem.within for n in (*was_open, *new))
            ]
            musts, weight = sum(p.must for p in covered), sum(p.weight for p in covered)
            if best is None or (musts, weight, -cost, -size) > best:
                best = (musts, weight, -cost, -size)
    return best


@settings(max_examples=150, deadline=None)
@given(problems())
def test_a_choice_is_the_best_of_all_and_tells_every_place(problem):
    choice = solve(problem)
    found = [each for each in choice.findings if each.after <= problem.within]
    musts = {place.id for place in problem.places if place.must}

    assert brute(problem) == (
        sum(each.place_id in musts for each in found),
        choice.covered,
        -choice.cost_cny,
        -len(choice.opened),
    )
    assert choice.covered <= choice.bound <= choice.total
    for each in choice.findings:
        newly = each.outcome is Outcome.NEWLY
        assert newly == (each.before > problem.within >= each.after)
        assert (each.outcome is Outcome.LEFT_OUT) == bool(each.would_help)


def test_every_township_gets_a_station_with_the_fewest_new_ones():
    """Six townships on a road, 10 km apart, one station; three more reach all within 12 km."""
    at = np.arange(6) * 10_000.0
    problem = Problem(
        places=tuple(Place(id=f"乡镇{n}", weight=1000) for n in range(6)),
        sites=tuple(Site(id=f"站{n}", is_open=n == 0, cost_cny=3e5) for n in range(6)),
        away=np.abs(at[:, None] - at),
        within=12_000,
    )
    choice = solve(problem)

    assert len(choice.opened) == 2
    assert (choice.before, choice.covered, choice.is_proven) == (2000, 6000, True)
    assert choice.cost_cny == 6e5
    assert str(choice.findings[0].words) == "已有站点覆盖"


def test_all_that_is_wrong_is_told_at_once():
    problem = Problem(
        places=(Place(id="A", weight=-1), Place(id="A")),
        sites=(Site(id="S", cost_cny=-1),),
        away=np.array([[1.0], [np.nan]]),
        within=-1,
        most_new=-1,
    )
    with pytest.raises(InvalidProblemError) as refusal:
        solve(problem)

    told = "\n".join(refusal.value.errors)
    for words in (
        "地点 A 出现了 2 次",
        "权重",
        "站点 S 的费用",
        "地点 A 到站点 S",
        "覆盖范围",
        "新建",
    ):
        assert words in told
    assert (
        "1 行"
        in validate(Problem(places=(Place(id="A"),), sites=(), away=np.zeros((2, 2)), within=1))[0]
    )


@pytest.mark.parametrize("number", [-1, float("nan"), float("inf"), 1e300, 2**62, 0.5])
def test_numbers_that_no_county_has_are_refused(number):
    def asked(weight=1, cost_cny=0.0, **limits):
        place, site = Place(id="A", weight=weight), Site(id="S", cost_cny=cost_cny)
        return Problem(places=(place,), sites=(site,), away=np.zeros((1, 1)), within=1, **limits)

    assert validate(asked(weight=number))
    assert validate(asked(most_new=number))
    if number != 0.5:
        assert validate(asked(cost_cny=number))
        assert validate(asked(budget_cny=number))
    assert validate(asked()) == ()
