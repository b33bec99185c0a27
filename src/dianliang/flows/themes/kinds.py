"""The kinds of records that carry themes: where they are, when they count, what is counted.

A room that joins adds one line to `KINDS`; pages, rules, tables and reports then know it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F

from dianliang.domain.branches import access as branches
from dianliang.domain.branches.models import Meeting, Pairing, PairingResult, Task, Topic
from dianliang.domain.intake import access as intake
from dianliang.domain.intake.models import Need
from dianliang.domain.programs import access as programs
from dianliang.domain.programs.models import Activity, Campaign
from dianliang.domain.work.models import Job, Visit
from dianliang.flows.themes.guarding import GUARDING_KINDS
from dianliang.flows.themes.serving import SERVING_KINDS
from dianliang.flows.themes.shapes import (
    BRANCH,
    MODE,
    SERVICE,
    WORDS,
    Attribute,
    Figure,
    Kind,
    Record,
    Rows,
    ones_if,
    within,
)
from dianliang.flows.themes.showing import SHOWING_KINDS
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError


def _campaigns(by: Actor) -> Rows:
    """Return what a dispatcher sees on his pages, also what asks his units for something."""
    if by.role is Role.DISPATCHER:
        return programs.visible(by)
    return within(Campaign.objects.all(), "unit", by)


KINDS: tuple[Kind, ...] = (
    Kind(
        code="need",
        label="需求",
        whole=lambda: Need.objects.exclude(status__in=["MERGED", "CANCELLED"]),
        visible=lambda by: intake.visible(by).exclude(status__in=["MERGED", "CANCELLED"]),
        title="service__name",
        day="received_at",
        unit="unit",
        figures=(
            Figure(code="need", label="需求", unit="条"),
            Figure(
                code="need.done",
                label="已办结需求",
                unit="条",
                value=ones_if(status__in=["RESOLVED", "CLOSED"]),
            ),
        ),
        attributes=(
            SERVICE,
            Attribute(code="venue", label="场所类型", lookup="venue_type", hint="场所类型"),
        ),
    ),
    Kind(
        code="job",
        label="工单",
        whole=lambda: Job.objects.exclude(status="CANCELLED"),
        visible=lambda by: within(Job.objects.exclude(status="CANCELLED"), "unit", by),
        title="title",
        day="opened_at",
        unit="unit",
        figures=(Figure(code="job", label="工单", unit="张"),),
        attributes=(SERVICE, WORDS),
    ),
    Kind(
        code="visit",
        label="上门",
        whole=lambda: Visit.objects.filter(status="DONE"),
        visible=lambda by: within(Visit.objects.filter(status="DONE"), "job__unit", by),
        title="job__title",
        day="on",
        unit="job__unit",
        is_instant=False,
        figures=(Figure(code="visit", label="完成上门", unit="次"),),
        attributes=(
            Attribute(
                code="service", label="服务事项", lookup="job__service__code", hint="事项编码"
            ),
            Attribute(code="words", label="名称含有", lookup="job__title__icontains", hint="词语"),
        ),
    ),
    Kind(
        code="activity",
        label="志愿服务行动",
        whole=Activity.objects.all,
        visible=lambda by: within(Activity.objects.all(), "team__unit", by),
        title="title",
        day="started_at",
        unit="team__unit",
        figures=(
            Figure(code="activity", label="行动", unit="次"),
            Figure(
                code="activity.person_times",
                label="参与",
                unit="人次",
                value=Count("participations", distinct=True),
            ),
            Figure(code="activity.served", label="服务人数", unit="人", value=F("served_people")),
        ),
        attributes=(
            SERVICE,
            WORDS,
            Attribute(code="venue", label="场所类型", lookup="site__venue_type", hint="场所类型"),
            Attribute(code="team", label="队伍", lookup="team__code", hint="队伍编码"),
        ),
    ),
    Kind(
        code="campaign",
        label="专项行动",
        whole=lambda: Campaign.objects.exclude(status="DISCARDED"),
        visible=lambda by: _campaigns(by).exclude(status="DISCARDED"),
        title="title",
        day="starts_on",
        unit="unit",
        is_instant=False,
        figures=(Figure(code="campaign", label="专项行动", unit="个"),),
        attributes=(SERVICE, WORDS),
    ),
    Kind(
        code="meeting",
        label="联席会议",
        whole=lambda: Meeting.objects.filter(status__in=["HELD", "CLOSED"]),
        visible=lambda by: branches.meetings(by).filter(status__in=["HELD", "CLOSED"]),
        title="title",
        day="held_at",
        unit="unit",
        figures=(Figure(code="meeting", label="联席会议", unit="次"),),
        attributes=(WORDS,),
    ),
    Kind(
        code="task",
        label="会议任务",
        whole=lambda: Task.objects.exclude(status="CANCELLED"),
        visible=lambda by: branches.tasks(by).exclude(status="CANCELLED"),
        title="title",
        day="opened_at",
        unit="unit",
        figures=(
            Figure(code="task", label="会议任务", unit="项"),
            Figure(code="task.done", label="已办结任务", unit="项", value=ones_if(status="CLOSED")),
        ),
        attributes=(WORDS,),
    ),
    Kind(
        code="topic",
        label="课题",
        whole=lambda: Topic.objects.exclude(status="CANCELLED"),
        visible=lambda by: branches.topics(by).exclude(status="CANCELLED"),
        title="title",
        day="created_at",
        unit="branch__unit",
        figures=(
            Figure(code="topic", label="课题", unit="个"),
            Figure(
                code="topic.measured",
                label="已有结果课题",
                unit="个",
                value=ones_if(status__in=["MEASURED", "CLOSED"]),
            ),
        ),
        attributes=(WORDS, BRANCH),
    ),
    Kind(
        code="pairing",
        label="支部结对",
        whole=lambda: Pairing.objects.exclude(status__in=["DRAFT", "STOPPED"]),
        visible=lambda by: branches.pairings(by).exclude(status__in=["DRAFT", "STOPPED"]),
        title="other_name",
        day="from_on",
        unit="branch__unit",
        is_instant=False,
        figures=(Figure(code="pairing", label="支部结对", unit="对"),),
        attributes=(MODE, BRANCH),
    ),
    Kind(
        code="result",
        label="共建成果",
        whole=PairingResult.objects.all,
        visible=lambda by: PairingResult.objects.filter(
            pairing_id__in=branches.pairings(by).values("pk")
        ),
        title="words",
        day="on",
        unit="pairing__branch__unit",
        is_instant=False,
        opens="pairing__number",
        figures=(Figure(code="result", label="共建成果", unit="项"),),
        attributes=(
            Attribute(code="mode", label="联建模式", lookup="pairing__mode__code", hint="模式编码"),
            Attribute(code="words", label="名称含有", lookup="words__icontains", hint="词语"),
        ),
    ),
    *SERVING_KINDS,
    *GUARDING_KINDS,
    *SHOWING_KINDS,
)
BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}
FIGURES: Mapping[str, tuple[Kind, Figure]] = {
    figure.code: (kind, figure) for kind in KINDS for figure in kind.figures
}


def kind_named(code: str) -> Kind:
    """Return a kind.

    Raises:
        NotVisibleError: there is none.
    """
    found = BY_CODE.get(code)
    if found is None:
        raise NotVisibleError("没有这一类记录。")
    return found


def record_to_see(kind: str, number: str, *, by: Actor) -> Record:
    """Return one record that the actor may see.

    Raises:
        NotVisibleError: it is absent, another's, or does not count any more.
    """
    wanted = kind_named(kind)
    rows = wanted.visible(by)
    found = [] if "\0" in number else list(records(wanted, rows.filter(number=number)))
    if not found:
        raise NotVisibleError("没有找到这条记录。")
    return found[0]


def counts(kind: str, number: str, *, by: Actor) -> bool:
    """Tell whether a record is there for the actor and counts."""
    return kind_named(kind).visible(by).filter(number=number).exists()


def find(number: str, *, by: Actor) -> Record | None:
    """Return the record with a number, of whatever kind it is, or None."""
    for kind in KINDS:
        try:
            return record_to_see(kind.code, number, by=by)
        except NotVisibleError:
            continue
    return None


def in_period(kind: Kind, rows: Rows, *, since: date, until: date) -> Rows:
    """Return the rows that count on one of the days from `since` to `until`, both included."""
    if not kind.is_instant:
        return rows.filter(**{f"{kind.day}__range": (since, until)})
    start = datetime.combine(since, time(), SHANGHAI)
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    return rows.filter(**{f"{kind.day}__gte": start, f"{kind.day}__lt": end})


def records(kind: Kind, rows: Rows) -> Iterable[Record]:
    """Yield the records of some rows, with the values of the kind's figures. One query."""
    counted = {f"figure_{place}": figure.value for place, figure in enumerate(kind.figures)}
    unit = (f"{kind.unit}__code", f"{kind.unit}__name")
    names = ("number", kind.title, *unit, kind.day, kind.opens)
    shown = rows.order_by().annotate(**counted).values_list(*names, *counted).distinct()
    for number, title, unit_code, unit_name, day, opens, *values in shown:
        yield Record(
            kind=kind.code,
            kind_label=kind.label,
            number=number,
            title=title or "未分类",
            unit_code=unit_code,
            unit_name=unit_name,
            on=day.astimezone(SHANGHAI).date() if kind.is_instant else day,
            opens=opens,
            values=dict(zip((figure.code for figure in kind.figures), values, strict=True)),
        )
