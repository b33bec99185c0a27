"""What a dispatcher or an alliance unit does with a need, across intake, catalogue and work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.catalog.queries import deadlines, work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.intake import access
from dianliang.domain.intake.models import Message, Need, NeedJob
from dianliang.domain.intake.operations import handling
from dianliang.domain.intake.operations import posting as posting_operations
from dianliang.domain.intake.operations.handling import UnableToHandleError
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.workforce.models import Person
from dianliang.flows import posting, triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text

PRIORITIES = {
    Need.Urgency.EMERGENCY: Job.Priority.MUST,
    Need.Urgency.URGENT: Job.Priority.MUST,
    Need.Urgency.NORMAL: Job.Priority.SHOULD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One job that a need is split into: which service, for which unit (empty: by the rules)."""

    service_code: str
    unit_code: str = ""
    detail: str = ""


def _person(by: Actor) -> Person | None:
    return Person.objects.filter(number=by.person_number).first() if by.person_number else None


def _unit(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise InvalidInputError("没有这个单位，请重新选择。", field="unit")
    return unit


def _service(code: str) -> Service:
    service = Service.objects.filter(code=code, is_active=True).select_related("skill").first()
    if service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service")
    return service


def _reason(text: str, *, field: str = "reason", label: str = "原因") -> str:
    return clean_text(text, field=field, label=label, most=500, least=1)


@transaction.atomic
def accept(*, number: str, by: Actor, at: datetime) -> Need:
    """Accept a need as triage proposed it; the agreement is recorded as a decision."""
    need = access.need_to_handle(number, by=by)
    accepted = handling.accept(need=need, handler=_person(by), by=by, at=at)
    if need.service is not None:
        handling.decide(need=need, aspect="service", chosen=need.service.code, by=by, at=at)
    return accepted


def decline(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Refuse a need with a reason."""
    need = access.need_to_handle(number, by=by)
    return handling.decline(need=need, reason=_reason(reason), by=by, at=at)


def hand_over(*, number: str, unit_code: str, reason: str, by: Actor, at: datetime) -> Need:
    """Offer a need to another unit."""
    need = access.need_to_handle(number, by=by)
    return handling.hand_over(need=need, to=_unit(unit_code), reason=_reason(reason), by=by, at=at)


def take(*, number: str, by: Actor, at: datetime) -> Need:
    """Take over what another unit offered."""
    need = access.need_to_handle(number, by=by)
    return handling.take(need=need, handler=_person(by), by=by, at=at)


def hand_back(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Give a need back to the unit that offered it."""
    need = access.need_to_handle(number, by=by)
    return handling.hand_back(need=need, reason=_reason(reason), by=by, at=at)


def ask(*, number: str, question: str, by: Actor, at: datetime) -> Need:
    """Ask the person who asked; the clock stands still until the answer."""
    need = access.need_to_handle(number, by=by)
    question = _reason(question, field="question", label="要补充什么")
    return handling.ask(need=need, question=question, by=by, at=at)


def answer(*, number: str, by: Actor, at: datetime) -> Need:
    """Go on: the answer came by another way, for example by phone."""
    need = access.need_to_handle(number, by=by)
    return handling.answer(need=need, calendar=work_calendar(), by=by, at=at)


def pause(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Stop the promise clock, with a reason."""
    need = access.need_to_handle(number, by=by)
    return handling.pause(need=need, reason=_reason(reason), by=by, at=at)


def resume(*, number: str, by: Actor, at: datetime) -> Need:
    """Let the clock run again."""
    need = access.need_to_handle(number, by=by)
    return handling.resume(need=need, calendar=work_calendar(), by=by, at=at)


def resolve(*, number: str, words: str, by: Actor, at: datetime) -> Need:
    """Report a need as done in words that the person who asked will read.

    Raises:
        UnableToHandleError: a job of it is still open, or it came back because of how he did it.
    """
    need = access.need_to_handle(number, by=by)
    handling.require_somebody_else(need, by)
    unfinished = need.parts.exclude(job__status__in=["DONE", "CANCELLED"]).count()
    if unfinished:
        raise UnableToHandleError(f"还有 {unfinished} 张工单未完成，请先完成或撤销工单。")
    words = _reason(words, field="words", label="答复内容")
    return handling.resolve(need=need, words=words, by=by, at=at)


def reopen(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Have a need done again, for example after a complaint by phone."""
    need = access.need_to_handle(number, by=by)
    return posting.reopen_need(need=need, reason=_reason(reason), by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Cancel a need at the request of the person who asked."""
    need = access.need_to_handle(number, by=by)
    first = need.participants.filter(is_first=True).first()
    if first is None:
        raise UnableToHandleError("没有首报人，无法取消。")
    return posting_operations.cancel(participant=first, reason=_reason(reason), by=by, at=at)


def merge(*, number: str, into: str, by: Actor, at: datetime) -> Need:
    """Make a need part of another; all who asked follow that one."""
    need = access.need_to_handle(number, by=by)
    try:
        target = access.need_to_handle(into.strip(), by=by)
    except NotVisibleError as absent:
        raise InvalidInputError("没有找到要并入的需求，请核对编号。", field="into") from absent
    return handling.merge(need=need, into=target, by=by, at=at)


@transaction.atomic
def classify(*, number: str, service_code: str, by: Actor, at: datetime) -> Need:
    """Change the service: promises and unit are worked out anew from when it was received."""
    need = access.need_to_handle(number, by=by)
    service = _service(service_code)
    promised = deadlines(
        service=service,
        area_class=need.area.area_class,
        at=need.received_at,
        calendar=work_calendar(),
    )
    unit, _ = unit_for(service=service, area=need.area)
    return handling.classify(
        need=need, service=service, unit=unit, deadlines=promised, by=by, at=at
    )


@transaction.atomic
def split(*, number: str, parts: tuple[Part, ...], by: Actor, at: datetime) -> list[Job]:
    """Open one job per part, each in its unit's queue, all under the need's one promise.

    Without parts: one job for the need's own service and unit. The need is then in progress.

    Raises:
        UnableToHandleError: it is not accepted yet, or has no service.
    """
    need = access.need_to_handle(number, by=by)
    if need.status not in {"ACCEPTED", "IN_PROGRESS"}:
        raise UnableToHandleError("请先受理，再派工单。")
    if not parts:
        if need.service is None:
            raise UnableToHandleError("请先确定服务事项，再派工单。")
        parts = (Part(service_code=need.service.code, unit_code=need.unit.code),)
    made = [_open_part(need, part, by=by, at=at) for part in parts]
    if need.status == "ACCEPTED":
        handling.start(need=need, by=by, at=at)
    return made


def _open_part(need: Need, part: Part, *, by: Actor, at: datetime) -> Job:
    service = _service(part.service_code)
    unit = _unit(part.unit_code) if part.unit_code else unit_for(service=service, area=need.area)[0]
    job = job_operations.open_job(
        title=service.name,
        detail=clean_text(part.detail, field="detail", label="说明", most=1000) or need.text,
        service=service,
        area=need.area,
        point=_point(need),
        address=need.address,
        duration_min=service.duration_min,
        priority=PRIORITIES[Need.Urgency(need.urgency)],
        due_at=need.on_site_due_at or need.due_at,
        unit=unit,
        customer=need.customer,
        forbidden_team=need.avoided_team,
        by=by,
        at=at,
    )
    NeedJob.objects.create(need=need, job=job, element=Element(service.element))
    return job


def _point(need: Need) -> GeoPoint:
    if need.lat is not None and need.lon is not None:
        return GeoPoint(need.lat, need.lon)
    if need.area.lat is None or need.area.lon is None:
        raise UnableToHandleError("还不知道地点，请先询问或在地图上补点。")
    return GeoPoint(need.area.lat, need.area.lon)


def tell(*, number: str, text: str, is_internal: bool, by: Actor, at: datetime) -> Message:
    """Write to the person who asked, or a note for colleagues."""
    need = access.need_to_handle(number, by=by)
    text = clean_text(text, field="text", label="内容", most=4000, least=1)
    return handling.tell(need=need, text=text, is_internal=is_internal, by=by, at=at)


def duplicates(*, number: str, by: Actor, at: datetime) -> tuple[triage.LikelyDuplicate, ...]:
    """Return open needs that this one may repeat."""
    need = access.need_to_see(number, by=by)
    point = GeoPoint(need.lat, need.lon) if need.lat is not None and need.lon is not None else None
    return triage.likely_duplicates(
        text=need.text,
        area=need.area,
        point=point,
        at=at,
        service_code=need.service.code if need.service else "",
        besides=need.number,
    )


def reveal_phone(*, number: str, participant_id: int, reason: str, by: Actor, at: datetime) -> str:
    """Return a phone number in full to the handler, with a reason that is logged."""
    need = access.need_to_handle(number, by=by)
    found = need.participants.filter(pk=participant_id).first()
    if found is None:
        raise InvalidInputError("没有这位诉求人。", field="participant")
    return handling.reveal(participant=found, reason=_reason(reason), by=by, at=at)


def keep_filter(*, name: str, query: str, by: Actor) -> None:
    """Keep a view of the queue under a name."""
    name = clean_text(name, field="name", label="名称", most=40, least=1)
    handling.keep_filter(name=name, query=query, by=by)


Act = Callable[..., Any]
ACTS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "accept": (accept, ()),
    "take": (take, ()),
    "answer": (answer, ()),
    "resume": (resume, ()),
    "decline": (decline, ("reason",)),
    "hand_back": (hand_back, ("reason",)),
    "pause": (pause, ("reason",)),
    "reopen": (reopen, ("reason",)),
    "cancel": (cancel, ("reason",)),
    "hand_over": (hand_over, ("unit_code", "reason")),
    "ask": (ask, ("question",)),
    "resolve": (resolve, ("words",)),
    "merge": (merge, ("into",)),
    "classify": (classify, ("service_code",)),
}
"""Each verb of a need with the fields that it takes; the lifecycle says when and for whom."""
