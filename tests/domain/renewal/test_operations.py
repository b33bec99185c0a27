"""A village goes through its stages in order; what is late has a reason; the end is measured."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.renewal import operations, queries
from dianliang.domain.renewal.conditions import UnableToRenewError
from dianliang.domain.renewal.models import Delay, IndicatorKind, Project, Stage, Step
from dianliang.domain.renewal.operations import Reason
from dianliang.flows.renewing import moving as flow
from dianliang.kernel.errors import (
    DomainError,
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
)
from tests import town as town_builder
from tests.meeting import while_open
from tests.town import NOON, TODAY

DAY = timedelta(days=1)
CODES = ("survey", "design", "civil", "build", "energise", "review")
RAIN = {"cause": "weather", "words": "连续降雨"}
NONE = {"cause": "", "words": ""}
AFTER = {"old": 4, "illegal": 0, "tie": 90, "voltage": 0, "outage": 2}
BEFORE = {"old": 45, "illegal": 12, "tie": 20, "voltage": 30, "outage": 9}


def taken_in(town, code="V1", starts_on=None, unit="S1"):
    by = town.actor(unit)
    flow.take_in(codes=[code], batch="2026 第一批", starts_on=starts_on, by=by, at=NOON)
    return Project.objects.get(area__code=code)


def begin(town, stage, on=TODAY, code="V1"):
    return flow.begin(code=code, stage=stage, on=on, by=town.actor("S1"), at=NOON)


def finish(town, stage, on=TODAY, code="V1", **why):
    by = town.actor("S1")
    return flow.finish(code=code, stage=stage, on=on, **{**NONE, **why}, by=by, at=NOON)


def through(town, *stages):
    for stage in stages:
        begin(town, stage)
        finish(town, stage)


def measure(town, moment, values, on):
    by = town.actor("S1")
    return flow.measure(code="V1", moment=moment, values=values, on=on, by=by, at=NOON)


@pytest.mark.row("003-08")
def test_a_village_goes_from_survey_to_review_and_shows_what_it_gained(town):
    taken_in(town)
    measure(town, "before", BEFORE, TODAY - DAY)
    through(town, *CODES[:-1])
    begin(town, "review")
    with pytest.raises(
        UnableToRenewError, match=r"还缺：老旧设备占比（改造后）、私拉乱接（改造后）"
    ):
        finish(town, "review")
    measure(town, "after", AFTER, TODAY)
    finish(town, "review")

    file = queries.of_village(area=town.areas["V1"], on=TODAY)

    assert file.row.is_done
    told = {r.code: (r.change, r.is_better) for r in file.readings}
    assert told["old"] == (-41, True)
    assert told["tie"] == (70, True)
    moves = AuditEvent.objects.filter(verb__startswith="renewal.step").order_by("id")
    assert [e.verb.rpartition(".")[2] for e in moves] == ["begin", "finish"] * 6
    assert queries.of_village(area=town.areas["V2"], on=TODAY) is None


def test_a_stage_waits_for_those_before_it_unless_it_may_overlap(town):
    taken_in(town)
    with pytest.raises(UnableToRenewError, match="“勘察”未开始，还不能开始“设计”"):
        begin(town, "design")
    through(town, "survey")
    with pytest.raises(UnableToRenewError, match="“设计”未开始"):
        begin(town, "civil")
    begin(town, "design")
    begin(town, "civil")
    with pytest.raises(UnableToRenewError, match="“设计”进行中，“民事协调”还不能完成"):
        finish(town, "civil")
    finish(town, "design")
    finish(town, "civil")
    with pytest.raises(IllegalTransitionError):
        finish(town, "civil")


@pytest.mark.row("003-08")
def test_what_is_late_has_a_reason_and_the_first_plan_is_kept(town):
    taken_in(town, starts_on=TODAY - 40 * DAY)
    by = town.actor("S1")
    row = queries.file("V1", by=by, on=TODAY).row
    assert (row.current.code, row.late_days) == ("survey", 25)
    planned = {"party": "village", "responsible": "村委会", "by": by, "at": NOON}

    with pytest.raises(UnableToRenewError, match="晚 35 天，请选择延期原因"):
        flow.plan(code="V1", stage="survey", planned_on=TODAY + 10 * DAY, **NONE, **planned)
    flow.plan(code="V1", stage="survey", planned_on=TODAY + 10 * DAY, **RAIN, **planned)
    flow.plan(code="V1", stage="survey", planned_on=TODAY - 2 * DAY, **NONE, **planned)
    begin(town, "survey", TODAY - 5 * DAY)
    with pytest.raises(UnableToRenewError, match="晚 1 天"):
        finish(town, "survey", TODAY - DAY, cause="weather")
    finish(town, "survey", TODAY - DAY, **RAIN)

    step = queries.file("V1", by=by, on=TODAY).row.steps[0]
    assert (step.party_label, step.responsible) == ("村", "村委会")
    assert (step.first_planned_on, step.late_days) == (TODAY - 25 * DAY, 1)
    assert [d.words for d in step.delays] == ["连续降雨", "连续降雨"]
    with pytest.raises(UnableToRenewError, match="已完成，不能再改计划"):
        flow.plan(code="V1", stage="survey", planned_on=TODAY, **NONE, **planned)


def test_a_stage_is_sent_back_with_a_reason_while_nothing_builds_on_it(town):
    taken_in(town)
    through(town, "survey", "design")
    by = town.actor("S1")
    with pytest.raises(UnableToRenewError, match="“设计”已完成，不能退回“勘察”"):
        flow.send_back(code="V1", stage="survey", reason="漏测", by=by, at=NOON)
    with pytest.raises(InvalidInputError, match="退回原因"):
        flow.send_back(code="V1", stage="design", reason="", by=by, at=NOON)
    flow.send_back(code="V1", stage="design", reason="图纸有误", by=by, at=NOON)

    step = Step.objects.get(stage__code="design")
    assert (step.status, step.done_on) == ("RUNNING", None)
    assert AuditEvent.objects.get(verb="renewal.step.send_back").reason == "图纸有误"


def test_only_a_stage_that_may_overlap_goes_on_while_the_one_before_is_done_again(town):
    taken_in(town)
    through(town, "survey", "design")
    begin(town, "civil")
    again = {"reason": "图纸有误", "by": town.actor("S1"), "at": NOON}

    def offers(stage):
        steps = queries.file("V1", by=town.actor("S1"), on=TODAY).row.steps
        return "send_back" in dict(next(step.verbs for step in steps if step.code == stage))

    assert offers("design")
    flow.send_back(code="V1", stage="design", **again)
    finish(town, "design")
    finish(town, "civil")
    begin(town, "build")
    assert not offers("civil")
    with pytest.raises(UnableToRenewError, match="“施工”进行中，不能退回“民事协调”"):
        flow.send_back(code="V1", stage="civil", **again)


@pytest.mark.django_db(transaction=True)
def test_a_stage_does_not_begin_while_somebody_sends_back_the_one_before(transactional_db):
    town = town_builder.build()
    taken_in(town)
    through(town, "survey")
    by = town.actor("S1")

    outcomes = while_open(
        lambda: flow.send_back(code="V1", stage="survey", reason="漏测", by=by, at=NOON),
        lambda: begin(town, "design"),
    )

    assert outcomes[0] is None
    assert isinstance(outcomes[1], UnableToRenewError)
    assert Step.objects.get(stage__code="design").status == "PENDING"


def test_days_and_values_that_cannot_be_are_refused(town):
    taken_in(town)
    measure(town, "before", {"old": 45}, TODAY - DAY)
    for moment, values, on, words in (
        ("before", {"old": 101}, TODAY, "0 到 100"),
        ("before", {"old": -1}, TODAY, "0 到 100"),
        ("before", {"magic": 1}, TODAY, "没有指标"),
        ("after", {"old": 4}, TODAY - DAY, "应晚于改造前"),
        ("after", {"old": 4}, TODAY + DAY, "不能晚于今天"),
        ("later", {"old": 4}, TODAY, "改造前或改造后"),
        ("after", {}, TODAY, "至少填写一项"),
    ):
        with pytest.raises(DomainError, match=words):
            measure(town, moment, values, on)
    with pytest.raises(UnableToRenewError, match="不能晚于今天"):
        begin(town, "survey", TODAY + DAY)
    begin(town, "survey", TODAY - DAY)
    with pytest.raises(UnableToRenewError, match="不能早于开始日期"):
        finish(town, "survey", TODAY - 2 * DAY)
    finish(town, "survey", TODAY)
    begin(town, "design")


def test_a_village_is_taken_in_once_by_the_station_that_serves_it(town):
    project = taken_in(town)
    assert project.unit.code == "S1"
    by = town.actor("S1")
    for codes, words in (
        (["V2", "V1"], "已列入改造"),
        (["V3"], "不在本单位服务区域"),
        (["T1"], "不是村"),
        ([], "至少一个村"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            flow.take_in(codes=codes, batch="第二批", starts_on=None, by=by, at=NOON)
    assert Project.objects.count() == 1
    assert [code for code, _ in flow.left_out(by=by)] == ["V2"]
    with pytest.raises(NotVisibleError):
        queries.file("V1", by=town.actor("S2"), on=TODAY)
    with pytest.raises(NotVisibleError):
        flow.begin(code="V1", stage="survey", on=TODAY, by=town.actor("S2"), at=NOON)


def test_the_database_keeps_days_with_their_state(town):
    taken_in(town)
    step = Step.objects.get(stage__code="survey")
    for wrong in (
        {"begun_on": TODAY},
        {"done_on": TODAY},
        {"planned_on": TODAY, "first_planned_on": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.filter(pk=step.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delay.objects.create(
            step=step,
            cause="weather",
            words="雨",
            planned_before=TODAY,
            planned_after=TODAY,
            noted_at=NOON,
            noted_by="x",
        )


@given(
    st.lists(
        st.tuples(st.sampled_from(CODES), st.sampled_from(["begin", "finish", "send_back"])),
        max_size=24,
    )
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_pressed_no_stage_is_done_before_the_one_before_it(town, presses):
    with transaction.atomic():
        project = taken_in(town)
        by = town.actor("S1")
        for stage, verb in presses:
            step = queries.step_to_change("V1", stage, by=by)
            offered = {
                v
                for s in queries.file("V1", by=by, on=TODAY).row.steps
                if s.code == stage
                for v, _ in s.verbs
            }
            try:
                if verb == "begin":
                    operations.begin(step=step, on=TODAY, by=by, at=NOON)
                elif verb == "finish":
                    operations.finish(step=step, on=TODAY, reason=Reason(**RAIN), by=by, at=NOON)
                else:
                    operations.send_back(step=step, reason="重做", by=by, at=NOON)
            except DomainError:
                continue
            assert verb in offered
        states = list(project.steps.order_by("stage__position").values_list("status", flat=True))
        first_open = next((i for i, s in enumerate(states) if s != "DONE"), len(states))
        assert "DONE" not in states[first_open:]
        assert states[-1] != "DONE"  # nothing was measured
        transaction.set_rollback(True)


def test_stages_and_indicators_are_data(town):
    Stage.objects.create(code="archive", name="归档", position=7, party="utility")
    IndicatorKind.objects.filter(code="outage").update(is_active=False)

    taken_in(town)

    file = queries.of_village(area=town.areas["V1"], on=TODAY)
    assert [s.code for s in file.row.steps] == [*CODES, "archive"]
    assert "outage" not in {r.code for r in file.readings}


@pytest.mark.row("003-08")
def test_after_is_measured_when_the_work_is_done_and_before_not_later(town):
    taken_in(town)
    through(town, "survey", "design", "civil")
    begin(town, "build", TODAY)
    with pytest.raises(UnableToRenewError, match="“施工”进行中，改造后的指标要等它完成"):
        measure(town, "after", AFTER, TODAY)
    measure(town, "before", BEFORE, TODAY - 2 * DAY)
    finish(town, "build", TODAY)
    through(town, "energise")
    with pytest.raises(UnableToRenewError, match="不能早于施工各阶段全部完成的"):
        measure(town, "after", AFTER, TODAY - DAY)
    measure(town, "after", AFTER, TODAY)

    with pytest.raises(UnableToRenewError, match="应早于改造后的"):
        measure(town, "before", BEFORE, TODAY)

    flow.send_back(code="V1", stage="energise", reason="重做", by=town.actor("S1"), at=NOON)
    later = NOON + 3 * DAY
    redone = {"code": "V1", "by": town.actor("S1"), "at": later, "on": TODAY + 2 * DAY}
    flow.finish(stage="energise", **NONE, **redone)
    flow.begin(stage="review", **redone)
    with pytest.raises(UnableToRenewError, match="完工后重测"):
        flow.finish(stage="review", **NONE, **redone)


def test_before_cannot_be_measured_once_all_is_built(town):
    taken_in(town)
    for stage in CODES[:-1]:
        begin(town, stage, TODAY - 3 * DAY)
        finish(town, stage, TODAY - 3 * DAY)
    with pytest.raises(UnableToRenewError, match="改造前的测量日期不能晚于这一天"):
        measure(town, "before", BEFORE, TODAY)
    measure(town, "before", BEFORE, TODAY - 4 * DAY)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_village_does_not_start_in_a_year_that_nobody_plans(town, day):
    with pytest.raises(InvalidInputError, match="离今天太远"):
        taken_in(town, starts_on=day)
    assert not Project.objects.exists()
