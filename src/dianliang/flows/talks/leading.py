"""Lead a talk through its four steps, from what a person fills in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.talks import access, operations
from dianliang.domain.talks.models import Promise, Talk, TalkReader
from dianliang.domain.talks.operations import UnableToTalkError
from dianliang.domain.workforce.models import Person
from dianliang.flows.branches.choices import words
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

OCCASIONS = {str(code): str(label) for code, label in Talk.Occasion.choices}
LONGEST = 4000
MOST_NAMESAKES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in to appoint a talk; `person` is a number or a name."""

    person: str
    occasion: str
    purpose: str
    planned_on: date


def plan(*, asked: Asked, by: Actor, at: datetime) -> Talk:
    """Appoint a talk; the actor leads it.

    Raises:
        InvalidInputError, UnableToTalkError: a field makes no sense; it is named.
    """
    if asked.occasion not in OCCASIONS:
        raise InvalidInputError("请选择事由类别。", field="occasion")
    return operations.plan(
        leader=self_of(by),
        person=person_named(
            asked.person,
            field="person",
            label="谈话对象",
            fits=lambda one: _is_led(one, by=by, on=at.astimezone(SHANGHAI).date()),
        ),
        occasion=asked.occasion,
        purpose=words(asked.purpose, field="purpose", label="谈话目的", most=500, least=2),
        planned_on=asked.planned_on,
        by=by,
        at=at,
    )


def self_of(by: Actor) -> Person:
    """Return the person that the actor's account belongs to.

    Raises:
        UnableToTalkError: it belongs to none.
    """
    found = Person.objects.filter(number=by.person_number or "-", is_active=True).first()
    if found is None:
        raise UnableToTalkError("您的账号没有关联人员，请先请管理员关联。")
    return found


def _is_led(person: Person, *, by: Actor, on: date) -> bool:
    branch = operations.branch_of(person, on=on)
    return branch is not None and operations.may_lead(branch, by=by, on=on)


def person_named(text: str, *, field: str, label: str, fits: Callable[[Person], bool]) -> Person:
    """Return the active person that a number means, or a name among those who fit.

    Who does not fit is not told apart from who is not there: a name leads to nobody's number.

    Raises:
        InvalidInputError: nobody is meant, or several are.
    """
    asked = words(text, field=field, label=label, most=60, least=1)
    active = Person.objects.filter(is_active=True)
    found = list(active.filter(number=asked))
    found = found or [one for one in active.filter(name=asked)[:MOST_NAMESAKES] if fits(one)]
    if not found:
        raise InvalidInputError(
            Phrase(
                "没有找到%(label)s“%(asked)s”，请填人员编号或姓名。",
                label=Phrase(label),
                asked=asked,
            ),
            field=field,
        )
    if len(found) > 1:
        listed = "、".join(person.number for person in found[:5])
        message = Phrase(
            "%(label)s“%(asked)s”有同名：%(listed)s。请填人员编号。",
            label=Phrase(label),
            asked=asked,
            listed=listed,
        )
        raise InvalidInputError(message, field=field)
    return found[0]


def hold(*, number: str, held_on: date, notes: str, due_on: date, by: Actor, at: datetime) -> Talk:
    """Write down what was said; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToTalkError: see the operation.
    """
    return operations.hold(
        talk=access.talk_to_lead(number, by=by),
        held_on=held_on,
        notes=words(notes, field="notes", label="谈话内容", most=LONGEST, least=2),
        due_on=due_on,
        by=by,
        at=at,
    )


def promise(
    *, number: str, what: str, whose: str, due_on: date, by: Actor, at: datetime
) -> Promise:
    """Write down a promise of `leader` or `person`; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToTalkError: see the operation.
    """
    if whose not in {"leader", "person"}:
        raise InvalidInputError("请选择由谁承诺。", field="whose")
    return operations.promise(
        talk=access.talk_to_lead(number, by=by),
        words=words(what, field="words", label="承诺", most=300, least=2),
        is_leaders=whose == "leader",
        due_on=due_on,
        by=by,
        at=at,
    )


def follow(*, number: str, due_on: date, by: Actor, at: datetime) -> Talk:
    """Begin to follow up; see the operation.

    Raises:
        NotVisibleError, UnableToTalkError: see the operation.
    """
    return operations.follow(talk=access.talk_to_lead(number, by=by), due_on=due_on, by=by, at=at)


def keep(*, number: str, position: int, what: str, by: Actor, at: datetime) -> Promise:
    """Write down that a promise was kept; either of the two may.

    Raises:
        NotVisibleError, InvalidInputError, UnableToTalkError: see the operation.
    """
    talk = access.talk_to_read(number, by=by)
    if by.person_number not in {talk.leader.number, talk.person.number}:
        raise UnableToTalkError("只有谈话双方可以登记。")
    told = words(what, field="words", label="完成情况", most=300, least=2)
    return operations.keep(talk=talk, position=position, words=told, by=by, at=at)


def close(*, number: str, outcome: str, by: Actor, at: datetime) -> Talk:
    """Close a talk; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToTalkError: see the operation.
    """
    talk = access.talk_to_lead(number, by=by)
    told = words(outcome, field="outcome", label="回访情况", most=LONGEST, least=2)
    return operations.close(talk=talk, outcome=told, by=by, at=at)


def cancel(*, number: str, by: Actor, at: datetime) -> Talk:
    """Give an appointment up; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError: see the operation.
    """
    return operations.cancel(talk=access.talk_to_lead(number, by=by), by=by, at=at)


def name_reader(*, number: str, person: str, by: Actor, at: datetime) -> TalkReader:
    """Let a superior read a talk; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToTalkError: see the operation.
    """
    talk, on = access.talk_to_lead(number, by=by), at.astimezone(SHANGHAI).date()
    return operations.name_reader(
        talk=talk,
        person=person_named(
            person,
            field="person",
            label="上级",
            fits=lambda one: operations.is_superior(one, branch=talk.branch, on=on),
        ),
        by=by,
        at=at,
    )
