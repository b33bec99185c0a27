"""What those who answer may do: from accepting to resolving. Unit scope is checked by `access`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import Deadlines
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake import search
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.lifecycle import NEED, OPEN
from dianliang.domain.intake.models import (
    ClockPause,
    Decision,
    Message,
    Need,
    Participant,
    Suggestion,
)
from dianliang.domain.intake.suggesting import latest_suggestion, proposed
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import TimeUnit, WorkCalendar
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase

CLASSIFIABLE = frozenset({"RECEIVED", "ACCEPTED", "IN_PROGRESS"})
"""While in these, another service moves the need: its unit, promises and urgency follow."""


class UnableToHandleError(DomainError):
    """The need cannot be handled in this way now."""

    code = "intake.unable-to-handle"


def _first_response(need: Need, at: datetime) -> dict[str, Any]:
    return {} if need.first_response_at else {"first_response_at": at}


@transaction.atomic
def accept(*, need: Need, handler: Person | None, by: Actor, at: datetime) -> Need:
    """Take a need on (受理); this is the first response.

    Raises:
        UnableToHandleError: it came back because of how he had done it.
    """
    require_somebody_else(need, by)
    changes = {"handler": handler, **_first_response(need, at)}
    return transitions.apply(need, "accept", lifecycle=NEED, by=by, at=at, changes=changes)


def require_somebody_else(need: Need, by: Actor) -> None:
    """Refuse the person whose work brought an unhappy rating.

    Raises:
        UnableToHandleError: it is he.
    """
    if need.avoided_actor and need.avoided_actor == by.id:
        raise UnableToHandleError(
            "诉求人对您上次的办理不满意，这次须换人：请同事受理，或移交其他单位。"
        )


@transaction.atomic
def decline(*, need: Need, reason: str, by: Actor, at: datetime) -> Need:
    """Refuse a need with a reason that the person who asked will read."""
    if not reason:
        raise InvalidInputError("不予受理必须说明原因。", field="reason")
    changes = {"closed_at": at, **_first_response(need, at)}
    moved = transitions.apply(
        need, "decline", lifecycle=NEED, by=by, at=at, note=reason, changes=changes
    )
    tell(need=need, text=f"未能受理：{reason}", is_internal=False, by=by, at=at)
    return moved


@transaction.atomic
def hand_over(*, need: Need, to: Unit, reason: str, by: Actor, at: datetime) -> Need:
    """Offer a need to another unit (移交); until it takes it, nothing is lost."""
    if to.pk == need.unit_id:
        raise UnableToHandleError("已经由该单位承办。")
    return transitions.apply(
        need,
        "hand_over",
        lifecycle=NEED,
        by=by,
        at=at,
        note=f"{need.unit.name} → {to.name}：{reason}",
        changes={"handed_over_from": need.unit, "unit": to, "handler": None},
    )


@transaction.atomic
def take(*, need: Need, handler: Person | None, by: Actor, at: datetime) -> Need:
    """Take over what another unit offered (接收).

    Raises:
        UnableToHandleError: it came back because of how he had done it.
    """
    require_somebody_else(need, by)
    changes = {"handed_over_from": None, "handler": handler, **_first_response(need, at)}
    return transitions.apply(need, "take", lifecycle=NEED, by=by, at=at, changes=changes)


@transaction.atomic
def hand_back(*, need: Need, reason: str, by: Actor, at: datetime) -> Need:
    """Give a need back to the unit that offered it (退回)."""
    if need.handed_over_from is None:
        raise UnableToHandleError("没有移交单位，无法退回。")
    changes = {"unit": need.handed_over_from, "handed_over_from": None}
    return transitions.apply(
        need, "hand_back", lifecycle=NEED, by=by, at=at, note=reason, changes=changes
    )


@transaction.atomic
def recall(*, need: Need, by: Actor, at: datetime) -> Need:
    """Take back what another unit was offered and has not taken yet (撤回移交)."""
    if need.handed_over_from is None:
        raise UnableToHandleError("没有移交单位，无法撤回。")
    changes = {"unit": need.handed_over_from, "handed_over_from": None}
    note = f"{need.unit.name} → {need.handed_over_from.name}"
    return transitions.apply(
        need, "recall", lifecycle=NEED, by=by, at=at, note=note, changes=changes
    )


@transaction.atomic
def start(*, need: Need, by: Actor, at: datetime) -> Need:
    """Note that work has begun."""
    return transitions.apply(need, "start", lifecycle=NEED, by=by, at=at)


@transaction.atomic
def pause(*, need: Need, reason: str, by: Actor, at: datetime) -> Need:
    """Stop the promise clock, with a reason that can be audited (挂起)."""
    if not reason:
        raise InvalidInputError("挂起必须说明原因。", field="reason")
    return _stop_clock(need, "pause", reason=reason, by=by, at=at)


@transaction.atomic
def ask(*, need: Need, question: str, by: Actor, at: datetime) -> Need:
    """Ask the person who asked; the clock stands still until the answer."""
    if not question:
        raise InvalidInputError("请写明需要补充什么。", field="question")
    tell(need=need, text=question, is_internal=False, by=by, at=at)
    return _stop_clock(
        need, "ask", reason="等待诉求人补充", by=by, at=at, **_first_response(need, at)
    )


def _stop_clock(
    need: Need, verb: str, *, reason: str, by: Actor, at: datetime, **changes: Any
) -> Need:
    ClockPause.objects.create(need=need, from_at=at, reason=reason)
    return transitions.apply(
        need,
        verb,
        lifecycle=NEED,
        by=by,
        at=at,
        note=reason,
        changes={"clock_stopped_at": at, **changes},
    )


@transaction.atomic
def answer(*, need: Need, calendar: WorkCalendar, by: Actor, at: datetime) -> Need:
    """Go on after the answer came; the promises move by the time that stood still."""
    return _go_on(need, "answer", calendar=calendar, by=by, at=at)


@transaction.atomic
def resume(*, need: Need, calendar: WorkCalendar, by: Actor, at: datetime) -> Need:
    """Let the clock run again (恢复)."""
    return _go_on(need, "resume", calendar=calendar, by=by, at=at)


def _go_on(need: Need, verb: str, *, calendar: WorkCalendar, by: Actor, at: datetime) -> Need:
    need.pauses.filter(until_at=None).update(until_at=at)
    return transitions.apply(
        need,
        verb,
        lifecycle=NEED,
        by=by,
        at=at,
        changes={"clock_stopped_at": None, **moved_deadlines(need, calendar=calendar, at=at)},
    )


def moved_deadlines(need: Need, *, calendar: WorkCalendar, at: datetime) -> dict[str, datetime]:
    """Return the deadlines after a pause: what was left when the clock stopped is left again.

    Urgent needs count every minute, others working minutes. A deadline that had passed stays.
    """
    stopped = need.clock_stopped_at
    if stopped is None:
        return {}
    moved: dict[str, datetime] = {}
    for name in ("response_due_at", "on_site_due_at", "due_at"):
        due: datetime | None = getattr(need, name)
        if due is None or due <= stopped:
            continue
        if need.urgency == Need.Urgency.NORMAL:
            left = calendar.working_minutes_between(stopped, due)
            moved[name] = calendar.add(at, max(1, left), TimeUnit.WORKING_MINUTES)
        else:
            moved[name] = at + (due - stopped)
    return moved


@transaction.atomic
def resolve(*, need: Need, words: str, by: Actor, at: datetime) -> Need:
    """Report a need as done; the person who asked is told and may rate (办结)."""
    changes = {"resolved_at": at, **_first_response(need, at)}
    moved = transitions.apply(
        need, "resolve", lifecycle=NEED, by=by, at=at, note=words, changes=changes
    )
    if words:
        tell(need=need, text=words, is_internal=False, by=by, at=at)
    return moved


@transaction.atomic
def archive(*, need: Need, by: Actor, at: datetime) -> Need:
    """Close a need that nobody rated in time."""
    return transitions.apply(
        need, "archive", lifecycle=NEED, by=by, at=at, changes={"closed_at": at}
    )


@transaction.atomic
def tell(*, need: Need, text: str, is_internal: bool, by: Actor, at: datetime) -> Message:
    """Write to the person who asked, or a note for colleagues only."""
    message = Message.objects.create(
        need=need, at=at, author=by.name, text=text, is_internal=is_internal
    )
    audit.record(
        "intake.need.note" if is_internal else "intake.need.tell", target=need, by=by, at=at
    )
    return message


@transaction.atomic
def classify(
    *,
    need: Need,
    service: Service,
    owner: str,
    unit: Unit,
    deadlines: Deadlines,
    by: Actor,
    at: datetime,
) -> Need:
    """Set service and owner; unit and promises follow. What triage proposed stays on record.

    Raises:
        UnableToHandleError: the need has ended.
        StaleStateError: someone else moved it meanwhile.
    """
    if need.status not in CLASSIFIABLE:
        raise UnableToHandleError("当前状态不能改类别。")
    changes = {
        "service": service,
        "facility_owner": owner,
        "unit": unit if need.status == "RECEIVED" else need.unit,
        "is_public": not service.is_private,
        "response_due_at": deadlines.response_due_at,
        "on_site_due_at": deadlines.on_site_due_at,
        "due_at": deadlines.due_at,
        "urgency": _urgency_with(need, service),
    }
    was, owned = need.service.code if need.service else "", need.facility_owner
    as_seen = Need.objects.filter(pk=need.pk, status=need.status, service=need.service)
    if not as_seen.update(**changes):
        raise StaleStateError("该单据刚被他人处理，请刷新后再试。")
    for name, value in changes.items():
        setattr(need, name, value)
    search.index([need])
    decide(need=need, aspect=Aspect.SERVICE, chosen=service.code, by=by, at=at)
    if owner != owned:
        decide(need=need, aspect=Aspect.OWNER, chosen=owner, by=by, at=at)
    audit.record("intake.need.classify", target=need, by=by, at=at, before=was, after=service.code)
    return need


def _urgency_with(need: Need, service: Service) -> str:
    """Return how urgent a need is with another service: what a danger or a person made it stays."""
    stands = Decision.objects.filter(suggestion__need=need, aspect=Aspect.URGENCY)
    was_set = any(row.chosen != row.proposed for row in stands)
    if need.is_danger or was_set:
        return need.urgency
    return Need.Urgency.URGENT if service.is_urgent else Need.Urgency.NORMAL


@transaction.atomic
def set_urgency(*, need: Need, urgency: str, reason: str, by: Actor, at: datetime) -> Need:
    """Say how soon somebody must look, with a reason; what triage proposed stays on record.

    Raises:
        InvalidInputError: there is no such urgency, or no reason.
        UnableToHandleError: the need has ended, or is that urgent already.
        StaleStateError: someone else changed it meanwhile.
    """
    if urgency not in Need.Urgency.values:
        raise InvalidInputError("请选择一般、紧急或危险。", field="urgency")
    if not reason:
        raise InvalidInputError("改缓急必须说明原因。", field="reason")
    if need.status not in OPEN:
        raise UnableToHandleError("已结束的需求不能改缓急。")
    if need.urgency == urgency:
        raise UnableToHandleError(
            Phrase("缓急已经是“%(urgency)s”。", urgency=Phrase(need.get_urgency_display()))
        )
    was = need.urgency
    is_danger = urgency == Need.Urgency.EMERGENCY
    as_seen = Need.objects.filter(pk=need.pk, status=need.status, urgency=was)
    if not as_seen.update(urgency=urgency, is_danger=is_danger):
        raise StaleStateError("该单据刚被他人处理，请刷新后再试。")
    need.urgency, need.is_danger = urgency, is_danger
    decide(need=need, aspect=Aspect.URGENCY, chosen=urgency, by=by, at=at)
    audit.record(
        "intake.need.urgency",
        target=need,
        by=by,
        at=at,
        before=was,
        after=urgency,
        reason=f"{Need.Urgency(was).label} → {Need.Urgency(urgency).label}：{reason}",
    )
    return need


@transaction.atomic
def decide(
    *, need: Need, aspect: str, chosen: str, by: Actor, at: datetime, is_tacit: bool = False
) -> Decision | None:
    """Record what a person made of the latest suggestion; None if there was none.

    `is_tacit` tells that he only accepted the need: nobody may have looked at this part.
    """
    suggestion = latest_suggestion(need)
    if suggestion is None:
        return None
    return Decision.objects.create(
        suggestion=suggestion,
        at=at,
        by_id=by.id,
        by_name=by.name,
        aspect=aspect,
        proposed=proposed(suggestion.body, aspect),
        chosen=chosen,
        is_tacit=is_tacit,
    )


@transaction.atomic
def judge_duplicate(
    *, need: Need, evidence: Mapping[str, Any], is_same: bool, by: Actor, at: datetime
) -> Decision:
    """Store a likely duplicate as it was proposed, and what a person made of it.

    `evidence` carries number, score, reasons and version. Duplicates are looked for whenever a
    need is opened, so that later ones are found too; what was judged is kept from that moment.
    """
    suggestion = Suggestion.objects.create(
        need=need, at=at, version=evidence["version"], body={"duplicate": dict(evidence)}
    )
    number: str = evidence["number"]
    return Decision.objects.create(
        suggestion=suggestion,
        at=at,
        by_id=by.id,
        by_name=by.name,
        aspect=Aspect.DUPLICATE,
        proposed=number,
        chosen=number if is_same else "",
    )


@transaction.atomic
def reveal(*, participant: Participant, reason: str, by: Actor, at: datetime) -> str:
    """Return a phone number in full; who looked, and why, is on record.

    Raises:
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("查看联系方式必须说明原因。", field="reason")
    audit.record("intake.need.reveal", target=participant.need, by=by, at=at, reason=reason)
    return participant.phone
