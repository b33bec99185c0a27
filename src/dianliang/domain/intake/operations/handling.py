"""What those who answer may do: from accepting to resolving. Unit scope is checked by `access`."""

from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import Deadlines
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.lifecycle import CLOCK_STOPPED, NEED
from dianliang.domain.intake.models import (
    ClockPause,
    Decision,
    Message,
    Need,
    Participant,
    SavedFilter,
)
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import TimeUnit, WorkCalendar
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError


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
def merge(*, need: Need, into: Need, by: Actor, at: datetime) -> Need:
    """Make a need part of another; everyone who asked follows and rates the other one (合并)."""
    if need.pk == into.pk:
        raise UnableToHandleError("不能与自己合并。")
    if into.status in {"MERGED", "CANCELLED", "DECLINED", "CLOSED"}:
        raise UnableToHandleError(f"{into.number} 已结束，不能并入。")
    if need.parts.exclude(job__status="CANCELLED").exists():
        raise UnableToHandleError("本需求已拆出工单，请先撤销工单再合并。")
    if need.status in CLOCK_STOPPED:
        need.pauses.filter(until_at=None).update(until_at=at)
    moved = transitions.apply(
        need,
        "merge",
        lifecycle=NEED,
        by=by,
        at=at,
        note=f"并入 {into.number}",
        changes={"merged_into": into, "clock_stopped_at": None, "closed_at": at},
    )
    Participant.objects.filter(need=need).update(need=into, is_first=False)
    audit.record("intake.need.absorb", target=into, by=by, at=at, after=need.number)
    return moved


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
    *, need: Need, service: Service, unit: Unit, deadlines: Deadlines, by: Actor, at: datetime
) -> Need:
    """Set the service; unit and promises follow. What triage proposed stays on record.

    Raises:
        UnableToHandleError: the need has ended.
        StaleStateError: someone else moved it meanwhile.
    """
    if need.status not in {"RECEIVED", "ACCEPTED", "IN_PROGRESS"}:
        raise UnableToHandleError("当前状态不能改类别。")
    changes = {
        "service": service,
        "unit": unit if need.status == "RECEIVED" else need.unit,
        "is_public": not service.is_private,
        "response_due_at": deadlines.response_due_at,
        "on_site_due_at": deadlines.on_site_due_at,
        "due_at": deadlines.due_at,
        "urgency": need.urgency
        if need.is_danger
        else (Need.Urgency.URGENT if service.is_urgent else Need.Urgency.NORMAL),
    }
    was = need.service.code if need.service else ""
    if not Need.objects.filter(pk=need.pk, status=need.status).update(**changes):
        raise StaleStateError("该单据刚被他人处理，请刷新后再试。")
    for name, value in changes.items():
        setattr(need, name, value)
    decide(need=need, aspect="service", chosen=service.code, by=by, at=at)
    audit.record("intake.need.classify", target=need, by=by, at=at, before=was, after=service.code)
    return need


@transaction.atomic
def decide(*, need: Need, aspect: str, chosen: str, by: Actor, at: datetime) -> Decision | None:
    """Record what a person made of the latest suggestion; None if there was none."""
    suggestion = need.suggestions.order_by("-pk").first()
    if suggestion is None:
        return None
    categories = suggestion.body.get("categories", [])
    proposed = categories[0]["service_code"] if aspect == "service" and categories else ""
    return Decision.objects.create(
        suggestion=suggestion,
        at=at,
        by_id=by.id,
        by_name=by.name,
        aspect=aspect,
        proposed=proposed,
        chosen=chosen,
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


@transaction.atomic
def keep_filter(*, name: str, query: str, by: Actor) -> SavedFilter:
    """Keep a view of the queue under a name; the same name is replaced."""
    return SavedFilter.objects.update_or_create(
        owner_id=by.id, name=name, defaults={"query": query[:500]}
    )[0]
