"""Plan the day with the real engine: draft, compute, change, publish, insert."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations.jobs import open_job
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Absence, Certificate, Person
from dianliang.flows import handling
from dianliang.flows.planning import difference, drafting, editing, urgent
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from tests.town import NOON, TODAY

TOMORROW = TODAY + timedelta(days=1)


def job(town, title="停电报修", *, unit="S1", area="V1", skill="repair", **rest):
    place = town.areas[area]
    from dianliang.domain.catalog.models import Skill

    return open_job(
        title=title,
        area=place,
        point=GeoPoint(place.lat, place.lon),
        unit=town.units[unit],
        skill=Skill.objects.get(code=skill),
        by=town.actor(),
        at=NOON,
        **rest,
    )


def draft(town, jobs, teams=("A", "B"), by=None, day=TOMORROW):
    return drafting.draft_plan(
        job_numbers=[j.number for j in jobs],
        team_codes=teams,
        first_on=day,
        last_on=day,
        seconds=1,
        by=by or town.actor(),
        at=NOON,
    )


def computed(plan):
    assert background.run_next(owner="test", clock=lambda: NOON)
    plan.refresh_from_db()
    assert plan.status == "READY", plan.outcome
    return plan


def publish(town, plan, **rest):
    plan.refresh_from_db()
    return drafting.publish(
        number=plan.number, revision=plan.revision, by=town.actor(), at=NOON, **rest
    )


def replan(town, plan):
    plan.refresh_from_db()
    return drafting.replan(number=plan.number, revision=plan.revision, by=town.actor(), at=NOON)


def test_a_plan_is_drafted_computed_and_published(two_teams):
    jobs = [job(two_teams), job(two_teams, area="V2"), job(two_teams, skill="care")]
    plan = computed(draft(two_teams, jobs))

    visits = publish(two_teams, plan)

    assert len(visits) == 3
    assert {v.job.status for v in visits} == {"SCHEDULED"}
    assert plan.stops.get(job=jobs[2]).team.code == "B"
    assert plan.stops.get(job=jobs[2]).why


def test_nobody_fills_the_queue_of_plans_alone(two_teams):
    for _ in range(drafting.MOST_AT_ONCE):
        draft(two_teams, [job(two_teams)])

    with pytest.raises(UnableToPlanError, match="等一个算完"):
        draft(two_teams, [job(two_teams)])
    draft(two_teams, [job(two_teams)], by=replace(two_teams.actor(), id="user:colleague"))
    computed(Plan.objects.order_by("pk")[0])
    draft(two_teams, [job(two_teams)])


def test_a_job_nobody_can_do_says_why_and_what_would_help(two_teams):
    plan = computed(draft(two_teams, [job(two_teams, skill="gas")]))

    left = plan.unplanned.get()
    assert left.reasons[0]["code"] == "no_skill"
    assert left.fix["words"]


def test_the_proposed_fix_is_one_press(two_teams):
    wanted = job(two_teams, skill="gas")
    plan = computed(draft(two_teams, [wanted]))

    plan = editing.use_fix(
        number=plan.number,
        revision=plan.revision,
        job_number=wanted.number,
        by=two_teams.actor(),
        at=NOON,
    )

    assert plan.stops.get().job == wanted
    assert not plan.unplanned.exists()


def test_an_expired_certificate_counts_as_none(two_teams):
    Certificate.objects.filter(person__number__startswith="B").update(expires_on=TODAY)

    plan = computed(draft(two_teams, [job(two_teams, skill="care")]))

    assert plan.unplanned.get().reasons[0]["code"] == "no_skill"


def test_a_team_whose_people_are_away_gets_nothing(two_teams):
    for person in Person.objects.filter(number__startswith="B"):
        Absence.objects.create(person=person, first_on=TOMORROW, last_on=TOMORROW, reason="培训")

    plan = computed(draft(two_teams, [job(two_teams, area="V2")]))

    assert plan.stops.get().team.code == "A"


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))
    seen = plan.revision
    publish(two_teams, plan)

    with pytest.raises(StaleStateError):
        drafting.publish(number=plan.number, revision=seen, by=two_teams.actor(), at=NOON)

    assert Visit.objects.count() == 1


def test_an_edit_on_a_stale_screen_is_told(two_teams):
    wanted = job(two_teams)
    plan = computed(draft(two_teams, [wanted]))
    edit = {"number": plan.number, "revision": plan.revision, "by": two_teams.actor(), "at": NOON}
    editing.set_lock(**edit, job_number=wanted.number, is_locked=True)

    with pytest.raises(StaleStateError):
        editing.remove(**edit, job_number=wanted.number)


def test_a_visit_is_moved_by_hand_and_everyone_else_keeps_place(two_teams):
    jobs = [job(two_teams, f"第{i}户") for i in range(4)]
    plan = computed(draft(two_teams, jobs))
    before = {s.job.number: (s.team.code, s.sequence) for s in plan.stops.all()}
    target = "B" if before[jobs[0].number][0] == "A" else "A"

    editing.move(
        number=plan.number,
        revision=plan.revision,
        job_number=jobs[0].number,
        team_code=target,
        on=TOMORROW,
        position=1,
        by=two_teams.actor(),
        at=NOON,
    )

    moved = plan.stops.get(job=jobs[0])
    assert (moved.team.code, moved.sequence) == (target, 1)
    for other in jobs[1:]:
        assert plan.stops.get(job=other).team.code == before[other.number][0]


def test_a_move_that_does_not_fit_is_refused_in_words(two_teams):
    wanted = job(two_teams, skill="care")
    plan = computed(draft(two_teams, [wanted]))

    with pytest.raises(UnableToPlanError, match="放不下"):
        editing.move(
            number=plan.number,
            revision=plan.revision,
            job_number=wanted.number,
            team_code="A",
            on=TOMORROW,
            position=1,
            by=two_teams.actor(),
            at=NOON,
        )

    assert plan.stops.get().team.code == "B"


def test_a_locked_visit_survives_a_new_computation(two_teams):
    jobs = [job(two_teams, area="V1"), job(two_teams, area="V2")]
    plan = computed(draft(two_teams, jobs))
    far = plan.stops.get(job=jobs[0])
    other = "B" if far.team.code == "A" else "A"
    plan = editing.move(
        number=plan.number,
        revision=plan.revision,
        job_number=jobs[0].number,
        team_code=other,
        on=TOMORROW,
        position=1,
        by=two_teams.actor(),
        at=NOON,
    )
    editing.set_lock(
        number=plan.number,
        revision=plan.revision,
        job_number=jobs[0].number,
        is_locked=True,
        by=two_teams.actor(),
        at=NOON,
    )
    replan(two_teams, plan)

    plan = computed(plan)

    kept = plan.stops.get(job=jobs[0])
    assert (kept.team.code, kept.is_locked) == (other, True)


def test_an_urgent_job_leaves_everyone_with_his_team_and_order(two_teams):
    jobs = [job(two_teams, f"第{i}户", area=a) for i, a in enumerate(("V1", "V2", "V1", "V2"))]
    plan = computed(draft(two_teams, jobs))
    publish(two_teams, plan)
    order = {s.job.number: (s.team.code, s.sequence) for s in plan.stops.all()}
    broken = job(two_teams, "电线断落", priority=Job.Priority.MUST)

    after = urgent.insert(
        number=plan.number, job_number=broken.number, by=two_teams.actor(), at=NOON
    )

    assert after.stops.filter(job=broken).exists()
    for team in ("A", "B"):
        kept = [s.job.number for s in after.stops.filter(team__code=team).order_by("sequence")]
        was = sorted((n for n in order if order[n][0] == team), key=lambda n: order[n][1])
        assert [number for number in kept if number != broken.number] == was
    changes = difference.differences(number=after.number, by=two_teams.actor())
    assert {c.kind for c in changes} <= {"added", "retimed"}


def test_an_accepted_visit_is_not_moved_by_the_next_plan(two_teams):
    first = job(two_teams)
    publish(two_teams, computed(draft(two_teams, [first])))
    Visit.objects.update(status="ACCEPTED")
    accepted = Visit.objects.get()

    publish(two_teams, computed(draft(two_teams, [job(two_teams, "另一户")])))

    accepted.refresh_from_db()
    assert (accepted.status, accepted.on) == ("ACCEPTED", TOMORROW)
    assert Visit.objects.filter(job=first).count() == 1


def test_a_job_that_was_cancelled_meanwhile_stops_the_publication(two_teams):
    from dianliang.domain.work.operations import jobs as operations

    wanted = job(two_teams)
    plan = computed(draft(two_teams, [wanted]))
    operations.cancel(job=wanted, reason="不需要了", by=two_teams.actor(), at=NOON)

    with pytest.raises(UnableToPlanError, match=wanted.number):
        publish(two_teams, plan)

    assert not Visit.objects.exists()
    assert Plan.objects.get().status == "READY"


def test_a_team_that_failed_a_need_does_not_come_again(two_teams):
    need = two_teams.post("家里没电了", area_code="V1")
    need.avoided_team = two_teams.teams["A"]
    need.save()
    handling.accept(number=need.number, by=two_teams.actor(), at=NOON)
    (again,) = handling.split(number=need.number, parts=(), by=two_teams.actor(), at=NOON)

    plan = computed(draft(two_teams, [again]))

    assert plan.stops.get().team.code == "B"


@pytest.mark.parametrize("unit", ["S2", "WTR"])
def test_foreign_jobs_teams_and_plans_are_out_of_reach(two_teams, unit):
    wanted = job(two_teams)
    stranger = two_teams.actor(unit, Role.DISPATCHER)

    with pytest.raises(InvalidInputError):
        draft(two_teams, [wanted], by=stranger)
    plan = draft(two_teams, [wanted])
    with pytest.raises(NotVisibleError):
        drafting.plan_of(plan.number, by=stranger)


@pytest.mark.parametrize(("jobs", "teams"), [(0, ("A",)), (1, ())])
def test_nothing_to_plan_is_said(two_teams, jobs, teams):
    wanted = [job(two_teams) for _ in range(jobs)]

    with pytest.raises(InvalidInputError):
        draft(two_teams, wanted, teams=teams)


def test_a_cancelled_computation_can_be_started_again(two_teams):
    plan = draft(two_teams, [job(two_teams)])
    drafting.cancel_solving(number=plan.number, by=two_teams.actor(), at=NOON)
    plan.refresh_from_db()
    assert plan.status == "FAILED"

    replan(two_teams, plan)
    computed(plan)
