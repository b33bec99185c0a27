"""One need as its handler sees it: everything known, personal details masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Service
from dianliang.domain.intake import access
from dianliang.domain.intake.models import Decision, Need
from dianliang.domain.intake.queries.board import Fieldwork, NeedRow, fieldwork_of, row_of, verbs
from dianliang.domain.intake.queries.following import PLAIN_WORDS
from dianliang.domain.intake.queries.words import voices
from dianliang.domain.intake.suggesting import latest_suggestion
from dianliang.domain.work.lifecycle import JOB, JOB_LABELS, VISIT, VISIT_LABELS
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import ROLE_LABELS, Actor, Role
from dianliang.kernel.masking import mask_account, mask_name, mask_phone

INTERNAL_WORDS = {
    "intake.need.say": "诉求人补充",
    "intake.need.tell": "答复诉求人",
    "intake.need.note": "内部备注",
    "intake.need.classify": "改类别",
    "intake.need.stars": "收到评价",
    "intake.need.merge": "并入另一条",
    "intake.need.reveal": "查看联系方式",
    "intake.need.urgency": "改缓急",
    "intake.need.agree": "采纳建议",
    "intake.need.keep_apart": "认定不是重复",
    "intake.need.label": "定类别（不改派）",
    "intake.need.also": "记同时涉及",
    "intake.need.second": "盲评类别",
    "intake.need.settle": "统一相似需求的类别",
    "intake.need.take_back": "撤销定类别",
    "intake.need.recall": "撤回移交",
    "intake.need.unmerge": "拆回，单独办理",
    "intake.need.release": "有一条拆回单独办理",
}
WORK_WORDS = {
    "work.job.open": "开工单",
    "work.job.reprioritise": "工单优先级跟随缓急",
    **{f"work.job.{row.verb}": f"工单{row.label}" for row in JOB},
    "work.visit.publish": "上门已排定",
    **{f"work.visit.{row.verb}": f"上门{row.label}" for row in VISIT},
}
BANDS = {"auto": "可直接采用", "suggest": "供参考", "human": "需人工判断"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who asked, masked."""

    id: int
    kind_label: str
    name: str
    phone: str
    on_behalf_of: str
    firm: str
    account_number: str
    text: str
    joined_at: datetime
    has_phone: bool
    stars: int | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A service that triage proposes."""

    code: str
    name: str
    share: float
    band_label: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the whole timeline: of the need, a job of it or a visit for it."""

    at: datetime
    words: str
    subject: str
    actor_name: str
    role_label: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A job of the need."""

    job_number: str
    title: str
    unit_name: str
    status: str
    status_label: str
    visit: str
    visit_at: datetime | None
    handed_over_from: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a person made of one part of the suggestion."""

    aspect: str
    proposed: str
    chosen: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message or note."""

    at: datetime
    author: str
    text: str
    is_internal: bool
    from_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPage:
    """All that the page of a need shows to its handler."""

    row: NeedRow
    text: str
    address: str
    place_label: str
    handler_name: str
    handed_over_from: str
    merged_into: str
    merged: tuple[str, ...]
    unit_path: str
    standing: str
    wish_starts_at: datetime | None
    wish_ends_at: datetime | None
    response_due_at: datetime
    on_site_due_at: datetime | None
    due_at: datetime
    first_response_at: datetime | None
    arrived_at: datetime | None
    resolved_at: datetime | None
    service_code: str
    unit_code: str
    facility_owner: str
    verbs: tuple[tuple[str, str], ...]
    askers: tuple[Asker, ...]
    proposed: tuple[Proposed, ...]
    decided: tuple[Judged, ...]
    unit_reason: dict[str, Any]
    proposed_unit: str
    proposed_urgency: str
    urgency_reasons: tuple[tuple[str, str], ...]
    hints: tuple[str, ...]
    places: tuple[str, ...]
    version: str
    events: tuple[Event, ...]
    parts: tuple[PartRow, ...]
    messages: tuple[MessageRow, ...]
    pauses: tuple[tuple[datetime, datetime | None, str], ...]
    photo_tokens: tuple[str, ...]


def _urgency_reasons(body: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return each danger with the words that tell it; without any, what else is urgent."""
    dangers = [(found["kind"], found["clause"]) for found in body.get("dangers", ())]
    return tuple(dangers or [(reason, "") for reason in body.get("urgency_reasons", ())])


def need_page(number: str, *, by: Actor, at: datetime) -> NeedPage:
    """Return the page of a need.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    need = access.need_to_see(number, by=by)
    fieldwork = fieldwork_of([need]).get(need.pk, Fieldwork())
    suggestion = latest_suggestion(need)
    body: dict[str, Any] = suggestion.body if suggestion else {}
    related = ("job__unit", "job__handed_over_from")
    parts = list(need.parts.select_related(*related).prefetch_related("job__visits__team"))
    return NeedPage(
        row=row_of(need, by=by, at=at, fieldwork=fieldwork, behind=voices([need.pk]).get(need.pk)),
        arrived_at=fieldwork.arrived_at,
        text=need.text,
        address=need.address,
        place_label=need.get_place_source_display(),
        handler_name=need.handler.name if need.handler else "",
        handed_over_from=need.handed_over_from.name if need.handed_over_from else "",
        merged_into=need.merged_into.number if need.merged_into else "",
        merged=tuple(need.merged.order_by("number").values_list("number", flat=True)),
        unit_path=need.unit.path,
        standing=standing(need),
        wish_starts_at=need.wish_starts_at,
        wish_ends_at=need.wish_ends_at,
        response_due_at=need.response_due_at,
        on_site_due_at=need.on_site_due_at,
        due_at=need.due_at,
        first_response_at=need.first_response_at,
        resolved_at=need.resolved_at,
        service_code=need.service.code if need.service else "",
        unit_code=need.unit.code,
        facility_owner=need.facility_owner,
        verbs=tuple((t.verb, t.label) for t in verbs(need, by=by)),
        askers=_askers(need),
        proposed=_proposed(body),
        decided=_decided(need),
        unit_reason=body.get("unit_reason", {"words": body.get("unit_why", "")}),
        proposed_unit=body.get("unit_code", ""),
        proposed_urgency=body.get("urgency", ""),
        urgency_reasons=_urgency_reasons(body),
        hints=tuple(f"{hint['kind']}（“{hint['cue']}”）" for hint in body.get("hints", ())),
        places=tuple(_place(found) for found in body.get("places", ())),
        version=body.get("version", ""),
        events=_events(need, [part.job for part in parts]),
        parts=_parts(need, [part.job for part in parts], by=by),
        messages=tuple(
            MessageRow(
                at=row.at,
                author=row.author,
                text=row.text,
                is_internal=row.is_internal,
                from_public=row.from_public,
            )
            for row in need.messages.all()
        ),
        pauses=tuple(need.pauses.order_by("from_at").values_list("from_at", "until_at", "reason")),
        photo_tokens=_photos(need),
    )


def need_row(number: str, *, by: Actor, at: datetime) -> NeedRow:
    """Return a need as a line of the queue.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    need = access.need_to_see(number, by=by)
    return row_of(
        need,
        by=by,
        at=at,
        fieldwork=fieldwork_of([need]).get(need.pk),
        behind=voices([need.pk]).get(need.pk),
    )


def standing(need: Need) -> str:
    """Name how a need stands: what two people who handle it could disagree about."""
    service = need.service.code if need.service else ""
    return f"{need.status}.{need.unit.code}.{service}.{need.urgency}.{need.parts.count()}"


def last_event(need: Need) -> AuditEvent | None:
    """Return what was done last with a need."""
    events = AuditEvent.objects.filter(target_type="intake.need", target_id=need.number)
    return events.order_by("-id").first()


def _decided(need: Need) -> tuple[Judged, ...]:
    rows = Decision.objects.filter(suggestion__need=need).order_by("pk")
    return tuple(
        Judged(
            aspect=row.aspect,
            proposed=row.proposed,
            chosen=row.chosen,
            by_name=row.by_name,
            at=row.at,
        )
        for row in rows
    )


def _place(found: dict[str, Any]) -> str:
    doubt = f"（有 {len(found['codes'])} 处同名，请核对）" if len(found["codes"]) > 1 else ""
    outside = "（不在本服务区）" if found.get("is_outside") else ""
    return f"{found['name']}{doubt}{outside}"


def _proposed(body: dict[str, Any]) -> tuple[Proposed, ...]:
    rows = body.get("categories", ())
    names = dict(
        Service.objects.filter(code__in=[row["service_code"] for row in rows]).values_list(
            "code", "name"
        )
    )
    return tuple(
        Proposed(
            code=row["service_code"],
            name=names.get(row["service_code"], row["service_code"]),
            share=row["confidence"],
            band_label=BANDS[row["band"]],
            evidence=tuple(row["evidence"]),
        )
        for row in rows
    )


def _askers(need: Need) -> tuple[Asker, ...]:
    rows = need.participants.order_by("-is_first", "joined_at").prefetch_related("ratings")
    made = []
    for row in rows:
        rating = max(row.ratings.all(), key=lambda r: r.round, default=None)
        made.append(
            Asker(
                id=row.pk,
                kind_label=row.get_kind_display(),
                name=mask_name(row.name),
                phone=mask_phone(row.phone),
                on_behalf_of=mask_name(row.on_behalf_of),
                firm=row.firm,
                account_number=mask_account(row.account_number),
                text=row.text,
                joined_at=row.joined_at,
                has_phone=bool(row.phone),
                stars=rating.stars if rating else None,
                words=rating.words if rating else "",
            )
        )
    return tuple(made)


def _events(need: Need, jobs: list[Job]) -> tuple[Event, ...]:
    numbers = [job.number for job in jobs]
    visits = [visit.number for job in jobs for visit in job.visits.all()]
    events = AuditEvent.objects.filter(
        Q(target_type="intake.need", target_id=need.number)
        | Q(target_type="work.job", target_id__in=numbers)
        | Q(target_type="work.visit", target_id__in=visits)
    )
    words = {**PLAIN_WORDS, **INTERNAL_WORDS, **WORK_WORDS}
    return tuple(
        Event(
            at=event.at,
            words=words.get(event.verb, event.verb),
            subject="" if event.target_type == "intake.need" else event.target_id,
            actor_name=event.actor_name,
            role_label=ROLE_LABELS.get(Role(event.role), event.role),
            note=event.reason,
        )
        for event in events.order_by("-at", "-id")[:200]
    )


def _parts(need: Need, jobs: list[Job], *, by: Actor) -> tuple[PartRow, ...]:
    made = []
    for job in sorted(jobs, key=lambda job: job.pk):
        last = max(job.visits.all(), key=lambda visit: visit.pk, default=None)
        giver = job.handed_over_from
        made.append(
            PartRow(
                job_number=job.number,
                title=job.title,
                unit_name=job.unit.name,
                status=job.status,
                status_label=JOB_LABELS[job.status],
                visit=f"{last.team.name} {VISIT_LABELS[last.status]}" if last else "",
                visit_at=last.arrive_at if last else None,
                handed_over_from=giver.name if giver else "",
                verbs=_job_verbs(need, job, by=by),
            )
        )
    return tuple(made)


def _job_verbs(need: Need, job: Job, *, by: Actor) -> tuple[str, ...]:
    """Return what the actor may do with a job now: his unit has it, gave it, or opened it."""
    if by.role not in access.HANDLERS:
        return ()
    mine = by.reaches_unit(job.unit.path)
    giver = job.handed_over_from
    allowed: set[str] = set()
    if mine and job.status != "SCHEDULED":
        allowed = {"take", "hand_over", "hand_back", "complete", "cancel"}
    if giver is not None and by.reaches_unit(giver.path):
        allowed.add("recall")
    if by.reaches_unit(need.unit.path) and job.status != "SCHEDULED":
        allowed.add("cancel")
    return tuple(t.verb for t in JOB.verbs(job.status, role=Role(by.role)) if t.verb in allowed)


def _photos(need: Need) -> tuple[str, ...]:
    own = list(need.photos.values_list("token", flat=True))
    said = need.messages.filter(photos__isnull=False).values_list("photos__token", flat=True)
    done = need.parts.filter(job__visits__photos__isnull=False)
    return (*own, *said, *done.values_list("job__visits__photos__token", flat=True))


def shows_photo(number: str, token: str, *, by: Actor) -> bool:
    """Tell whether a photo belongs to a need that the actor may see."""
    return token in _photos(access.need_to_see(number, by=by))
