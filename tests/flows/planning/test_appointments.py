"""A caller is offered the times at which a team would be near anyway; the chosen one is kept."""

from datetime import datetime, timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Plan
from dianliang.flows import handling
from dianliang.flows.planning import appointments
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import TimeWindow
from tests.flows.planning.test_planning import TOMORROW, computed, draft, job, publish
from tests.town import NOON


@pytest.fixture
def published(two_teams):
    two_teams.team("C", "S1", "repair", "meter", near="V1")
    two_teams.team("D", "S1", "repair", "meter", near="V2")
    jobs = [job(two_teams, f"第{n}户", area=area) for n, area in enumerate(("V1", "V2") * 4)]
    plan = computed(draft(two_teams, jobs, teams=("A", "B", "C", "D")))
    publish(two_teams, plan)
    return plan


def offered(town, by=None, **asked):
    known = {"service_code": "PWR-METER", "area_code": "V1", **asked}
    return appointments.appointments(**known, by=by or town.actor(), at=NOON)


def test_three_different_times_at_most_the_earliest_first(two_teams, published):
    found = offered(two_teams)

    starts = [one.window.start for one in found]
    assert 1 <= len(found) <= 3
    assert {one.team_name for one in found} <= {"C队", "D队"}
    assert starts == sorted(set(starts))
    assert {start.date() for start in starts} == {TOMORROW}
    assert all(start.minute % 30 == 0 for start in starts)
    assert all(one.window.duration == timedelta(hours=2) for one in found)


def test_nothing_is_offered_where_place_service_or_plan_is_unknown(two_teams, published):
    assert offered(two_teams, area_code="nowhere") == ()
    assert offered(two_teams, service_code="nothing") == ()
    assert offered(two_teams, service_code="PWR-OUTAGE") == ()
    assert offered(two_teams, by=two_teams.actor("WTR", Role.ALLIANCE_UNIT)) == ()
    Plan.objects.update(status="SUPERSEDED")
    assert offered(two_teams) == ()


def test_a_team_that_does_not_go_there_is_not_offered(two_teams, published):
    for team in two_teams.teams.values():
        team.areas.set([two_teams.areas["V2"]])

    assert offered(two_teams) == ()
    assert offered(two_teams, area_code="V2")


def test_the_chosen_time_is_on_record_and_becomes_the_jobs_window(two_teams, published):
    need = two_teams.post("电表有问题", area_code="V1", service_code="PWR-METER")
    window = offered(two_teams)[0].window
    by = two_teams.actor()

    for _ in range(2):
        appointments.keep(number=need.number, window=window, by=by, at=NOON)
    handling.accept(number=need.number, by=by, at=NOON)
    (made,) = handling.split(number=need.number, parts=(), by=by, at=NOON)

    stored = [datetime.fromisoformat(text) for text in made.windows[0]]
    assert stored == [window.start, window.end]
    assert AuditEvent.objects.filter(verb="intake.need.wish").count() == 1


def test_a_time_that_is_over_binds_nobody(two_teams):
    need = two_teams.post("电表有问题", area_code="V1", service_code="PWR-METER")
    past = TimeWindow(NOON - timedelta(hours=3), NOON - timedelta(hours=1))
    appointments.keep(number=need.number, window=past, by=two_teams.actor(), at=NOON)
    handling.accept(number=need.number, by=two_teams.actor(), at=NOON)

    (made,) = handling.split(number=need.number, parts=(), by=two_teams.actor(), at=NOON)

    assert made.windows == []


@pytest.mark.parametrize(
    "text", ["x", "2026-11-25T09:00/2026-11-25T11:00", "2020-01-01T09:00Z/2020-01-01T11:00Z", "/"]
)
def test_a_span_that_makes_no_sense_is_refused(text):
    with pytest.raises(InvalidInputError) as refusal:
        appointments.wished(text, at=NOON)
    assert refusal.value.field == "wish"
    assert appointments.wished("", at=NOON) is None
