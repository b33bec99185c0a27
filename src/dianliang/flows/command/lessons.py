"""Note and settle what is learnt from an incident; print its review."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, idempotency
from dianliang.domain.incidents import access
from dianliang.domain.mobilisation import lessons
from dianliang.domain.mobilisation.models import Lesson
from dianliang.flows.branches.choices import person_of
from dianliang.flows.command.figures import clock
from dianliang.flows.command.papers import KINDS
from dianliang.flows.command.review import Review, review
from dianliang.flows.command.safety import hours_of
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text


def note_once(
    *,
    key: str,
    number: str,
    words: str,
    action: str,
    owner: str,
    due_on: date | None,
    by: Actor,
    at: datetime,
) -> str:
    """Note a lesson; return its number. The same key notes it once.

    Raises:
        NotVisibleError: the actor does not lead the incident.
        InvalidInputError: something is missing, nobody has this name, or the day has passed.
    """

    def act() -> dict[str, Any]:
        incident = access.incident_to_lead(number, by=by)
        if due_on is None or due_on < at.astimezone(SHANGHAI).date():
            raise InvalidInputError("请填写今天或以后的完成期限。", field="due_on")
        made = lessons.note(
            incident=incident,
            words=clean_text(words, field="words", label="经验教训", most=300, least=2),
            action=clean_text(action, field="action", label="改进措施", most=300, least=2),
            owner=person_of(owner, by=by, field="owner", label="责任人"),
            due_on=due_on,
            by=by,
            at=at,
        )
        return {"number": made.number}

    body = [number, words, action, owner, str(due_on)]
    kept = idempotency.once(scope=f"command.lesson:{by.id}", key=key, body=body, at=at, act=act)
    return str(kept["number"])


@transaction.atomic
def settle(*, number: str, lesson: str, verb: str, outcome: str, by: Actor, at: datetime) -> Lesson:
    """Say what came of a lesson.

    Raises:
        NotVisibleError: there is none, or the actor does not lead the incident.
        InvalidInputError, IllegalTransitionError, StaleStateError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    words = clean_text(outcome, field="outcome", label="落实情况", most=300, least=2)
    found = lessons.lesson_of(incident, lesson)
    return lessons.settle(lesson=found, verb=verb, outcome=words, by=by, at=at)


def printed(*, number: str, kind: str, by: Actor, at: datetime) -> bytes:
    """Return the review of an incident as a file; that it was taken out is on record.

    Raises:
        NotVisibleError: the actor does not follow the incident.
        KeyError: the kind is unknown.
    """
    found = review(number=number, by=by, at=at)
    audit.record_about(
        "mobilisation.review.export",
        target_type="incidents.incident",
        target_id=number,
        by=by,
        at=at,
        reason=kind,
    )
    return KINDS[kind]([document(found)], title=f"{found.incident.name}复盘", made_at=at)


def document(found: Review) -> Document:
    """Describe a review as a paper."""
    incident = found.incident
    until = "已结束" if found.is_over else "进行中，数据截至"
    facts = [
        ("事件", f"{incident.name}（{incident.number}）"),
        ("起止", f"{clock(incident.opened_at)} – {clock(found.until)}（{until}）"),
        ("指挥长", incident.commander_name or "未指定"),
        *((one.label, f"{one.value:g} {one.counted_in}") for one in found.figures),
    ]
    if found.worst:
        facts.append(("失电最多", f"{found.worst[1]} 户（{clock(found.worst[0])}）"))
        facts.append(("累计失电", f"{found.supply.hours_lost:.1f} 户·小时"))
    blocks: list[Block] = [
        Facts(tuple(facts)),
        Paragraph("人、人班、人次分别计数，不相加。", is_note=True),
        *_effort(found),
        *_strain(found),
        Heading("5. 经验教训"),
        Table(
            columns=("经验教训", "改进措施", "责任人", "期限", "状态", "落实情况"),
            rows=[
                (r.words, r.action, r.owner, f"{r.due_on}", r.status_label, r.outcome or "—")
                for r in found.lessons
            ],
            widths=(4, 4, 2, 2, 2, 3),
        ),
        Heading("6. 时间线"),
        Table(
            columns=("时间", "发生了什么", "谁", "出处"),
            rows=[(clock(e.at), e.words, e.who, e.source) for e in found.timeline],
            widths=(2, 7, 2, 3),
        ),
    ]
    return Document(
        title=f"{incident.name}复盘",
        subtitle=f"截至 {clock(found.until)}",
        issuer=incident.unit_name,
        number=incident.number,
        blocks=tuple(blocks),
    )


def _effort(found: Review) -> list[Block]:
    return [
        Heading("1. 计划与实际"),
        Table(
            columns=("等级", "任务", "排上", "完成", "按时", "超时", "未做", "到达偏差中位数"),
            rows=[
                (
                    r.label,
                    *map(str, (r.tasks, r.planned, r.done, r.in_time, r.late, r.undone)),
                    "—" if r.off_min is None else f"{r.off_min:+d} 分钟",
                )
                for r in found.ranks
            ],
            numbers=frozenset(range(1, 8)),
        ),
        *_lines(found),
        Heading("2. 没有做完的"),
        Table(
            columns=("任务", "等级", "所在", "说明", "原因"),
            rows=[record.cells for record in found.undone],
            widths=(4, 1, 2, 4, 3),
        ),
        Heading("3. 历次调度和改动"),
        Table(
            columns=("方案", "生效", "说明", "上门", "新增", "撤下", "换队", "改时间"),
            rows=[
                (
                    t.number,
                    clock(t.published_at),
                    t.words,
                    *map(str, (t.planned, t.added, t.removed, t.moved, t.retimed)),
                )
                for t in found.turns
            ],
            numbers=frozenset(range(3, 8)),
            widths=(3, 2, 5, 1, 1, 1, 1, 1),
        ),
    ]


def _lines(found: Review) -> list[Block]:
    if not found.lines:
        return []
    return [
        Table(
            columns=("线路作业", "全长（公里）", "已报完成（公里）", "时限"),
            rows=[
                (one.title, f"{one.length_km:.2f}", f"{one.done_km:.2f}", clock(one.due_at))
                for one in found.lines
            ],
            caption="线路作业按公里计，不算在上面的任务数里",
            numbers=frozenset({1, 2}),
        )
    ]


def _strain(found: Review) -> list[Block]:
    return [
        Heading("4. 疲劳与班间休息"),
        Table(
            columns=("队伍", "开始", "结束", "连续作业"),
            rows=[
                (
                    one.team,
                    clock(one.window.start),
                    clock(one.window.end),
                    hours_of(one.window.duration),
                )
                for one in found.too_long
            ],
            caption="连续作业超过一班的队伍",
        ),
        Table(
            columns=("姓名", "上一班结束", "下一班开始", "间隔"),
            rows=[
                (
                    one.name,
                    clock(one.ends_at),
                    clock(one.next_at),
                    hours_of(one.next_at - one.ends_at),
                )
                for one in found.short_rests
            ],
            caption="班间休息不足的人",
        ),
    ]
