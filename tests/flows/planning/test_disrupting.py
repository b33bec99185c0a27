"""Something happened: the published plan is fitted to it, few visits change, and why is said."""

import random
from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.queries import visits as queries
from dianliang.flows.planning import difference, disrupting, drafting, editing, urgent
from dianliang.flows.planning.disrupting import Longer, Lost, Report
from dianliang.flows.planning.happened import Cut, circle
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from tests.flows.planning.test_fixes import at
from tests.flows.planning.test_planning import computed, draft, job, publish
from tests.town import NOON, TODAY

STATES = ("SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED")


@pytest.fixture
def today(two_teams):
    """Eight visits this afternoon, each team with its own village; made and published at noon."""
    jobs = [
        job(two_teams, f"第{n}户", area=area, duration_min=30)
        for n, area in enumerate(("V1", "V2") * 3)
    ]
    plan = computed(draft(two_teams, jobs, day=TODAY))
    publish(two_teams, plan)
    assert set(Visit.objects.values_list("team__code", flat=True)) == {"A", "B"}
    return plan


def tell(town, plan, by=None, when=NOON, **report):
    made = disrupting.tell(
        number=plan.number, report=Report(**report), by=by or town.actor(), at=when
    )
    assert background.run_next(owner="test", clock=lambda: when)
    made.refresh_from_db()
    assert made.status == "READY", made.outcome
    return made


def changes(town, plan):
    found = difference.differences(number=plan.number, by=town.actor())
    return {c.job_number: c for c in found}


def of_team(code):
    return Visit.objects.filter(team__code=code).order_by("arrive_at")


def release(town, plan, when=NOON):
    plan.refresh_from_db()
    return drafting.publish(number=plan.number, revision=plan.revision, by=town.actor(), at=when)


def test_visits_of_a_team_that_is_lost_go_to_others_and_nobody_else_is_moved(two_teams, today):
    Visit.objects.update(status="ACCEPTED")
    stranded = {visit.job.number for visit in of_team("A")}

    after = tell(two_teams, today, lost=(Lost(team_code="A", since=NOON),))

    found = changes(two_teams, after)
    assert {n for n, c in found.items() if c.cause == "forced"} == stranded
    assert {found[n].why for n in stranded} == {"A队不能出勤"}
    assert sum(c.cause == "chosen" for c in found.values()) <= 5
    assert set(after.stops.values_list("team__code", flat=True)) == {"B"}
    release(two_teams, after)
    open_now = Visit.objects.filter(status__in=["SCHEDULED", "ACCEPTED"])
    assert set(open_now.values_list("team__code", flat=True)) == {"B"}
    assert open_now.count() == after.stops.count()
    today.refresh_from_db()
    assert today.status == "SUPERSEDED"


def test_a_team_that_is_lost_later_keeps_what_it_can_do_before(two_teams, today):
    first = of_team("A").first()
    since = first.depart_at + timedelta(minutes=20)

    after = tell(two_teams, today, lost=(Lost(team_code="A", since=since),))

    kept = after.stops.filter(team__code="A")
    assert first.job_id in set(kept.values_list("job_id", flat=True))
    assert all(line.depart_at <= since for line in kept)


def test_with_a_budget_of_nothing_only_what_is_forced_changes(two_teams, today):
    wanted = job(two_teams, "电线断落", priority=Job.Priority.MUST, duration_min=60)

    after = tell(two_teams, today, urgent=(wanted.number,), most_changes=0)

    found = changes(two_teams, after)
    assert found[wanted.number].cause == "added"
    assert {c.cause for c in found.values()} <= {"added", "slight"}


def test_a_visit_that_takes_longer_pushes_back_what_follows_and_says_so(two_teams, today):
    first, second, *_ = of_team("A")
    Visit.objects.filter(pk=first.pk).update(status="ARRIVED", arrived_at=NOON)
    Visit.objects.filter(pk=second.pk).update(status="ACCEPTED")

    longer = (Longer(job_number=first.job.number, minutes=60),)
    after = tell(two_teams, today, longer=longer, most_changes=0)

    line = after.stops.get(job=second.job)
    assert line.start_at >= NOON + timedelta(minutes=90)
    assert changes(two_teams, after)[second.job.number].why == "前面的上门做得比预计久"
    release(two_teams, after)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("ARRIVED", "ACCEPTED")
    assert second.arrive_at == line.arrive_at
    assert first.depart_at == after.stops.get(job=first.job).depart_at


def test_a_cut_road_leaves_out_who_cannot_be_reached_with_that_reason(two_teams, today):
    away = {visit.job.number for visit in Visit.objects.filter(job__area__code="V2")}
    around = circle(GeoPoint(30.46, 119.59), radius_m=600)
    two_teams.teams["B"].__class__.objects.update(base_lat=30.51, base_lon=119.61)

    cut = Cut(points=around, is_closed=True, words="大溪村周围 0.6 公里道路中断")
    after = tell(two_teams, today, cuts=(cut,))

    left = {left.job.number: left for left in after.unplanned.select_related("job")}
    assert left.keys() == away
    assert {out.reasons[0]["code"] for out in left.values()} == {"cut_off"}
    release(two_teams, after)
    assert not Visit.objects.filter(status="SCHEDULED", job__area__code="V2").exists()
    assert set(Job.objects.filter(area__code="V2").values_list("status", flat=True)) == {"OPEN"}


def test_a_withdrawn_visit_is_taken_back_and_nobody_comes_sooner_than_told(two_teams, today):
    first = of_team("A").first()
    Visit.objects.update(status="ACCEPTED")
    told = {v.job.number: v.arrive_at for v in Visit.objects.exclude(pk=first.pk)}

    after = tell(two_teams, today, withdrawn=(first.job.number,))

    for line in after.stops.select_related("job"):
        assert line.start_at >= told[line.job.number] - timedelta(minutes=5)
    release(two_teams, after)
    first.refresh_from_db()
    first.job.refresh_from_db()
    assert (first.status, first.job.status) == ("WITHDRAWN", "OPEN")


def test_a_team_that_breaks_down_on_its_way_is_called_off(two_teams, today):
    first = of_team("A").first()
    Visit.objects.filter(pk=first.pk).update(status="EN_ROUTE", departed_at=NOON)

    release(two_teams, tell(two_teams, today, lost=(Lost(team_code="A", since=NOON),)))

    first.refresh_from_db()
    assert first.status == "WITHDRAWN"
    assert first.job.visits.get(status="SCHEDULED").team.code == "B"


@pytest.mark.parametrize("status", ["ACCEPTED", "EN_ROUTE"])
def test_only_a_promised_hour_holds_a_plan_up_not_one_that_a_crew_is_early_or_late_for(
    two_teams, today, status
):
    first = of_team("A").first()
    Visit.objects.filter(pk=first.pk).update(status=status, departed_at=NOON)
    made = tell(two_teams, today, withdrawn=(of_team("B").last().job.number,))
    made.stops.filter(job=first.job).update(depart_at=first.depart_at + timedelta(hours=1))

    refused = None
    try:
        release(two_teams, made)
    except UnableToPlanError as refusal:
        refused = refusal.message

    assert bool(refused and "不能改动" in refused) is (status == "ACCEPTED")


def test_a_team_on_site_cannot_be_called_off_from_the_desk(two_teams, today):
    first = of_team("A").first()
    Visit.objects.filter(pk=first.pk).update(status="ARRIVED", arrived_at=NOON)

    with pytest.raises(UnableToPlanError, match="已经到场"):
        tell(two_teams, today, withdrawn=(first.job.number,))


def test_a_crew_sees_its_changed_day(two_teams, today):
    Visit.objects.update(status="ACCEPTED")
    after = tell(two_teams, today, lost=(Lost(team_code="A", since=NOON),))
    release(two_teams, after)

    seen = {
        code: queries.route([code], first_on=TODAY, last_on=TODAY, left_over_since=TODAY)
        for code in "AB"
    }

    assert {stop.status for stop in seen["A"]} == {"WITHDRAWN"}
    lines = {line.job.number: line for line in after.stops.select_related("job")}
    assert [stop.job_number for stop in seen["B"]] == sorted(
        lines, key=lambda number: lines[number].sequence
    )
    for stop in seen["B"]:
        assert stop.is_open
        assert abs(stop.arrive_at - lines[stop.job_number].arrive_at) <= timedelta(minutes=15)


def test_what_a_team_gave_back_is_placed_again(two_teams, today):
    given_back = of_team("A").last()
    Visit.objects.filter(pk=given_back.pk).update(status="DECLINED", ended_at=NOON)
    Job.objects.filter(pk=given_back.job_id).update(status="OPEN")
    other = of_team("B").last()

    after = tell(two_teams, today, withdrawn=(other.job.number,))

    assert after.stops.filter(job=given_back.job).exists()
    assert changes(two_teams, after)[given_back.job.number].cause == "added"


def test_what_happened_stays_true_for_the_next_urgent_job_and_the_next_report(two_teams, today):
    after = tell(two_teams, today, lost=(Lost(team_code="A", since=NOON),))
    release(two_teams, after)

    wanted = job(two_teams, "电线断落", duration_min=10, area="V1")
    found = urgent.offer(
        number=after.number, job_number=wanted.number, by=two_teams.actor(), at=NOON
    )
    again = tell(two_teams, after, urgent=(wanted.number,))

    assert {slot.team_code for slot in found.slots} <= {"B"}
    assert set(again.stops.values_list("team__code", flat=True)) == {"B"}


def test_the_second_of_two_dispatchers_is_told_and_tells_again_on_the_new_plan(two_teams, today):
    mine, theirs = (
        tell(two_teams, today, lost=(Lost(team_code=code, since=NOON),)) for code in "AB"
    )
    release(two_teams, mine)

    with pytest.raises(StaleStateError, match=today.number):
        release(two_teams, theirs)
    with pytest.raises(UnableToPlanError, match="最新的计划"):
        tell(two_teams, today, lost=(Lost(team_code="B", since=NOON),))


def test_a_visit_begun_between_draft_and_publication_stops_it(two_teams, today):
    Visit.objects.update(status="ACCEPTED")
    first = of_team("A").first()
    after = tell(two_teams, today, lost=(Lost(team_code="A", since=NOON),))
    Visit.objects.filter(pk=first.pk).update(status="ARRIVED", arrived_at=NOON)

    with pytest.raises(UnableToPlanError, match=first.job.number):
        release(two_teams, after)
    first.refresh_from_db()
    assert first.status == "ARRIVED"


def test_a_plan_that_was_fitted_can_be_changed_by_hand_and_computed_again(two_teams, today):
    Visit.objects.update(status="ACCEPTED")
    after = tell(two_teams, today, withdrawn=(of_team("A").first().job.number,))
    again = drafting.replan(
        number=after.number, revision=after.revision, by=two_teams.actor(), at=NOON
    )
    assert background.run_next(owner="test", clock=lambda: NOON)
    again.refresh_from_db()
    line = again.stops.first()

    with pytest.raises(UnableToPlanError, match="已被队伍接单"):
        editing.remove(
            number=again.number,
            revision=again.revision,
            job_number=line.job.number,
            by=two_teams.actor(),
            at=NOON,
        )
    assert again.outcome["repair"]["most_changes"] == 5


def test_what_was_said_is_on_record_with_the_draft(two_teams, today):
    after = tell(two_teams, today, lost=(Lost(team_code="A", since=at(14, day=TODAY)),))

    event = AuditEvent.objects.get(verb="work.plan.draft", target_id=after.number)
    assert event.reason == "A队 11-24 14:00 起不能出勤"


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({}, "happened"),
        ({"lost": (Lost(team_code="Z", since=NOON),)}, "lost_team"),
        ({"lost": (Lost(team_code="A", since=NOON + timedelta(days=3)),)}, "lost_from"),
        ({"longer": (Longer(job_number="?", minutes=5),)}, "longer_job"),
        ({"withdrawn": ("?",)}, "withdrawn"),
        ({"urgent": ("?",)}, "urgent"),
        ({"lost": (Lost(team_code="A", since=NOON),), "most_changes": 51}, "most_changes"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(two_teams, today, report, field):
    with pytest.raises(InvalidInputError) as refusal:
        tell(two_teams, today, **report)

    assert refusal.value.field == field
    assert Plan.objects.count() == 1


def test_a_stranger_and_a_neighbour_find_no_plan(two_teams, today):
    Plan.objects.update(unit=two_teams.units["S1"])
    lost = (Lost(team_code="A", since=NOON),)

    for by in (two_teams.actor("S2"), two_teams.actor("WTR", Role.ALLIANCE_UNIT)):
        with pytest.raises(NotVisibleError):
            tell(two_teams, today, by=by, lost=lost)
    assert tell(two_teams, today, by=two_teams.actor("S1"), lost=lost)


@pytest.mark.parametrize("minute", [-20, 5, 10, 20, 30, 40, 70])
def test_around_lunch_nothing_but_what_happened_changes(two_teams, minute):
    jobs = [
        job(two_teams, f"第{n}户", area=area, duration_min=45)
        for n, area in enumerate(("V1", "V2") * 7)
    ]
    when = NOON + timedelta(days=1, minutes=minute)
    plan = computed(draft(two_teams, jobs))
    publish(two_teams, plan)
    Visit.objects.filter(depart_at__lte=when).update(status="DONE", ended_at=when)
    Job.objects.filter(visits__status="DONE").update(status="DONE", done_at=when)
    going = Visit.objects.filter(status="SCHEDULED", arrive_at__lte=when)
    for visit in going:
        Visit.objects.filter(pk=visit.pk).update(status="ARRIVED", arrived_at=visit.arrive_at)
    told = dict(Visit.objects.exclude(status="DONE").values_list("job__number", "arrive_at"))
    last = of_team("A").last()

    after = tell(two_teams, plan, when=when, withdrawn=(last.job.number,))

    assert set(changes(two_teams, after)) == {last.job.number}
    kept = dict(after.stops.values_list("job__number", "arrive_at"))
    assert kept.keys() == told.keys() - {last.job.number}
    release(two_teams, after, when=when)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_what_has_begun_stays_and_the_plan_can_be_published(two_teams, seed):
    rng = random.Random(seed)
    two_teams.team("C", "S1", "repair", near="V1")
    jobs = [
        job(
            two_teams,
            f"第{n}户",
            area=rng.choice(("V1", "V2")),
            duration_min=rng.choice((20, 40, 60)),
            due_at=NOON + timedelta(hours=rng.choice((2, 4, 30))),
        )
        for n in range(12)
    ]
    plan = computed(draft(two_teams, jobs, teams=("A", "B", "C"), day=TODAY))
    publish(two_teams, plan)
    later = NOON + timedelta(minutes=rng.choice((0, 20, 75)))
    for code in "ABC":
        for visit, status in zip(of_team(code), rng.sample(STATES, 2), strict=False):
            Visit.objects.filter(pk=visit.pk).update(status=status, arrived_at=NOON)
    before = {v.job.number: v for v in Visit.objects.select_related("job", "team")}
    waiting = [n for n, v in before.items() if v.status != "ARRIVED"]
    urgent = job(two_teams, "断线", priority=Job.Priority.MUST, duration_min=30)
    most = rng.choice((0, 2, 5))

    after = tell(
        two_teams,
        plan,
        when=later,
        lost=(Lost(team_code=rng.choice("ABC"), since=later),) if rng.random() < 0.7 else (),
        longer=(Longer(job_number=rng.choice(sorted(before)), minutes=45),),
        withdrawn=(rng.choice(waiting),) if rng.random() < 0.5 else (),
        urgent=(urgent.number,),
        most_changes=most,
    )
    release(two_teams, after, when=later + timedelta(minutes=3))

    assert len(after.outcome["repair"]["chosen"]) <= most
    for number, was in before.items():
        visit = Visit.objects.get(pk=was.pk)
        if was.status == "ARRIVED":
            assert (visit.status, visit.team_id) == ("ARRIVED", was.team_id), number
    booked = Visit.objects.filter(status__in=["SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED"])
    assert booked.count() == booked.values("job").distinct().count()
    for line in after.stops.select_related("job"):
        was = before.get(line.job.number)
        if was is not None and was.status in {"SCHEDULED", "ACCEPTED"}:
            assert line.start_at >= was.arrive_at - timedelta(minutes=5)
