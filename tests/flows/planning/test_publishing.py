"""Publishing: what the plan was made from must still be true, and nobody is booked twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations import visits as visit_operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Absence, Certificate, Person
from dianliang.flows.planning import difference, drafting, editing
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError, IllegalTransitionError, StaleStateError
from tests import town as town_builder
from tests.flows.planning.test_planning import TOMORROW, computed, draft, job, publish, replan
from tests.town import NOON


def at_once(*acts):
    """Do several things in threads that start together; return what each raised, or None."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        gate.wait()
        try:
            act()
        except DomainError as refusal:
            outcomes[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def two_teams_for_threads(transactional_db):
    town = town_builder.build()
    town.team("A", "S1", "repair", near="V1")
    town.team("B", "S1", "repair", "care", near="V2")
    return town


@pytest.mark.django_db(transaction=True)
def test_of_two_threads_that_publish_one_plan_one_wins_and_the_other_is_told(two_teams_for_threads):
    town = two_teams_for_threads
    plan = computed(draft(town, [job(town), job(town, area="V2")]))

    outcomes = at_once(*[lambda: publish(town, Plan.objects.get())] * 2)

    losers = [refusal for refusal in outcomes if refusal is not None]
    assert len(losers) == 1
    assert isinstance(losers[0], StaleStateError | IllegalTransitionError)
    assert Visit.objects.count() == 2
    assert AuditEvent.objects.filter(verb="work.plan.publish").count() == 1
    plan.refresh_from_db()
    assert plan.status == "PUBLISHED"


@pytest.mark.django_db(transaction=True)
def test_of_two_plans_for_one_team_published_at_once_one_is_refused(two_teams_for_threads):
    town = two_teams_for_threads
    plans = [computed(draft(town, [job(town, f"第{i}户")], teams=("A",))) for i in range(2)]

    outcomes = at_once(*[lambda p=plan: publish(town, p) for plan in plans])

    losers = [refusal for refusal in outcomes if refusal is not None]
    assert len(losers) == 1
    assert "A队" in losers[0].message
    assert Visit.objects.filter(status="SCHEDULED").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_threads_that_edit_one_plan_one_is_told(two_teams_for_threads):
    town = two_teams_for_threads
    jobs = [job(town, f"第{i}户") for i in range(3)]
    plan = computed(draft(town, jobs))
    seen = {"number": plan.number, "revision": plan.revision, "by": town.actor(), "at": NOON}

    outcomes = at_once(*[lambda n=j.number: editing.remove(**seen, job_number=n) for j in jobs[:2]])

    assert sum(isinstance(refusal, StaleStateError) for refusal in outcomes) == 1
    assert plan.stops.count() == 2


def test_a_second_plan_for_a_busy_team_takes_its_visits_in(two_teams):
    first, second = job(two_teams, "先排的"), job(two_teams, "后排的")
    publish(two_teams, computed(draft(two_teams, [first], teams=("A",))))

    plan = computed(draft(two_teams, [second], teams=("A",)))
    publish(two_teams, plan)

    visits = list(Visit.objects.filter(status="SCHEDULED").order_by("arrive_at"))
    assert {visit.job for visit in visits} == {first, second}
    assert visits[0].depart_at <= visits[1].arrive_at


def test_a_team_that_another_plan_booked_meanwhile_stops_it_and_a_new_computation_helps(two_teams):
    mine = computed(draft(two_teams, [job(two_teams, "我的")], teams=("A",)))
    publish(two_teams, computed(draft(two_teams, [job(two_teams, "别人的")], teams=("A",))))

    with pytest.raises(UnableToPlanError, match="A队 11-25 另有 1 个上门"):
        publish(two_teams, mine)
    assert Visit.objects.count() == 1
    publish(two_teams, computed(replan(two_teams, mine)))

    visits = Visit.objects.filter(status="SCHEDULED").order_by("arrive_at")
    assert [visit.team.code for visit in visits] == ["A", "A"]
    assert visits[0].depart_at <= visits[1].arrive_at


def test_a_job_finished_meanwhile_is_named_and_dropped_by_the_next_computation(two_teams):
    gone, kept = job(two_teams, "已办"), job(two_teams, "还在")
    plan = computed(draft(two_teams, [gone, kept]))
    job_operations.complete(job=gone, words="电话里解决", by=two_teams.actor(), at=NOON)

    with pytest.raises(UnableToPlanError, match=f"{gone.number} 已完成"):
        publish(two_teams, plan)
    made = publish(two_teams, computed(replan(two_teams, plan)))

    assert [visit.job for visit in made] == [kept]


def test_a_job_handed_to_another_unit_meanwhile_is_named(two_teams):
    given = job(two_teams)
    plan = computed(draft(two_teams, [given], by=two_teams.actor("S1")))
    job_operations.hand_over(
        job=given, to=two_teams.units["WTR"], reason="水的事", by=two_teams.actor(), at=NOON
    )
    job_operations.take(job=given, by=two_teams.actor("WTR", Role.ALLIANCE_UNIT), at=NOON)

    with pytest.raises(UnableToPlanError, match=given.number):
        publish(two_teams, plan)


def test_a_visit_accepted_meanwhile_is_not_moved(two_teams):
    first = job(two_teams)
    publish(two_teams, computed(draft(two_teams, [first], teams=("A",))))
    plan = computed(draft(two_teams, [first], teams=("B",)))
    Visit.objects.update(status="ACCEPTED")

    with pytest.raises(UnableToPlanError, match="A队已接单"):
        publish(two_teams, plan)

    assert Visit.objects.get().team.code == "A"


def test_people_who_fell_ill_after_the_plan_was_made_stop_it(two_teams):
    plan = computed(draft(two_teams, [job(two_teams, skill="care")]))
    for person in Person.objects.filter(number__startswith="B"):
        Absence.objects.create(person=person, first_on=TOMORROW, last_on=TOMORROW, reason="病假")

    with pytest.raises(UnableToPlanError, match="有人请假"):
        publish(two_teams, plan)

    assert not Visit.objects.exists()


def test_a_certificate_withdrawn_after_the_plan_was_made_stops_it(two_teams):
    plan = computed(draft(two_teams, [job(two_teams, skill="care")]))
    Certificate.objects.filter(skill__code="care").update(expires_on=TOMORROW)

    with pytest.raises(
        UnableToPlanError, match=rf"证书到期.*“关爱走访”证书的失效日期是 {TOMORROW}"
    ):
        publish(two_teams, plan)


def test_a_plan_whose_hours_have_passed_cannot_be_published(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))

    with pytest.raises(UnableToPlanError, match="时间已过"):
        drafting.publish(
            number=plan.number,
            revision=plan.revision,
            by=two_teams.actor(),
            at=NOON + timedelta(days=1, hours=3),
        )


def test_a_visit_that_only_changes_its_time_keeps_its_number(two_teams):
    first = job(two_teams, "先", area="V1")
    publish(two_teams, computed(draft(two_teams, [first], teams=("A",))))
    before = Visit.objects.get()
    plan = computed(draft(two_teams, [job(two_teams, "后", area="V2")], teams=("A",)))
    editing.move(
        number=plan.number,
        revision=plan.revision,
        job_number=first.number,
        team_code="A",
        on=TOMORROW,
        position=2,
        by=two_teams.actor(),
        at=NOON,
    )
    (change,) = [
        c
        for c in difference.differences(number=plan.number, by=two_teams.actor())
        if c.job_number == first.number
    ]

    publish(two_teams, plan)

    after = Visit.objects.get(job=first)
    assert (after.number, after.status) == (before.number, "SCHEDULED")
    assert after.arrive_at > before.arrive_at
    assert (change.kind, change.words[:2]) == ("retimed", "推迟")


def test_the_difference_says_who_what_and_when_before_and_after(two_teams):
    first, second = job(two_teams, "先"), job(two_teams, "后")
    publish(two_teams, computed(draft(two_teams, [first], teams=("A",))))
    plan = computed(draft(two_teams, [first, second], teams=("B",)))

    changes = {
        c.job_number: c for c in difference.differences(number=plan.number, by=two_teams.actor())
    }

    moved, added = changes[first.number], changes[second.number]
    assert (moved.kind, moved.title) == ("moved", "先")
    assert moved.before.startswith("A队 11-25 ")
    assert moved.after.startswith("B队 11-25 ")
    assert (added.kind, added.before) == ("added", "—")


def test_a_dropped_visit_and_its_job_go_back_to_the_queue_together(two_teams):
    first = job(two_teams)
    publish(two_teams, computed(draft(two_teams, [first], teams=("A",))))
    plan = computed(draft(two_teams, [job(two_teams, "另一户")], teams=("A",)))
    editing.remove(
        number=plan.number,
        revision=plan.revision,
        job_number=first.number,
        by=two_teams.actor(),
        at=NOON,
    )
    assert {c.kind for c in difference.differences(number=plan.number, by=two_teams.actor())} >= {
        "removed"
    }

    publish(two_teams, plan)

    first.refresh_from_db()
    assert (first.status, first.visits.get().status) == ("OPEN", "WITHDRAWN")


@pytest.mark.parametrize(
    ("act", "becomes"), [("decline", "OPEN"), ("withdraw", "OPEN"), ("complete", "DONE")]
)
def test_what_happens_to_a_visit_happens_to_its_job(two_teams, act, becomes):
    wanted = job(two_teams)
    publish(two_teams, computed(draft(two_teams, [wanted], teams=("A",))))
    visit = Visit.objects.select_related("job").get()
    captain = two_teams.actor("S1", Role.CAPTAIN)
    if act == "complete":
        Visit.objects.update(status="ARRIVED")
        visit.refresh_from_db()
        record = visit_operations.Record()
        visit_operations.complete(visit=visit, record=record, by=captain, at=NOON)
    else:
        getattr(visit_operations, act)(visit=visit, reason="有事", by=captain, at=NOON)

    wanted.refresh_from_db()
    assert wanted.status == becomes
    assert Job.objects.filter(pk=wanted.pk, status="SCHEDULED").count() == 0
