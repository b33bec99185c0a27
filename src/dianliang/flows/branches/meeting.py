"""Joint meetings: called, held, resolved, followed up by tasks, closed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core.papers import keep_paper
from dianliang.domain.branches import access
from dianliang.domain.branches.models import AgendaItem, Meeting, Resolution, Task, TaskEvidence
from dianliang.domain.branches.operations import meetings
from dianliang.flows.branches.choices import (
    lines,
    other_of,
    people_of,
    person_of,
    record_of,
    unit_of,
    words,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a meeting; parties and items are lines."""

    title: str
    unit: str
    held_at: datetime
    place: str
    chair: str
    parties: str
    people: str
    guests: str
    items: str


def call(*, asked: Asked, by: Actor, at: datetime) -> Meeting:
    """Call a meeting; a line of the agenda is a title, perhaps with ``｜`` and who presents it.

    Raises:
        InvalidInputError, UnableToMeetError: a field or a line makes no sense; it is named.
    """
    invitation = meetings.Invitation(
        title=words(asked.title, field="title", label="会议名称", most=80, least=2),
        unit=unit_of(asked.unit, by=by, field="unit", label="召集单位"),
        held_at=asked.held_at,
        place=words(asked.place, field="place", label="地点", most=80, least=2),
        chair=person_of(asked.chair, by=by, field="chair", label="主持人")
        if asked.chair.strip()
        else None,
        parties=[
            other_of(line, by=by, field="parties", label=f"参会单位第 {number} 行")
            for number, line in enumerate(lines(asked.parties), start=1)
        ],
        people=people_of(asked.people, by=by, field="people", label="参会人员"),
        guests=words(asked.guests, field="guests", label="外单位参会", most=200, least=0),
        items=[_item(number, line) for number, line in enumerate(lines(asked.items), start=1)],
    )
    return meetings.call(invitation=invitation, by=by, at=at)


def _item(number: int, line: str) -> tuple[str, str]:
    title, _, presenter = line.replace("|", "｜").partition("｜")
    label = f"议题第 {number} 行"
    return (
        words(title, field="items", label=label, most=120, least=2),
        words(presenter, field="items", label=f"{label}的汇报人", most=60, least=0),
    )


def hold(*, number: str, by: Actor, at: datetime) -> Meeting:
    """Note that a meeting took place.

    Raises:
        NotVisibleError, UnableToMeetError, IllegalTransitionError: see the operation.
    """
    return meetings.hold(meeting=access.meeting_to_lead(number, by=by), by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Meeting:
    """Call a meeting off.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="取消原因", most=200, least=2)
    meeting = access.meeting_to_lead(number, by=by)
    return meetings.cancel(meeting=meeting, reason=why, by=by, at=at)


def close(*, number: str, by: Actor, at: datetime) -> Meeting:
    """Close a meeting.

    Raises:
        NotVisibleError, UnableToMeetError, IllegalTransitionError: see the operation.
    """
    return meetings.close(meeting=access.meeting_to_lead(number, by=by), by=by, at=at)


def discuss(*, number: str, item: str, text: str, by: Actor, at: datetime) -> AgendaItem:
    """Write down what was said on an item.

    Raises:
        NotVisibleError, InvalidInputError, UnableToMeetError: see the operation.
    """
    told = words(text, field="discussion", label="讨论情况", most=4000, least=2)
    return meetings.discuss(item=_item_of(number, item, by=by), words=told, by=by, at=at)


def resolve(
    *, number: str, item: str, text: str, no_task_reason: str, by: Actor, at: datetime
) -> Resolution:
    """Write down what was decided on an item.

    Raises:
        NotVisibleError, InvalidInputError, UnableToMeetError: see the operation.
    """
    why = words(no_task_reason, field="no_task_reason", label="原因", most=200, least=0)
    return meetings.resolve(
        item=_item_of(number, item, by=by),
        words=words(text, field="words", label="议定事项", most=300, least=2),
        no_task_reason=why,
        by=by,
        at=at,
    )


def explain(*, number: str, resolution: str, reason: str, by: Actor, at: datetime) -> Resolution:
    """Say why a resolution needs no task.

    Raises:
        NotVisibleError, InvalidInputError, UnableToMeetError: see the operation.
    """
    why = words(reason, field="reason", label="无需立项的原因", most=200, least=2)
    row = _resolution_of(number, resolution, by=by)
    return meetings.explain(resolution=row, reason=why, by=by, at=at)


def assign(
    *,
    number: str,
    resolution: str,
    title: str,
    person: str,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Task:
    """Make a task of a resolution.

    Raises:
        NotVisibleError, InvalidInputError, UnableToMeetError: see the operation.
    """
    return meetings.assign(
        resolution=_resolution_of(number, resolution, by=by),
        title=words(title, field="title", label="任务", most=120, least=2),
        person=person_of(person, by=by, field="person", label="责任人"),
        due_on=due_on,
        by=by,
        at=at,
    )


def _item_of(number: str, position: str, *, by: Actor) -> AgendaItem:
    meeting = access.meeting_to_lead(number, by=by)
    asked = int(position) if position.isascii() and position.isdecimal() else 0
    found = meeting.items.filter(position=min(asked, 32_000)).first()
    if found is None:
        raise NotVisibleError("没有找到这个议题。")
    return found


def _resolution_of(number: str, resolution: str, *, by: Actor) -> Resolution:
    meeting = access.meeting_to_lead(number, by=by)
    rows = Resolution.objects.select_related("item__meeting").filter(item__meeting=meeting)
    found = rows.filter(number=resolution.replace("\0", "")).first()
    if found is None:
        raise NotVisibleError("没有找到这条议定事项。")
    return found


@transaction.atomic
def prove(
    *, number: str, text: str, content: bytes | None, record: str, by: Actor, at: datetime
) -> TaskEvidence:
    """Add what shows that a task was done: words, perhaps a PDF or a photo, perhaps a record.

    Raises:
        NotVisibleError, InvalidInputError, UnableToMeetError: see the operation.
    """
    task = task_to_act(number, by=by)
    told = words(text, field="words", label="说明", most=300, least=2)
    shown = record_of(record, by=by)
    file = keep_paper(content, at=at, field="file") if content else None
    return meetings.prove(task=task, words=told, file=file, record=shown, by=by, at=at)


def report(*, number: str, by: Actor, at: datetime) -> Task:
    """Say that a task is done.

    Raises:
        NotVisibleError, UnableToMeetError, IllegalTransitionError: see the operation.
    """
    return meetings.report(task=task_to_act(number, by=by), by=by, at=at)


def confirm(*, number: str, by: Actor, at: datetime) -> Task:
    """Agree that a task is done.

    Raises:
        NotVisibleError, IllegalTransitionError: see the operation.
    """
    return meetings.confirm(task=task_to_act(number, by=by), by=by, at=at)


def send_back(*, number: str, reason: str, by: Actor, at: datetime) -> Task:
    """Say why a task is not done yet.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    return _with_reason(meetings.send_back, number, reason, "退回原因", by=by, at=at)


def drop(*, number: str, reason: str, by: Actor, at: datetime) -> Task:
    """Give a task up.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    return _with_reason(meetings.drop, number, reason, "撤销原因", by=by, at=at)


def _with_reason(
    act: Callable[..., Task], number: str, reason: str, label: str, *, by: Actor, at: datetime
) -> Task:
    why = words(reason, field="reason", label=label, most=200, least=2)
    return act(task=task_to_act(number, by=by), reason=why, by=by, at=at)


def task_to_act(number: str, *, by: Actor) -> Task:
    """Return a task of the actor's unit, or of a meeting that it called.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    task = access.task_to_see(number, by=by)
    paths = (task.unit.path, task.resolution.item.meeting.unit.path)
    if not any(access.may_write(path, by=by) for path in paths):
        raise NotVisibleError("没有找到这项任务。")
    return task
