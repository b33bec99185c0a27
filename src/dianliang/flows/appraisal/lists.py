"""Task lists: published for a unit, handed out, closed; and what happens to one duty."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from dianliang.core.papers import keep_paper
from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.models import Duty, DutyEvidence, TaskList
from dianliang.domain.appraisal.operations import duties, lists
from dianliang.domain.branches.rules import posts_held
from dianliang.domain.workforce.models import Person
from dianliang.flows.appraisal.rulebooks import current
from dianliang.flows.appraisal.standing import records_of, shown_by
from dianliang.flows.branches.choices import branch_of, person_of, record_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError


def publish(*, book: str, unit: str, on: date, by: Actor, at: datetime) -> TaskList:
    """Publish a unit's task list for the period in which a day lies.

    Raises:
        InvalidInputError, UnableToListError: a field makes no sense; see the operation.
    """
    edition = current(book, by=by)
    wanted = unit_of(unit, by=by, field="unit", label="单位")
    return lists.publish(edition=edition, unit=wanted, on=on, by=by, at=at)


def hand_out(*, number: str, by: Actor, at: datetime) -> tuple[int, int]:
    """Bring a list in line with who holds which post now.

    Raises:
        NotVisibleError, UnableToListError: see the operation.
    """
    return lists.hand_out(task_list=access.list_to_lead(number, by=by), by=by, at=at)


@transaction.atomic
def close(*, number: str, by: Actor, at: datetime) -> TaskList:
    """Close a list: what records show of each duty is written down with the records.

    Raises:
        NotVisibleError, UnableToListError, IllegalTransitionError: see the operation.
    """
    task_list = access.list_to_lead(number, by=by)
    rows = list(task_list.duties.filter(status="OPEN").exclude(measure=""))
    collected = records_of(task_list, rows, path=task_list.unit.path)
    shown = {duty.pk: shown_by(duty, collected) for duty in rows}
    return lists.close(task_list=task_list, shown=shown, by=by, at=at)


def withdraw(*, number: str, reason: str, by: Actor, at: datetime) -> TaskList:
    """Take a list back.

    Raises:
        NotVisibleError, InvalidInputError, UnableToListError: see the operation.
    """
    why = words(reason, field="reason", label="撤回原因", most=200, least=2)
    task_list = access.list_to_lead(number, by=by)
    return lists.withdraw(task_list=task_list, reason=why, by=by, at=at)


def propose(
    *,
    number: str,
    branch: str,
    person: str,
    title: str,
    text: str,
    weight: int,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Duty:
    """Let a branch propose something of its own.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError: see the operation.
    """
    return duties.propose(
        task_list=access.list_to_see(number, by=by),
        branch=branch_of(branch, by=by),
        person=person_of(person, by=by, field="person", label="责任人"),
        title=words(title, field="title", label="特色动作", most=80, least=2),
        words=words(text, field="words", label="说明", most=300, least=2),
        weight=weight,
        due_on=due_on,
        by=by,
        at=at,
    )


def propose_own(
    *, sheet: str, title: str, text: str, weight: int, due_on: date, by: Actor, at: datetime
) -> Duty:
    """Let who holds a post in a branch propose something that he will do himself.

    `sheet` is ``清单编号/支部编码`` of one of his own sheets.

    Raises:
        NotVisibleError: it is not his sheet, or he holds no post there.
        InvalidInputError, UnableToDoError: see the operation.
    """
    number, _, code = sheet.replace("\0", "").partition("/")
    person = Person.objects.filter(number=by.person_number or "-").first()
    own = access.duties(by).filter(person=person, task_list__number=number, branch__unit__code=code)
    duty = own.first() if person else None
    today = at.astimezone(SHANGHAI).date()
    if duty is None or person is None or not posts_held(person, branch=duty.branch, on=today):
        raise NotVisibleError("没有找到这份清单。")
    return duties.propose(
        task_list=duty.task_list,
        branch=duty.branch,
        person=person,
        title=words(title, field="title", label="特色动作", most=80, least=2),
        words=words(text, field="words", label="说明", most=300, least=2),
        weight=weight,
        due_on=due_on,
        by=by,
        at=at,
    )


def prove(
    *, number: str, text: str, content: bytes | None, record: str, by: Actor, at: datetime
) -> DutyEvidence:
    """Add what shows that a duty was done, for a branch of the actor's.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError: see the operation.
    """
    duty = access.duty_to_lead(number, by=by)
    return _prove(duty, text, content, record, by=by, at=at)


@transaction.atomic
def _prove(
    duty: Duty, text: str, content: bytes | None, record: str, *, by: Actor, at: datetime
) -> DutyEvidence:
    told = words(text, field="words", label="做了什么", most=300, least=2)
    shown = record_of(record, by=by)
    file = keep_paper(content, at=at, field="file") if content else None
    return duties.prove(duty=duty, words=told, file=file, record=shown, by=by, at=at)


@transaction.atomic
def report_own(
    *, number: str, text: str, content: bytes | None, record: str, by: Actor, at: datetime
) -> Duty:
    """Report one's own duty in one go: what was done, perhaps a file or a record.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see there.
    """
    duty = access.own_duty(number, by=by)
    _prove(duty, text, content, record, by=by, at=at)
    return duties.report(duty=duty, by=by, at=at)


def report(*, number: str, by: Actor, at: datetime) -> Duty:
    """Report a duty for somebody of a branch of the actor's.

    Raises:
        NotVisibleError, UnableToDoError, IllegalTransitionError: see the operation.
    """
    return duties.report(duty=access.duty_to_lead(number, by=by), by=by, at=at)


def approve(*, number: str, by: Actor, at: datetime) -> Duty:
    """Let a proposal count: for whoever leads the list, not only the branch.

    Raises:
        NotVisibleError, UnableToDoError, IllegalTransitionError: see the operation.
    """
    return duties.approve(duty=_of_led_list(number, by=by), by=by, at=at)


def refuse(*, number: str, reason: str, by: Actor, at: datetime) -> Duty:
    """Refuse a proposal.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see there.
    """
    why = words(reason, field="reason", label="原因", most=200, least=2)
    return duties.refuse(duty=_of_led_list(number, by=by), reason=why, by=by, at=at)


def confirm(*, number: str, by: Actor, at: datetime) -> Duty:
    """Agree that a duty is done.

    Raises:
        NotVisibleError, UnableToDoError, IllegalTransitionError, StaleStateError: see there.
    """
    return duties.confirm(duty=access.duty_to_lead(number, by=by), by=by, at=at)


def send_back(*, number: str, reason: str, by: Actor, at: datetime) -> Duty:
    """Say why a duty is not done yet.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see there.
    """
    return _with_reason(duties.send_back, number, reason, by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Duty:
    """Take a duty from somebody.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see there.
    """
    return _with_reason(duties.cancel, number, reason, by=by, at=at)


def _with_reason(
    act: Callable[..., Duty], number: str, reason: str, *, by: Actor, at: datetime
) -> Duty:
    why = words(reason, field="reason", label="原因", most=200, least=2)
    return act(duty=access.duty_to_lead(number, by=by), reason=why, by=by, at=at)


def _of_led_list(number: str, *, by: Actor) -> Duty:
    duty = access.duty_to_lead(number, by=by)
    access.list_to_lead(duty.task_list.number, by=by)
    return duty
