"""What the plan says about its own choices is true: try the other choice and look at the price."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from dianliang.engines.routing import (
    FixKind,
    Link,
    Lock,
    MaxIterations,
    Plan,
    Priority,
    Problem,
    ReasonCode,
    apply_fix,
    check,
    explain_late,
    insert_job,
    promised,
    solve,
    why,
)
from tests.engines.routing.worlds import at, county_day, job, problems, team, window


def planned(problem, limit=120):
    return solve(problem, stop=MaxIterations(limit=limit))


def without(plan: Plan, job_id: str) -> Plan:
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.job_id != job_id))
        for route in plan.routes
    )
    return replace(plan, routes=routes)


def moved(problem: Problem, plan: Plan, job_id: str, team_id: str) -> Plan:
    """Take a job out and put it where it is cheapest with one team."""
    jobs = tuple(
        replace(j, allowed_teams=frozenset({team_id})) if j.id == job_id else j
        for j in problem.jobs
    )
    helped = replace(problem, jobs=jobs)
    wanted = next(j for j in jobs if j.id == job_id)
    return insert_job(helped, without(plan, job_id), wanted)


@settings(max_examples=40, deadline=None)
@given(problems(max_jobs=5, max_teams=3))
def test_the_stated_difference_is_that_of_really_moving_the_job(problem):
    plan = planned(problem, limit=60)

    for stop in [stop for route in plan.routes for stop in route.stops]:
        for other in why(problem, plan, job_id=stop.job_id).alternatives:
            after = moved(problem, plan, stop.job_id, other.team_id)
            if other.price_s is None:
                assert after.stop_of(stop.job_id) is None, other
            else:
                route, _ = after.stop_of(stop.job_id)
                assert (route.team_id, route.shift) == (other.team_id, other.shift)
                grown = after.objective.total - plan.objective.total
                assert other.price_s == pytest.approx(grown, abs=1)


def test_on_a_county_day_every_line_names_the_true_runner_up():
    problem = county_day(teams=5, jobs=40, seed=3)
    plan = planned(problem, limit=500)

    for stop in [stop for route in plan.routes for stop in route.stops]:
        found = why(problem, plan, job_id=stop.job_id)
        prices = [other.price_s for other in found.alternatives if other.price_s is not None]
        assert found.words == stop.why
        assert prices == sorted(prices)
        if prices:
            assert found.alternatives[0].team_id in stop.why
            if abs(prices[0]) >= 60:
                assert f"{round(abs(prices[0]) / 60)} 分钟" in stop.why


@pytest.mark.parametrize(
    ("wanted", "other", "cause"),
    [
        (job(skills=frozenset({"line"})), team("B", skills=("care",)), "缺技能"),
        (job(gear={"pump": 1}), team("B"), "缺装备"),
        (job(area="a"), team("B", areas=frozenset({"b"})), "不管这一片"),
        (job(forbidden_teams=frozenset({"B"})), team("B"), "被客户回避"),
        (job(allowed_teams=frozenset({"A"})), team("B"), "未获指定"),
    ],
)
def test_the_only_able_team_says_what_the_others_lack(wanted, other, cause):
    problem = Problem(jobs=(wanted,), teams=(team("A", gear={"pump": 1}), other))

    found = why(problem, planned(problem), job_id="J")

    assert found.words == f"唯一符合条件的队伍：其余 1 支{cause}"
    assert [(a.team_id, a.words, a.price_s) for a in found.alternatives] == [("B", cause, None)]


def test_what_a_person_has_decided_or_tied_is_given_as_the_reason():
    teams = (team("A"), team("B"))
    lock = Lock(job_id="J", team_id="B", shift=0)
    link = Link(first="K", then="L")
    problem = Problem(
        jobs=(job("J"), job("K"), job("L")), teams=teams, locks=(lock,), links=(link,)
    )
    plan = planned(problem)

    assert why(problem, plan, job_id="J").words == "已锁定在此队伍"
    assert "L" in why(problem, plan, job_id="K").words
    with pytest.raises(ValueError, match="没有排入"):
        why(problem, without(plan, "J"), job_id="J")


def test_a_late_job_says_what_would_make_it_on_time_and_at_what_price():
    line = frozenset({"line"})
    first = job("K", minutes=120, priority=Priority.MUST, windows=(window(8.5, 10.6),), skills=line)
    late = job("J", due_at=at(10), skills=line)
    problem = Problem(jobs=(first, late), teams=(team("A"), team("B", skills=())))
    plan = planned(problem)

    told = explain_late(problem, plan, job_id="J")

    assert told.late_s > 0
    assert told.reasons[0].code is ReasonCode.FULL
    assert "承诺时限之前" in told.reasons[0].words
    assert told.fix.kind is FixKind.SKILL
    assert told.fix.words == "从 A 借调会“line”的人，跟班 B"


def test_a_job_that_is_on_time_has_nothing_to_explain():
    problem = Problem(jobs=(job("J", due_at=at(17)), job("K")), teams=(team(),))
    plan = planned(problem)

    assert explain_late(problem, plan, job_id="J") is None
    assert explain_late(problem, plan, job_id="K") is None


def test_a_promise_for_before_anybody_is_at_work_cannot_be_kept():
    problem = Problem(jobs=(job("J", due_at=at(6)),), teams=(team(),))

    told = explain_late(problem, planned(problem), job_id="J")

    assert told.fix is None
    assert "早于第一个班次" in told.reasons[0].words


def test_leaving_another_out_is_no_way_to_come_before_the_customer_is_free():
    tomorrow, today = (window(8.5, 18, day=1),), at(10)
    facts = {"km_east": 24.0, "minutes": 5, "windows": tomorrow, "due_at": today}
    late = job("J", priority=Priority.MUST, **facts)
    worth_it_beside_j_only = job("K", priority=Priority.MAY, **facts)
    teams = (team(), team("B", days=2))
    problem = Problem(jobs=(late, worth_it_beside_j_only), teams=teams)
    plan = planned(problem)

    told = explain_late(problem, plan, job_id="J")

    assert plan.stop_of("K") is not None
    assert [fix.kind for fix in (told.fix, *told.others)] == [FixKind.WINDOW]


@settings(max_examples=40, deadline=None)
@given(problems(max_jobs=7, max_teams=2))
def test_every_way_to_be_on_time_holds_at_its_price(problem):
    plan = planned(problem, limit=60)

    for stop in [stop for route in plan.routes for stop in route.stops if stop.late_s]:
        told = explain_late(problem, plan, job_id=stop.job_id)
        hard = promised(problem, job_id=stop.job_id)
        for fix in (told.fix, *told.others) if told.fix else ():
            helped = apply_fix(hard, fix, job_id=stop.job_id)
            wanted = next(j for j in helped.jobs if j.id == stop.job_id)
            after = insert_job(helped, without(plan, stop.job_id), wanted)
            lost = sum(
                problem.weights.worth(j)
                for j in problem.jobs
                if fix.kind is FixKind.DISPLACE and j.id in fix.items
            )
            assert check(helped, after) == ()
            assert after.stop_of(stop.job_id)[1].late_s == 0
            grown = after.objective.total + lost - plan.objective.total
            assert fix.price_s - fix.effort_s == pytest.approx(grown, abs=1)
