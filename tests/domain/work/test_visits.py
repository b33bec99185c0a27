"""A visit from the word yes to the signature; the job follows."""

from datetime import timedelta

import pytest

from dianliang.core import files
from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Job, Plan, PlannedStop, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Checked, Record
from dianliang.domain.work.queries import visits as queries
from dianliang.kernel.errors import IllegalTransitionError, NotYourTurnError, StaleStateError
from tests.core.test_files import photo
from tests.fieldworld import CHECKLIST

ALL_TICKED = tuple(Checked(item, ok=True) for item in CHECKLIST)


@pytest.fixture
def steward(world):
    return world.actor("P2")


def job_of(visit):
    return Job.objects.get(pk=visit.job_id)


def on_site(world, by):
    visit = world.visit()
    visits.accept(visit=visit, by=by, at=world.at)
    visits.arrive(visit=visit, by=by, at=world.at)
    return visit


def test_a_visit_runs_from_yes_to_done_and_its_job_is_done(world, steward):
    visit = world.visit()
    visits.accept(visit=visit, by=steward, at=world.at)
    visits.depart(visit=visit, by=steward, at=world.at)
    visits.arrive(visit=visit, by=steward, at=world.at)
    picture = files.keep_image(photo(), at=world.at)
    record = Record(checklist=ALL_TICKED, findings="换了空开", photos=(picture,), signature=picture)
    visits.complete(visit=visit, record=record, by=steward, at=world.at)

    stored = Visit.objects.get(pk=visit.pk)
    assert (stored.status, stored.findings, stored.done_by.number) == ("DONE", "换了空开", "P2")
    assert [line["item"] for line in stored.checklist] == CHECKLIST
    assert stored.photos.get() == stored.signature == picture
    assert (job_of(visit).status, job_of(visit).done_at) == ("DONE", world.at)


def test_what_happened_offline_keeps_the_time_of_the_phone(world, steward):
    visit, earlier = world.visit(), world.at - timedelta(hours=1)
    visits.accept(visit=visit, by=steward, at=world.at, device_at=earlier)

    assert Visit.objects.get(pk=visit.pk).accepted_at == earlier
    event = AuditEvent.objects.get(verb="work.visit.accept")
    assert (event.at, event.device_at) == (world.at, earlier)


def test_a_phone_whose_clock_is_ahead_does_not_write_the_future(world, steward):
    visit = world.visit()
    ahead = world.at + timedelta(days=3)
    visits.accept(visit=visit, by=steward, at=world.at, device_at=ahead)

    assert Visit.objects.get(pk=visit.pk).accepted_at == world.at


def test_a_declined_visit_gives_the_job_back_with_the_reason(world, steward):
    visit = world.visit()
    visits.decline(visit=visit, reason="车坏了", by=steward, at=world.at)

    stored = Visit.objects.get(pk=visit.pk)
    assert (stored.status, stored.reason, job_of(visit).status) == ("DECLINED", "车坏了", "OPEN")


def test_nobody_at_home_gives_the_job_back(world, steward):
    visit = on_site(world, steward)
    visits.miss(visit=visit, reason="敲门三次无人应", by=steward, at=world.at)

    assert (Visit.objects.get(pk=visit.pk).status, job_of(visit).status) == ("UNMET", "OPEN")


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_no_visit_ends_without_a_reason_that_can_be_read(world, steward, reason):
    visit = world.visit()
    with pytest.raises(visits.ReasonMissingError):
        visits.decline(visit=visit, reason=reason, by=steward, at=world.at)

    assert job_of(visit).status == "SCHEDULED"


@pytest.mark.parametrize(
    ("checklist", "words"),
    [
        ((), "核对停电范围"),
        (ALL_TICKED[:2], "告知原因"),
        ((*ALL_TICKED[:2], Checked("告知原因", ok=False)), "原因"),
    ],
)
def test_a_checklist_with_a_hole_is_refused_by_name(world, steward, checklist, words):
    visit = on_site(world, steward)
    with pytest.raises(visits.UnableToCompleteError, match=words):
        visits.complete(visit=visit, record=Record(checklist=checklist), by=steward, at=world.at)

    assert job_of(visit).status == "SCHEDULED"


def test_an_item_left_undone_is_fine_when_it_is_said_why(world, steward):
    visit = on_site(world, steward)
    lines = (*ALL_TICKED[:2], Checked("告知原因", ok=False, note="客户已知"))
    visits.complete(visit=visit, record=Record(checklist=lines), by=steward, at=world.at)

    assert Visit.objects.get(pk=visit.pk).checklist[2]["note"] == "客户已知"


def test_too_many_photos_leave_nothing_behind(world, steward):
    visit = on_site(world, steward)
    pictures = tuple(
        files.keep_image(photo((10 + n, 10)), at=world.at) for n in range(visits.PHOTOS_MAX + 1)
    )
    with pytest.raises(visits.UnableToCompleteError):
        visits.complete(
            visit=visit,
            record=Record(checklist=ALL_TICKED, photos=pictures),
            by=steward,
            at=world.at,
        )

    stored = Visit.objects.get(pk=visit.pk)
    assert (stored.status, stored.photos.count()) == ("ARRIVED", 0)


def test_of_two_phones_the_second_is_told(world, steward):
    visit = world.visit()
    other_phone = Visit.objects.get(pk=visit.pk)
    visits.accept(visit=visit, by=steward, at=world.at)

    with pytest.raises(StaleStateError):
        visits.accept(visit=other_phone, by=world.actor("P1"), at=world.at)


def test_a_team_on_site_cannot_be_called_back(world, steward, dispatcher):
    visit = on_site(world, steward)
    with pytest.raises(IllegalTransitionError):
        visits.withdraw(visit=visit, reason="改派", by=dispatcher, at=world.at)


def test_a_dispatcher_does_not_accept_for_the_team(world, dispatcher):
    with pytest.raises(NotYourTurnError):
        visits.accept(visit=world.visit(), by=dispatcher, at=world.at)


def test_the_route_is_in_order_and_holds_what_was_left_over(world, steward):
    late = world.visit(on=world.today - timedelta(days=1))
    done_before = world.visit(on=world.today - timedelta(days=1), status="DONE")
    first, second = world.visit(), world.visit()
    neighbours = world.visit(team=1)

    stops = queries.route(
        {"XH"},
        first_on=world.today,
        last_on=world.today,
        left_over_since=world.today - timedelta(days=3),
    )

    assert [stop.number for stop in stops] == [late.number, first.number, second.number]
    assert {done_before.number, neighbours.number}.isdisjoint(stop.number for stop in stops)


def test_the_plans_own_distance_is_shown_where_there_is_a_plan(world):
    by_hand, planned = world.visit(), world.visit()
    plan = Plan.objects.create(
        number="JH1",
        unit=world.unit,
        first_on=world.today,
        last_on=world.today,
        created_by="调度员",
        created_at=world.at,
    )
    PlannedStop.objects.create(
        plan=plan,
        job=planned.job,
        team=planned.team,
        on=world.today,
        sequence=1,
        arrive_at=world.at,
        start_at=world.at,
        depart_at=world.at,
        travel_s=600,
        travel_m=7300,
    )
    Visit.objects.filter(pk=planned.pk).update(plan=plan)

    first, second = queries.stop(by_hand.number), queries.stop(planned.number)
    assert (first.is_travel_planned, second.is_travel_planned) == (False, True)
    assert (second.travel_m, second.travel_s) == (7300, 600)


def test_a_replaced_visit_gives_way_to_its_successor_on_the_route(world, dispatcher):
    old = world.visit()
    visits.withdraw(visit=old, reason="计划调整", by=dispatcher, at=world.at)
    alone = world.visit()
    visits.withdraw(visit=alone, reason="客户取消", by=dispatcher, at=world.at)
    new = world.visit(job=old.job)

    stops = queries.route(
        {"XH"}, first_on=world.today, last_on=world.today, left_over_since=world.today
    )

    assert [stop.number for stop in stops] == [alone.number, new.number]


def test_twenty_stops_cost_as_many_queries_as_two(world, django_assert_max_num_queries):
    for _ in range(20):
        world.visit()

    with django_assert_max_num_queries(4):
        queries.route(
            {"XH"},
            first_on=world.today,
            last_on=world.today,
            left_over_since=world.today,
        )
