"""A plan after a disruption: few visits change, none that began, and the urgent job is in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    GreatCircle,
    Link,
    MaxIterations,
    Plan,
    Priority,
    Problem,
    Series,
    Shift,
    Team,
    check,
    diff,
    follow_plan,
    replan,
    solve,
)
from dianliang.engines.routing._past import on_its_days
from dianliang.kernel.calendar import SHANGHAI
from tests.engines.routing.worlds import (
    SEAT,
    at,
    county_day,
    job,
    places,
    problems,
    team,
    window,
)

QUARTER_S = 15 * 60
SHORT = MaxIterations(limit=60)


def on(plan: Plan) -> dict[str, tuple[str, object, object]]:
    """Return team, day and begin of each visit."""
    return {
        stop.job_id: (route.team_id, stop.start_at.astimezone(SHANGHAI).date(), stop.start_at)
        for route in plan.routes
        for stop in route.stops
    }


def changed(problem: Problem, before: Plan, after: Plan) -> set[str]:
    """Return the visits of jobs that are still asked for which people would call changed."""
    old, new = on(before), on(after)
    return {
        wanted.id
        for wanted in problem.jobs
        if wanted.id in old
        and (
            wanted.id not in new
            or new[wanted.id][:2] != old[wanted.id][:2]
            or abs((new[wanted.id][2] - old[wanted.id][2]).total_seconds()) > QUARTER_S
        )
    }


def rank(plan: Plan) -> tuple[int, float]:
    return plan.objective.unassigned_must, round(plan.objective.total, 3)


def without(problem: Problem, job_id: str) -> Problem:
    return replace(problem, jobs=tuple(j for j in problem.jobs if j.id != job_id))


def longer(problem: Problem, job_id: str, minutes: int = 90) -> Problem:
    jobs = (
        replace(j, duration_s=j.duration_s + minutes * 60) if j.id == job_id else j
        for j in problem.jobs
    )
    return replace(problem, jobs=tuple(jobs))


def sent_home(problem: Problem, team_id: str, hour: float) -> Problem:
    """Let a team go home early on its first day."""

    def shorter(shift: Shift) -> Shift:
        end = shift.window.start.replace(minute=0) + timedelta(hours=hour)
        return replace(shift, window=replace(shift.window, end=end), lunch=None, overtime_limit_s=0)

    teams = (
        replace(t, shifts=(shorter(t.shifts[0]), *t.shifts[1:])) if t.id == team_id else t
        for t in problem.teams
    )
    return replace(problem, teams=tuple(teams))


def lost(problem: Problem, team_id: str) -> Problem:
    """Take a team's first shift away, and the team if it has no other."""
    teams = (replace(t, shifts=t.shifts[1:]) if t.id == team_id else t for t in problem.teams)
    return replace(problem, teams=tuple(t for t in teams if t.shifts))


@st.composite
def disruptions(draw: st.DrawFn) -> tuple[Problem, Plan, Problem]:
    """Draw a problem with its plan, and the problem after something happened."""
    problem = draw(problems())
    plan = solve(problem, stop=MaxIterations(limit=60))
    planned = [stop.job_id for route in plan.routes for stop in route.stops]
    kind = draw(st.sampled_from(["urgent", "lost", "shorter", "longer", "withdrawn", "road"]))
    if kind == "urgent":
        priority = draw(st.sampled_from(Priority))
        minutes = draw(st.integers(10, 180))
        urgent = replace(job("urgent", minutes=minutes, priority=priority), at=draw(places))
        return problem, plan, replace(problem, jobs=(*problem.jobs, urgent))
    if kind == "road":
        return problem, plan, replace(problem, travel=GreatCircle(speed_m_s=12 / 3.6))
    if kind in {"lost", "shorter"}:
        name = draw(st.sampled_from([t.id for t in problem.teams]))
        after = lost(problem, name) if kind == "lost" else sent_home(problem, name, 4)
        return problem, plan, after
    assume(planned)
    victim = draw(st.sampled_from(planned))
    return problem, plan, (longer if kind == "longer" else without)(problem, victim)


@settings(max_examples=120, deadline=None)
@given(disruptions(), st.integers(0, 3))
def test_no_more_visits_change_than_allowed_and_every_rule_holds(drawn, most):
    _, plan, problem = drawn

    done = replan(problem, plan, stop=SHORT, most_changes=most)
    unkept = replan(problem, plan, stop=MaxIterations(limit=0), most_changes=0)

    assert check(problem, done.plan) == ()
    by_choice = {change.job_id for change in done.chosen}
    by_force = {change.job_id for change in unkept.forced}
    assert len(by_choice) <= most
    assert changed(problem, plan, done.plan) - by_force <= by_choice


@settings(max_examples=80, deadline=None)
@given(disruptions(), st.integers(0, 3))
def test_where_nobody_was_told_an_hour_only_other_teams_days_and_losses_are_counted(drawn, most):
    problem, before, after = drawn
    most_kept = replan(after, before, stop=MaxIterations(limit=0), most_changes=0)
    done = replan(after, before, stop=SHORT, most_changes=most, counts_delays=False)

    assert check(after, done.plan) == ()
    assert rank(done.plan) <= rank(most_kept.plan)
    assert len(done.chosen) <= most
    assert all(change.kind == "retimed" for change in done.delayed)
    wanted = {j.id for j in after.jobs} & {j.id for j in problem.jobs}
    elsewhere = changed(after, before, done.plan) & wanted
    told = {c.job_id for c in (*done.forced, *done.chosen, *done.delayed)}
    assert elsewhere <= told


def test_an_urgent_job_goes_first_in_a_full_shift_if_others_may_only_be_later():
    long = tuple(job(f"J{n}", minutes=40, km_east=1 + n) for n in range(7))
    crew = replace(team("A"), shifts=(replace(team("A").shifts[0], lunch=None),))
    problem = Problem(jobs=long, teams=(crew,))
    before = solve(problem, stop=MaxIterations(limit=300))
    box = job("box", minutes=90, km_east=0.5, priority=Priority.MUST, wait_per_s=50.0)
    after = replace(problem, jobs=(*long, box))

    def place(counts: bool) -> int:
        done = replan(after, before, stop=SHORT, most_changes=1, counts_delays=counts)
        (route,) = done.plan.routes
        assert len(done.chosen) <= 1
        return [stop.job_id for stop in route.stops].index("box")

    assert place(counts=False) == 0 < place(counts=True)


def test_an_urgent_job_as_long_as_several_others_takes_the_place_of_the_last_ones():
    short = tuple(job(f"J{n}", minutes=20, km_east=0.2 * n) for n in range(20))
    crew = replace(team("A"), shifts=(replace(team("A").shifts[0], lunch=None),))
    tomorrow = replace(crew.shifts[0], window=window(8.5, 17.5, day=1))
    problem = Problem(jobs=short, teams=(replace(crew, shifts=(crew.shifts[0], tomorrow)),))
    before = solve(problem, stop=MaxIterations(limit=300))
    box = job("box", minutes=60, priority=Priority.MUST, wait_per_s=20.0)
    after = replace(problem, jobs=(*short, box))

    done = replan(after, before, stop=SHORT, counts_delays=False)

    assert check(after, done.plan) == ()
    assert len(done.chosen) <= 5
    route, stop = done.plan.stop_of("box")
    assert (route.shift, stop.start_at < at(9.5)) == (0, True)
    assert not done.plan.unassigned


@settings(max_examples=80, deadline=None)
@given(disruptions(), st.integers(0, 3))
def test_the_plan_is_never_worse_than_following_the_old_one(drawn, most):
    before, plan, problem = drawn
    assume([len(t.shifts) for t in before.teams] == [len(t.shifts) for t in problem.teams])

    done = replan(problem, plan, stop=SHORT, most_changes=most)

    assert rank(done.plan) <= rank(follow_plan(problem, plan))


@settings(max_examples=80, deadline=None)
@given(disruptions(), st.sampled_from([9.0, 10.5, 12.25, 14.0, 16.0]))
def test_visits_that_began_stay_and_nothing_new_begins_in_the_past(drawn, hour):
    before, plan, problem = drawn
    assume([len(t.shifts) for t in before.teams] == [len(t.shifts) for t in problem.teams])
    now = at(hour)

    done = on(replan(problem, plan, stop=SHORT, before=now).plan)

    works = {j.id: j.duration_s for j in problem.jobs}
    for route in plan.routes:
        free_at = route.leave_at
        for stop in route.stops:
            leaves_at = stop.start_at - timedelta(seconds=stop.travel_s)
            if leaves_at >= now or leaves_at < free_at:
                break
            if stop.job_id in works:
                assert done[stop.job_id] == on(plan)[stop.job_id]
            free_at = stop.start_at + timedelta(seconds=works.get(stop.job_id, 0))
    for job_id, became in done.items():
        assert became[2] >= now or on(plan)[job_id] == became


@pytest.fixture(scope="module")
def day():
    problem = county_day(teams=8, jobs=50, seed=3)
    return problem, solve(problem, stop=MaxIterations(limit=400))


def test_nothing_begins_within_the_second_that_is_passing():
    problem = Problem(jobs=(job("J", km_east=0.0),), teams=(team(),))
    plan = solve(replace(problem, jobs=()), stop=SHORT)
    now = at(9) + timedelta(microseconds=300_000)

    after = replan(problem, plan, before=now, stop=SHORT).plan

    assert after.stop_of("J")[1].start_at == at(9) + timedelta(seconds=1)


def test_visits_of_a_lost_team_are_given_to_others_besides_the_budget(day):
    problem, plan = day
    absent = max(plan.routes, key=lambda route: len(route.stops))
    after = lost(problem, absent.team_id)

    done = replan(after, plan, stop=MaxIterations(limit=150), most_changes=3)

    theirs = {stop.job_id for stop in absent.stops}
    assert {change.job_id for change in done.forced} == theirs
    assert len(done.chosen) <= 3
    assert len(theirs & on(done.plan).keys()) > len(theirs) / 4
    assert check(after, done.plan) == ()


def test_a_day_that_is_gone_does_not_shift_the_days_after_it():
    crew = (team("A", days=3),)
    jobs = tuple(job(f"J{day}", windows=(window(9, 12, day),)) for day in range(3))
    problem = Problem(jobs=jobs, teams=crew)
    plan = solve(problem, stop=MaxIterations(limit=60))
    after = replace(problem, teams=(replace(crew[0], shifts=crew[0].shifts[::2]),))

    done = replan(after, plan, stop=SHORT)

    assert {change.job_id for change in done.forced} == {"J1"}
    assert done.chosen == ()
    assert on(done.plan) == {k: v for k, v in on(plan).items() if k != "J1"}


def test_a_night_team_that_leaves_after_midnight_keeps_its_night_when_others_are_gone():
    nights = tuple(Shift(window=window(22, 30, day), start=SEAT) for day in range(3))
    jobs = tuple(job(f"J{day}", windows=(window(26, 29, day),)) for day in range(3))
    problem = Problem(jobs=jobs, teams=(Team(id="A", shifts=nights, shift_limit_s=2 * 3600),))
    plan = solve(problem, stop=MaxIterations(limit=60))
    assert all(route.leave_at >= at(24, route.shift) for route in plan.routes)
    after = replace(problem, teams=(replace(problem.teams[0], shifts=nights[1:]),))

    known = on_its_days(after, plan)
    done = replan(after, plan, stop=SHORT, before=at(26.5, 1))

    assert [route.shift for route in known.routes] == [-1, 0, 1]
    assert {change.job_id for change in done.forced} == {"J0"}
    assert on(done.plan) == {k: v for k, v in on(plan).items() if k != "J0"}


def test_a_visit_that_takes_longer_pushes_others_without_using_the_budget(day):
    problem, plan = day
    route = max(plan.routes, key=lambda route: len(route.stops))
    first, *later = [stop.job_id for stop in route.stops]
    after = longer(problem, first, 120)

    done = replan(after, plan, stop=MaxIterations(limit=0), most_changes=0)

    assert done.chosen == ()
    assert {change.job_id for change in done.forced} & set(later)
    assert check(after, done.plan) == ()


def test_a_withdrawn_job_makes_room_for_one_that_was_left_out():
    jobs = tuple(job(f"J{number}", minutes=180) for number in range(3))
    problem = Problem(jobs=jobs, teams=(team("A"),))
    plan = solve(problem, stop=MaxIterations(limit=60))
    (left,) = [left.job_id for left in plan.unassigned]
    withdrawn = next(stop.job_id for route in plan.routes for stop in route.stops)

    done = replan(without(problem, withdrawn), plan, stop=SHORT, most_changes=0)

    assert [change.job_id for change in done.added] == [left]


def test_a_blocked_road_does_not_undo_what_was_driven(day):
    problem, plan = day
    slow = replace(problem, travel=GreatCircle(speed_m_s=14 / 3.6))
    now = at(11)

    done = on(replan(slow, plan, stop=SHORT, before=now).plan)

    begun = {job_id: was for job_id, was in on(plan).items() if was[2] < now}
    assert begun
    assert begun == {job_id: done[job_id] for job_id in begun}


def test_a_series_and_linked_jobs_stay_together_after_a_disruption():
    jobs = tuple(job(name, minutes=60, km_east=float(i)) for i, name in enumerate("abcdefgh"))
    problem = Problem(
        jobs=jobs,
        teams=(team("A", days=3), team("B", days=3)),
        links=(Link(first="a", then="b"),),
        series=(Series(id="s", job_ids=("c", "d")),),
    )
    plan = solve(problem, stop=MaxIterations(limit=200))
    after = lost(problem, plan.stop_of("a")[0].team_id)

    done = replan(after, plan, stop=SHORT)

    assert check(after, done.plan) == ()
    assert {"a", "b", "c", "d"} <= on(done.plan).keys()


def test_changes_are_told_with_teams_and_times():
    problem = Problem(
        jobs=(job("J", minutes=60), job("K", minutes=60)), teams=(team("A"), team("B"))
    )
    plan = solve(problem, stop=MaxIterations(limit=60))
    (name,) = {route.team_id for route in plan.routes}
    first = plan.routes[0].stops[0].job_id

    late = replan(longer(problem, first, 30), plan, stop=MaxIterations(limit=0))
    (change,) = late.forced
    was, now = (on(p)[change.job_id][2].astimezone(SHANGHAI) for p in (plan, late.plan))
    assert change.words == f"由 {was:%H:%M} 改为 {now:%H:%M}"

    gone = replan(lost(problem, name), plan, stop=SHORT)
    other = ({"A", "B"} - {name}).pop()
    assert [c.words for c in gone.forced] == [f"由 {name} 改为 {other}"] * 2
    assert diff(plan, plan) == ()
