"""Gear goes from job to job: what is collected at one may be set up at the next."""

from dataclasses import replace
from itertools import chain, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    Desk,
    Fix,
    MaxIterations,
    Params,
    Problem,
    ReasonCode,
    Team,
    apply_fix,
    bound,
    check,
    follow_plan,
    foresee,
    solve,
    why,
)
from tests.engines.routing.worlds import county_day, job, km_east, shift

STOP = MaxIterations(limit=150)
KINDS = ("pump", "light")
counts = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 2))


def crew(stock, room=None, **rest) -> Team:
    """A crew that takes so much along, with a car that holds so much."""
    one = replace(shift(lunch=False), gear=stock)
    return Team(id="A", shifts=(one,), gear=stock if room is None else room, **rest)


def planned(problem, **how):
    plan = solve(problem, stop=STOP, **how)
    assert check(problem, plan) == ()
    return plan


def order(plan):
    return [stop.job_id for route in plan.routes for stop in route.stops]


def loads(stops, stock, room):
    """Yield for each kind the loads with which a crew can do the stops in order: one by one."""
    for kind in KINDS:
        fine = []
        for taken in range(stock.get(kind, 0) + 1):
            aboard, is_fine = taken, True
            for stop in stops:
                is_fine &= aboard >= stop.gear.get(kind, 0)
                aboard += stop.returns.get(kind, 0) - stop.gear.get(kind, 0)
                is_fine &= aboard <= room.get(kind, 0)
            if is_fine:
                fine.append(taken)
        yield fine


def way(problem, stops):
    places = [problem.teams[0].shifts[0].start, *(stop.at for stop in stops)]
    legs = zip(places, [*places[1:], places[0]], strict=True)
    return sum(round(problem.travel.between(a, b)[0]) for a, b in legs) if stops else 0


@settings(max_examples=60, deadline=None)
@given(
    wants=st.lists(st.tuples(counts, counts), min_size=1, max_size=4),
    stock=counts,
    more=counts,
    places=st.permutations((1.0, -2.0, 3.5, -5.0)),
)
def test_no_other_order_and_no_other_load_at_the_start_does_more(wants, stock, more, places):
    """Every order of every choice of jobs, with every load that could be taken along."""
    room = {kind: stock.get(kind, 0) + more.get(kind, 0) for kind in KINDS}
    jobs = tuple(
        job(f"J{n}", km_east=places[n], minutes=20, gear=gear, returns=returns)
        for n, (gear, returns) in enumerate(wants)
    )
    problem = Problem(jobs=jobs, teams=(crew(stock, room),))

    plan = planned(problem)

    worth = {one.id: problem.weights.worth(one) for one in jobs}
    best = min(
        way(problem, stops) + sum(worth.values()) - sum(worth[stop.id] for stop in stops)
        for size in range(len(jobs) + 1)
        for stops in permutations(jobs, size)
        if all(loads(stops, stock, room))
    )
    assert plan.objective.total == pytest.approx(best, abs=3)
    for route in plan.routes:
        stops = [next(one for one in jobs if one.id == stop.job_id) for stop in route.stops]
        least = {
            kind: min(fine) for kind, fine in zip(KINDS, loads(stops, stock, room), strict=True)
        }
        assert route.gear == {kind: count for kind, count in least.items() if count}
    assert bound(problem).total <= plan.objective.total + 1e-6


def test_a_pump_that_is_done_in_one_place_moves_on_to_the_next():
    """The crew has none of its own: it fetches the only one where it is not needed any more."""
    jobs = (job("needs", km_east=1, gear={"pump": 1}), job("has", km_east=9, returns={"pump": 1}))

    (route,) = planned(Problem(jobs=jobs, teams=(crew({}, {"pump": 1}),))).routes

    assert [stop.job_id for stop in route.stops] == ["has", "needs"]
    assert route.gear == {}


def test_one_pump_serves_a_chain_of_places_and_comes_home():
    jobs = tuple(
        part
        for n in range(3)
        for part in (
            job(f"set{n}", km_east=2 * n, minutes=10, gear={"pump": 1}),
            job(f"get{n}", km_east=2 * n + 1, minutes=10, returns={"pump": 1}),
        )
    )
    problem = Problem(jobs=jobs, teams=(crew({"pump": 1}),))

    (route,) = planned(problem).routes

    assert len(route.stops) == 6
    assert {name[:3] for name in order(planned(problem))[::2]} in ({"set"}, {"get"})
    assert route.gear in ({}, {"pump": 1})


def test_the_old_is_no_new_one_only_because_it_comes_back():
    """A job that sets up what it needs first cannot use what it collects itself."""
    swap = job("swap", gear={"meter": 1}, returns={"meter": 1})

    assert order(planned(Problem(jobs=(swap,), teams=(crew({}, {"meter": 1}),)))) == []
    assert planned(Problem(jobs=(swap,), teams=(crew({"meter": 1}),))).routes[0].gear == {
        "meter": 1
    }


def test_a_car_that_is_full_collects_nothing_before_something_is_set_up():
    jobs = (
        job("get", km_east=1, returns={"pump": 2}),
        job("set", km_east=9, gear={"pump": 1}),
        job("other", km_east=5, gear={"pump": 1}),
    )

    (route,) = planned(Problem(jobs=jobs, teams=(crew({"pump": 2}),))).routes

    assert len(route.stops) == 3
    assert route.gear.get("pump", 0) < 2 or route.stops[-1].job_id == "get"


def test_what_is_missing_is_told_with_where_it_could_come_from():
    jobs = (
        job("first", gear={"pump": 1}, value=90_000.0),
        job("second", gear={"pump": 1}),
        job("away", returns={"pump": 1}, forbidden_teams=frozenset({"A"})),
    )
    problem = Problem(jobs=jobs, teams=(crew({"pump": 1}),))

    left = {one.job_id: one for one in planned(problem).unassigned}

    assert [reason.code for reason in left["second"].reasons] == [ReasonCode.GEAR_OUT]
    assert "先在别处收回 pump" in left["second"].reasons[0].words
    assert left["away"].reasons[0].code is ReasonCode.NOT_ALLOWED
    assert isinstance(left["second"].fix, Fix)
    helped = apply_fix(problem, left["second"].fix, job_id="second")
    assert "second" in order(planned(helped))


def test_gear_that_somebody_collects_makes_no_job_impossible_beforehand():
    needs, has = job("needs", gear={"pump": 1}), job("has", returns={"pump": 1})
    able = Problem(jobs=(needs, has), teams=(crew({}, {"pump": 1}),))
    alone = replace(able, jobs=(needs,))

    assert foresee(able) == ()
    assert [left.reasons[0].code for left in foresee(alone)] == [ReasonCode.NO_GEAR]
    assert [left.reasons[0].code for left in planned(alone).unassigned] == [ReasonCode.NO_GEAR]


def test_a_job_whose_gear_others_need_is_not_told_to_be_better_elsewhere():
    jobs = (job("has", returns={"pump": 1}), job("needs", gear={"pump": 1}))
    other = Team(id="B", shifts=(shift(place=km_east(9)),), gear={"pump": 1})
    problem = Problem(jobs=jobs, teams=(crew({}, {"pump": 1}), replace(other, areas=None)))
    near = replace(problem, jobs=(jobs[0], replace(jobs[1], allowed_teams=frozenset({"A"}))))
    plan = planned(near)

    told = why(near, plan, job_id="has")

    assert plan.stop_of("has")[1].why == told.words == "它收回的装备，后面的工单要用"
    assert told.alternatives == ()


def test_a_desk_knows_what_a_planned_job_collects():
    has, needs = job("has", km_east=2, returns={"pump": 1}), job("new", gear={"pump": 1})
    problem = Problem(jobs=(has,), teams=(crew({}, {"pump": 1}),))

    (slot,) = Desk(problem, planned(problem)).recommend(needs)

    assert slot.position == 1


def test_a_plan_is_followed_without_what_needed_the_gear_that_is_gone():
    jobs = (job("has", returns={"pump": 1}), job("needs", gear={"pump": 1}), job("free"))
    problem = Problem(jobs=jobs, teams=(crew({}, {"pump": 1}),))
    plan = planned(problem)
    barred = replace(jobs[0], forbidden_teams=frozenset({"A"}))
    changed = replace(problem, jobs=(barred, *jobs[1:]))

    followed = follow_plan(changed, plan)

    assert check(changed, followed) == ()
    assert order(followed) == ["free"]


def test_a_plan_that_sets_up_what_was_not_there_is_caught():
    jobs = (job("has", returns={"pump": 1}), job("needs", gear={"pump": 1}))
    problem = Problem(jobs=jobs, teams=(crew({}, {"pump": 1}),))
    (route,) = planned(problem).routes
    plan = planned(problem)

    without = replace(problem, jobs=(replace(jobs[0], returns={}), jobs[1]))
    small = replace(problem, teams=(crew({}, {}),))
    empty = replace(plan, routes=(replace(route, gear={"light": 1}),))
    taken = replace(problem, teams=(crew({"pump": 1}),), jobs=(job("has"), jobs[1]))

    assert [one.rule for one in check(without, plan)] == ["gear"]
    assert [one.rule for one in check(small, plan)] == ["gear"]
    assert [one.rule for one in check(taken, empty)] == ["loading"]


@pytest.mark.parametrize("workers", [1, 2])
def test_many_crews_pass_gear_on_and_every_rule_is_kept(workers):
    drawn = county_day(teams=8, jobs=90, seed=4)
    jobs = tuple(
        replace(one, gear={"ladder": n % 3 == 0}, returns={"ladder": n % 3 == 1})
        for n, one in enumerate(drawn.jobs)
    )
    problem = replace(drawn, jobs=jobs)
    cut = Params(region_jobs=30, rounds=3, workers=workers, chunk=50)

    plan = solve(problem, stop=MaxIterations(limit=2000), params=cut)

    assert check(problem, plan) == ()
    moved = chain.from_iterable(route.stops for route in plan.routes)
    set_up = sum(int(one.job_id[1:]) % 3 == 0 for one in moved)
    assert set_up > sum(route.gear.get("ladder", 0) for route in plan.routes)
