"""What a dispatcher or an alliance unit does with a need, across intake, catalogue and work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.catalog.queries import deadlines, work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.intake import access
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Message, Need, NeedJob
from dianliang.domain.intake.operations import handling, labelling, merging
from dianliang.domain.intake.operations import posting as posting_operations
from dianliang.domain.intake.operations.handling import UnableToHandleError
from dianliang.domain.intake.queries.detail import last_event, standing
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.workforce.models import Person
from dianliang.flows import deciding, need_follow, rating
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

PRIORITIES = {
    Need.Urgency.EMERGENCY: Job.Priority.MUST,
    Need.Urgency.URGENT: Job.Priority.MUST,
    Need.Urgency.NORMAL: Job.Priority.SHOULD,
}
UNKNOWN_OWNER = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One job that a need is split into: which service, for which unit (empty: by the rules)."""

    service_code: str
    unit_code: str = ""
    detail: str = ""


def _person(by: Actor) -> Person | None:
    return Person.objects.filter(number=by.person_number).first() if by.person_number else None


def _unit(code: str) -> Unit:
    code = clean_text(code, field="unit", label="单位", most=40)
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise InvalidInputError("没有这个单位，请重新选择。", field="unit")
    return unit


def _service(code: str) -> Service:
    code = clean_text(code, field="service", label="服务事项", most=40)
    service = Service.objects.filter(code=code, is_active=True).select_related("skill").first()
    if service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service")
    return service


def _reason(text: str, *, field: str = "reason", label: str = "原因") -> str:
    return clean_text(text, field=field, label=label, most=500, least=1)


@transaction.atomic
def accept(*, number: str, by: Actor, at: datetime) -> Need:
    """Accept a need as it stands: what nobody decided of its suggestion is agreed to thereby."""
    need = access.need_to_handle(number, by=by)
    accepted = handling.accept(need=need, handler=_person(by), by=by, at=at)
    for aspect in (Aspect.SERVICE, Aspect.UNIT, Aspect.URGENCY):
        deciding.agree_unless_decided(need, aspect, by=by, at=at, is_tacit=True)
    return accepted


def decline(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Refuse a need with a reason."""
    need = access.need_to_handle(number, by=by)
    return handling.decline(need=need, reason=_reason(reason), by=by, at=at)


@transaction.atomic
def hand_over(*, number: str, unit_code: str, reason: str, by: Actor, at: datetime) -> Need:
    """Offer a need to another unit; that the suggested one was wrong is recorded."""
    need = access.need_to_handle(number, by=by)
    to = _unit(unit_code)
    moved = handling.hand_over(need=need, to=to, reason=_reason(reason), by=by, at=at)
    handling.decide(need=need, aspect=Aspect.UNIT, chosen=to.code, by=by, at=at)
    return moved


def recall(*, number: str, by: Actor, at: datetime) -> Need:
    """Take back what another unit was offered and has not taken yet."""
    return handling.recall(need=access.need_to_recall(number, by=by), by=by, at=at)


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


@transaction.atomic
def answer(*, number: str, by: Actor, at: datetime) -> Need:
    """Go on: the answer came by another way, for example by phone."""
    need = access.need_to_handle(number, by=by)
    handling.answer(need=need, calendar=work_calendar(), by=by, at=at)
    need_follow.go_on_working(need, at=at)
    return need


def pause(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Stop the promise clock, with a reason."""
    need = access.need_to_handle(number, by=by)
    return handling.pause(need=need, reason=_reason(reason), by=by, at=at)


@transaction.atomic
def resume(*, number: str, by: Actor, at: datetime) -> Need:
    """Let the clock run again."""
    need = access.need_to_handle(number, by=by)
    handling.resume(need=need, calendar=work_calendar(), by=by, at=at)
    need_follow.go_on_working(need, at=at)
    return need


def resolve(*, number: str, words: str, by: Actor, at: datetime) -> Need:
    """Report a need as done in words that the person who asked will read.

    Raises:
        UnableToHandleError: a job of it is still open, or it came back because of how he did it.
    """
    need = access.need_to_handle(number, by=by)
    handling.require_somebody_else(need, by)
    unfinished = need.parts.exclude(job__status__in=["DONE", "CANCELLED"]).count()
    if unfinished:
        raise UnableToHandleError(
            Phrase("还有 %(unfinished)s 张工单未完成，请先完成或撤销工单。", unfinished=unfinished)
        )
    words = _reason(words, field="words", label="答复内容")
    return handling.resolve(need=need, words=words, by=by, at=at)


def reopen(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Have a need done again, for example after a complaint by phone."""
    need = access.need_to_handle(number, by=by)
    return rating.reopen_need(need=need, reason=_reason(reason), by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Cancel a need at the request of the person who asked."""
    need = access.need_to_handle(number, by=by)
    first = need.participants.filter(is_first=True).first()
    if first is None:
        raise UnableToHandleError("没有首报人，无法取消。")
    return posting_operations.cancel(participant=first, reason=_reason(reason), by=by, at=at)


@transaction.atomic
def merge(*, number: str, into: str, by: Actor, at: datetime) -> Need:
    """Make a need part of another; all who asked follow that one."""
    need = access.need_to_handle(number, by=by)
    try:
        target = access.need_to_handle(into.strip(), by=by)
    except NotVisibleError as absent:
        raise InvalidInputError("没有找到要并入的需求，请核对编号。", field="into") from absent
    likely = next(
        (d for d in deciding.likely_of(need, by=by, at=at) if d.number == target.number), None
    )
    moved = merging.merge(need=need, into=target, by=by, at=at)
    if likely is not None:
        evidence = deciding.evidence(likely)
        handling.judge_duplicate(need=need, evidence=evidence, is_same=True, by=by, at=at)
    return moved


def unmerge(*, number: str, reason: str, by: Actor, at: datetime) -> Need:
    """Undo a merge that was a mistake."""
    need = access.need_to_handle(number, by=by)
    return merging.unmerge(need=need, reason=_reason(reason), by=by, at=at)


@transaction.atomic
def set_urgency(*, number: str, urgency: str, reason: str, by: Actor, at: datetime) -> Need:
    """Change how soon somebody must look; jobs that wait follow."""
    need = access.need_to_handle(number, by=by)
    handling.set_urgency(need=need, urgency=urgency, reason=_reason(reason), by=by, at=at)
    priority = PRIORITIES[Need.Urgency(urgency)]
    for part in need.parts.select_related("job"):
        job_operations.reprioritise(job=part.job, priority=priority, by=by, at=at)
    return need


@transaction.atomic
def classify(*, number: str, service_code: str, owner: str = "", by: Actor, at: datetime) -> Need:
    """Change the service: promises and unit are worked out anew from when it was received.

    `owner` says whose facility it is; empty leaves what is known, `unknown` takes it back.
    """
    need = access.need_to_handle(number, by=by)
    return reclassify(
        need=need, service=_service(service_code), owner=_owner(owner, need), by=by, at=at
    )


def reclassify(*, need: Need, service: Service, owner: str, by: Actor, at: datetime) -> Need:
    """Change the service of a need that the actor may decide on, with all that follows from it."""
    promised = deadlines(
        service=service,
        area_class=need.area.area_class,
        at=need.received_at,
        calendar=work_calendar(),
    )
    unit, _ = unit_for(service=service, area=need.area, owner=owner)
    return handling.classify(
        need=need, service=service, owner=owner, unit=unit, deadlines=promised, by=by, at=at
    )


def _owner(chosen: str, need: Need) -> str:
    if chosen not in {"", UNKNOWN_OWNER, *Owner.values}:
        raise InvalidInputError("没有这种设施归属，请重新选择。", field="owner")
    return "" if chosen == UNKNOWN_OWNER else chosen or need.facility_owner


@transaction.atomic
def split(
    *, number: str, parts: tuple[Part, ...], seen: str = "", by: Actor, at: datetime
) -> list[Job]:
    """Open one job per part, each in its unit's queue, all under the need's one promise.

    Without parts: one job for the need's own service and unit. The need is then in progress.
    `seen` is how the need stood on the person's screen: a second press opens nothing.

    Raises:
        UnableToHandleError: it is not accepted yet, or has no service.
        StaleStateError: somebody moved or split it meanwhile; who and when is said.
    """
    need = access.need_to_handle(number, by=by)
    labelling.hold(need)  # two presses at once: one after the other
    if seen:
        _check_seen(need, seen)
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
    ruled, _ = unit_for(service=service, area=need.area, owner=need.facility_owner)
    unit = _unit(part.unit_code) if part.unit_code else ruled
    job = job_operations.open_job(
        title=service.name,
        detail=clean_text(part.detail, field="detail", label="说明", most=1000) or need.text,
        service=service,
        area=need.area,
        point=_point(need),
        address=need.address,
        duration_min=service.duration_min,
        priority=PRIORITIES[Need.Urgency(need.urgency)],
        windows=_wished(need, at=at),
        due_at=need.on_site_due_at or need.due_at,
        unit=unit,
        customer=need.customer,
        forbidden_team=need.avoided_team,
        by=by,
        at=at,
    )
    NeedJob.objects.create(need=need, job=job, element=Element(service.element))
    return job


def _wished(need: Need, *, at: datetime) -> tuple[TimeWindow, ...]:
    """Return the time that was agreed on the telephone, unless it is over."""
    if need.wish_starts_at is None or need.wish_ends_at is None or need.wish_ends_at <= at:
        return ()
    return (TimeWindow(need.wish_starts_at, need.wish_ends_at),)


def _point(need: Need) -> GeoPoint:
    if need.lat is not None and need.lon is not None:
        return GeoPoint(need.lat, need.lon)
    if need.area.lat is None or need.area.lon is None:
        raise UnableToHandleError("还不知道地点，请先询问或在地图上补点。")
    return GeoPoint(need.area.lat, need.area.lon)


def tell(*, number: str, text: str, is_internal: bool, by: Actor, at: datetime) -> Message:
    """Write to the person who asked, or a note for colleagues.

    Who only does a job of the need may leave a note; its handler speaks with the person.
    """
    visible = access.need_to_note if is_internal else access.need_to_handle
    need = visible(number, by=by)
    text = clean_text(text, field="text", label="内容", most=4000, least=1)
    return handling.tell(need=need, text=text, is_internal=is_internal, by=by, at=at)


def reveal_phone(*, number: str, participant_id: int, reason: str, by: Actor, at: datetime) -> str:
    """Return a phone number in full to the handler, with a reason that is logged."""
    need = access.need_to_handle(number, by=by)
    found = need.participants.filter(pk=participant_id).first()
    if found is None:
        raise InvalidInputError("没有这位诉求人。", field="participant")
    return handling.reveal(participant=found, reason=_reason(reason), by=by, at=at)


Act = Callable[..., Any]
ACTS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "accept": (accept, ()),
    "take": (take, ()),
    "answer": (answer, ()),
    "resume": (resume, ()),
    "recall": (recall, ()),
    "agree": (deciding.agree, ("aspect",)),
    "unmerge": (unmerge, ("reason",)),
    "keep_apart": (deciding.keep_apart, ("other",)),
    "urgency": (set_urgency, ("urgency", "reason")),
    "decline": (decline, ("reason",)),
    "hand_back": (hand_back, ("reason",)),
    "pause": (pause, ("reason",)),
    "reopen": (reopen, ("reason",)),
    "cancel": (cancel, ("reason",)),
    "hand_over": (hand_over, ("unit_code", "reason")),
    "ask": (ask, ("question",)),
    "resolve": (resolve, ("words",)),
    "merge": (merge, ("into",)),
    "classify": (classify, ("service_code", "owner")),
}
"""Each verb of a need with the fields that it takes; the lifecycle says when and for whom."""


def perform(
    *, verb: str, number: str, fields: dict[str, str], seen: str = "", by: Actor, at: datetime
) -> Need:
    """Do one thing with a need, unless it has moved since the person saw it.

    `seen` is how the need stood on the person's screen, as `standing` names it; empty if unknown.

    Raises:
        NotVisibleError: there is no such verb, or the need is not the actor's to handle.
        StaleStateError: somebody moved it meanwhile; who and when is said.
        DomainError: what the verb itself refuses.
    """
    if verb not in ACTS:
        raise NotVisibleError("没有这种操作。")
    function, names = ACTS[verb]
    if seen:
        _check_seen(access.need_to_see(number, by=by), seen)
    values = {name: fields.get(name, "") for name in names}
    done: Need = function(number=number, by=by, at=at, **values)
    return done


def _check_seen(need: Need, seen: str) -> None:
    if seen == standing(need):
        return
    last = last_event(need)
    at = f"{last.at.astimezone(SHANGHAI):%H:%M}" if last else ""
    who = Phrase("%(name)s在 %(at)s ", name=last.actor_name, at=at) if last else ""
    raise StaleStateError(
        Phrase(
            "您打开这一页之后，%(who)s处理过这条需求，现在是“%(status)s”。您的"
            "操作没有执行；下面是最新情况，请看过再操作。",
            who=who,
            status=Phrase(need.get_status_display()),
        )
    )
