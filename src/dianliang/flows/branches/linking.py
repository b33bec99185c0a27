"""Pairings, alliances and secondments: prepared, signed, renewed, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.branches import access
from dianliang.domain.branches.models import (
    Alliance,
    Pairing,
    PairingMode,
    PairingResult,
    PairingStep,
    Secondment,
    SecondmentKind,
)
from dianliang.domain.branches.operations import links, secondments
from dianliang.domain.branches.operations.terms import Terms
from dianliang.domain.directory.models import Unit
from dianliang.flows.branches.choices import branch_of, lines, other_of, person_of, record_of, words
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

DAY_LENGTH = len("2026-01-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a pairing; a line of the plan is a day and words."""

    branch: str
    mode: str
    other: str
    goal: str
    from_on: date
    until_on: date
    plan: str
    alliance: str = ""


def prepare(*, asked: Asked, by: Actor, at: datetime) -> Pairing:
    """Write down a pairing that is being prepared.

    Raises:
        InvalidInputError, UnableToPairError: a field or a line makes no sense; it is named.
    """
    branch = branch_of(asked.branch, by=by)
    mode = PairingMode.objects.filter(code=asked.mode.replace("\0", ""), is_active=True).first()
    if mode is None:
        raise InvalidInputError("请选择联建模式。", field="mode")
    terms = Terms(
        branch=branch,
        mode=mode,
        other=other_of(asked.other, by=by, field="other", label="对方组织"),
        goal=words(asked.goal, field="goal", label="共建目标", most=300, least=2),
        from_on=asked.from_on,
        until_on=asked.until_on,
        steps=_plan(asked.plan),
        alliance=_alliance(asked.alliance, by=by),
    )
    return links.prepare(terms=terms, by=by, at=at)


def _plan(text: str) -> list[tuple[str, date]]:
    found = []
    for number, line in enumerate(lines(text), start=1):
        try:
            day = date.fromisoformat(line[:DAY_LENGTH])
        except ValueError as error:
            message = Phrase(
                "计划第 %(number)s 行应为“2026-06-30 事项”，日期在前，请改正：%(line)s",
                number=number,
                line=line[:20],
            )
            raise InvalidInputError(message, field="plan") from error
        label = f"计划第 {number} 行"
        what = words(line[DAY_LENGTH:], field="plan", label=label, most=200, least=2)
        found.append((what, day))
    return found


def _alliance(number: str, *, by: Actor) -> Alliance | None:
    if not number:
        return None
    try:
        return access.alliance_to_see(number, by=by)
    except NotVisibleError as absent:
        raise InvalidInputError("请选择本单位的联盟。", field="alliance") from absent


def sign(*, number: str, by: Actor, at: datetime) -> Pairing:
    """Let a pairing begin.

    Raises:
        NotVisibleError, UnableToPairError, IllegalTransitionError: see the operation.
    """
    return links.sign(pairing=access.pairing_to_lead(number, by=by), by=by, at=at)


def plan_step(*, number: str, what: str, due_on: date, by: Actor, at: datetime) -> PairingStep:
    """Add something to the plan of a pairing.

    Raises:
        NotVisibleError, InvalidInputError, UnableToPairError: see the operation.
    """
    pairing = access.pairing_to_lead(number, by=by)
    told = words(what, field="words", label="计划事项", most=200, least=2)
    return links.plan_step(pairing=pairing, words=told, due_on=due_on, by=by, at=at)


def record_result(
    *, number: str, step: str, on: date, what: str, record: str, by: Actor, at: datetime
) -> PairingResult:
    """Write down what came of a pairing; `record` is the number of what shows it, or empty.

    Raises:
        NotVisibleError, InvalidInputError, UnableToPairError: see the operation.
    """
    pairing = access.pairing_to_lead(number, by=by)
    chosen = None
    if step:
        position = int(step) if step.isascii() and step.isdecimal() and len(step) < 4 else 0
        chosen = pairing.steps.filter(position=position).first()
        if chosen is None:
            raise InvalidInputError("请选择这条结对的计划事项。", field="step")
    return links.record_result(
        pairing=pairing,
        step=chosen,
        on=on,
        words=words(what, field="words", label="成果", most=300, least=2),
        record=record_of(record, by=by),
        by=by,
        at=at,
    )


def renew(*, number: str, until_on: date, reason: str, by: Actor, at: datetime) -> Pairing:
    """Let a pairing go on.

    Raises:
        NotVisibleError, InvalidInputError, UnableToPairError: see the operation.
    """
    why = words(reason, field="reason", label="续期原因", most=200, least=2)
    pairing = access.pairing_to_lead(number, by=by)
    return links.renew(pairing=pairing, until_on=until_on, reason=why, by=by, at=at)


def end(*, number: str, by: Actor, at: datetime) -> Pairing:
    """Note that the last day has passed.

    Raises:
        NotVisibleError, UnableToPairError, IllegalTransitionError: see the operation.
    """
    return links.end(pairing=access.pairing_to_lead(number, by=by), by=by, at=at)


def stop(*, number: str, reason: str, by: Actor, at: datetime) -> Pairing:
    """End a pairing early, for a reason.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="终止原因", most=200, least=2)
    return links.stop(pairing=access.pairing_to_lead(number, by=by), reason=why, by=by, at=at)


def set_up(
    *, branch: str, title: str, theme_words: str, starts_on: date, by: Actor, at: datetime
) -> Alliance:
    """Set an alliance around a branch up.

    Raises:
        InvalidInputError, UnableToPairError: a field makes no sense; it is named.
    """
    return links.set_up(
        branch=branch_of(branch, by=by),
        title=words(title, field="title", label="联盟名称", most=60, least=2),
        theme_words=words(theme_words, field="theme_words", label="互动主题", most=120, least=2),
        starts_on=starts_on,
        by=by,
        at=at,
    )


def start_alliance(*, number: str, by: Actor, at: datetime) -> Alliance:
    """Let an alliance begin.

    Raises:
        NotVisibleError, UnableToPairError, IllegalTransitionError: see the operation.
    """
    return links.start(alliance=access.alliance_to_see(number, by=by), by=by, at=at)


def close_alliance(*, number: str, summary: str, by: Actor, at: datetime) -> Alliance:
    """Sum an alliance up.

    Raises:
        NotVisibleError, InvalidInputError, UnableToPairError: see the operation.
    """
    told = words(summary, field="summary", label="总结", most=4000, least=10)
    alliance = access.alliance_to_see(number, by=by)
    return links.close(alliance=alliance, summary=told, by=by, at=at)


def give_up_alliance(*, number: str, reason: str, by: Actor, at: datetime) -> Alliance:
    """Give up an alliance that never began.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="终止原因", most=200, least=2)
    alliance = access.alliance_to_see(number, by=by)
    return links.give_up(alliance=alliance, reason=why, by=by, at=at)


def second(
    *,
    way: str,
    person: str,
    branch: str,
    post: str,
    from_on: date,
    until_on: date,
    by: Actor,
    at: datetime,
) -> Secondment:
    """Send a person to a branch for a time.

    Raises:
        InvalidInputError, UnableToSecondError: a field makes no sense; it is named.
    """
    kind = SecondmentKind.objects.filter(code=way.replace("\0", ""), is_active=True).first()
    if kind is None:
        raise InvalidInputError("请选择方式。", field="way")
    return secondments.second(
        kind=kind,
        person=person_of(person, by=by, field="person", label="人员"),
        branch=branch_of(branch, by=by),
        post=words(post, field="post", label="职务", most=40, least=2),
        from_on=from_on,
        until_on=until_on,
        by=by,
        at=at,
    )


def start_secondment(*, number: str, by: Actor, at: datetime) -> Secondment:
    """Note that the person has arrived.

    Raises:
        NotVisibleError, UnableToSecondError, IllegalTransitionError: see the operation.
    """
    return secondments.start(secondment=_led(number, by=by), by=by, at=at)


def end_secondment(*, number: str, on: date, appraisal: str, by: Actor, at: datetime) -> Secondment:
    """Let a person come back.

    Raises:
        NotVisibleError, InvalidInputError, UnableToSecondError: see the operation.
    """
    told = words(appraisal, field="appraisal", label="期满鉴定", most=400, least=2)
    return secondments.end(secondment=_led(number, by=by), on=on, appraisal=told, by=by, at=at)


def cancel_secondment(*, number: str, reason: str, by: Actor, at: datetime) -> Secondment:
    """Call a secondment off.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="取消原因", most=200, least=2)
    return secondments.cancel(secondment=_led(number, by=by), reason=why, by=by, at=at)


def _led(number: str, *, by: Actor) -> Secondment:
    row = access.secondment_to_see(number, by=by)
    if not by.reaches_unit(row.branch.unit.path):
        raise NotVisibleError("没有找到这条挂职。")
    return row


def follow_the_clock(*, at: datetime) -> int:
    """End pairings and secondments whose last day has passed, begin those whose day has come.

    Return how many moved.
    """
    today = at.astimezone(SHANGHAI).date()
    over = list(Pairing.objects.filter(status="RUNNING", until_on__lt=today))
    for pairing in over:
        links.end(pairing=pairing, by=SYSTEM, at=at)
    back = list(Secondment.objects.filter(status="RUNNING", until_on__lt=today))
    for row in back:
        secondments.end(secondment=row, on=row.until_on, appraisal="", by=SYSTEM, at=at)
    due = list(Secondment.objects.filter(status="PLANNED", from_on__lte=today, until_on__gte=today))
    for row in due:
        secondments.start(secondment=row, by=SYSTEM, at=at)
    return len(over) + len(back) + len(due)


def default_until(on: date) -> date:
    """Return the day on which a pairing of a year, begun on a day, ends."""
    return on + timedelta(days=364)


def other_sides(*, by: Actor) -> Sequence[str]:
    """Return names that the other side of a pairing may have: units of the alliance and places."""
    kinds = [Unit.Kind.ALLIANCE, Unit.Kind.GOVERNMENT]
    near = Unit.objects.filter(kind__in=kinds).exclude(path__startswith=by.unit_path or "-")
    return tuple(near.values_list("name", flat=True))
