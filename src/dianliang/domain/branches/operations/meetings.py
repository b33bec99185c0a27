"""Every write about joint meetings: agenda, resolutions, and the tasks that follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.branches.lifecycle import MEETING, TASK
from dianliang.domain.branches.models import (
    AgendaItem,
    Meeting,
    MeetingParty,
    Resolution,
    Task,
    TaskEvidence,
)
from dianliang.domain.branches.operations.terms import Other
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

MOST_ITEMS = 20
FARTHEST_DAYS = 366
MOST_EVIDENCE = 12


class UnableToMeetError(DomainError):
    """The meeting, its resolution or its task cannot be written down, or moved on, like this."""

    code = "branches.unable-to-meet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a meeting is: who calls it, when, where, who sits in it, what it talks about."""

    title: str
    unit: Unit
    held_at: datetime
    place: str
    chair: Person | None
    parties: Sequence[Other]
    people: Collection[Person]
    guests: str
    items: Sequence[tuple[str, str]]


@transaction.atomic
def call(*, invitation: Invitation, by: Actor, at: datetime) -> Meeting:
    """Call a meeting with its agenda (筹备会议). `items` are titles with who presents them.

    Raises:
        UnableToMeetError: nobody else is invited, there is no agenda or it is too long, or the
            day makes no sense.
    """
    names = [party.name for party in invitation.parties]
    if not names:
        raise UnableToMeetError("联席会议请至少写一个其他参会单位。", field="parties")
    if len(set(names)) != len(names):
        raise UnableToMeetError("参会单位有重复，请核对。", field="parties")
    if not 1 <= len(invitation.items) <= MOST_ITEMS:
        message = Phrase("请填写 1 到 %(most)s 个议题。", most=MOST_ITEMS)
        raise UnableToMeetError(message, field="items")
    if abs((invitation.held_at - at).days) > FARTHEST_DAYS:
        raise UnableToMeetError("会议时间应在前后一年之内，请核对。", field="held_at")
    meeting = Meeting.objects.create(
        number=next_number("HY", at=at),
        title=invitation.title,
        unit=invitation.unit,
        held_at=invitation.held_at,
        place=invitation.place,
        chair=invitation.chair,
        guests=invitation.guests,
        created_by=by.name,
        created_at=at,
    )
    meeting.people.set(invitation.people)
    MeetingParty.objects.bulk_create(
        MeetingParty(meeting=meeting, name=party.name, unit=party.unit, area=party.area)
        for party in invitation.parties
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=position, title=title, presenter=presenter)
        for position, (title, presenter) in enumerate(invitation.items, start=1)
    )
    audit.record(
        "branches.meeting.call",
        target=meeting,
        by=by,
        at=at,
        after=meeting.status,
        reason=meeting.title,
    )
    return meeting


@transaction.atomic
def hold(*, meeting: Meeting, by: Actor, at: datetime) -> Meeting:
    """Note that a meeting took place (已召开); from then on it may resolve.

    Raises:
        UnableToMeetError: its time lies ahead.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if meeting.held_at > at:
        raise UnableToMeetError("会议时间还没有到，不能登记为已召开。", field="held_at")
    return transitions.apply(meeting, "hold", lifecycle=MEETING, by=by, at=at)


@transaction.atomic
def cancel(*, meeting: Meeting, reason: str, by: Actor, at: datetime) -> Meeting:
    """Call a meeting off (取消).

    Raises:
        UnableToMeetError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToMeetError("请写明取消原因。", field="reason")
    return transitions.apply(meeting, "cancel", lifecycle=MEETING, by=by, at=at, note=reason)


@transaction.atomic
def discuss(*, item: AgendaItem, words: str, by: Actor, at: datetime) -> AgendaItem:
    """Write down what was said on an item (讨论情况).

    Raises:
        UnableToMeetError: the meeting is not in session, or closed.
    """
    _require_held(item.meeting)
    AgendaItem.objects.filter(pk=item.pk).update(discussion=words)
    item.discussion = words
    audit.record(
        "branches.meeting.discuss",
        target=item.meeting,
        by=by,
        at=at,
        after=f"议题 {item.position}",
    )
    return item


@transaction.atomic
def resolve(
    *, item: AgendaItem, words: str, no_task_reason: str, by: Actor, at: datetime
) -> Resolution:
    """Write down what was decided on an item (议定). Without a task to follow it says why.

    Raises:
        UnableToMeetError: the meeting is not in session, or closed.
    """
    _require_held(item.meeting)
    resolution = Resolution.objects.create(
        number=next_number("YD", at=at),
        item=item,
        words=words,
        no_task_reason=no_task_reason,
    )
    audit.record(
        "branches.meeting.resolve",
        target=item.meeting,
        by=by,
        at=at,
        after=resolution.number,
        reason=words,
    )
    return resolution


@transaction.atomic
def explain(*, resolution: Resolution, reason: str, by: Actor, at: datetime) -> Resolution:
    """Say why a resolution needs no task (说明原因).

    Raises:
        UnableToMeetError: the meeting is not in session, there is a task, or no reason.
    """
    _require_held(resolution.item.meeting)
    if not reason:
        raise UnableToMeetError("请写明无需立项的原因。", field="reason")
    if resolution.tasks.exclude(status="CANCELLED").exists():
        raise UnableToMeetError(
            Phrase("%(number)s 已有任务，不用说明原因。", number=resolution.number)
        )
    Resolution.objects.filter(pk=resolution.pk).update(no_task_reason=reason)
    resolution.no_task_reason = reason
    audit.record(
        "branches.meeting.explain",
        target=resolution.item.meeting,
        by=by,
        at=at,
        after=resolution.number,
        reason=reason,
    )
    return resolution


@transaction.atomic
def assign(
    *,
    resolution: Resolution,
    title: str,
    person: Person,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Task:
    """Make a task of a resolution (立项): who answers for it, until when.

    Raises:
        UnableToMeetError: the meeting is not in session, the person is not on duty, or the day
            lies before the meeting or too far.
    """
    meeting = resolution.item.meeting
    _require_held(meeting)
    if not person.is_active:
        raise UnableToMeetError(
            Phrase("%(name)s已离岗，请另选责任人。", name=person.name), field="person"
        )
    held_on = meeting.held_at.astimezone(SHANGHAI).date()
    if not 0 <= (due_on - held_on).days <= FARTHEST_DAYS:
        message = Phrase("完成期限应在会议当天（%(held_on)s）之后一年之内。", held_on=held_on)
        raise UnableToMeetError(message, field="due_on")
    task = Task.objects.create(
        number=next_number("RW", at=at),
        resolution=resolution,
        title=title,
        unit=person.unit,
        person=person,
        due_on=due_on,
        opened_at=at,
    )
    audit.record(
        "branches.task.assign",
        target=task,
        by=by,
        at=at,
        after=task.status,
        reason=f"{resolution.number}：{title}（{person.name}，{due_on}）",
    )
    return task


@transaction.atomic
def prove(
    *,
    task: Task,
    words: str,
    file: StoredFile | None,
    record: tuple[str, str],
    by: Actor,
    at: datetime,
) -> TaskEvidence:
    """Add what shows that a task was done (加佐证).

    Raises:
        UnableToMeetError: the task is over, or has too much.
    """
    if Task.objects.select_for_update().get(pk=task.pk).status not in {"OPEN", "REPORTED"}:
        raise UnableToMeetError("任务已办结或撤销，不能再加佐证。", field="words")
    if task.evidence.count() >= MOST_EVIDENCE:
        raise UnableToMeetError(
            Phrase("佐证最多 %(most)s 条，请合并。", most=MOST_EVIDENCE), field="words"
        )
    evidence = TaskEvidence.objects.create(
        task=task,
        words=words,
        file=file,
        record_kind=record[0],
        record_number=record[1],
        added_by=by.name,
        added_at=at,
    )
    audit.record("branches.task.prove", target=task, by=by, at=at, reason=words)
    return evidence


@transaction.atomic
def report(*, task: Task, by: Actor, at: datetime) -> Task:
    """Say that a task is done (报完成): something must show it.

    Raises:
        UnableToMeetError: nothing shows it.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not task.evidence.exists():
        raise UnableToMeetError("还没有佐证，请先说明做了什么。", field="words")
    return transitions.apply(task, "report", lifecycle=TASK, by=by, at=at)


@transaction.atomic
def confirm(*, task: Task, by: Actor, at: datetime) -> Task:
    """Agree that a task is done (确认办结).

    Raises:
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    changes = {"closed_on": at.astimezone(SHANGHAI).date()}
    return transitions.apply(task, "confirm", lifecycle=TASK, by=by, at=at, changes=changes)


@transaction.atomic
def send_back(*, task: Task, reason: str, by: Actor, at: datetime) -> Task:
    """Say why a task is not done yet (退回).

    Raises:
        UnableToMeetError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToMeetError("请写明退回原因。", field="reason")
    return transitions.apply(task, "send_back", lifecycle=TASK, by=by, at=at, note=reason)


@transaction.atomic
def drop(*, task: Task, reason: str, by: Actor, at: datetime) -> Task:
    """Give a task up, for a reason (撤销). Its resolution then needs another, or says why not.

    Raises:
        UnableToMeetError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToMeetError("请写明撤销原因。", field="reason")
    return transitions.apply(task, "cancel", lifecycle=TASK, by=by, at=at, note=reason)


@transaction.atomic
def close(*, meeting: Meeting, by: Actor, at: datetime) -> Meeting:
    """Close a meeting (销号): every resolution was followed, every task is over.

    Raises:
        UnableToMeetError: nothing was resolved, a resolution has neither task nor stated reason,
            or a task is still open; each is named.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    found = list(Resolution.objects.filter(item__meeting=meeting).prefetch_related("tasks"))
    if not found:
        raise UnableToMeetError("会议还没有议定事项，请先记录。", field="resolutions")
    loose = [row.number for row in found if is_loose(row)]
    if loose:
        message = Phrase(
            "%(loose)s 既没有任务，也没有说明原因，不能销号。", loose=joined("、", loose)
        )
        raise UnableToMeetError(message, field="resolutions")
    left = [
        task.number
        for row in found
        for task in row.tasks.all()
        if task.status in {"OPEN", "REPORTED"}
    ]
    if left:
        message = Phrase("任务 %(left)s 还没有办结，不能销号。", left=joined("、", left))
        raise UnableToMeetError(message, field="tasks")
    return transitions.apply(
        meeting, "close", lifecycle=MEETING, by=by, at=at, changes={"closed_at": at}
    )


def is_loose(resolution: Resolution) -> bool:
    """Tell whether a resolution has neither a task that counts nor a stated reason."""
    if resolution.no_task_reason:
        return False
    return all(task.status == "CANCELLED" for task in resolution.tasks.all())


def _require_held(meeting: Meeting) -> None:
    """Refuse what is no part of a meeting in session; whoever would close it now waits."""
    status = Meeting.objects.select_for_update().get(pk=meeting.pk).status
    if status == "DRAFT":
        raise UnableToMeetError("会议还没有召开，请先登记“已召开”。")
    if status != "HELD":
        raise UnableToMeetError("会议已销号或取消，不能再改。")
