"""Moving customers between phases: the least peak, proven, with the fewest moves."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.phasing import Customer, InvalidProblemError, Params, Problem, balance

EXACT = Params(slack=0.0)


def street(seed, customers, points, *, skew=0.7, most_moves=None):
    """Return a street where most customers hang on phase A."""
    rng = np.random.default_rng(seed)
    phases = np.where(rng.random(customers) < skew, 0, rng.integers(0, 3, customers))
    loads = rng.gamma(1.5, 1.5, (customers, points)).round(3)
    return Problem(
        customers=tuple(
            Customer(id=f"C{i}", phase=int(phases[i]), loads_kw=loads[i]) for i in range(customers)
        ),
        others_kw=rng.uniform(0, 2, (3, points)).round(3),
        most_moves=most_moves,
    )


def every(problem):
    """Yield peak and moves of every choice."""
    loads = np.array([each.loads_kw for each in problem.customers])
    now = np.array([each.phase for each in problem.customers])
    for phases in product(range(3), repeat=len(now)):
        on = np.array(phases)
        total = np.array([loads[on == p].sum(axis=0) for p in range(3)]) + problem.others_kw
        yield float(total.max()), int((on != now).sum())


@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(1, 6),
    points=st.integers(1, 12),
    most_moves=st.none() | st.integers(0, 4),
)
@settings(max_examples=25, deadline=None)
def test_no_other_choice_is_better(seed, customers, points, most_moves):
    problem = street(seed, customers, points, most_moves=most_moves)
    allowed = [one for one in every(problem) if most_moves is None or one[1] <= most_moves]
    least = min(peak for peak, _ in allowed)

    plan = balance(problem, params=EXACT)

    assert plan.peak_kw == pytest.approx(least, abs=0.02)
    assert plan.bound_kw <= least + 0.02
    fewest = min(moves for peak, moves in allowed if peak <= plan.peak_kw + 0.001)
    assert len(plan.moves) <= fewest + (0 if plan.is_fewest else 2)


def test_a_village_is_balanced_within_a_hundredth_of_what_can_be():
    problem = street(1, 36, 48)

    plan = balance(problem, params=Params(work=0.05))

    assert plan.gap < 0.08
    assert plan.peak_kw < 0.75 * plan.peak_before_kw
    assert plan.after_kw.sum(axis=0) == pytest.approx(plan.before_kw.sum(axis=0))
    assert plan.relief_kw.max() > 0
    moved = {move.customer: move for move in plan.moves}
    assert all(move.from_phase != move.to_phase for move in plan.moves)
    assert len(moved) == len(plan.moves) < 40


def test_the_moves_say_who_goes_where():
    loads = np.array([[4.0], [4.0], [4.0]])
    customers = tuple(Customer(id=f"{i}号", phase=0, loads_kw=loads[i]) for i in range(3))

    plan = balance(Problem(customers=customers, others_kw=np.zeros((3, 1))))

    assert plan.peak_kw == 4.0
    assert plan.is_fewest
    assert len(plan.moves) == 2
    assert "由 A 相改接" in plan.moves[0].words
    assert plan.relief_kw.tolist() == [24.0]


def test_what_is_even_is_left_alone_and_fixed_customers_stay():
    even = tuple(Customer(id=f"C{p}", phase=p, loads_kw=np.array([3.0, 1.0])) for p in range(3))
    assert balance(Problem(customers=even, others_kw=np.zeros((3, 2)))).moves == ()

    stuck = tuple(
        Customer(id=f"C{i}", phase=0, loads_kw=np.array([3.0]), is_fixed=True) for i in range(3)
    )
    assert balance(Problem(customers=stuck, others_kw=np.zeros((3, 1)))).moves == ()


def test_a_plan_can_be_repeated():
    problem = street(3, 10, 12)

    one, other = (
        balance(problem, params=Params(work=0.05)),
        balance(problem, params=Params(work=0.05)),
    )

    assert one.moves == other.moves


def test_everything_wrong_is_told_at_once():
    problem = street(1, 3, 4)
    first, second, third = problem.customers
    bad = replace(
        problem,
        customers=(
            replace(first, loads_kw=np.zeros(3)),
            replace(second, id="C0", phase=7),
            replace(third, loads_kw=np.array([1, 2, np.nan, 4])),
        ),
        most_moves=-1,
    )

    with pytest.raises(InvalidProblemError) as refused:
        balance(bad)

    told = str(refused.value)
    for words in ("C0 出现了不止一次", "应有 4 个点", "相别", "不能用的数", "不应小于 0"):
        assert words in told
