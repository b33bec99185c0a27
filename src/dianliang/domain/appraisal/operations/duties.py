"""Every write about one duty: proposed, shown by evidence, reported, confirmed or sent back."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.appraisal.lifecycle import DUTY
from dianliang.domain.appraisal.models import Duty, DutyEvidence, ListItem, TaskList
from dianliang.domain.appraisal.operations.lists import MEMBER
from dianliang.domain.branches.models import Branch
from dianliang.domain.branches.rules import members_on, posts_held
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MOST_EVIDENCE = 12
MOST_SPECIAL = 10


class UnableToDoError(DomainError):
    """The duty cannot be proposed, reported or decided like this."""

    code = "appraisal.unable-to-do"


@transaction.atomic
def propose(
    *,
    task_list: TaskList,
    branch: Branch,
    person: Person,
    title: str,
    words: str,
    weight: int,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Duty:
    """Let a branch propose something of its own (提出特色动作); it counts once approved.

    Raises:
        UnableToDoError: the list is over, the person is not of the branch, or weight or day make
            no sense.
    """
    _require_going_on(task_list.pk)
    today = at.astimezone(SHANGHAI).date()
    if person.pk not in members_on(branch, on=today):
        raise UnableToDoError(
            Phrase("%(name)s不是%(branch)s的党员，请另选责任人。", name=person.name, branch=branch),
            field="person",
        )
    if not 1 <= weight <= MOST_SPECIAL:
        raise UnableToDoError(
            Phrase("特色动作每项加 1 到 %(most)s 分。", most=MOST_SPECIAL), field="weight"
        )
    if not task_list.since <= due_on <= task_list.until:
        message = Phrase(
            "完成期限应在本期 %(since)s 至 %(until)s 之内。",
            since=task_list.since,
            until=task_list.until,
        )
        raise UnableToDoError(message, field="due_on")
    duty = Duty.objects.create(
        number=next_number("ZR", at=at),
        task_list=task_list,
        kind=Duty.Kind.SPECIAL,
        branch=branch,
        person=person,
        post_name="、".join(posts_held(person, branch=branch, on=today))[:24] or MEMBER,
        title=title,
        whose=ListItem.Whose.OWN,
        weight=weight,
        due_on=due_on,
        words=words,
        status="PROPOSED",
        proposed_by=by.id,
    )
    audit.record(
        "appraisal.duty.propose", target=duty, by=by, at=at, after=duty.status, reason=title
    )
    return duty


@transaction.atomic
def approve(*, duty: Duty, by: Actor, at: datetime) -> Duty:
    """Let a proposal count (批准特色动作).

    Raises:
        UnableToDoError: the list is over, the actor proposed it, or is to do it himself.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if by.id == duty.proposed_by:
        raise UnableToDoError("特色动作不能由提出人自己批准，请由另一人批准。")
    _require_other(duty, by=by)
    _require_going_on(duty.task_list_id)
    changes = {"decided_by": by.name}
    return transitions.apply(duty, "approve", lifecycle=DUTY, by=by, at=at, changes=changes)


@transaction.atomic
def refuse(*, duty: Duty, reason: str, by: Actor, at: datetime) -> Duty:
    """Say why a proposal does not count (不批准).

    Raises:
        UnableToDoError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    return _with_reason(duty, "refuse", reason, by=by, at=at)


@transaction.atomic
def prove(
    *,
    duty: Duty,
    words: str,
    file: StoredFile | None,
    record: tuple[str, str],
    by: Actor,
    at: datetime,
) -> DutyEvidence:
    """Add what shows that a duty was done (加佐证).

    Raises:
        UnableToDoError: the duty follows from records, is over, or has too much.
    """
    _require_by_hand(duty)
    _require_going_on(duty.task_list_id)
    if duty.status not in {"OPEN", "REPORTED"}:
        raise UnableToDoError("任务不在办理中，不能再加佐证。", field="words")
    if duty.evidence.count() >= MOST_EVIDENCE:
        raise UnableToDoError(
            Phrase("佐证最多 %(most)s 条，请合并。", most=MOST_EVIDENCE), field="words"
        )
    made = DutyEvidence.objects.create(
        duty=duty,
        words=words,
        file=file,
        record_kind=record[0],
        record_number=record[1],
        added_by=by.name,
        added_at=at,
    )
    audit.record("appraisal.duty.prove", target=duty, by=by, at=at, reason=words)
    return made


@transaction.atomic
def report(*, duty: Duty, by: Actor, at: datetime) -> Duty:
    """Say that a duty is done (报完成): something must show it.

    Raises:
        UnableToDoError: the duty follows from records, nothing shows it, its list is over, or the
            period has not begun.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    _require_by_hand(duty)
    _require_going_on(duty.task_list_id)
    today = at.astimezone(SHANGHAI).date()
    if today < duty.task_list.since:
        raise UnableToDoError(
            Phrase("这一期从 %(since)s 开始，还不能报完成。", since=duty.task_list.since)
        )
    if not duty.evidence.exists():
        raise UnableToDoError("还没有佐证，请先说明做了什么。", field="words")
    changes = {"reported_on": today, "reported_by": by.id}
    return transitions.apply(duty, "report", lifecycle=DUTY, by=by, at=at, changes=changes)


@transaction.atomic
def confirm(*, duty: Duty, by: Actor, at: datetime) -> Duty:
    """Agree that a duty is done (确认完成); it counts from the day it was reported.

    Raises:
        UnableToDoError: the actor reported it, or it is his own.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if by.id == duty.reported_by:
        raise UnableToDoError("不能确认自己报的任务，请由另一人确认。")
    _require_other(duty, by=by)
    changes = {"done_on": duty.reported_on, "decided_by": by.name}
    return transitions.apply(duty, "confirm", lifecycle=DUTY, by=by, at=at, changes=changes)


@transaction.atomic
def send_back(*, duty: Duty, reason: str, by: Actor, at: datetime) -> Duty:
    """Say why a duty is not done yet (退回).

    Raises:
        UnableToDoError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    changes = {"reported_on": None, "reported_by": ""}
    return _with_reason(duty, "send_back", reason, by=by, at=at, changes=changes)


@transaction.atomic
def cancel(*, duty: Duty, reason: str, by: Actor, at: datetime) -> Duty:
    """Take a duty from somebody, for a reason (取消).

    Raises:
        UnableToDoError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    return _with_reason(duty, "cancel", reason, by=by, at=at)


def _with_reason(
    duty: Duty,
    verb: str,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    changes: Mapping[str, object] | None = None,
) -> Duty:
    if not reason:
        raise UnableToDoError("请写明原因。", field="reason")
    _require_other(duty, by=by)
    values = {**(changes or {}), "decided_by": by.name}
    return transitions.apply(duty, verb, lifecycle=DUTY, by=by, at=at, note=reason, changes=values)


def _require_going_on(key: int) -> None:
    # Whoever closes or withdraws the list holds the same row: nothing comes to one that is over.
    task_list = TaskList.objects.select_for_update(no_key=True).get(pk=key)
    if task_list.status != "OPEN":
        raise UnableToDoError("这份清单已结算或撤回，不能再改。")


def _require_by_hand(duty: Duty) -> None:
    if duty.measure:
        raise UnableToDoError("这一项按系统记录计算，不用也不能手工填报。", field="words")


def _require_other(duty: Duty, *, by: Actor) -> None:
    if by.person_number and by.person_number == duty.person.number:
        raise UnableToDoError("不能处理自己的任务，请由另一人处理。")
