"""What ties jobs together: two teams at once, one after the other, one customer on several days."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    InvalidProblemError,
    Link,
    MaxIterations,
    Priority,
    Problem,
    Series,
    Shift,
    Team,
    Weights,
    check,
    follow_plan,
    solve,
)
from dianliang.engines.routing._ties import MOST_PATTERNS, patterns_of
from dianliang.kernel.calendar import SHANGHAI
from tests.engines.routing.worlds import SEAT, at, job, team, window

SHORT = MaxIterations(limit=400)


def planned(problem):
    plan = solve(problem, stop=SHORT)
    assert check(problem, plan) == ()
    return plan


def day_of(plan, name):
    return plan.stop_of(name)[1].start_at.astimezone(SHANGHAI).date()


def test_two_teams_begin_at_once():
    problem = Problem(
        jobs=(job("lift", minutes=60), job("hold", minutes=60), job("far", km_east=9)),
        teams=(team("A"), team("B")),
        links=(Link(first="lift", then="hold"),),
    )

    plan = planned(problem)

    (one, first), (other, then) = plan.stop_of("lift"), plan.stop_of("hold")
    assert one.team_id != other.team_id
    assert first.start_at == then.start_at


@settings(max_examples=40, deadline=None)
@given(lag=st.integers(0, 180), span=st.integers(0, 120), busy=st.integers(0, 4))
def test_one_begins_so_long_after_the_other(lag, span, busy):
    problem = Problem(
        jobs=(
            job("cut", minutes=30),
            job("restore", minutes=30, km_east=4),
            *(job(f"K{i}", minutes=50, km_east=i) for i in range(busy)),
        ),
        teams=(team("A"), team("B")),
        links=(Link(first="cut", then="restore", lag_from_s=lag * 60, lag_to_s=(lag + span) * 60),),
    )

    plan = planned(problem)

    assert not plan.unassigned
    gap = plan.stop_of("restore")[1].start_at - plan.stop_of("cut")[1].start_at
    assert timedelta(minutes=lag) <= gap <= timedelta(minutes=lag + span)


def test_what_cannot_be_done_together_is_left_out_together():
    problem = Problem(
        jobs=(job("lift", skills=frozenset({"diving"})), job("hold")),
        teams=(team("A"), team("B")),
        links=(Link(first="lift", then="hold"),),
    )

    plan = planned(problem)

    assert {left.job_id for left in plan.unassigned} == {"lift", "hold"}
    assert all("绑定" in left.reasons[-1].words for left in plan.unassigned)


def test_a_plan_with_linked_jobs_is_followed_as_it_was():
    problem = Problem(
        jobs=(job("lift", minutes=60), job("hold", minutes=60), job("K", minutes=100)),
        teams=(team("A"), team("B")),
        links=(Link(first="lift", then="hold"),),
    )
    plan = planned(problem)

    again = follow_plan(problem, plan)

    assert [route.stops for route in again.routes] == [route.stops for route in plan.routes]


@settings(max_examples=30, deadline=None)
@given(gap=st.integers(1, 2), busy=st.integers(0, 6))
def test_visits_of_a_series_keep_their_distance_in_days(gap, busy):
    problem = Problem(
        jobs=(
            *(job(f"V{i}", minutes=40) for i in range(2)),
            *(job(f"K{i}", minutes=120, km_east=i) for i in range(busy)),
        ),
        teams=(team("A", days=4), team("B", days=4)),
        series=(Series(id="S", job_ids=("V0", "V1"), gap_from_days=gap, gap_to_days=gap),),
    )

    plan = planned(problem)

    assert not plan.unassigned
    assert (day_of(plan, "V1") - day_of(plan, "V0")).days == gap


def test_only_the_given_patterns_of_days_are_used():
    days = [at(9, day).astimezone(SHANGHAI).date() for day in range(4)]
    problem = Problem(
        jobs=tuple(job(f"V{i}") for i in range(2)),
        teams=(team("A", days=4),),
        series=(Series(id="S", job_ids=("V0", "V1"), patterns=((days[1], days[3]),)),),
    )

    plan = planned(problem)

    assert (day_of(plan, "V0"), day_of(plan, "V1")) == (days[1], days[3])


def test_a_visit_after_midnight_counts_for_the_day_on_which_the_night_shift_began():
    evenings = [at(20, day).astimezone(SHANGHAI).date() for day in range(3)]
    nights = tuple(Shift(window=window(20, 32, day), start=SEAT) for day in range(3))
    after_midnight = tuple(window(25, 29, day) for day in range(3))
    problem = Problem(
        jobs=tuple(job(f"V{i}", windows=after_midnight) for i in range(2)),
        teams=(Team(id="A", shifts=nights),),
        series=(Series(id="S", job_ids=("V0", "V1"), patterns=((evenings[0], evenings[2]),)),),
    )
    asked_for_others = replace(
        problem, series=(replace(problem.series[0], patterns=((evenings[0], evenings[1]),)),)
    )

    plan = planned(problem)

    assert [plan.stop_of(id_)[0].shift for id_ in ("V0", "V1")] == [0, 2]
    assert day_of(plan, "V0") == evenings[1]
    assert [broken.rule for broken in check(asked_for_others, plan)] == ["series"]


@given(
    days=st.sets(st.integers(0, 30), min_size=1, max_size=8),
    visits=st.integers(1, 4),
    gap=st.integers(1, 5),
    more=st.integers(0, 6),
)
def test_a_series_may_be_served_on_every_combination_of_days_far_enough_apart(
    days, visits, gap, more
):
    series = Series(
        id="S",
        job_ids=tuple(f"V{i}" for i in range(visits)),
        gap_from_days=gap,
        gap_to_days=gap + more,
    )

    found = patterns_of(series, days=sorted(days), first=at(9).date())

    assert found == [
        chosen
        for chosen in combinations(sorted(days), visits)
        if all(gap <= later - day <= gap + more for day, later in pairwise(chosen))
    ]


def test_of_too_many_combinations_late_days_are_offered_as_often_as_early_ones():
    weekly = Series(id="S", job_ids=tuple("ABCDEF"), gap_from_days=6, gap_to_days=8)

    found = patterns_of(weekly, days=list(range(120)), first=at(9).date())

    begins = [pattern[0] for pattern in found]
    assert len(set(found)) == len(found) == MOST_PATTERNS
    assert {later - day for chosen in found for day, later in pairwise(chosen)} == {6, 7, 8}
    assert set(begins) >= set(range(120 - 8 * 5))


def test_one_team_serves_a_series_when_that_costs_little_more():
    problem = Problem(
        jobs=(job("V0"), job("V1"), job("K", km_east=1.5, preferred_team="B")),
        teams=(team("A", days=2), team("B", days=2)),
        series=(Series(id="S", job_ids=("V0", "V1")),),
        weights=Weights(series_team=3_600),
    )

    plan = planned(problem)

    assert plan.objective.series_teams == 0
    assert plan.stop_of("V0")[0].team_id == plan.stop_of("V1")[0].team_id


def test_visits_that_fit_a_teams_hours_only_one_by_one_are_left_out_whole():
    problem = Problem(
        jobs=(job("V0", minutes=80), job("V1", minutes=80)),
        teams=(replace(team("A", days=2), total_limit_s=2 * 3600),),
        series=(Series(id="S", job_ids=("V0", "V1")),),
    )

    assert len(planned(problem).unassigned) == 2
    assert not solve(problem, stop=MaxIterations(limit=0)).routes


def test_a_series_that_does_not_fit_is_left_out_whole():
    problem = Problem(
        jobs=(job("V0"), job("V1", windows=(window(19, 21),), priority=Priority.MUST)),
        teams=(team("A", days=2),),
        series=(Series(id="S", job_ids=("V0", "V1")),),
    )

    plan = planned(problem)

    assert {left.job_id for left in plan.unassigned} == {"V0", "V1"}


@pytest.mark.parametrize(
    "ties",
    [
        {"links": (Link(first="J", then="J"),)},
        {"links": (Link(first="J", then="K", lag_from_s=9, lag_to_s=1),)},
        {"links": (Link(first="J", then="X"),)},
        {"links": (Link(first="J", then="K"),), "series": (Series(id="S", job_ids=("K",)),)},
        {"series": (Series(id="S", job_ids=("J", "X")),)},
        {"series": (Series(id="S", job_ids=("J",)), Series(id="T", job_ids=("J",)))},
        {"series": (Series(id="S", job_ids=()),)},
    ],
)
def test_ties_that_contradict_themselves_are_refused(ties):
    problem = Problem(jobs=(job("J"), job("K"), job("L")), teams=(team(),), **ties)

    with pytest.raises(InvalidProblemError):
        solve(problem, stop=SHORT)
