"""Home-care plans are right (the checker says so), good (brute force says so), and steady."""

from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from benchmarks.routing.homecare import DATA, best_known, published
from hypothesis import assume, given, settings

from dianliang.engines.routing import MaxIterations
from dianliang.engines.routing.homecare import (
    Care,
    Carer,
    Customer,
    HomeCareProblem,
    HomeCareWeights,
    check,
    solve_home_care,
)
from tests.engines.routing.homecare.worlds import crew, line, pair, problems, single

SHORT = MaxIterations(limit=300)
Step = tuple[int, int]


def planned(problem: HomeCareProblem, iterations: int = 300):
    plan = solve_home_care(problem, stop=MaxIterations(limit=iterations))
    assert check(problem, plan) == ()
    return plan


def begins(plan) -> dict[tuple[str, int], float]:
    return {(v.customer_id, v.care): v.begin_at for round_ in plan.rounds for v in round_.visits}


@settings(max_examples=150, deadline=None)
@given(problems())
def test_every_plan_keeps_every_rule(problem):
    planned(problem, iterations=200)


@settings(max_examples=50, deadline=None)
@given(problems())
def test_nobody_waits_without_need(problem):
    """Every begin is the earliest: one unit sooner would break a rule."""
    plan = planned(problem, iterations=20)

    for r, round_ in enumerate(plan.rounds):
        for i, visit in enumerate(round_.visits):
            sooner = replace(visit, begin_at=visit.begin_at - 1)
            visits = (*round_.visits[:i], sooner, *round_.visits[i + 1 :])
            rounds = (*plan.rounds[:r], replace(round_, visits=visits), *plan.rounds[r + 1 :])
            broken = {v.rule for v in check(problem, replace(plan, rounds=rounds))}
            assert broken & {"opens", "travel", "lag"}


def cost_of(problem: HomeCareProblem, rounds: list[tuple[Step, ...]]) -> float:
    """Price sequences of (customer, care), infinite where two pairs wait for each other."""
    begin = {step: problem.customers[step[0]].opens_at for steps in rounds for step in steps}
    for _ in range(60):
        before = dict(begin)
        for carer, steps in zip(problem.carers, rounds, strict=True):
            free_at, place = carer.starts_at, carer.place
            for k, care in steps:
                customer = problem.customers[k]
                there_at = free_at + problem.travel[place, customer.place]
                begin[k, care] = max(begin[k, care], there_at)
                free_at, place = begin[k, care] + customer.cares[care].duration, customer.place
        for k, customer in enumerate(problem.customers):
            if len(customer.cares) == 2:
                begin[k, 1] = max(begin[k, 1], begin[k, 0] + customer.lag_from)
                begin[k, 0] = max(begin[k, 0], begin[k, 1] - customer.lag_to)
        if all(abs(begin[step] - before[step]) < 1e-9 for step in begin):
            break
    else:
        return float("inf")
    late = [max(0.0, at - problem.customers[k].due_at) for (k, _), at in begin.items()]
    travel = 0.0
    for carer, steps in zip(problem.carers, rounds, strict=True):
        way = [carer.place, *(problem.customers[k].place for k, _ in steps), carer.place]
        travel += sum(problem.travel[a, b] for a, b in pairwise(way))
    w = problem.weights
    return w.travel * travel + w.total_tardiness * sum(late) + w.worst_tardiness * max(late)


def best_by_brute_force(problem: HomeCareProblem) -> float:
    """Try every order of every split of the cares over the carers."""
    steps = [(k, i) for k, one in enumerate(problem.customers) for i in range(len(one.cares))]
    best = float("inf")
    for owners in product(range(len(problem.carers)), repeat=len(steps)):
        owner = dict(zip(steps, owners, strict=True))
        is_able = all(
            problem.customers[k].cares[i].skill in problem.carers[c].skills
            for (k, i), c in owner.items()
        )
        if not is_able or any(i and owner[k, 0] == owner[k, 1] for k, i in steps):
            continue
        mine = [[s for s in steps if owner[s] == c] for c in range(len(problem.carers))]
        for rounds in product(*(permutations(group) for group in mine)):
            best = min(best, cost_of(problem, list(rounds)))
    return best


@settings(max_examples=20, deadline=None)
@given(problems(most=3, carers=3))
def test_no_other_plan_is_cheaper(problem):
    assume(problem.customers)
    assume(sum(len(customer.cares) for customer in problem.customers) <= 5)

    plan = planned(problem, iterations=1500)

    assert plan.cost.total == pytest.approx(best_by_brute_force(problem), abs=1e-6)


def test_two_stewards_begin_together_though_one_is_there_sooner():
    here, there = Carer(id="near", skills=frozenset({"repair"}), place=1), crew(1)[0]
    problem = HomeCareProblem(customers=(pair(),), carers=(here, there), travel=line(0, 30))

    plan = planned(problem)

    assert begins(plan) == {("P", 0): 30, ("P", 1): 30}


def test_the_first_steward_waits_when_the_second_could_not_follow_in_time():
    first = Carer(id="A", skills=frozenset({"repair"}), place=1)
    second = Carer(id="B", skills=frozenset({"care"}))
    problem = HomeCareProblem(
        customers=(pair(lag=(5, 20)),), carers=(first, second), travel=line(0, 60)
    )

    assert begins(planned(problem)) == {("P", 0): 40, ("P", 1): 60}


def test_a_delay_is_followed_into_the_round_of_the_other_steward():
    """The pair waits for the one who is busy, and who comes next waits for the pair."""
    busy = Carer(id="A", skills=frozenset({"repair"}), starts_at=50)
    idle = Carer(id="B", skills=frozenset({"care"}))
    after = Customer(
        id="K", place=2, opens_at=60, due_at=65, cares=(Care(skill="care", duration=5),)
    )
    problem = HomeCareProblem(
        customers=(pair(opens=0, due=55), after),
        carers=(busy, idle),
        travel=line(0, 10, 20),
        weights=HomeCareWeights(travel=1, total_tardiness=1, worst_tardiness=0),
    )

    plan = planned(problem)

    assert begins(plan) == {("P", 0): 60, ("P", 1): 60, ("K", 0): 90}
    assert (plan.cost.total_tardiness, plan.cost.worst_tardiness) == (5 + 5 + 25, 25)


@pytest.mark.parametrize(
    ("weights", "first", "late"),
    [
        (HomeCareWeights(travel=0, total_tardiness=1, worst_tardiness=0), "short", (20, 20)),
        (HomeCareWeights(travel=0, total_tardiness=0, worst_tardiness=1), "long", (25, 15)),
    ],
)
def test_what_tardiness_costs_says_who_waits(weights, first, late):
    """The short visit first is less tardiness in all; the long one first is less at worst."""
    long, short = (
        Customer(id=id_, place=1, opens_at=0, due_at=due, cares=(Care(skill="care", duration=s),))
        for id_, due, s in (("long", 0, 30), ("short", 25, 10))
    )
    problem = HomeCareProblem(
        customers=(long, short), carers=crew(1), travel=line(0, 10), weights=weights
    )

    plan = planned(problem)

    assert plan.rounds[0].visits[0].customer_id == first
    assert (plan.cost.total_tardiness, plan.cost.worst_tardiness) == late


def test_one_seed_gives_one_plan_and_another_seed_may_give_another():
    rng = np.random.default_rng(5)
    places = rng.uniform(0, 50, 15)
    problem = HomeCareProblem(
        customers=tuple(single(f"K{i}", place=i + 1, opens=7.0 * i) for i in range(14)),
        carers=crew(3),
        travel=line(0, *places[:14]),
    )

    one = solve_home_care(problem, stop=SHORT, seed=4)

    assert solve_home_care(problem, stop=SHORT, seed=4) == one
    assert solve_home_care(problem, stop=SHORT, seed=5).seed == 5


def test_a_search_can_be_watched_and_cancelled():
    problem = HomeCareProblem(customers=(single(), pair()), carers=crew(), travel=line(0, 9))
    seen = []

    def watch(now) -> bool:
        seen.append(now)
        return now.iteration < 300

    plan = solve_home_care(problem, stop=MaxIterations(limit=10**9), progress=watch)

    assert plan.iterations == seen[-1].iteration == 300
    assert check(problem, plan) == ()
    assert [now.best for now in seen] == sorted((now.best for now in seen), reverse=True)


def test_nobody_to_visit_is_a_plan_too():
    plan = planned(HomeCareProblem(customers=(), carers=crew(), travel=line(0)))

    assert [round_.visits for round_ in plan.rounds] == [(), ()]
    assert plan.cost.total == 0


@pytest.mark.skipif(not DATA.is_dir(), reason="the published instances are not here")
@pytest.mark.parametrize("number", [2, 4, 6, 8, 10])
def test_the_best_known_plans_of_ten_patients_are_found(number):
    name = f"InstanzCPLEX_HCSRP_10_{number}"

    plan = planned(published(DATA / f"{name}.json"), iterations=20_000)

    assert plan.cost.total <= best_known()[name] + 1e-3
