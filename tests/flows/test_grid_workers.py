"""A grid worker's path: recruited, trained, certified, on a cell; an ended certificate blocks."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.workforce.grid import grid_page
from dianliang.domain.workforce.models import Certificate, GridWorker, Membership, Team
from dianliang.domain.workforce.operations import UnableToPlaceError
from dianliang.domain.workforce.queries import teams_on_duty
from dianliang.flows import grid_workers as flow
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
)
from tests.flows.planning.test_planning import computed, draft, job
from tests.town import NOON, TODAY

YEAR = timedelta(days=365)


def recruited(town, name="赵六", unit="S1"):
    by = town.actor(unit)
    return flow.recruit(name=name, phone="13800000001", unit_code=unit, by=by, at=NOON)


def certified(town, name="赵六", *, until=TODAY + YEAR, unit="S1"):
    worker, by = recruited(town, name, unit), town.actor(unit)
    flow.train(number=worker.number, hours=16, on=TODAY, by=by, at=NOON)
    return flow.certify(
        number=worker.number, issued_on=TODAY - YEAR, expires_on=until, by=by, at=NOON
    )


@pytest.mark.row("001-04")
def test_the_whole_path_leads_to_a_cell_and_an_ended_certificate_blocks_dispatch(town):
    desk = town.actor("S1")
    worker = certified(town, until=TODAY + timedelta(days=2))
    flow.place(number=worker.number, area_code="V1", by=desk, at=NOON)
    steps = AuditEvent.objects.filter(target_id=worker.number).values_list("after", flat=True)
    assert list(steps) == ["RECRUITED", "TRAINED", "CERTIFIED", "PLACED"]
    page = grid_page(view="expiring", by=desk, on=TODAY)
    assert (page.counts["PLACED"], page.counts["expiring"], page.covered) == (1, 1, 1)
    assert [cell.code for cell in page.free_cells] == ["V2"]

    team = town.team("W", "S1")
    Membership.objects.create(team=team, person=worker.person, valid_from=TODAY)
    for day, can_go in ((TODAY + timedelta(days=1), True), (TODAY + timedelta(days=2), False)):
        on_duty = teams_on_duty(teams=[Team.objects.get(code="W")], on=day)[0]
        assert ("grid" in on_duty.skill_codes) is can_go
        plan = computed(draft(town, [job(town, skill="grid")], teams=("W",), day=day))
        assert plan.stops.exists() is can_go
    assert plan.unplanned.get().reasons[0]["code"] == "no_skill"
    late = grid_page(view="expired", by=desk, on=TODAY + timedelta(days=2))
    assert (late.counts["expired"], late.covered, late.rows[0].may_be_sent) == (1, 0, False)

    flow.certify(number=worker.number, issued_on=TODAY, expires_on=TODAY + YEAR, by=desk, at=NOON)
    assert grid_page(view="PLACED", by=desk, on=TODAY + timedelta(days=2)).covered == 1


def test_a_step_cannot_be_left_out(town):
    worker, by = recruited(town), town.actor("S1")

    with pytest.raises(IllegalTransitionError):
        flow.certify(number=worker.number, issued_on=TODAY, expires_on=TODAY + YEAR, by=by, at=NOON)
    assert not Certificate.objects.filter(person=worker.person).exists()
    with pytest.raises(UnableToPlaceError, match="没有登记“网格服务”证书"):
        flow.place(number=worker.number, area_code="V1", by=by, at=NOON)
    with pytest.raises(UnableToPlaceError, match="8"):
        flow.train(number=worker.number, hours=2, on=TODAY, by=by, at=NOON)
    with pytest.raises(UnableToPlaceError, match="招募日期"):
        flow.train(number=worker.number, hours=9, on=TODAY - YEAR, by=by, at=NOON)
    with pytest.raises(InvalidInputError, match="今天"):
        flow.train(number=worker.number, hours=9, on=TODAY + YEAR, by=by, at=NOON)


def test_nobody_goes_on_a_cell_with_an_ended_certificate_or_one_that_is_taken(town):
    by = town.actor("S1")
    late, first, second = (
        certified(town, "甲", until=TODAY),
        certified(town, "乙"),
        certified(town, "丙"),
    )
    with pytest.raises(UnableToPlaceError, match="失效日期"):
        flow.place(number=late.number, area_code="V1", by=by, at=NOON)
    flow.place(number=first.number, area_code="V1", by=by, at=NOON)
    with pytest.raises(UnableToPlaceError, match="已有网协员乙"):
        flow.place(number=second.number, area_code="V1", by=by, at=NOON)

    flow.withdraw(number=first.number, reason="调岗", by=by, at=NOON)
    flow.place(number=second.number, area_code="V1", by=by, at=NOON)
    Membership.objects.create(team=town.team("D9", "S1"), person=second.person, valid_from=TODAY)
    flow.leave(number=second.number, reason="外出务工", by=by, at=NOON)

    assert Membership.objects.get(person=second.person).valid_until == TODAY
    assert GridWorker.objects.filter(area=None).count() == 3
    assert not GridWorker.objects.get(pk=second.pk).person.is_active


@pytest.mark.parametrize(("code", "role"), [("S2", Role.DISPATCHER), ("WTR", Role.ALLIANCE_UNIT)])
def test_another_station_sees_and_moves_nobody_of_ours(town, code, role):
    worker = certified(town)
    stranger = town.actor(code, role)

    assert grid_page(view="CERTIFIED", by=stranger, on=TODAY).rows == ()
    with pytest.raises(NotVisibleError):
        flow.leave(number=worker.number, reason="x", by=stranger, at=NOON)
    with pytest.raises(InvalidInputError):
        flow.place(number=worker.number, area_code="V3", by=town.actor("S1"), at=NOON)
    with pytest.raises(InvalidInputError):
        flow.recruit(name="丁", phone="1", unit_code="S1", by=stranger, at=NOON)


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "甲\0"}, {"phone": ""}, {"phone": "电话"}, {"unit_code": "无"}],
)
def test_a_bad_field_is_named_and_nobody_is_taken_in(town, change):
    asked = {"name": "甲", "phone": "138", "unit_code": "S1", **change}

    with pytest.raises(InvalidInputError) as refusal:
        flow.recruit(**asked, by=town.actor("S1"), at=NOON)
    assert refusal.value.field == next(iter(change))
    assert not GridWorker.objects.exists()
