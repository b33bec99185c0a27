"""The sections of a report of the situation, each counted from records as they are now."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from dianliang.domain.care.lifecycle import CONTACT_LABELS
from dianliang.domain.care.models import Alert as CallList
from dianliang.domain.care.models import Contact
from dianliang.domain.incidents.models import LogEntry
from dianliang.domain.incidents.queries.incidents import periods, row_of
from dianliang.domain.mobilisation import positions
from dianliang.domain.mobilisation.strength import SHIFT
from dianliang.flows.command import supply
from dianliang.flows.command.effort import dispatch, resources
from dianliang.flows.command.figures import Asked, Facts, Figure, Grid, Section, clock, known
from dianliang.flows.command.safety import (
    REST,
    SILENT,
    hazards,
    hours_of,
    short_rests,
    stretch_records,
    too_long,
)
from dianliang.flows.incidents.affected import KINDS
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.phrases import Phrase

MOST_EVENTS = 12
APART = "人、人班、人次分别计数，不相加：一人可以排几个班，也可以出动几次。"


def situation(asked: Asked) -> Section:
    """Return what the incident is, who leads it, what happened since the last report."""
    entries = list(
        LogEntry.objects.filter(
            incident=asked.incident, noted_at__gte=asked.since, noted_at__lte=asked.at
        ).order_by("-position")
    )
    told = [
        Record(
            kind="log",
            key=str(one.position),
            cells=(clock(one.happened_at), str(one.get_kind_display()), one.words, one.noted_by),
        )
        for one in entries
    ]
    columns = ("时间", "类别", "内容", Phrase("记录人"))
    return Section(
        code="situation",
        title="总体情况",
        facts=_facts(asked),
        figures=(
            *(_concerned(asked, k.code) for k in KINDS if asked.by.role in k.counted_to),
            known(asked, "alerts"),
            Figure(
                code="log",
                label="本期日志",
                value=len(told),
                counted_in="条日志",
                method="上期报告以来记入事件日志的条目。",
                columns=columns,
                records=tuple(told),
            ),
        ),
        grids=(
            Grid(
                caption=Phrase("本期要事（最近 %(n)d 条）", n=MOST_EVENTS),
                columns=columns,
                rows=tuple(record.cells for record in told[:MOST_EVENTS]),
            ),
        ),
    )


def _facts(asked: Asked) -> Facts:
    """Return what the incident is and who leads it, as sentences that can be translated."""
    incident, row = asked.incident, row_of(asked.incident)
    period = next((p for p in periods(incident, by=asked.by, at=asked.at) if p.is_now), None)
    facts: list[tuple[str, str]] = [
        (
            "类别",
            Phrase("%(kind)s（演练）", kind=Phrase(row.kind_label))
            if row.is_drill
            else row.kind_label,
        ),
        ("响应级别", row.level_label),
        ("状态", row.status_label),
        ("指挥长", row.commander_name or Phrase("未指定")),
        ("负责单位", row.unit_name),
        (
            "区域",
            "、".join(a.name for a in incident.areas.order_by("code")) or Phrase("见划定范围"),
        ),
    ]
    if period:
        span = f"{clock(period.starts_at)} – {clock(period.ends_at)}"
        words = Phrase(
            "第 %(n)d 时段 %(span)s，当班 %(who)s",
            n=period.position,
            span=span,
            who=period.commander_name,
        )
        facts.append(("时段", words))
        facts.append(("天气水情", period.weather or Phrase("未填")))
    return tuple(facts)


def _concerned(asked: Asked, code: str) -> Figure:
    """Return how many customers are concerned; of persons a final report keeps no list."""
    found = known(asked, code)
    return found if code == "key" else replace(found, records=())


def objectives(asked: Asked) -> Section:
    """Return how far the objectives of the period are."""
    found = periods(asked.incident, by=asked.by, at=asked.at)
    period = next((p for p in found if p.is_now), found[0] if found else None)
    if period is None:
        return Section(code="objectives", title="目标", note="还没有划分时段、设定目标。")
    rows = [
        Record(
            kind="objective",
            key=one.number,
            cells=(
                one.words,
                one.measure,
                f"{one.told} {one.counted_in}",
                f"{one.percent}%",
                one.unit_name or "—",
                one.status_label,
            ),
        )
        for one in period.objectives
    ]
    columns = ("目标", Phrase("衡量什么"), Phrase("完成 / 目标"), "进度", "责任单位", "状态")
    figures = tuple(
        Figure(
            code=f"objectives.{code}",
            label=label,
            value=len(chosen),
            counted_in="项目标",
            method=Phrase("第 %(n)d 时段的目标。", n=period.position),
            columns=columns,
            records=tuple(chosen),
        )
        for code, label, chosen in (
            ("all", Phrase("本时段目标"), rows),
            ("reached", Phrase("已达成目标"), [row for row in rows if row.cells[-1] == "已达成"]),
        )
    )
    grid = Grid(caption="", columns=columns, rows=tuple(r.cells for r in rows), numbers=(3,))
    return Section(code="objectives", title="目标", figures=figures, grids=(grid,))


def forces(asked: Asked) -> Section:
    """Return teams and people: people, person-shifts and person-times apart."""
    seen = positions.reporting(asked.incident, since=asked.at - SILENT)
    minutes = int(SILENT.total_seconds() // 60)
    here = Figure(
        code="located",
        label="在报位置",
        value=len(seen),
        counted_in="人",
        method=Phrase("截至前 %(n)d 分钟内手机报过位置的人，每人计一次；明细不含位置。", n=minutes),
        columns=("姓名", "队伍", "最近一次"),
        records=tuple(
            Record(kind="person", key=number, cells=(name, team, clock(at)), person=number)
            for number, name, team, at in seen
        ),
    )
    figures = tuple(known(asked, code) for code in ("teams", "people", "shifts", "turnouts"))
    return Section(code="forces", title="队伍与人员", figures=(*figures, here), note=APART)


def outreach(asked: Asked) -> Section:
    """Return whom we told: warnings that were sent out, special customers that were called."""
    rows = [
        Record(
            kind="bulletin",
            key=row.number,
            cells=(row.headline, clock(row.sent_at), row.issued_by),
        )
        for row in asked.incident.bulletins.filter(sent_at__lte=asked.at)
        .order_by("sent_at")
        .only("number", "headline", "sent_at", "issued_by")
    ]
    told = Figure(
        code="outreach.bulletins",
        label="发布的预警",
        value=len(rows),
        counted_in="条预警",
        method="本事件发布、更新、解除的预警，每条计一次。",
        columns=("标题", "发布时间", "发布人"),
        records=tuple(rows),
    )
    lists = list(CallList.objects.filter(about=asked.incident.number).select_related("unit"))
    counted = Counter(Contact.objects.filter(alert__in=lists).values_list("alert", "status"))
    return Section(
        code="outreach",
        title="告知与联系",
        figures=(
            told,
            known(asked, "outreach"),
            *(_calls(lists, counted, code) for code in CONTACT_LABELS),
        ),
        note="" if lists else Phrase("本事件还没有生成特殊客户联系清单。"),
    )


def _calls(lists: Iterable[CallList], counted: Counter[tuple[int, str]], code: str) -> Figure:
    """Return how many customers stand so in the lists; the records name lists, never people."""
    rows = [
        Record(
            kind="calls",
            key=one.number,
            cells=(one.title, one.unit.name, str(counted[one.pk, code])),
        )
        for one in lists
        if counted[one.pk, code]
    ]
    return Figure(
        code=f"outreach.calls.{code.lower()}",
        label=Phrase("特殊客户：%(state)s", state=Phrase(CONTACT_LABELS[code])),
        value=sum(counted[one.pk, code] for one in lists),
        counted_in="户次",
        method="本事件的特殊客户联系清单，一户在一张清单里计一个户次；明细只到清单。",
        columns=("联系清单", "单位", "户次"),
        records=tuple(rows),
    )


def safety(asked: Asked) -> Section:
    """Return who worked too long or rests too little, and grave hazards that were found."""
    long_ones = too_long(asked.incident, at=asked.at)
    found = hazards(asked.incident)
    shift_h, rest_h = (span.total_seconds() / 3600 for span in (SHIFT, REST))
    return Section(
        code="safety",
        title="作业安全",
        figures=(
            Figure(
                code="safety.too_long",
                label="连续作业超时",
                value=len(long_ones),
                counted_in="队次",
                method=Phrase(
                    "中间休息不足 %(rest)s 小时的连续作业，超过 %(most)s 小时。",
                    rest=f"{rest_h:g}",
                    most=f"{shift_h:g}",
                ),
                columns=("队伍", "开始", "结束", "时长"),
                records=stretch_records(long_ones),
            ),
            _short_rests(asked, rest_h=rest_h),
            Figure(
                code="safety.hazards",
                label="未消除的重大隐患",
                value=len(found),
                counted_in="处隐患",
                method="本事件上门检查发现、还没有闭环的重大隐患。",
                columns=("检查内容", "所在", "整改期限"),
                records=tuple(
                    Record(
                        kind="hazard",
                        key=row.number,
                        cells=(row.item, row.area.name, clock(row.due_at)),
                    )
                    for row in found
                ),
            ),
        ),
    )


def _short_rests(asked: Asked, *, rest_h: float) -> Figure:
    """Return who rests too little between two shifts."""
    found = short_rests(asked.incident)
    return Figure(
        code="safety.short_rest",
        label="班间休息不足",
        value=len(found),
        counted_in="人次",
        method=Phrase("所挂值班表里，同一人两班之间不足 %(rest)s 小时。", rest=f"{rest_h:g}"),
        columns=("姓名", "上一班结束", "下一班开始", "间隔"),
        records=tuple(
            Record(
                kind="roster",
                key=one.roster,
                cells=(
                    one.name,
                    clock(one.ends_at),
                    clock(one.next_at),
                    hours_of(one.next_at - one.ends_at),
                ),
                person=one.number,
            )
            for one in found
        ),
    )


SECTIONS: tuple[Callable[[Asked], Section], ...] = (
    situation,
    objectives,
    forces,
    supply.section,
    dispatch,
    resources,
    outreach,
    safety,
)
"""In the order in which a report tells them."""
