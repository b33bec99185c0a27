"""Verify a relief plan against every rule, apart from how it was found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from dianliang.engines.relief._model import Area, Measure, Outcome, Plan, Problem, Rule

EPSILON = 1e-6


def check(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Return everything in which a plan breaks a rule or says what is not so.

    Loads are added up point by point and runs are counted one after the other, with no array and
    nothing of what the plan was made by.
    """
    return tuple(_all(problem, plan))


def _all(problem: Problem, plan: Plan) -> Iterator[str]:
    measures = {measure.id: measure for measure in problem.measures}
    if unknown := set(plan.measures) - measures.keys():
        yield f"unknown measures {sorted(unknown)}"
        return
    taken = [measures[id_] for id_ in plan.measures]
    yield from _limits(problem, plan, taken)
    yield from _areas(problem, plan, taken)


def _limits(problem: Problem, plan: Plan, taken: list[Measure]) -> Iterator[str]:
    for group, times in Counter(each.group for each in taken if each.group).items():
        if times > 1:
            yield f"{times} measures of group {group}"
    enlarged = Counter(each.area_id for each in taken if each.to_capacity_kva is not None)
    for area_id, times in enlarged.items():
        if times > 1:
            yield f"{times} transformers in the place of {area_id}"
    spent, used = sum(each.cost_cny for each in taken), sum(each.units for each in taken)
    if problem.budget_cny is not None and spent > problem.budget_cny + 0.005 * (len(taken) + 1):
        yield f"{spent} CNY of {problem.budget_cny}"
    if problem.most_units is not None and used > problem.most_units:
        yield f"{used} units of {problem.most_units}"
    if abs(plan.cost_cny - spent) > 0.005 * (len(taken) + 1) or plan.units != used:
        yield "cost or units are not those of the measures"


def _areas(problem: Problem, plan: Plan, taken: list[Measure]) -> Iterator[str]:
    loads = {area.id: [float(load) for load in area.loads_kw] for area in problem.areas}
    capacity = {area.id: area.capacity_kva for area in problem.areas}
    for each in taken:
        for point, relief in enumerate(each.relief_kw):
            loads[each.area_id][point] -= float(relief)
            if each.to_area is not None:
                loads[each.to_area][point] += float(relief)
        if each.to_capacity_kva is not None:
            capacity[each.area_id] = each.to_capacity_kva
    takes_over = {each.to_area for each in taken}
    value = 0
    for area in problem.areas:
        larger = replace(area, capacity_kva=capacity[area.id])
        keeps = _longest(loads[area.id], larger, problem.target, problem) < problem.target.points
        was_full = _longest([*area.loads_kw], area, problem.screen, problem)
        is_wanting = was_full >= problem.screen.points
        is_relieved = plan.by_area[area.id].outcome is Outcome.RELIEVED
        if area.id in takes_over and not keeps:
            yield f"{area.id} takes over load and breaks the target"
        if is_relieved != (is_wanting and keeps):
            yield f"{area.id} is relieved or not, other than said"
        value += area.value if is_wanting and keeps else 0
    if value != plan.value:
        yield f"value {plan.value}, but {value} are relieved"
    if plan.value > plan.bound:
        yield f"value {plan.value} above its bound {plan.bound}"


def _longest(loads: list[float], area: Area, rule: Rule, problem: Problem) -> int:
    """Return the longest row of points at or above a rule's limit."""
    limit = rule.limit * area.capacity_kva * area.power_factor
    longest = run = 0
    for point, load in enumerate(loads):
        run = 0 if point in problem.begins else run
        run = run + 1 if load >= limit - EPSILON else 0
        longest = max(longest, run)
    return longest
