"""Peers are compared fairly: the same problem, their plan read back, one price, our checker."""

from dataclasses import replace

import pytest
from benchmarks.routing.measuring import measured
from benchmarks.routing.peers import PEERS
from benchmarks.routing.plain import plainly, priced, relaxations, unspeakable
from benchmarks.routing.runs import Clock

from dianliang.engines.routing import Link, MaxIterations, Problem, check, solve
from tests.benchmarks.routing.test_cases import SMALL
from tests.engines.routing.worlds import at, job, shift, team, window


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("case", ["flood", "loyal", "villages"])
@pytest.mark.parametrize("name", PEERS)
def test_a_peers_plan_keeps_our_rules_and_is_no_worse_than_doing_nothing(name, case):
    peer, problem = PEERS[name], SMALL[case]
    if not peer.is_installed:
        pytest.skip(f"{peer.module} is not installed")

    # OR-Tools and Timefold need longer for a first plan, from which they can be stopped.
    limit_s = 3.0 if name.startswith(("OR-Tools", "Timefold")) else 0.3

    plan = priced(problem, peer.solve(problem, Clock(limit_s), 1))

    assert check(problem, plan) == ()
    # From a plan along the shortest legs OR-Tools needs longer to take in whoever is far off.
    share = 1.0 if name == "OR-Tools-arcs" else 0.5
    assert plan.objective.total <= share * priced(problem, {}).objective.total


@pytest.mark.slow
def test_a_solver_runs_in_a_process_of_its_own_and_says_what_it_took():
    problem = SMALL["villages"]

    found = measured("PyVRP", problem, limit_s=0.5, workers=1)

    assert found.trouble == ""
    assert found.cpu_s == pytest.approx(0.5, abs=0.4)
    assert found.first_s is not None
    assert found.memory_mb > 20
    assert check(problem, priced(problem, found.sequences)) == ()


def test_what_a_peer_cannot_be_given_is_named_and_refused():
    jobs, links = (job("A"), job("B")), (Link(first="A", then="B"),)
    problem = Problem(jobs=jobs, teams=(team("T"),), links=links)

    assert unspeakable(problem) == ("linked jobs", "lunch")
    with pytest.raises(ValueError, match="linked jobs, lunch"):
        plainly(problem, has_soft_promises=False)


def test_a_series_is_given_to_peers_on_days_that_one_of_its_patterns_names():
    problem = SMALL["loyal"]
    needs = {one.id: one.needs for one in plainly(problem, has_soft_promises=False).errands}

    for series in problem.series:
        days = tuple(next(iter(needs[id_])) for id_ in series.job_ids)
        assert days in {tuple(str(day) for day in pattern) for pattern in series.patterns}
    assert len(relaxations(problem, has_soft_promises=True)) == 2


def test_a_promise_is_a_deadline_only_for_those_who_cannot_be_late():
    problem = SMALL["tea"]
    hard = plainly(problem, has_soft_promises=False).errands
    soft = plainly(problem, has_soft_promises=True).errands

    assert all(one.spans[-1][1] <= one.due for one in hard if one.due is not None)
    assert any(one.spans[-1][1] > one.due for one in soft if one.due is not None)


def test_a_sequence_that_comes_too_late_is_found_by_the_checker():
    jobs = (job("early", windows=(window(9, 10),)), job("late", windows=(window(15, 16),)))
    plain_team = replace(team("T"), shifts=(shift(lunch=False),))
    problem = Problem(jobs=jobs, teams=(plain_team,))

    right = check(problem, priced(problem, {("T", 0): ["early", "late"]}))
    wrong = check(problem, priced(problem, {("T", 0): ["late", "early"]}))

    assert right == ()
    assert {violation.rule for violation in wrong} == {"window"}


def test_who_has_limited_hours_leaves_as_late_as_the_first_visit_allows():
    visit = job("J", windows=(window(15, 16),), minutes=30)
    crew = replace(team("T", shift_limit_s=3600), shifts=(shift(lunch=False),))
    problem = Problem(jobs=(visit,), teams=(crew,))
    plan = priced(problem, {("T", 0): ["J"]})

    assert check(problem, plan) == ()
    assert plan.routes[0].stops[0].start_at == at(15)
    assert solve(problem, stop=MaxIterations(limit=10)).objective == plan.objective
