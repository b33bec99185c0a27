"""Projects leave as Excel and come back; what is wrong is named and nothing is written."""

from datetime import timedelta

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.grid_projects.models import Milestone, Project
from dianliang.flows.grid_projects import reading, sheets
from tests.projectworld import BEGAN, Works, noon
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(town):
    return Works(town)


def test_what_leaves_comes_back_without_a_change(works):
    works.reach(works.running(), "survey", BEGAN + timedelta(days=9))

    content = sheets.filled(by=works.desk, on=TODAY, at=NOON)

    assert reading.read(content=content, by=works.desk, at=NOON) == 0


def book(projects, steps):
    return sheets._book(projects, steps)


def test_a_new_project_comes_with_a_plan_that_waits_for_a_second_person(works):
    name = "10 千伏新线改造"
    steps = ("勘察选点", "批复", "青苗与通道协调", "开工", "基础与立杆", "架线", "竣工验收", "投运")
    rows = [
        ("", name, step, f"{BEGAN + timedelta(days=10 * place)}", "", "", "")
        for place, step in enumerate(steps, start=1)
    ]
    project = ("", name, "配网改造", "10 千伏", "V1、V2", "3.5", "", "800000", "", f"{BEGAN}", "")

    count = reading.read(content=book([project], rows), by=works.desk, at=noon(BEGAN))

    made = Project.objects.get(name=name)
    assert count == 1
    assert made.areas.count() == 2
    assert made.baselines.get().status == "PROPOSED"


def test_wrong_rows_are_all_named_and_nothing_is_written(works):
    number = works.running()
    project = ("", "新线", "配网改造", "10 千伏", "V3", "-1", "", "", "", "", "")
    step = (number, "余村线改造", "投运", "", "", f"{TODAY}", "")

    with pytest.raises(InvalidRowsError) as refusal:
        reading.read(content=book([project], [step]), by=works.desk, at=NOON)

    assert "服务区域" in refusal.value.message
    assert "竣工验收" in refusal.value.message
    assert not Project.objects.filter(name="新线").exists()
    assert not Milestone.objects.filter(actual_on=TODAY).exists()


def test_a_wrong_kind_is_told_once_and_wrong_steps_cost_no_query_each(
    works, django_assert_max_num_queries
):
    number = works.opened()
    project = ("", "新线", "架空", "10 千伏", "V1", "", "", "", "", "", "")
    steps = [(number, "余村线改造", f"步骤{n}", "", "", "", "") for n in range(60)]
    content = book([project], steps)

    with django_assert_max_num_queries(20), pytest.raises(InvalidRowsError) as refusal:
        reading.read(content=content, by=works.desk, at=NOON)

    assert refusal.value.message.count("“类型”") == 1
    assert "请选择工程类型" not in refusal.value.message
    assert len(refusal.value.rows) == 61
    assert "另有 11 处" in refusal.value.message


def test_a_file_of_too_many_rows_is_refused_as_a_whole(works):
    content = book([], [("", "新线", "投运", "", "", "", "")] * 2001)

    with pytest.raises(UnreadableSheetError, match="一次最多 2000 行"):
        reading.read(content=content, by=works.desk, at=NOON)


def test_forty_expected_days_cost_as_many_queries_as_ten(works, django_assert_max_num_queries):
    numbers = [works.opened(name=f"线路{n}") for n in range(10)]
    steps = ("勘察选点", "批复", "开工", "投运")
    day = TODAY + timedelta(days=30)

    def sheet(count):
        rows = [(number, "", step) for number in numbers for step in steps][:count]
        told = [(*row, "", f"{day + timedelta(days=count)}", "", "张工") for row in rows]
        return book([], told)

    for count in (10, 40):
        with django_assert_max_num_queries(14):
            assert reading.read(content=sheet(count), by=works.desk, at=NOON) == count

    assert Milestone.objects.filter(forecast_on=day + timedelta(days=40)).count() == 40
    trail = AuditEvent.objects.filter(verb="grid_projects.milestone.forecast")
    assert trail.count() == 50
    assert trail.filter(before=f"{day + timedelta(days=10)}").count() == 10


def test_a_milestone_that_is_expected_too_late_leaves_all_others_as_they_were(works):
    number = works.opened()
    rows = [
        (number, "余村线改造", "勘察选点", "", f"{TODAY + timedelta(days=9)}", "", ""),
        (number, "余村线改造", "投运", "", f"{TODAY - timedelta(days=9)}", "", ""),
    ]

    with pytest.raises(InvalidRowsError, match="预计日期不能早于今天"):
        reading.read(content=book([], rows), by=works.desk, at=NOON)
    assert not Milestone.objects.exclude(forecast_on=None).exists()
