"""Why this team, and what would bring a late visit in time: asked for one visit at a time."""

from datetime import timedelta

import pytest

from dianliang.domain.work.models import Job, PlannedStop
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.flows.planning import editing, explaining
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError, StaleStateError
from tests.flows.planning.test_fixes import at, full_day
from tests.flows.planning.test_planning import computed, draft, job, publish, replan
from tests.town import NOON


def ask(town, plan, wanted, by=None):
    return explaining.explain(
        number=plan.number, job_number=wanted.number, by=by or town.actor(), at=NOON
    )


def test_every_other_team_has_its_price_or_what_it_lacks(two_teams):
    two_teams.team("C", "S1", "gas", near="V1")
    near, far = job(two_teams, area="V1"), job(two_teams, area="V2")
    plan = computed(draft(two_teams, [near, far], teams=("A", "B", "C")))

    found = ask(two_teams, plan, near)

    others = {other.name: other for other in found.others}
    own = plan.stops.get(job=near).team.name
    assert others.keys() == {"A队", "B队", "C队"} - {own}
    assert others["C队"].words == "缺技能"
    priced = next(other for other in found.others if other.price_s is not None)
    assert priced.start_at is not None
    assert found.words
    assert (found.late_s, found.fixes) == (0, ())


def test_a_plan_that_teams_follow_is_explained_as_it_was_made(two_teams):
    wanted = job(two_teams)
    plan = computed(draft(two_teams, [wanted, job(two_teams, area="V2")]))
    before = ask(two_teams, plan, wanted)
    publish(two_teams, plan)
    two_teams.teams["A"].visits.update(status="ACCEPTED")
    Job.objects.update(status="DONE", done_at=NOON)
    plan.refresh_from_db()

    assert ask(two_teams, plan, wanted) == before


@pytest.fixture
def late(two_teams):
    """A day so full that a visit comes after its promise, and that visit."""
    wanted = job(two_teams, "要赶的", due_at=at(10), duration_min=60)
    crowd = full_day(two_teams, count=6, minutes=120, priority=Job.Priority.MUST)
    plan = computed(draft(two_teams, [wanted, *crowd], teams=("A", "B")))
    line = plan.stops.get(job=wanted)
    if not line.late_s:
        plan = editing.move(
            number=plan.number,
            revision=plan.revision,
            job_number=wanted.number,
            team_code=line.team.code,
            on=line.on,
            position=plan.stops.filter(team=line.team).count(),
            by=two_teams.actor(),
            at=NOON,
        )
    assert plan.stops.get(job=wanted).late_s
    return plan, wanted


def test_a_late_visit_says_why_and_one_press_brings_it_in_time(two_teams, late):
    plan, wanted = late
    plan.refresh_from_db()

    found = ask(two_teams, plan, wanted)
    editing.use_late_fix(
        number=plan.number,
        revision=plan.revision,
        job_number=wanted.number,
        by=two_teams.actor(),
        at=NOON,
    )

    assert found.late_s > 0
    assert found.late_reasons
    assert found.fixes[0].words
    line = PlannedStop.objects.get(plan=plan, job=wanted)
    assert line.late_s == 0
    plan.refresh_from_db()
    assert plan.outcome["relaxations"][0]["is_promised"]
    again = computed(replan(two_teams, plan))
    assert again.stops.get(job=wanted).late_s == 0


def test_of_two_who_help_a_late_visit_one_is_told(two_teams, late):
    plan, wanted = late
    plan.refresh_from_db()
    ask_for = {"number": plan.number, "revision": plan.revision, "job_number": wanted.number}
    editing.use_late_fix(**ask_for, by=two_teams.actor(), at=NOON)

    with pytest.raises(StaleStateError):
        editing.use_late_fix(**ask_for, by=two_teams.actor(), at=NOON)


def test_a_visit_in_time_has_nothing_to_be_helped_with(two_teams):
    wanted = job(two_teams, due_at=NOON + timedelta(days=3))
    plan = computed(draft(two_teams, [wanted]))

    with pytest.raises(UnableToPlanError, match="已不超承诺"):
        editing.use_late_fix(
            number=plan.number,
            revision=plan.revision,
            job_number=wanted.number,
            by=two_teams.actor(),
            at=NOON,
        )


def test_a_stranger_learns_nothing(two_teams):
    wanted = job(two_teams)
    plan = computed(draft(two_teams, [wanted]))

    with pytest.raises(NotVisibleError):
        ask(two_teams, plan, wanted, by=two_teams.actor("WTR", Role.ALLIANCE_UNIT))
    with pytest.raises(UnableToPlanError, match="没有排在这个计划里"):
        ask(two_teams, plan, job(two_teams, "别的"))
