"""Every rule of the model alone and in pairs, against the checker and against brute force.

Two teams live ten kilometres apart on one road, three jobs lie between them. Free of rules one team
does two jobs and the other does one. Each rule here forbids that plan or makes it dearer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, permutations, product
from typing import Any

import pytest

from dianliang.engines.routing import (
    ErrorCode,
    Link,
    Lock,
    Lunch,
    MaxIterations,
    Plan,
    Problem,
    Series,
    Shift,
    Team,
    Weights,
    check,
    solve,
    validate,
)
from tests.engines.routing.laying import laid_over
from tests.engines.routing.test_solve import skeleton
from tests.engines.routing.worlds import at, job, km_east, shift, window

ENOUGH = MaxIterations(limit=250)
ROUNDING = 3.0
"""Weighted seconds: ways are whole seconds, times of a promise and of a limit are too."""


def free() -> Problem:
    """Draw the road without any rule: A has two days, B one, and each can do everything but one."""
    near = Team(
        id="A",
        shifts=(shift(lunch=False), shift(day=1, lunch=False)),
        skills=frozenset({"repair"}),
        levels={"repair": 1},
        gear={"pump": 1},
    )
    far = Team(
        id="B",
        shifts=(shift(place=km_east(10), lunch=False),),
        skills=frozenset({"repair", "line"}),
        levels={"repair": 3},
        gear={"pump": 1, "cable": 1},
    )
    jobs = (job("J0", km_east=1), job("J1", km_east=3), job("J2", km_east=8))
    return Problem(jobs=jobs, teams=(near, far))


def to_job(name: str, **facts: Any) -> Callable[[Problem], Problem]:
    def put(problem: Problem) -> Problem:
        jobs = (replace(one, **facts) if one.id == name else one for one in problem.jobs)
        return replace(problem, jobs=tuple(jobs))

    return put


def to_team(name: str, **facts: Any) -> Callable[[Problem], Problem]:
    def put(problem: Problem) -> Problem:
        teams = (replace(one, **facts) if one.id == name else one for one in problem.teams)
        return replace(problem, teams=tuple(teams))

    return put


def to_shifts(**facts: Any) -> Callable[[Problem], Problem]:
    """Return what changes the first team's shifts; a fact may be made from the shift."""

    def changed(one: Shift) -> Shift:
        return replace(one, **{key: f(one) if callable(f) else f for key, f in facts.items()})

    def put(problem: Problem) -> Problem:
        first, *rest = problem.teams
        shifts = tuple(changed(one) for one in first.shifts)
        return replace(problem, teams=(replace(first, shifts=shifts), *rest))

    return put


def together(*puts: Callable[[Problem], Problem]) -> Callable[[Problem], Problem]:
    def put(problem: Problem) -> Problem:
        for one in puts:
            problem = one(problem)
        return problem

    return put


def tied(link: Link) -> Callable[[Problem], Problem]:
    return lambda problem: replace(problem, links=(*problem.links, link))


def early_lunch(one: Shift) -> Lunch:
    begins = one.window.start
    return Lunch(window=replace(one.window, end=begins + (at(9.75) - at(8.5))), duration_s=2700)


def half_an_hour(one: Shift) -> Any:
    return replace(one.window, end=one.window.start + (at(9.25) - at(8.5)))


def with_room_for_lamps(problem: Problem) -> Problem:
    """Give the first team's car room for a lamp, but no lamp to set off with."""
    first, *rest = problem.teams
    shifts = tuple(replace(one, gear=first.gear_on(one)) for one in first.shifts)
    roomy = replace(first, shifts=shifts, gear={**first.gear, "lamp": 1})
    return replace(problem, teams=(roomy, *rest))


@dataclass(frozen=True)
class Rule:
    """What a rule adds to a problem, and what the checker calls it; none for what is only dear."""

    put: Callable[[Problem], Problem]
    broken: str = ""


RULES = {
    "window": Rule(to_job("J0", windows=(window(14, 15.5),)), "window"),
    "windows of two days": Rule(
        to_job("J1", windows=(window(16.9, 17), window(15, 16, day=1))), "window"
    ),
    "skill": Rule(to_job("J1", skills=frozenset({"line"})), "skill"),
    "level": Rule(to_job("J0", levels={"repair": 2}), "skill"),
    "area": Rule(
        together(to_job("J0", area="east"), to_team("A", areas=frozenset({"west"}))), "area"
    ),
    "allowed teams": Rule(to_job("J2", allowed_teams=frozenset({"A"})), "allowed"),
    "forbidden team": Rule(to_job("J1", forbidden_teams=frozenset({"A"})), "forbidden"),
    "reserved shift": Rule(to_shifts(only_for=frozenset({"J1"})), "reserved"),
    "lock": Rule(
        lambda problem: replace(
            problem, locks=(Lock(job_id="J0", team_id="B", shift=0, start_at=at(11)),)
        ),
        "lock",
    ),
    "gear taken along": Rule(
        together(to_job("J0", gear={"pump": 1}), to_job("J1", gear={"pump": 1})), "gear"
    ),
    "gear brought back": Rule(to_job("J1", returns={"cable": 1}), "gear"),
    "gear of a shift": Rule(together(to_job("J0", gear={"pump": 1}), to_shifts(gear={})), "gear"),
    "gear collected on the way": Rule(
        together(
            to_job("J0", returns={"lamp": 1}), to_job("J2", gear={"lamp": 1}), with_room_for_lamps
        ),
        "gear",
    ),
    "break": Rule(to_shifts(lunch=early_lunch), "lunch"),
    "overtime": Rule(to_shifts(window=half_an_hour, overtime_limit_s=900), "overtime"),
    "hours of a day": Rule(to_team("A", shift_limit_s=4800), "shift_limit"),
    "hours of all days": Rule(to_team("A", total_limit_s=4800), "total_limit"),
    "two teams at once": Rule(tied(Link(first="J0", then="J1")), "link"),
    "least and most time between": Rule(
        tied(Link(first="J0", then="J2", lag_from_s=10_800, lag_to_s=14_400)), "link"
    ),
    "days of a series": Rule(
        lambda problem: replace(
            problem, series=(Series(id="S", job_ids=("J0", "J1"), gap_to_days=1),)
        ),
        "series",
    ),
    "another way home": Rule(to_shifts(end=km_east(-6)), "travel"),
    "promise": Rule(to_job("J1", due_at=at(8.6))),
    "promise of another price": Rule(to_job("J2", due_at=at(8.5), late_per_s=30.0)),
    "wait": Rule(to_job("J2", wait_per_s=30.0)),
    "known team": Rule(to_job("J1", preferred_team="B")),
    "price of going out": Rule(to_team("B", shift_price=5000.0)),
    "even loads": Rule(lambda problem: replace(problem, weights=Weights(balance=1.0))),
}
TIMED_TOGETHER = {"two teams at once", "least and most time between"}
"""What brute force over mere orders cannot judge: when to begin is chosen, too."""


REFUSED = {
    ("two teams at once", "days of a series"),
    ("least and most time between", "days of a series"),
}
"""A job that is tied is in no series."""


LONGER = {("hours of all days", "days of a series"): MaxIterations(limit=5000)}
"""Both visits are put in at once, and seldom with two teams, as one team's hours demand here."""


def ruled(*names: str) -> Problem:
    problem = free()
    for name in names:
        problem = RULES[name].put(problem)
    return problem


@cache
def planned(*names: str) -> tuple[Problem, Plan]:
    problem = ruled(*names)
    return problem, solve(problem, stop=LONGER.get(names, ENOUGH))


def served(plan: Plan) -> dict[str, str]:
    return {stop.job_id: route.team_id for route in plan.routes for stop in route.stops}


def best_that_the_checker_lets_pass(problem: Problem) -> float:
    """Lay every order of every split over the shifts; the checker says which hold."""
    shifts = [(team.id, n) for team in problem.teams for n in range(len(team.shifts))]
    best, lay = float("inf"), laid_over(problem)
    for owners in product(range(-1, len(shifts)), repeat=len(problem.jobs)):
        given = list(zip(problem.jobs, owners, strict=True))
        groups = [[one for one, owner in given if owner == n] for n in range(len(shifts))]
        for orders in product(*(permutations(group) for group in groups)):
            laid = lay(skeleton(shifts, orders))
            if laid.objective.total < best and check(problem, laid) == ():
                best = laid.objective.total
    return best


def test_without_rules_each_team_does_what_lies_near_it():
    problem, plan = planned()

    assert check(problem, plan) == ()
    assert served(plan) == {"J0": "A", "J1": "A", "J2": "B"}


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.broken])
def test_a_rule_alone_forbids_the_free_plan_and_all_is_served_otherwise(name):
    problem, plan = planned(name)
    _, ignorant = planned()

    assert RULES[name].broken in {one.rule for one in check(problem, ignorant)}
    assert check(problem, plan) == ()
    assert not plan.unassigned


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if not rule.broken])
def test_a_price_alone_is_paid_or_avoided(name):
    problem, plan = planned(name)

    assert check(problem, plan) == ()
    assert not plan.unassigned
    assert plan.objective.total > planned()[1].objective.total


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_kept_at_the_least_price_alone_and_with_any_other(name):
    """No order of any split is cheaper, and two rules never cost less than one of them."""
    for other in (name, *(two for one, two in combinations(RULES, 2) if one == name)):
        names = (name,) if other == name else (name, other)
        errors = validate(ruled(*names))
        if names in REFUSED:
            assert {error.code for error in errors} == {ErrorCode.BAD_LINK}
            continue
        assert errors == ()
        problem, plan = planned(*names)
        assert check(problem, plan) == (), names
        for one in names:
            assert plan.objective.total > planned(one)[1].objective.total - ROUNDING, names
        if TIMED_TOGETHER & {*names}:
            continue
        best = best_that_the_checker_lets_pass(problem)
        assert plan.objective.total == pytest.approx(best, abs=ROUNDING), names
