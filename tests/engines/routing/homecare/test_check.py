"""The checker names every rule that a plan breaks, whoever made the plan."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import MaxIterations
from dianliang.engines.routing.homecare import (
    Carer,
    HomeCareCost,
    HomeCarePlan,
    HomeCareProblem,
    Round,
    Visit,
    check,
    solve_home_care,
)
from tests.engines.routing.homecare.worlds import line, pair, problems, single

PROBLEM = HomeCareProblem(
    customers=(pair("P", place=1, opens=20, due=30, lag=(5, 15)), single("K", place=2, due=40)),
    carers=(
        Carer(id="A", skills=frozenset({"repair"})),
        Carer(id="B", skills=frozenset({"care", "repair"})),
    ),
    travel=line(0, 10, 30),
)
FIRST, THEN = (Visit(customer_id="P", care=care, begin_at=20 + 12 * care) for care in range(2))
AFTER = Visit(customer_id="K", care=0, begin_at=50)
COST = HomeCareCost(
    travel=80.0, total_tardiness=12.0, worst_tardiness=10.0, total=(80.0 + 12.0 + 10.0) / 3
)


def plan_of(a=(FIRST, AFTER), b=(THEN,), *, cost=COST) -> HomeCarePlan:
    rounds = (Round(carer_id="A", visits=tuple(a)), Round(carer_id="B", visits=tuple(b)))
    return HomeCarePlan(rounds=rounds, cost=cost, seed=1, iterations=0)


def rules(plan: HomeCarePlan) -> set[str]:
    return {violation.rule for violation in check(PROBLEM, plan)}


def test_a_plan_made_by_hand_is_fine_and_costs_what_was_counted_by_hand():
    assert check(PROBLEM, plan_of()) == ()


@pytest.mark.parametrize(
    ("plan", "rule"),
    [
        (plan_of(a=(FIRST,)), "once"),
        (plan_of(b=(THEN, replace(AFTER, begin_at=90))), "once"),
        (plan_of(a=(THEN,), b=(FIRST, AFTER)), "skill"),
        (plan_of(a=(replace(FIRST, begin_at=19), AFTER)), "opens"),
        (plan_of(a=(FIRST, replace(AFTER, begin_at=49))), "travel"),
        (plan_of(b=(replace(THEN, begin_at=24),)), "lag"),
        (plan_of(b=(replace(THEN, begin_at=36),)), "lag"),
        (plan_of(a=(AFTER,), b=(FIRST, THEN)), "pair"),
        (plan_of(a=(FIRST, replace(AFTER, begin_at=float("nan")))), "travel"),
        (plan_of(cost=replace(COST, travel=79.0)), "cost"),
        (plan_of(cost=replace(COST, total=1.0)), "cost"),
        (plan_of(b=(replace(THEN, care=2),)), "customer"),
        (plan_of(b=(replace(THEN, customer_id="?"),)), "customer"),
        (replace(plan_of(), rounds=(Round(carer_id="?", visits=()),)), "carer"),
        (replace(plan_of(), rounds=plan_of().rounds[:1] * 2), "carer"),
    ],
)
def test_a_broken_rule_is_named(plan, rule):
    assert rule in rules(plan)


@settings(max_examples=60, deadline=None)
@given(problems(), st.data())
def test_a_plan_that_lost_or_doubled_a_visit_is_refused(problem, data):
    assume(problem.customers)
    plan = solve_home_care(problem, stop=MaxIterations(limit=1))
    number = data.draw(
        st.sampled_from([r for r, round_ in enumerate(plan.rounds) if round_.visits])
    )
    visits = plan.rounds[number].visits
    i = data.draw(st.integers(0, len(visits) - 1))
    times = data.draw(st.sampled_from([0, 2]))
    changed = replace(
        plan.rounds[number], visits=(*visits[:i], *[visits[i]] * times, *visits[i + 1 :])
    )

    rounds = (*plan.rounds[:number], changed, *plan.rounds[number + 1 :])

    assert "once" in {v.rule for v in check(problem, replace(plan, rounds=rounds))}
