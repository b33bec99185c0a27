"""An urgent job in a day that is under way: the best places first, confirmed visits frozen."""

from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.flows.planning import drafting, urgent
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.flows.planning.test_fixes import at
from tests.flows.planning.test_planning import computed, draft, job, publish
from tests.town import NOON, TODAY


@pytest.fixture
def published(two_teams):
    jobs = [job(two_teams, f"第{i}户", area=a) for i, a in enumerate(("V1", "V2", "V1", "V2"))]
    plan = computed(draft(two_teams, jobs))
    publish(two_teams, plan)
    return plan


def broken(town, **rest):
    return job(town, "电线断落", priority=Job.Priority.MUST, **rest)


def test_the_best_three_places_come_with_their_price_and_who_waits_longer(two_teams, published):
    two_teams.team("C", "S1", "repair", near="V1")
    wanted = broken(two_teams)

    found = urgent.offer(
        number=published.number, job_number=wanted.number, by=two_teams.actor(), at=NOON
    )

    assert 1 <= len(found.slots) <= 3
    assert [slot.price_s for slot in found.slots] == sorted(slot.price_s for slot in found.slots)
    assert {slot.team_code for slot in found.slots} == {"A", "B"}
    assert Plan.objects.count() == 1


def test_the_chosen_place_is_where_it_goes(two_teams, published):
    wanted = broken(two_teams)
    slot = urgent.offer(
        number=published.number, job_number=wanted.number, by=two_teams.actor(), at=NOON
    ).slots[-1]

    after = urgent.insert(
        number=published.number,
        job_number=wanted.number,
        slot=(slot.team_code, slot.on, slot.position),
        by=two_teams.actor(),
        at=NOON,
    )

    line = after.stops.get(job=wanted)
    assert (line.team.code, line.sequence, line.start_at) == (
        slot.team_code,
        slot.position,
        slot.start_at,
    )
    publish(two_teams, after)
    published.refresh_from_db()
    assert (published.status, wanted.visits.get().status) == ("SUPERSEDED", "SCHEDULED")


def test_confirmed_visits_keep_team_and_time(two_teams, published):
    Visit.objects.update(status="ACCEPTED")
    before = dict(Visit.objects.values_list("job__number", "arrive_at"))
    wanted = broken(two_teams)

    after = urgent.insert(
        number=published.number, job_number=wanted.number, by=two_teams.actor(), at=NOON
    )
    publish(two_teams, after)

    kept = dict(Visit.objects.exclude(job=wanted).values_list("job__number", "arrive_at"))
    assert kept == before
    for line in after.stops.exclude(job=wanted):
        assert abs(line.arrive_at - before[line.job.number]) <= timedelta(minutes=5)


def test_what_another_plan_put_on_the_team_is_not_forgotten(two_teams, published):
    other = job(two_teams, "另一计划的")
    publish(two_teams, computed(draft(two_teams, [other], teams=("A",))))

    after = urgent.insert(
        number=published.number, job_number=broken(two_teams).number, by=two_teams.actor(), at=NOON
    )

    assert after.stops.filter(job=other).exists()
    publish(two_teams, after)


def test_the_second_of_two_dispatchers_with_urgent_jobs_is_told(two_teams, published):
    drafts = [
        urgent.insert(
            number=published.number,
            job_number=broken(two_teams).number,
            by=two_teams.actor(),
            at=NOON,
        )
        for _ in range(2)
    ]
    publish(two_teams, drafts[0])
    urgent_job = drafts[0].jobs.filter(title="电线断落").get()
    team = urgent_job.visits.get().team

    if drafts[1].stops.filter(team=team).exists():
        with pytest.raises(UnableToPlanError, match="另有 1 个上门"):
            publish(two_teams, drafts[1])
    with pytest.raises(UnableToPlanError, match="未被替代"):
        urgent.offer(
            number=published.number,
            job_number=broken(two_teams).number,
            by=two_teams.actor(),
            at=NOON,
        )


def test_a_job_that_fits_nowhere_says_why_and_what_would_help(two_teams, published):
    wanted = broken(two_teams, skill="gas")
    ask = {"number": published.number, "job_number": wanted.number, "by": two_teams.actor()}

    found = urgent.offer(**ask, at=NOON)

    assert found.slots == ()
    assert "燃气" in found.reasons[0]
    assert not found.is_crowded
    assert found.fix_words
    with pytest.raises(UnableToPlanError, match="插不进去"):
        urgent.insert(**ask, at=NOON)


def test_a_stranger_finds_nothing(two_teams, published):
    stranger = two_teams.actor("WTR", Role.ALLIANCE_UNIT)

    with pytest.raises(NotVisibleError):
        urgent.offer(
            number=published.number, job_number=broken(two_teams).number, by=stranger, at=NOON
        )


def test_a_plan_made_at_noon_starts_after_noon(two_teams):
    jobs = [job(two_teams, f"第{i}户") for i in range(3)]

    plan = computed(draft(two_teams, jobs, day=TODAY))

    assert plan.stops.count() == 3
    for line in plan.stops.all():
        assert line.arrive_at - timedelta(seconds=line.travel_s) >= NOON


def test_a_team_on_its_way_goes_on_from_where_it_is(two_teams):
    first = job(two_teams, "正在做", area="V2")
    plan = computed(draft(two_teams, [first], teams=("A",), day=TODAY))
    publish(two_teams, plan)
    at_site = plan.stops.get().arrive_at
    Visit.objects.update(status="ARRIVED")

    later = drafting.draft_plan(
        job_numbers=[job(two_teams, "再来一单", area="V2").number],
        team_codes=["A"],
        first_on=TODAY,
        last_on=TODAY,
        seconds=1,
        by=two_teams.actor(),
        at=at_site + timedelta(minutes=10),
    )
    background.run_next(owner="test", clock=lambda: at_site + timedelta(minutes=10))

    lines = list(later.stops.order_by("sequence").select_related("job"))
    assert [line.job.title for line in lines] == ["正在做", "再来一单"]
    assert lines[1].travel_s == 0


def test_after_work_nobody_can_go_today(two_teams):
    wanted = job(two_teams)
    evening = at(18, day=TODAY)

    found = drafting.foresee(
        job_numbers=[wanted.number],
        team_codes=["A"],
        first_on=TODAY,
        last_on=TODAY,
        by=two_teams.actor(),
        at=evening,
    )

    assert "已经下班" in found[0].reasons[0]["words"]
