"""Every write about topics: baseline, actions, measured result, and who leads at which tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.branches.lifecycle import TOPIC
from dianliang.domain.branches.models import Branch, Topic, TopicAction, TopicLead
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

MOST_ACTIONS = 30
LARGEST = Decimal(10) ** 12
PLACES = 3


class UnableToStudyError(DomainError):
    """The topic cannot be written down, or moved on, like this."""

    code = "branches.unable-to-study"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A figure of the topic's measure: on which day, and where it comes from."""

    value: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Who leads at a tier."""

    unit: Unit
    person: Person | None = None


@transaction.atomic
def propose(
    *,
    branch: Branch,
    title: str,
    kind: str,
    goal: str,
    measure: str,
    measure_unit: str,
    better: str,
    due_on: date,
    leads: Mapping[str, Lead],
    by: Actor,
    at: datetime,
) -> Topic:
    """Take a topic on (立项): what is to change, by which figure, who leads at each tier.

    Raises:
        UnableToStudyError: the branch is dissolved, the day lies behind, or a tier has no lead.
    """
    if branch.status != "ACTIVE":
        raise UnableToStudyError(
            Phrase("%(branch)s已撤销，不能立项。", branch=branch), field="branch"
        )
    if due_on <= at.astimezone(SHANGHAI).date():
        raise UnableToStudyError("完成期限应晚于今天。", field="due_on")
    without = [str(label) for tier, label in TopicLead.Tier.choices if tier not in leads]
    if without:
        message = Phrase(
            "请选择“%(without)s”的牵头单位，四级责任缺一不可。", without=joined("、", without)
        )
        raise UnableToStudyError(message, field="leads")
    topic = Topic.objects.create(
        number=next_number("KT", at=at),
        title=title,
        kind=kind,
        branch=branch,
        goal=goal,
        measure=measure,
        measure_unit=measure_unit,
        better=better,
        due_on=due_on,
        created_by=by.name,
        created_at=at,
    )
    TopicLead.objects.bulk_create(
        TopicLead(topic=topic, tier=tier, unit=leads[tier].unit, person=leads[tier].person)
        for tier in TopicLead.Tier.values
    )
    audit.record(
        "branches.topic.propose", target=topic, by=by, at=at, after=topic.status, reason=title
    )
    return topic


@transaction.atomic
def hand_lead(
    *, topic: Topic, tier: str, lead: Lead, reason: str, by: Actor, at: datetime
) -> TopicLead:
    """Let another unit or person lead at a tier (换牵头).

    Raises:
        UnableToStudyError: the topic is over, or there is no reason.
    """
    if topic.status in {"CLOSED", "CANCELLED"}:
        raise UnableToStudyError("课题已结束，不能再改。")
    if not reason:
        raise UnableToStudyError("请写明更换原因。", field="reason")
    row = TopicLead.objects.select_related("unit").get(topic=topic, tier=tier)
    before = row.unit.name
    row.unit, row.person = lead.unit, lead.person
    row.save(update_fields=["unit", "person"])
    audit.record(
        "branches.topic.hand_lead",
        target=topic,
        by=by,
        at=at,
        before=before,
        after=lead.unit.name,
        reason=f"{row.get_tier_display()}：{reason}",
    )
    return row


@transaction.atomic
def set_baseline(*, topic: Topic, reading: Reading, by: Actor, at: datetime) -> Topic:
    """Say what the figure was before anything was done (定基线).

    Raises:
        UnableToStudyError: the figure, its day or its source makes no sense.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    _require_sense(reading, at=at)
    return transitions.apply(
        topic,
        "baseline",
        lifecycle=TOPIC,
        by=by,
        at=at,
        note=_told(topic, reading),
        changes={
            "before": reading.value,
            "before_on": reading.on,
            "before_source": reading.source,
        },
    )


@transaction.atomic
def begin(*, topic: Topic, by: Actor, at: datetime) -> Topic:
    """Begin to act (开始实施); something must be planned.

    Raises:
        UnableToStudyError: no action is planned.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not topic.actions.exists():
        raise UnableToStudyError("还没有列出行动，请先列至少一项。", field="words")
    return transitions.apply(topic, "act", lifecycle=TOPIC, by=by, at=at)


@transaction.atomic
def plan_action(
    *, topic: Topic, words: str, person: Person, due_on: date, by: Actor, at: datetime
) -> TopicAction:
    """Add something to be done for a topic (列行动).

    Raises:
        UnableToStudyError: the topic is over, the person is not on duty, or the list is full.
    """
    if topic.status in {"CLOSED", "CANCELLED"}:
        raise UnableToStudyError("课题已结束，不能再列行动。")
    if not person.is_active:
        raise UnableToStudyError(
            Phrase("%(name)s已离岗，请另选责任人。", name=person.name), field="person"
        )
    Topic.objects.select_for_update().get(pk=topic.pk)
    position = topic.actions.count() + 1
    if position > MOST_ACTIONS:
        raise UnableToStudyError(
            Phrase("行动最多 %(most)s 项，请合并。", most=MOST_ACTIONS), field="words"
        )
    action = TopicAction.objects.create(
        topic=topic, position=position, words=words, person=person, due_on=due_on
    )
    audit.record(
        "branches.topic.plan_action",
        target=topic,
        by=by,
        at=at,
        after=f"{person.name} {due_on}",
        reason=words,
    )
    return action


@transaction.atomic
def finish_action(
    *,
    action: TopicAction,
    done_on: date,
    words: str,
    record: tuple[str, str],
    by: Actor,
    at: datetime,
) -> TopicAction:
    """Note that an action was done (行动完成), with the record that shows it.

    Raises:
        UnableToStudyError: the topic does not act, the action is done already, or the day lies
            ahead or before the baseline.
    """
    topic = action.topic
    if topic.status not in {"ACTING", "MEASURED"}:
        raise UnableToStudyError("课题不在实施中，请先“开始实施”。")
    if action.done_on is not None:
        raise UnableToStudyError(
            Phrase(
                "行动 %(position)s 已于 %(done_on)s 完成。",
                position=action.position,
                done_on=action.done_on,
            )
        )
    today = at.astimezone(SHANGHAI).date()
    if done_on > today or (topic.before_on is not None and done_on < topic.before_on):
        message = Phrase(
            "完成日期应在基线日期 %(before_on)s 之后，且不晚于今天。", before_on=topic.before_on
        )
        raise UnableToStudyError(message, field="done_on")
    action.done_on, action.done_words = done_on, words
    action.record_kind, action.record_number = record
    action.save(update_fields=["done_on", "done_words", "record_kind", "record_number"])
    audit.record(
        "branches.topic.finish_action",
        target=topic,
        by=by,
        at=at,
        after=f"行动 {action.position}",
        reason=words,
    )
    return action


@transaction.atomic
def measure(*, topic: Topic, reading: Reading, by: Actor, at: datetime) -> Topic:
    """Say what the figure is after the work (测结果). There is none without a baseline.

    Raises:
        UnableToStudyError: there is no baseline, nothing was done, the day is not later than that
            of the baseline, or the reading makes no sense.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    _require_sense(reading, at=at)
    if topic.before is None or topic.before_on is None:
        raise UnableToStudyError("还没有基线，不能填结果；请先定基线。", field="value")
    if reading.on <= topic.before_on:
        message = Phrase("结果日期应晚于基线日期 %(before_on)s。", before_on=topic.before_on)
        raise UnableToStudyError(message, field="on")
    if not topic.actions.filter(done_on__isnull=False).exists():
        raise UnableToStudyError("还没有完成任何一项行动，不能填结果。", field="value")
    return transitions.apply(
        topic,
        "measure",
        lifecycle=TOPIC,
        by=by,
        at=at,
        note=_told(topic, reading),
        changes={"after": reading.value, "after_on": reading.on, "after_source": reading.source},
    )


@transaction.atomic
def go_on(*, topic: Topic, reason: str, by: Actor, at: datetime) -> Topic:
    """Work on, since the result does not convince (继续实施); it is to be measured again.

    Raises:
        UnableToStudyError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToStudyError("请写明继续实施的原因。", field="reason")
    changes = {"after": None, "after_on": None, "after_source": ""}
    return transitions.apply(
        topic, "go_on", lifecycle=TOPIC, by=by, at=at, note=reason, changes=changes
    )


@transaction.atomic
def accept(*, topic: Topic, words: str, by: Actor, at: datetime) -> Topic:
    """Accept what came of a topic (验收): no action is left open.

    Raises:
        UnableToStudyError: there are no words, or an action is left open.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToStudyError("请写验收意见。", field="reason")
    left = topic.actions.filter(done_on=None).count()
    if left:
        raise UnableToStudyError(Phrase("还有 %(left)s 项行动没有完成，不能验收。", left=left))
    return transitions.apply(topic, "accept", lifecycle=TOPIC, by=by, at=at, note=words)


@transaction.atomic
def cancel(*, topic: Topic, reason: str, by: Actor, at: datetime) -> Topic:
    """Give a topic up, for a reason (终止).

    Raises:
        UnableToStudyError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToStudyError("请写明终止原因。", field="reason")
    return transitions.apply(topic, "cancel", lifecycle=TOPIC, by=by, at=at, note=reason)


def _require_sense(reading: Reading, *, at: datetime) -> None:
    value = reading.value
    if not value.is_finite() or abs(value) >= LARGEST or round(value, PLACES) != value:
        message = Phrase("数值最多 %(places)s 位小数，绝对值小于一万亿。", places=PLACES)
        raise UnableToStudyError(message, field="value")
    if not reading.source:
        raise UnableToStudyError("请写明数据来源（系统、报表或测量方法）。", field="source")
    if reading.on > at.astimezone(SHANGHAI).date():
        raise UnableToStudyError("数据日期不能晚于今天。", field="on")


def _told(topic: Topic, reading: Reading) -> str:
    figure = f"{topic.measure} {reading.value:f} {topic.measure_unit}"
    return f"{figure}（{reading.on}，{reading.source}）"
