"""An event is guarded: halls and what feeds them, patrols, standby, duty, log, review."""

from dataclasses import replace
from datetime import time, timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from dianliang.core import jobs as background
from dianliang.domain.key_customers.told import Source
from dianliang.domain.protection.models import Event, LogEntry
from dianliang.domain.protection.operations import UnableToGuardError
from dianliang.domain.rosters.models import Roster
from dianliang.domain.work.models import Job
from dianliang.flows.key_customers import watching
from dianliang.flows.protection import planning, reading, telling, workbooks
from dianliang.flows.protection.lacking import lacking as lacking_of
from dianliang.flows.rosters import changing, making
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)
from tests.keyworld import customer, network
from tests.staff import person
from tests.town import NOON, TODAY

FIRST = TODAY + timedelta(days=2)
STARTS = making.at_hour(FIRST, time(8))
ENDS = making.at_hour(FIRST + timedelta(days=2), time(8))


def asked(*customers, **changes):
    known = {
        "title": "高考保电",
        "level": "first",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "demand": "开考期间零闪动",
        "customers": customers,
        "sites": (),
    }
    return planning.Asked(**{**known, **changes})


@pytest.fixture
def event(town):
    """An exam in two halls: one with two sources, one with a transformer."""
    line, transformer = network(town)
    line.areas.set([town.areas["V1"]])
    two = [Source(feeder_id=line.pk, is_main=True), Source(transformer_id=transformer.pk)]
    customer(town, "ZY1", name="一中考点", kind="exam_hall", sources=two)
    one = [Source(transformer_id=transformer.pk, is_main=True)]
    customer(town, "ZY2", name="二中考点", kind="exam_hall", sources=one)
    for code in ("XH", "YH"):
        town.team(code, "S1", "inspect")
    return planning.draft(asked=asked("ZY1", "ZY2"), by=town.actor("S1"), at=NOON)


def lacking(event):
    return lacking_of(Event.objects.get(pk=event.pk))


def roster(town, *, starts=STARTS, ends=ENDS) -> Roster:
    """Arrange and publish a watch round the clock."""
    for n in range(6):
        if not Roster.objects.exists():
            person(town, f"Z{n}", f"值守{n}")
    wanted = making.Asked(
        title="考点指挥",
        purpose="event",
        site_code="",
        starts_at=starts,
        ends_at=ends,
        changes=(time(8), time(16), time(0)),
        size=1,
        skills={},
        rest_h=11,
        week_h=None,
        days_in_row=None,
        nights_in_row=None,
        people=[f"Z{n}" for n in range(6)],
    )
    by = town.actor("S1")
    made = making.make(asked=wanted, by=by, at=NOON)
    making.arrange(number=made.number, revision=made.revision, by=by, at=NOON)
    assert background.run_next(owner="test", clock=lambda: NOON)
    made.refresh_from_db()
    changing.publish(number=made.number, revision=made.revision, because="", by=by, at=NOON)
    return made


def stand_by(town, event, hall, team, starts=STARTS, ends=ENDS):
    return planning.add_standby(
        number=event.number,
        hall=hall.pk,
        team_code=team,
        starts_at=starts,
        ends_at=ends,
        gear="发电车",
        by=town.actor("S1"),
        at=NOON,
    )


def complete(town, event):
    """Bring a plan to where nothing is lacking."""
    by = town.actor("S1")
    opened = planning.order_patrols(
        number=event.number, due_at=STARTS, team_code="XH", by=by, at=NOON
    )
    for hall, team in zip(event.halls.all(), ("XH", "YH"), strict=True):
        stand_by(town, event, hall, team)
    made = roster(town)
    planning.add_duty(number=event.number, roster=made.number, post="现场指挥", by=by, at=NOON)
    return opened


def move(town, event, verb, *, at=NOON, reason=""):
    return planning.move(number=event.number, verb=verb, reason=reason, by=town.actor("S1"), at=at)


@pytest.mark.row("002-15")
@pytest.mark.row("000-14")
@pytest.mark.row("003-02")
def test_an_event_goes_from_its_halls_to_its_review(town, event):
    by = town.actor("S1")
    missing = lacking(event)
    assert len(missing) == 8  # a patrol for 2 halls and 3 feeds, 2 standbys, the duty
    with pytest.raises(UnableToGuardError, match=r"一中考点：.*没有队伍驻守"):
        move(town, event, "release")

    assert complete(town, event) == 4  # two halls, one line, one transformer that both hang on
    assert lacking(event) == ()
    move(town, event, "release")
    jobs = Job.objects.filter(guard_patrol__event=event)
    assert {job.inspects.code for job in jobs if job.inspects} == {"key_customer"}
    assert {job.priority for job in jobs} == {"must"}

    move(town, event, "begin", at=STARTS)
    told = {"kind": "trouble", "hall": event.halls.first().pk, "corrects": "", "by": by}
    at = STARTS + timedelta(hours=1)
    wrong = telling.log(number=event.number, happened_at=at, words="闪动一次", at=at, **told)
    telling.log(
        number=event.number,
        happened_at=at,
        words="电压暂降 0.1 秒",
        at=at,
        **{**told, "corrects": wrong.number},
    )
    with pytest.raises(StaleStateError):
        telling.log(
            number=event.number,
            happened_at=at,
            words="再改",
            at=at,
            **{**told, "corrects": wrong.number},
        )
    move(town, event, "end", at=ENDS)
    telling.review(number=event.number, lessons="两路电源切换正常", by=by, at=ENDS)
    page = reading.page(number=event.number, by=by)
    found = dict(page.figures)

    assert page.row.status == "REVIEWED"
    assert (found["保电场所"], found["线路和变压器"], found["特巡"]) == (2, 2, 4)
    assert (found["值守人次"], found["值守人数"] <= 6) == (6, True)
    assert (found["驻守（队·小时）"], found["异常和缺陷"], found["日志"]) == (96.0, 1, 1)
    with pytest.raises(IllegalTransitionError):
        telling.review(number=event.number, lessons="再来", by=by, at=ENDS)


def test_a_plan_tells_every_gap_and_every_overlap(town, event):
    complete(town, event)
    by = town.actor("S1")
    hall = event.halls.first()
    planning.take_out(
        number=event.number, kind="standby", part=hall.standbys.get().pk, by=by, at=NOON
    )
    stand_by(town, event, hall, "XH", ends=STARTS + timedelta(hours=10))
    second = roster(town, starts=ENDS - timedelta(hours=8), ends=ENDS + timedelta(hours=16))
    planning.add_duty(number=event.number, roster=second.number, post="现场指挥", by=by, at=NOON)

    missing = lacking(event)
    assert len(missing) == 2
    assert "没有队伍驻守" in missing[0]
    assert "值班表重叠" in missing[1]


def test_a_team_cannot_stand_by_at_two_halls_at_once(town, event):
    first, second = event.halls.all()
    stand_by(town, event, first, "XH")
    with pytest.raises(UnableToGuardError, match="已在一中考点驻守"):
        stand_by(town, event, second, "XH", starts=ENDS - timedelta(hours=1))
    with pytest.raises(UnableToGuardError, match="保电时间之内"):
        stand_by(town, event, second, "YH", ends=ENDS + timedelta(hours=1))


def test_a_released_plan_changes_only_after_it_went_back(town, event):
    complete(town, event)
    move(town, event, "release")
    hall = event.halls.first()
    with pytest.raises(UnableToGuardError, match="退回修改后才能改"):
        planning.add_equipment(
            number=event.number, hall=hall.pk, code="F118", by=town.actor("S1"), at=NOON
        )
    with pytest.raises(InvalidInputError, match="请写明原因"):
        move(town, event, "revise")
    move(town, event, "revise", reason="加一路电源")
    planning.add_equipment(
        number=event.number, hall=hall.pk, code="F118", by=town.actor("S1"), at=NOON
    )
    assert len(lacking(event)) == 1

    move(town, event, "cancel", reason="考试改期")
    assert set(Job.objects.values_list("status", flat=True)) == {"CANCELLED"}


def test_hours_without_power_come_from_what_was_followed(town, event):
    by = town.actor("S1")
    wanted = watching.Asked(
        title="高考保电",
        occasion_kind="event",
        occasion_number=event.number,
        areas=(),
        starts_at=NOON - timedelta(hours=3),
    )
    followed = watching.open_asked(asked=wanted, by=by, at=NOON)
    assert followed.watched.count() == event.halls.count()
    for state, ago in (("lost", 2), ("normal", 1)):
        told = watching.ToldReport(state=state, happened_at=NOON - timedelta(hours=ago))
        watching.report(
            number=followed.number, customers=["ZY1"], told=told, photo=None, by=by, at=NOON
        )

    assert reading.figures(event)["hours_lost"] == 1.0
    with pytest.raises(NotVisibleError):
        watching.open_asked(asked=replace(wanted, areas=("V1",)), by=town.actor("S2"), at=NOON)


def test_the_workbook_holds_all_of_a_long_log(town, event):
    LogEntry.objects.bulk_create(
        LogEntry(
            number=f"BZ{n}",
            event=event,
            kind="other",
            happened_at=NOON,
            words="巡视正常",
            recorded_at=NOON,
        )
        for n in range(reading.MOST_LOG + 1)
    )

    content = workbooks.of_event(number=event.number, by=town.actor("S1"), at=NOON)

    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("日志").to_python()
    assert len(rows) == 1 + reading.MOST_LOG + 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"level": "x"}, "level"),
        ({"ends_at": STARTS}, "window"),
        ({"starts_at": NOON - timedelta(days=9), "ends_at": NOON - timedelta(days=8)}, "ends_at"),
        ({"customers": ("ZY9",)}, "customers"),
        ({"sites": ("X",)}, "customers"),
    ],
)
def test_an_event_that_cannot_be_is_refused_and_nothing_is_kept(town, changes, field):
    with pytest.raises(InvalidInputError) as refused:
        planning.draft(asked=asked(**changes), by=town.actor("S1"), at=NOON)

    assert refused.value.field == field
    assert not Event.objects.exists()


def test_the_neighbour_finds_nothing_and_nobody_logs_before_the_plan_is_out(town, event):
    with pytest.raises(NotVisibleError):
        reading.page(number=event.number, by=town.actor("S2"))
    with pytest.raises(UnableToGuardError, match="方案发布后"):
        telling.log(
            number=event.number,
            kind="other",
            happened_at=NOON,
            words="试记",
            hall=None,
            corrects="",
            by=town.actor("S1"),
            at=NOON,
        )
    assert not LogEntry.objects.exists()
