"""Topics: taken on, measured before, worked on, measured after, accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from dianliang.domain.branches import access
from dianliang.domain.branches.models import Topic, TopicAction, TopicLead
from dianliang.domain.branches.operations import topics
from dianliang.domain.branches.operations.topics import Lead, Reading
from dianliang.flows.branches.choices import branch_of, person_of, record_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

TIERS = {str(code): str(label) for code, label in TopicLead.Tier.choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a topic; `leads` are codes of units, `people` names, by tier."""

    branch: str
    title: str
    kind: str
    goal: str
    measure: str
    measure_unit: str
    better: str
    due_on: date
    leads: Mapping[str, str]
    people: Mapping[str, str]


def propose(*, asked: Asked, by: Actor, at: datetime) -> Topic:
    """Take a topic on.

    Raises:
        InvalidInputError, UnableToStudyError: a field makes no sense; it is named.
    """
    if asked.kind not in Topic.Kind.values:
        raise InvalidInputError("请选择类型。", field="kind")
    if asked.better not in Topic.Better.values:
        raise InvalidInputError("请选择指标方向。", field="better")
    leads = {
        tier: _lead(tier, asked.leads[tier], asked.people.get(tier, ""), by=by)
        for tier in TIERS
        if asked.leads.get(tier)
    }
    return topics.propose(
        branch=branch_of(asked.branch, by=by),
        title=words(asked.title, field="title", label="课题名称", most=80, least=2),
        kind=asked.kind,
        goal=words(asked.goal, field="goal", label="目标", most=300, least=2),
        measure=words(asked.measure, field="measure", label="指标", most=60, least=2),
        measure_unit=words(asked.measure_unit, field="measure_unit", label="单位", most=16),
        better=asked.better,
        due_on=asked.due_on,
        leads=leads,
        by=by,
        at=at,
    )


def _lead(tier: str, unit: str, person: str, *, by: Actor) -> Lead:
    label = f"“{TIERS[tier]}”牵头单位"
    who = person_of(person, by=by, field="leads", label="牵头人") if person.strip() else None
    return Lead(unit=unit_of(unit, by=by, field="leads", label=label), person=who)


def hand_lead(
    *, number: str, tier: str, unit: str, person: str, reason: str, by: Actor, at: datetime
) -> TopicLead:
    """Let another unit or person lead at a tier.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStudyError: see the operation.
    """
    topic = access.topic_to_lead(number, by=by)
    if tier not in TIERS:
        raise InvalidInputError("请选择层级。", field="tier")
    why = words(reason, field="reason", label="更换原因", most=200, least=2)
    lead = _lead(tier, unit, person, by=by)
    return topics.hand_lead(topic=topic, tier=tier, lead=lead, reason=why, by=by, at=at)


def set_baseline(
    *, number: str, value: str, on: date, source: str, by: Actor, at: datetime
) -> Topic:
    """Say what the figure was before.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStudyError: see the operation.
    """
    topic = access.topic_to_lead(number, by=by)
    return topics.set_baseline(topic=topic, reading=_reading(value, on, source), by=by, at=at)


def measure(*, number: str, value: str, on: date, source: str, by: Actor, at: datetime) -> Topic:
    """Say what the figure is now.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStudyError: see the operation.
    """
    topic = access.topic_to_lead(number, by=by)
    return topics.measure(topic=topic, reading=_reading(value, on, source), by=by, at=at)


def _reading(value: str, on: date, source: str) -> Reading:
    try:
        figure = Decimal(value.strip())
    except InvalidOperation as error:
        raise InvalidInputError("数值应填数字，例如 36 或 36.5。", field="value") from error
    told = words(source, field="source", label="数据来源", most=200, least=2)
    return Reading(value=figure, on=on, source=told)


def plan_action(
    *, number: str, what: str, person: str, due_on: date, by: Actor, at: datetime
) -> TopicAction:
    """Add something to be done.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStudyError: see the operation.
    """
    return topics.plan_action(
        topic=access.topic_to_lead(number, by=by),
        words=words(what, field="words", label="行动", most=200, least=2),
        person=person_of(person, by=by, field="person", label="责任人"),
        due_on=due_on,
        by=by,
        at=at,
    )


def begin(*, number: str, by: Actor, at: datetime) -> Topic:
    """Begin to act.

    Raises:
        NotVisibleError, UnableToStudyError, IllegalTransitionError: see the operation.
    """
    return topics.begin(topic=access.topic_to_lead(number, by=by), by=by, at=at)


def finish_action(
    *,
    number: str,
    position: str,
    done_on: date,
    what: str,
    record: str,
    by: Actor,
    at: datetime,
) -> TopicAction:
    """Note that an action was done.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStudyError: see the operation.
    """
    topic = access.topic_to_lead(number, by=by)
    asked = int(position) if position.isascii() and position.isdecimal() else 0
    action = topic.actions.filter(position=min(asked, 32_000)).first()
    if action is None:
        raise NotVisibleError("没有找到这项行动。")
    return topics.finish_action(
        action=action,
        done_on=done_on,
        words=words(what, field="words", label="完成情况", most=300, least=2),
        record=record_of(record, by=by),
        by=by,
        at=at,
    )


def go_on(*, number: str, reason: str, by: Actor, at: datetime) -> Topic:
    """Work on and measure again.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="继续实施的原因", most=200, least=2)
    return topics.go_on(topic=access.topic_to_lead(number, by=by), reason=why, by=by, at=at)


def accept(*, number: str, reason: str, by: Actor, at: datetime) -> Topic:
    """Accept what came of a topic; `reason` is the opinion.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStudyError: see the operation.
    """
    told = words(reason, field="reason", label="验收意见", most=200, least=2)
    return topics.accept(topic=access.topic_to_lead(number, by=by), words=told, by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Topic:
    """Give a topic up.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="终止原因", most=200, least=2)
    return topics.cancel(topic=access.topic_to_lead(number, by=by), reason=why, by=by, at=at)
