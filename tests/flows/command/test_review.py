"""The review of an incident: its story in order, plan against actual, what changed, lessons."""

from datetime import timedelta
from io import BytesIO

import docx
import pytest

from dianliang.domain.mobilisation import lessons as kept
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.work.models import PlannedStop, Visit
from dianliang.flows.command import lessons, reports
from dianliang.flows.command.figures import values_of
from dianliang.flows.command.review import review
from dianliang.flows.incidents import leading
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)
from tests import outreachworld
from tests.command import HOUR, MINUTE, done, in_force, reported
from tests.flows.incidents.things import seen
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def note(flood, **changed):
    said = {
        "key": "lesson-key-0001",
        "words": "灯塔不够",
        "action": "汛前调拨两座",
        "owner": "A-0",
        "due_on": TODAY + timedelta(days=30),
        **changed,
    }
    return lessons.note_once(number=flood.number, by=flood.chief, at=NOON + 4 * HOUR, **said)


@pytest.mark.row("002-09")
def test_a_review_tells_plan_against_actual_and_what_each_dispatch_changed(flood):
    assert done(flood, "ZY-0", supply="normal")[-1] == "applied"
    reported(flood, "ZY-2", "lost", at=NOON + 95 * MINUTE)
    first = Dispatch.objects.get().plan
    later = in_force(flood.town, flood.incident, flood.chief, at=NOON + 100 * MINUTE)
    made = reports.make(number=flood.number, by=flood.chief, at=NOON + 2 * HOUR)
    note(flood)
    found = review(number=flood.number, by=flood.chief, at=NOON + 5 * HOUR)

    ranks = {row.label: row for row in found.ranks}
    assert (ranks["二级"].tasks, ranks["二级"].planned, ranks["二级"].done) == (4, 4, 1)
    assert (ranks["二级"].in_time, ranks["二级"].undone, ranks["二级"].off_min) == (1, 3, 0)
    assert (ranks["一级"].planned, ranks["一级"].undone) == (0, 1)
    assert [(t.number, t.planned) for t in found.turns] == [(first.number, 4), (later.number, 3)]
    after = found.turns[1]
    assert (after.removed, after.added, after.moved + after.retimed) == (
        0,
        0,
        3,
    )
    assert dict(found.reasons) == {"没有所需的装备": 1, "已排给队伍，还没做完": 3}
    assert found.worst == (NOON + 95 * MINUTE, 1)
    assert [figure.counted_in for figure in found.figures] == [
        *("支", "人", "人班", "人次", "次触达")
    ]

    story = [event.words for event in found.timeline]
    assert story == [e.words for e in sorted(found.timeline, key=lambda one: one.at)]
    for words in ("开立供电跟踪", f"调度方案生效 {later.number}", "第 1 期情况报告"):
        assert any(line.startswith(words) for line in story), words
    assert {"log", "report", "plan", "watch"} == {event.kind for event in found.timeline}
    paper = docx.Document(
        BytesIO(
            lessons.printed(number=flood.number, kind="docx", by=flood.chief, at=NOON + 5 * HOUR)
        )
    )
    cells = {cell.text for table in paper.tables for row in table.rows for cell in row.cells}
    assert {"灯塔不够", made.number, "没有所需的装备", later.number} <= cells
    leading.step(
        number=flood.number,
        verb="demobilise",
        reason="水退",
        revision=seen(flood.incident),
        by=flood.chief,
        at=NOON + 6 * HOUR,
    )
    assert not review(number=flood.number, by=flood.chief, at=NOON + 7 * HOUR).is_over


def test_work_without_rest_is_told_also_when_it_is_over(flood):
    visits = Visit.objects.filter(team__code="A").order_by("sequence")
    spans = ((0, 6), (7, 13)), ((0, 4), (13, 16))
    for hours, expected in zip(spans, (1, 0), strict=True):
        for visit, (left, ended) in zip(visits, hours, strict=True):
            Visit.objects.filter(pk=visit.pk).update(
                departed_at=NOON + left * HOUR, ended_at=NOON + ended * HOUR
            )
        found = review(number=flood.number, by=flood.chief, at=NOON + 20 * HOUR)
        assert len(found.too_long) == expected, hours
    assert PlannedStop.objects.count() == 4


def test_a_lesson_has_an_owner_a_day_and_ends_with_what_came_of_it(flood):
    number = note(flood)
    assert note(flood) == number
    for wrong in ({"owner": "没有这人"}, {"due_on": None}, {"words": ""}, {"action": " "}):
        with pytest.raises(InvalidInputError):
            note(flood, key="lesson-key-0002", **wrong)
    asked = {"number": flood.number, "lesson": number, "by": flood.chief, "at": NOON + 5 * HOUR}
    with pytest.raises(InvalidInputError):
        lessons.settle(verb="settle", outcome="", **asked)
    lessons.settle(verb="settle", outcome="已调两座到梅溪库", **asked)
    with pytest.raises((IllegalTransitionError, StaleStateError)):
        lessons.settle(verb="drop", outcome="算了吧", **asked)
    (row,) = kept.rows(flood.incident, may=True, by=flood.chief, on=TODAY + timedelta(days=90))
    assert (row.status_label, row.is_late, row.verbs) == ("已落实", False, ())
    with pytest.raises(NotVisibleError):
        lessons.settle(verb="settle", outcome="别家的", **{**asked, "by": flood.town.actor("S2")})


def test_what_was_sent_out_for_an_incident_counts_once_it_is_released(flood):
    town, unit = flood.town, flood.town.units["S1"]
    outreachworld.firms(town, 3)
    outreachworld.channel(outreachworld.SMS)
    sent = {"unit": unit.code, "about": flood.number}
    outreachworld.drafted(town, outreachworld.SMS, **sent)
    with pytest.raises(InvalidInputError) as refused:
        outreachworld.drafted(town, outreachworld.SMS, unit=unit.code, about="SJ-没有")
    assert refused.value.field == "about"

    def told():
        found = review(number=flood.number, by=flood.chief, at=NOON + HOUR)
        return next(one for one in found.figures if one.code == "outreach")

    assert told().value == 0
    made = outreachworld.released(town, outreachworld.SMS, **sent)
    (record,) = told().records
    assert (record.key, record.cells[2:]) == (made.number, ("3", "0"))
    report = reports.make(number=flood.number, by=flood.chief, at=NOON + HOUR)
    assert values_of(report.body)["outreach"] == 1
