"""Several ties of one job: chains, several teams at once, and what follows them."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import chain, combinations, pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dianliang.engines.routing import (
    ErrorCode,
    Link,
    Lock,
    MaxIterations,
    Params,
    Problem,
    Series,
    Team,
    check,
    follow_plan,
    solve,
    validate,
    why,
)
from dianliang.engines.routing._chains import (
    MOST_LINKED,
    in_order,
    is_contradictory,
    least_lags,
    linked_groups,
)
from tests.engines.routing.worlds import at, county_day, job, km_east, shift, team, window

STOP = MaxIterations(limit=200)
DAY_S = 86_400


def before(first, then, least_min=0, most_min=24 * 60):
    return Link(first=first, then=then, lag_from_s=least_min * 60, lag_to_s=most_min * 60)


def at_once(first, then):
    return Link(first=first, then=then)


def planned(problem, **how):
    plan = solve(problem, stop=STOP, **how)
    assert check(problem, plan) == ()
    return plan


def begins(plan):
    return {stop.job_id: stop.start_at for route in plan.routes for stop in route.stops}


def crews(count, **rest):
    return tuple(
        Team(id="ABCDE"[n], shifts=(shift(place=km_east(3 * n), lunch=False),), **rest)
        for n in range(count)
    )


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_chain_is_done_in_its_order_by_one_team_or_by_several(count):
    jobs = tuple(job(f"J{n}", km_east=4 - 2 * n, minutes=30) for n in range(3))
    links = (before("J0", "J1", 30, 90), before("J1", "J2", 60))
    problem = Problem(jobs=jobs, teams=crews(count), links=links)

    begun = begins(planned(problem))

    assert timedelta(minutes=30) <= begun["J1"] - begun["J0"] <= timedelta(minutes=90)
    assert begun["J2"] - begun["J1"] >= timedelta(minutes=60)


def test_three_teams_begin_at_once_and_a_fourth_follows():
    jobs = tuple(job(f"J{n}", km_east=3 * n, minutes=60) for n in range(4))
    links = (at_once("J0", "J1"), at_once("J1", "J2"), before("J2", "J3", 60, 120))
    problem = Problem(jobs=jobs, teams=crews(4), links=links)

    plan = planned(problem)

    begun = begins(plan)
    assert begun["J0"] == begun["J1"] == begun["J2"]
    assert timedelta(minutes=60) <= begun["J3"] - begun["J0"] <= timedelta(minutes=120)
    assert len({plan.stop_of(f"J{n}")[0].team_id for n in range(3)}) == 3


def test_who_comes_first_waits_for_the_last_who_begins_at_once():
    """The job with the shortest way cannot begin before the team from far away is there."""
    late = job("late", km_east=3, windows=(window(13, 15),))
    problem = Problem(
        jobs=(job("J0"), job("J1", km_east=6), late),
        teams=crews(3),
        links=(at_once("J0", "J1"), at_once("J0", "late")),
    )

    assert set(begins(planned(problem)).values()) == {at(13)}


def test_what_cannot_be_staffed_at_once_is_left_out_whole():
    jobs = tuple(job(f"J{n}") for n in range(3))
    links = (at_once("J0", "J1"), at_once("J1", "J2"))

    plan = planned(Problem(jobs=jobs, teams=crews(2), links=links))

    assert not plan.routes
    assert all("绑定" in left.reasons[-1].words for left in plan.unassigned)


lags = st.tuples(st.sampled_from((0, 20, 45, 90)), st.sampled_from((0, 30, 600)))


@st.composite
def tied_problems(draw):
    """Draw up to four jobs in a small graph of ties, for one to three teams on one road."""
    count = draw(st.integers(3, 4))
    jobs = tuple(
        job(
            f"J{n}",
            km_east=draw(st.sampled_from((1, 4, 7, 9))),
            minutes=draw(st.sampled_from((20, 60))),
            windows=draw(st.sampled_from(((), (), (window(9, 12),), (window(10.5, 16),)))),
            skills=frozenset(draw(st.sampled_from((("a",), ("b",), ())))),
        )
        for n in range(count)
    )
    pairs = draw(
        st.lists(st.sampled_from([*combinations(range(count), 2)]), min_size=2, unique=True)
    )
    links = []
    for one, other in pairs:
        least, more = draw(lags)
        links.append(before(f"J{one}", f"J{other}", least, least + more))
    teams = tuple(
        Team(
            id="ABC"[n],
            shifts=(shift(place=km_east(draw(st.sampled_from((0, 5, 10)))), lunch=False),),
            skills=frozenset(draw(st.sampled_from((("a", "b"), ("a",), ("b",))))),
        )
        for n in range(draw(st.integers(1, 3)))
    )
    return Problem(jobs=jobs, teams=teams, links=tuple(links))


def can_be_done(problem, orders) -> bool:
    """Tell by a linear program whether begins exist for given orders of given teams."""
    names = [one.id for one in problem.jobs]
    jobs = {one.id: one for one in problem.jobs}
    rows, most, low, high = [], [], dict.fromkeys(names, 0.0), dict.fromkeys(names, 1e6)

    def later(first, then, by):
        row = np.zeros(len(names))
        row[names.index(first)], row[names.index(then)] = 1, -1
        rows.append(row)
        most.append(-by)

    def way(a, b):
        return round(problem.travel.between(a, b)[0])

    for link in problem.links:
        later(link.first, link.then, link.lag_from_s)
        later(link.then, link.first, -link.lag_to_s)
    epoch = problem.teams[0].shifts[0].window.start
    for crew, order in zip(problem.teams, orders, strict=True):
        home = crew.shifts[0].start
        until = crew.shifts[0].window.duration.total_seconds()
        for id_ in order:
            if not jobs[id_].skills <= crew.skills:
                return False
        for one, other in pairwise(order):
            later(one, other, jobs[one].duration_s + way(jobs[one].at, jobs[other].at))
        if order:
            low[order[0]] = max(low[order[0]], way(home, jobs[order[0]].at))
            last = jobs[order[-1]]
            high[last.id] = min(high[last.id], until - last.duration_s - way(last.at, home))
    for id_ in names:
        for span in jobs[id_].windows:
            low[id_] = max(low[id_], (span.start - epoch).total_seconds())
            high[id_] = min(high[id_], (span.end - epoch).total_seconds() - jobs[id_].duration_s)
        if low[id_] > high[id_]:
            return False
    found = linprog(
        np.zeros(len(names)),
        A_ub=np.array(rows),
        b_ub=np.array(most, float),
        bounds=[(low[id_], high[id_]) for id_ in names],
    )
    return found.status == 0


def can_all_be_done(problem) -> bool:
    """Try every order of every split of the jobs over the teams."""
    names = [one.id for one in problem.jobs]
    for owners in product(range(len(problem.teams)), repeat=len(names)):
        groups = [
            [name for name, owner in zip(names, owners, strict=True) if owner == number]
            for number in range(len(problem.teams))
        ]
        for orders in product(*(permutations(group) for group in groups)):
            if can_be_done(problem, orders):
                return True
    return False


@settings(max_examples=25, deadline=None)
@given(tied_problems())
def test_whatever_a_small_graph_of_ties_allows_is_done(problem):
    """Brute force over orders, with a linear program for when to begin."""
    assume(validate(problem) == ())
    (*groups,) = linked_groups(problem.links)
    assume(len(groups) == 1 and len(groups[0]) == len(problem.jobs))

    plan = planned(problem)

    assert bool(plan.routes) == can_all_be_done(problem)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(
            st.tuples(
                st.integers(0, n - 1),
                st.integers(0, n - 1),
                st.integers(-60, 120),
                st.integers(0, 90),
            ).filter(lambda one: one[0] != one[1]),
            min_size=1,
            max_size=7,
        )
    )
)
def test_ties_are_refused_exactly_when_no_begins_at_all_keep_them(drawn):
    """A linear program, without windows or teams, says whether there are begins."""
    links = tuple(
        Link(first=f"J{a}", then=f"J{b}", lag_from_s=least, lag_to_s=least + more)
        for a, b, least, more in drawn
    )
    (*groups,) = linked_groups(links)
    names = sorted({*chain(*groups)})
    rows = np.zeros((2 * len(links), len(names)))
    most = np.zeros(2 * len(links))
    for number, link in enumerate(links):
        a, b = names.index(link.first), names.index(link.then)
        rows[2 * number, [a, b]], most[2 * number] = (1, -1), -link.lag_from_s
        rows[2 * number + 1, [a, b]], most[2 * number + 1] = (-1, 1), link.lag_to_s
    found = linprog(np.zeros(len(names)), A_ub=rows, b_ub=most, bounds=[(None, None)] * len(names))

    refused = [is_contradictory(least_lags(ids, links)) for ids in groups]

    assert any(refused) == (found.status != 0)
    for ids in groups:
        bounds = least_lags(in_order(ids, least_lags(ids, links)), links)
        if not is_contradictory(bounds):
            assert (bounds[np.tril_indices(len(ids), -1)] <= 0).all()


@pytest.mark.parametrize(
    "links",
    [
        (before("J", "K", 10), before("K", "L", 10), before("L", "J", 10)),
        (before("J", "K", 60), before("K", "L", 60), before("J", "L", 0, 90)),
    ],
)
def test_ties_that_contradict_each_other_are_refused_with_every_job_of_the_group(links):
    problem = Problem(jobs=tuple(job(name) for name in "JKLM"), teams=crews(3), links=links)

    (error,) = validate(problem)

    assert error.code is ErrorCode.BAD_LINK
    assert "工单 J、K、L 的先后关系互相矛盾" in error.words


@pytest.mark.parametrize(
    "links",
    [
        (at_once("J", "K"), before("K", "L", 240)),
        (before("J", "K", 60), before("K", "L", 60)),
    ],
)
def test_customers_whose_hours_leave_no_time_for_the_ties_are_left_out_and_told_so(links):
    early, late = window(10, 11), window(13, 14.5)
    jobs = (job("J", windows=(late,)), job("K"), job("L", windows=(early, late)), job("M"))
    plan = planned(Problem(jobs=jobs, teams=crews(3), links=links))

    assert [stop.job_id for route in plan.routes for stop in route.stops] == ["M"]
    assert len(plan.unassigned) == 3
    for left in plan.unassigned:
        assert "工单 J、K、L 的可上门时段容不下" in left.reasons[0].words
        assert left.fix is None


def test_a_chain_over_two_days_may_use_the_window_of_the_second():
    two = job("K", windows=(window(9, 10), window(9, 10, day=1)))
    links = (before("J", "K", 600, 30 * 60), before("K", "L"))
    problem = Problem(jobs=(job("J"), two, job("L")), teams=(team("A", days=2),), links=links)

    plan = planned(problem)

    assert [len(route.stops) for route in plan.routes] == [1, 2]
    assert len(planned(replace(problem, teams=(team("A"),))).unassigned) == 3


def test_more_jobs_than_can_hang_together_are_refused_by_name():
    jobs = tuple(job(f"J{n}") for n in range(MOST_LINKED + 1))
    links = tuple(before(f"J{n}", f"J{n + 1}") for n in range(MOST_LINKED))

    (error,) = validate(Problem(jobs=jobs, teams=crews(1), links=links))

    assert all(one.id in error.words for one in jobs)
    assert validate(Problem(jobs=jobs, teams=crews(1), links=links[:-1])) == ()


def test_a_job_with_ties_belongs_to_no_series():
    problem = Problem(
        jobs=(job("J"), job("K"), job("L")),
        teams=(team("A", days=2),),
        links=(before("J", "K"),),
        series=(Series(id="S", job_ids=("K", "L")),),
    )

    (error,) = validate(problem)

    assert (error.code, error.id) == (ErrorCode.BAD_LINK, "K")


def test_a_plan_is_followed_only_as_far_as_its_ties_are_kept():
    jobs = tuple(job(f"J{n}", minutes=30) for n in range(3))
    links = (before("J0", "J1", 30), before("J1", "J2", 30))
    problem = Problem(jobs=jobs, teams=crews(2), links=links)
    plan = planned(problem)
    stricter = replace(problem, links=(before("J0", "J1", 200), links[1]))

    again, torn = follow_plan(problem, plan), follow_plan(stricter, plan)

    assert [route.stops for route in again.routes] == [route.stops for route in plan.routes]
    assert check(stricter, torn) == ()
    assert {left.job_id for left in torn.unassigned} == {"J0", "J1", "J2"}


def test_what_is_tied_to_a_locked_job_stays_with_it():
    jobs = tuple(job(f"J{n}", minutes=30) for n in range(3))
    links = (before("J0", "J1", 30, 120), before("J1", "J2", 30, 120))
    lock = Lock(job_id="J1", team_id="B", shift=0, start_at=at(11), tolerance_s=0)
    problem = Problem(jobs=jobs, teams=crews(2), links=links, locks=(lock,))

    plan = planned(problem)

    assert begins(plan)["J1"] == at(11)
    assert not plan.unassigned
    told = why(problem, plan, job_id="J2")
    assert "J0、J1" in told.words


@cache
def busy_day():
    """A day with chains of three to five, and teams enough for them."""
    drawn = county_day(teams=10, jobs=100, seed=5)
    free = [one.id for one in drawn.jobs if not one.windows]
    links = []
    for number in range(6):
        ids = free[5 * number : 5 * number + 3 + number % 3]
        for place, (one, other) in enumerate(pairwise(ids)):
            links.append(at_once(one, other) if place == number % 2 else before(one, other, 30))
    return replace(drawn, links=tuple(links))


@pytest.mark.parametrize("workers", [1, 2])
def test_many_chains_are_kept_in_regions_and_the_same_for_a_seed(workers):
    problem, cut = busy_day(), Params(region_jobs=30, rounds=3, chunk=50, workers=workers)

    plan = solve(problem, stop=MaxIterations(limit=1500), params=cut, seed=3)

    assert check(problem, plan) == ()
    done = {stop.job_id for route in plan.routes for stop in route.stops}
    whole = [group for group in linked_groups(problem.links) if {*group} <= done]
    assert len(whole) >= 4
