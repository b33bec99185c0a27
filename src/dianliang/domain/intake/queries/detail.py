"""One need as its handler sees it: everything known, personal details masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Service
from dianliang.domain.intake import access
from dianliang.domain.intake.models import Need
from dianliang.domain.intake.queries.board import NeedRow, next_visits, row_of, verbs
from dianliang.domain.intake.queries.following import PLAIN_WORDS
from dianliang.domain.work.lifecycle import JOB_LABELS, VISIT_LABELS
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
    """One line of the whole timeline."""

    at: datetime
    words: str
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
    response_due_at: datetime
    on_site_due_at: datetime | None
    due_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    service_code: str
    unit_code: str
    verbs: tuple[tuple[str, str], ...]
    askers: tuple[Asker, ...]
    proposed: tuple[Proposed, ...]
    unit_why: str
    urgency_reasons: tuple[str, ...]
    hints: tuple[str, ...]
    places: tuple[str, ...]
    version: str
    events: tuple[Event, ...]
    parts: tuple[PartRow, ...]
    messages: tuple[MessageRow, ...]
    pauses: tuple[tuple[datetime, datetime | None, str], ...]
    photo_tokens: tuple[str, ...]


def need_page(number: str, *, by: Actor, at: datetime) -> NeedPage:
    """Return the page of a need.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    need = access.need_to_see(number, by=by)
    body = _suggestion(need)
    return NeedPage(
        row=row_of(need, by=by, at=at, visit_at=next_visits([need]).get(need.pk)),
        text=need.text,
        address=need.address,
        place_label=need.get_place_source_display(),
        handler_name=need.handler.name if need.handler else "",
        handed_over_from=need.handed_over_from.name if need.handed_over_from else "",
        merged_into=need.merged_into.number if need.merged_into else "",
        response_due_at=need.response_due_at,
        on_site_due_at=need.on_site_due_at,
        due_at=need.due_at,
        first_response_at=need.first_response_at,
        resolved_at=need.resolved_at,
        service_code=need.service.code if need.service else "",
        unit_code=need.unit.code,
        verbs=tuple((t.verb, t.label) for t in verbs(need, by=by)),
        askers=_askers(need),
        proposed=_proposed(body),
        unit_why=body.get("unit_why", ""),
        urgency_reasons=tuple(body.get("urgency_reasons", ())),
        hints=tuple(f"{hint['kind']}（“{hint['cue']}”）" for hint in body.get("hints", ())),
        places=tuple(_place(found) for found in body.get("places", ())),
        version=body.get("version", ""),
        events=_events(need),
        parts=_parts(need),
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


def _suggestion(need: Need) -> dict[str, Any]:
    found = need.suggestions.order_by("-pk").first()
    return found.body if found else {}


def _place(found: dict[str, Any]) -> str:
    doubt = f"（有 {len(found['codes'])} 处同名，请核对）" if len(found["codes"]) > 1 else ""
    return f"{found['name']}{doubt}"


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


def _events(need: Need) -> tuple[Event, ...]:
    events = AuditEvent.objects.filter(target_type="intake.need", target_id=need.number)
    words = {**PLAIN_WORDS, **INTERNAL_WORDS}
    return tuple(
        Event(
            at=event.at,
            words=words.get(event.verb, event.verb),
            actor_name=event.actor_name,
            role_label=ROLE_LABELS.get(Role(event.role), event.role),
            note=event.reason,
        )
        for event in events.order_by("-at", "-id")[:200]
    )


def _parts(need: Need) -> tuple[PartRow, ...]:
    rows = need.parts.select_related("job", "job__unit").prefetch_related("job__visits__team")
    made = []
    for part in rows.order_by("pk"):
        visits = sorted(part.job.visits.all(), key=lambda visit: visit.pk)
        last = visits[-1] if visits else None
        made.append(
            PartRow(
                job_number=part.job.number,
                title=part.job.title,
                unit_name=part.job.unit.name,
                status=part.job.status,
                status_label=JOB_LABELS[part.job.status],
                visit=f"{last.team.name} {VISIT_LABELS[last.status]}" if last else "",
                visit_at=last.arrive_at if last else None,
            )
        )
    return tuple(made)


def _photos(need: Need) -> tuple[str, ...]:
    own = list(need.photos.values_list("token", flat=True))
    said = need.messages.filter(photos__isnull=False).values_list("photos__token", flat=True)
    done = need.parts.filter(job__visits__photos__isnull=False)
    return (*own, *said, *done.values_list("job__visits__photos__token", flat=True))


def shows_photo(number: str, token: str, *, by: Actor) -> bool:
    """Tell whether a photo belongs to a need that the actor may see."""
    return token in _photos(access.need_to_see(number, by=by))
