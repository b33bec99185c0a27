"""A project moves with its milestones, and plans are changed by two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.grid_projects.operations.projects import UnableToBuildError
from dianliang.domain.grid_projects.queries.projects import Filters, board, card
from dianliang.domain.territory.models import Area
from dianliang.flows.grid_projects import amending, keeping
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError, StaleStateError
from tests.projectworld import BEGAN, Works, noon, project_of
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(town):
    return Works(town)


def test_nobody_confirms_the_plan_that_he_made(works):
    number = works.opened()
    days = keeping.suggested_days(number=number, starts_on=BEGAN, by=works.desk)
    works.propose(number, dict(days))

    with pytest.raises(UnableToBuildError, match="编制人以外"):
        keeping.decide(number=number, verb="confirm", reason="", by=works.desk, at=NOON)
    with pytest.raises(UnableToBuildError, match="基准计划"):
        works.approved(number)


def test_a_plan_whose_days_are_out_of_order_names_them_all(works):
    number = works.opened()
    days = dict(keeping.suggested_days(number=number, starts_on=BEGAN, by=works.desk))
    days["survey"] = BEGAN - timedelta(days=1)
    days["energise"] = days["accept"] - timedelta(days=3)

    with pytest.raises(UnableToBuildError) as refusal:
        works.propose(number, days)

    assert "勘察选点" in refusal.value.message
    assert "竣工验收" in refusal.value.message


def test_a_milestone_waits_for_those_before_it_and_a_gate_moves_the_project(works):
    number = works.running()

    with pytest.raises(UnableToBuildError, match="勘察选点"):
        works.reach(number, "permit", BEGAN)
    works.reach(number, "survey", BEGAN + timedelta(days=10))
    for code in ("permit", "land"):
        works.reach(number, code, BEGAN + timedelta(days=30))
    works.reach(number, "start", BEGAN + timedelta(days=35))

    assert project_of(number).status == "BUILDING"
    assert AuditEvent.objects.filter(verb="grid_projects.project.start").count() == 1


def test_early_work_pulls_the_forecast_and_a_late_step_off_the_path_does_not(works):
    number = works.running()
    planned = card(number, by=works.desk, on=BEGAN).row

    works.reach(number, "survey", BEGAN + timedelta(days=5))

    told = card(number, by=works.desk, on=BEGAN + timedelta(days=5))
    assert planned.variance_days == 0
    assert told.row.variance_days == -10  # fifteen days were planned
    assert [step.code for step in told.steps if not step.is_critical] == []


def test_a_new_version_keeps_the_first_and_variance_is_told_against_both(works):
    number = works.running()
    days = dict(keeping.suggested_days(number=number, starts_on=BEGAN, by=works.desk))
    later = {code: on + timedelta(days=40) for code, on in days.items()}
    works.propose(number, later)
    keeping.decide(number=number, verb="confirm", reason="", by=works.second, at=NOON)

    row = card(number, by=works.desk, on=BEGAN).row

    assert row.planned_on == later["energise"]
    assert row.first_variance_days - row.variance_days == 40


def test_a_pause_needs_a_reason_and_a_closed_project_keeps_still(works):
    number = works.running()
    keeping.move(number=number, verb="drop", reason="规划调整", by=works.desk, at=NOON)

    with pytest.raises(UnableToBuildError, match="已关闭或取消"):
        works.reach(number, "survey", TODAY)


def test_a_corrected_day_leaves_the_old_one_in_the_trail(works):
    number = works.running()
    works.reach(number, "survey", BEGAN + timedelta(days=5))

    keeping.correct(
        number=number,
        code="survey",
        on=BEGAN + timedelta(days=7),
        reason="看错日期",
        by=works.desk,
        at=noon(TODAY),
    )

    event = AuditEvent.objects.get(verb="grid_projects.milestone.correct")
    assert (event.before, event.reason) == (str(BEGAN + timedelta(days=5)), "看错日期")


def test_own_unit_sees_it_the_neighbour_and_an_outsider_do_not(works, town):
    number = works.opened()

    for stranger in (town.actor("S2"), town.actor("WTR", Role.ALLIANCE_UNIT)):
        with pytest.raises(NotVisibleError):
            card(number, by=stranger, on=TODAY)
        assert board(filters=Filters(), by=stranger, on=TODAY).rows == ()
    assert card(number, by=town.actor("AJ", Role.COMMANDER), on=TODAY).row.number == number


def test_an_alliance_unit_sees_the_project_in_whose_task_force_it_sits(works, town):
    number = works.opened()
    works.seat(number, organisation="水务公司 管网科", unit="WTR")

    assert card(number, by=town.actor("WTR", Role.ALLIANCE_UNIT), on=TODAY).row.leader


def amended(works, number, *, seen=None, by=None, **changes):
    form = amending.form_of(number, by=works.desk)
    asked = replace(form.asked, **changes)
    amending.amend(number=number, asked=asked, seen=seen or form.seen, by=by or works.desk, at=NOON)
    return project_of(number)


def test_details_are_amended_and_the_trail_names_what_changed(works):
    number = works.opened()

    project = amended(works, number, name="余村线升级", length_km="6.5", areas=("V1", "V2"))

    assert (project.number, project.name, project.length_km) == (number, "余村线升级", 6.5)
    assert sorted(area.code for area in project.areas.all()) == ["V1", "V2"]
    event = AuditEvent.objects.get(verb="grid_projects.project.amend")
    assert "余村线改造" in event.before
    assert "线路长度（公里） 6.5" in event.after
    assert "电压等级" not in event.after


def test_kind_an_issues_village_and_a_closed_project_stay_as_they_are(works):
    number = works.running()
    works.report(number)

    with pytest.raises(UnableToBuildError, match="类型不能改"):
        amended(works, number, kind="cable")
    with pytest.raises(UnableToBuildError, match="属地问题"):
        amended(works, number, areas=("V2",))
    keeping.move(number=number, verb="drop", reason="规划调整", by=works.desk, at=NOON)
    with pytest.raises(UnableToBuildError, match="已关闭或取消"):
        amended(works, number, name="别的名称")
    assert not AuditEvent.objects.filter(verb="grid_projects.project.amend").exists()


def test_the_second_to_amend_is_told_and_a_neighbour_finds_nothing(works, town):
    number = works.opened()
    seen = amending.form_of(number, by=works.desk).seen
    amended(works, number, name="余村线升级")

    with pytest.raises(StaleStateError):
        amended(works, number, seen=seen, name="余村线再升级")
    for stranger in (town.actor("S2"), town.actor("AJ", Role.COMMANDER)):
        with pytest.raises(NotVisibleError):
            amended(works, number, by=stranger, name="别的名称")
    assert project_of(number).name == "余村线升级"


def test_a_station_keeps_the_areas_that_the_company_gave(works, town):
    number = works.opened()
    project_of(number).areas.add(Area.objects.get(code="V3"))

    project = amended(works, number, name="余村线升级")

    assert sorted(area.code for area in project.areas.all()) == ["V1", "V3"]
