"""Plans are the best there are, keep every rule, and say what would be enough."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.relief import (
    Area,
    ErrorCode,
    InvalidProblemError,
    Kind,
    Measure,
    Outcome,
    Problem,
    Rule,
    check,
    ranked,
    solve,
    validate,
)
from dianliang.engines.relief import _solve as solving
from tests.engines.relief.worlds import problems

DAY = 96


def longest(loads, limit, begins):
    run = best = 0
    for point, load in enumerate(loads):
        run = 0 if point in begins else run
        run = run + 1 if load >= limit else 0
        best = max(best, run)
    return best


def brute(problem):
    """Return the best value, with its lowest cost, by trying every set."""
    best = (0, 0.0)
    for size in range(len(problem.measures) + 1):
        for chosen in combinations(problem.measures, size):
            groups = [each.group for each in chosen if each.group]
            cost = sum(each.cost_cny for each in chosen)
            units = sum(each.units for each in chosen)
            enlarged = [each.area_id for each in chosen if each.to_capacity_kva]
            if len(groups) != len(set(groups)) or len(enlarged) != len(set(enlarged)):
                continue
            capacity = {
                each.area_id: each.to_capacity_kva for each in chosen if each.to_capacity_kva
            }
            if problem.budget_cny is not None and cost > problem.budget_cny:
                continue
            if problem.most_units is not None and units > problem.most_units:
                continue
            value, is_allowed = 0, True
            for area in problem.areas:
                after = area.loads_kw.copy()
                for each in chosen:
                    after -= each.relief_kw * (each.area_id == area.id)
                    after += each.relief_kw * (each.to_area == area.id)
                full = longest(area.loads_kw, 100 * problem.screen.limit, problem.begins)
                kva = capacity.get(area.id) or 100
                left = longest(after, kva * problem.target.limit, problem.begins)
                keeps = left < problem.target.points
                is_allowed &= keeps or all(each.to_area != area.id for each in chosen)
                value += area.value * (full >= problem.screen.points and keeps)
            if is_allowed and (value, -cost) > (best[0], -best[1]):
                best = (value, cost)
    return best


@settings(max_examples=100, deadline=None)
@given(problems())
def test_a_plan_is_the_most_valuable_and_the_cheapest_of_these(problem):
    plan = solve(problem)

    assert check(problem, plan) == ()
    assert (plan.value, plan.cost_cny) == brute(problem)
    assert plan.is_proven


@settings(max_examples=60, deadline=None)
@given(problems(most_measures=4))
def test_a_search_finds_what_the_table_finds(problem):
    plan = solve(problem)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solving.knapsack, "MOST_CELLS", -1)
        searched = solve(problem)

    assert check(problem, searched) == ()
    told = [(one.value, one.bound, one.cost_cny, one.units) for one in (plan, searched)]
    assert told[0] == told[1]


@settings(max_examples=100, deadline=None)
@given(problems(most_measures=4))
def test_large_clusters_are_decided_as_small_ones_are(problem):
    plan = solve(problem)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solving, "MOST_TRIED", -1)
        large = solve(problem)

    assert check(problem, large) == ()
    assert (large.value, large.cost_cny, large.units) == (plan.value, plan.cost_cny, plan.units)
    costs = {measure.id: measure.cost_cny for measure in problem.measures}
    told = [
        [(each.outcome, sum(costs[id_] for id_ in each.cheapest)) for each in found.findings]
        for found in (plan, large)
    ]
    assert told[0] == told[1]


@settings(max_examples=100, deadline=None)
@given(problems(), st.data())
def test_what_an_area_lacks_is_enough_to_relieve_one_more(problem, data):
    plan = solve(problem)
    wanting = [
        each
        for each in plan.findings
        if each.outcome is Outcome.NOT_CHOSEN and (each.lacking_cny or each.lacking_units)
    ]
    if not wanting:
        return
    finding = data.draw(st.sampled_from(wanting))
    area = next(each for each in problem.areas if each.id == finding.area_id)
    more = replace(
        problem,
        budget_cny=None if problem.budget_cny is None else problem.budget_cny + finding.lacking_cny,
        most_units=None
        if problem.most_units is None
        else problem.most_units + finding.lacking_units,
    )

    assert solve(more).value >= plan.value + area.value


@settings(max_examples=100, deadline=None)
@given(problems())
def test_the_checker_finds_a_plan_that_is_not_so(problem):
    plan = solve(problem)

    assert check(problem, replace(plan, value=plan.value + 1))
    assert check(problem, replace(plan, cost_cny=plan.cost_cny + 1))
    assert check(problem, replace(plan, measures=(*plan.measures, "nothing")))
    for measure in plan.measures:
        without = tuple(id_ for id_ in plan.measures if id_ != measure)
        assert check(problem, replace(plan, measures=without))


def tea_county(areas=12, roasters=2):
    """Villages whose transformers roast tea from noon until late in three weeks of spring.

    Each feeds homes at 55 % and roasters that take it to 115 %, as seed 004 tells of 梅溪: one
    roaster less and a village is below 80 %.
    """
    hours = np.arange(21 * DAY) % DAY / 4
    home = np.where((hours > 17) & (hours < 22), 0.55, 0.35)
    roasting = (hours >= 12) & (hours < 22)
    made, measures = [], []
    for n in range(areas):
        kva = (200, 315, 400)[n % 3]
        share = 0.6 / roasters
        made.append(
            Area(
                id=f"梅溪{n + 1}号",
                capacity_kva=kva,
                loads_kw=0.95 * kva * (home + roasting * share * roasters),
                enlarging_cny=90_000.0,
            )
        )
        measures += [
            Measure(
                id=f"{made[-1].id}白茶专变{m + 1}",
                area_id=made[-1].id,
                kind=Kind.DEDICATED,
                relief_kw=0.95 * kva * roasting * share,
                cost_cny=0.0,
                units=1,
            )
            for m in range(roasters)
        ]
    return Problem(areas=tuple(made), measures=tuple(measures), most_units=14)


def test_fourteen_tea_transformers_relieve_more_than_ten_villages_and_save_a_million():
    problem = tea_county()
    plan = solve(problem)

    assert check(problem, plan) == ()
    assert plan.is_proven
    assert plan.units <= 14
    assert len(plan.relieved) == 7
    wider = solve(replace(tea_county(roasters=1), most_units=14))
    assert len(wider.relieved) == 12
    assert wider.units == 12
    assert wider.avoided_cny == 12 * 90_000
    told = plan.by_area[plan.relieved[0]]
    assert told.before.highest == pytest.approx(1.15)
    assert told.after.highest < 0.8
    assert str(told.words) == "做 2 项措施，最高负载率由 115% 降到 55%"
    left = next(each for each in plan.findings if each.outcome is Outcome.NOT_CHOSEN)
    assert left.lacking_units == 2


def test_measures_are_ranked_by_what_they_take_off_for_their_price():
    problem = replace(
        tea_county(2),
        measures=tuple(
            replace(each, cost_cny=cost)
            for each, cost in zip(tea_county(2).measures, (5e4, 1e4, 0.0, 2e4), strict=True)
        ),
    )
    order = [each.measure_id for each in ranked(problem)]

    assert order == ["梅溪2号白茶专变1", "梅溪1号白茶专变2", "梅溪2号白茶专变2", "梅溪1号白茶专变1"]
    assert ranked(problem)[0].kwh_per_10k_cny is None


def test_all_that_is_wrong_is_told_at_once_in_words_that_name_it():
    load = np.full(4, 50.0)
    area = Area(id="T1", capacity_kva=0, loads_kw=load)
    broken = Area(id="T1", capacity_kva=100, loads_kw=np.array([1, np.nan, 2, 3]), power_factor=2)
    moved = Measure(id="M1", area_id="T1", kind=Kind.TRANSFER, relief_kw=load[:2], cost_cny=-1)
    lost = Measure(id="M2", area_id="T9", kind=Kind.DEDICATED, relief_kw=load)
    problem = Problem(
        areas=(area, broken),
        measures=(moved, lost),
        budget_cny=-1,
        target=Rule(limit=1.2),
        begins=(0, 9),
    )
    with pytest.raises(InvalidProblemError) as refusal:
        solve(problem)

    words = "\n".join(error.words for error in refusal.value.errors)
    assert {error.code for error in validate(problem)} == set(ErrorCode)
    for told in (
        "台区 T1 出现了 2 次",
        "第 2 个负荷点",
        "M1",
        "T9",
        "预算",
        "治理目标",
        "各段的起点",
    ):
        assert told in words


@pytest.mark.parametrize("number", [-1, float("nan"), float("inf"), 1e300, 2**62, 0.5])
def test_numbers_that_no_county_has_are_refused_and_never_half_counted(number):
    load = np.full(8, 50.0)
    area = Area(id="T1", capacity_kva=100, loads_kw=load)
    measure = Measure(id="M1", area_id="T1", kind=Kind.DEDICATED, relief_kw=load)
    whole = Problem(areas=(area,), measures=(measure,))
    broken = [
        replace(whole, areas=(replace(area, value=number),)),
        replace(whole, measures=(replace(measure, units=number),)),
        replace(whole, most_units=number),
    ]
    if number != 0.5:
        broken += [
            replace(whole, measures=(replace(measure, cost_cny=number),)),
            replace(whole, budget_cny=number),
            replace(whole, areas=(replace(area, enlarging_cny=number),)),
        ]
    for problem in broken:
        assert len(validate(problem)) == 1
    for profile in (load * np.nan, load * 1e300):
        assert validate(replace(whole, areas=(replace(area, loads_kw=profile),)))
        assert validate(replace(whole, measures=(replace(measure, relief_kw=profile),)))


def test_a_larger_transformer_is_one_and_larger():
    area = Area(id="T1", capacity_kva=100, loads_kw=np.full(8, 110.0))
    larger = Measure(
        id="M1",
        area_id="T1",
        kind=Kind.ENLARGE,
        relief_kw=np.zeros(8),
        cost_cny=6e4,
        units=1,
        to_capacity_kva=160,
    )
    problem = Problem(areas=(area,), measures=(larger, replace(larger, id="M2", cost_cny=7e4)))
    plan = solve(problem)

    assert plan.measures == ("M1",)
    assert plan.by_area["T1"].after.highest == pytest.approx(110 / 160 / 0.95)
    both = replace(plan, measures=("M1", "M2"), cost_cny=1.3e5, units=2)
    assert check(problem, both) == ("2 transformers in the place of T1",)
    for wrong, words in (
        (replace(larger, to_capacity_kva=100), "应大于原来的 100 kVA"),
        (replace(larger, to_capacity_kva=None), "换成多大"),
        (replace(larger, kind=Kind.BALANCE), "换成多大"),
        (replace(larger, group="A"), "只能换一台"),
    ):
        assert words in validate(replace(problem, measures=(wrong,)))[0].words
