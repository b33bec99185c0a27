"""Events as lists, pages and a phone show them; what was deleted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dianliang.domain.linewatch.lifecycle import EVENT_LABELS
from dianliang.domain.linewatch.models import Deletion, Event
from dianliang.kernel.phrases import Phrase, from_text, joined, phrase_of

KINDS = {"stay": "停留", "fishing": "垂钓"}
WARNINGS = {"": "未预警", "console": "只登记", "voice": "现场喊话", "steward": "派电管家"}
VOICES = {
    "": "没有喊话",
    "waiting": "等喇叭应答",
    "spoken": "喇叭已喊话",
    "failed": "喇叭没有应答，已派人",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event: nothing in it names or describes whoever was seen."""

    number: str
    camera: str
    camera_name: str
    line_name: str
    span: str
    area_name: str
    zone: str
    kind: str
    kind_label: str
    happened_at: datetime
    since_at: datetime
    people: int
    confidence: float
    reasons: tuple[str, ...]
    warning: str
    warning_label: str
    warned_at: datetime | None
    latency_s: float | None
    status: str
    status_label: str
    answered_at: datetime | None
    answered_by: str
    note: str
    job: str
    told_name: str
    told_at: datetime | None
    told_how: str
    voice: str
    voice_label: str
    voice_words: str
    voice_at: datetime | None
    need: str
    has_snapshot: bool
    has_strip: bool
    has_clip: bool
    frames: tuple[float, ...]
    deleted_at: datetime | None
    is_generated: bool

    @property
    def stayed_s(self) -> float:
        """Return how long the stay had lasted when it became an event, in seconds."""
        return (self.happened_at - self.since_at).total_seconds()


def row(event: Event) -> EventRow:
    """Return an event as lists show it; `camera__area` and `job` are selected with it."""
    camera = event.camera
    return EventRow(
        number=event.number,
        camera=camera.number,
        camera_name=camera.name,
        line_name=camera.line_name,
        span=camera.span,
        area_name=camera.area.name,
        zone=event.zone,
        kind=event.kind,
        kind_label=KINDS[event.kind],
        happened_at=event.happened_at,
        since_at=event.since_at,
        people=event.people,
        confidence=event.confidence,
        reasons=tuple(phrase_of(one["words"]) for one in event.reasons),
        warning=event.warning,
        warning_label=WARNINGS[event.warning],
        warned_at=event.warned_at,
        latency_s=event.latency_s,
        status=event.status,
        status_label=EVENT_LABELS[event.status],
        answered_at=event.answered_at,
        answered_by=event.answered_by,
        note=event.note,
        job=event.job.number if event.job else "",
        told_name=event.told_name,
        told_at=event.told_at,
        told_how=joined("、", map(Phrase, filter(None, event.told_how.split("、")))),
        voice=event.voice,
        voice_label=VOICES[event.voice],
        voice_words=from_text(event.voice_words),
        voice_at=event.voice_at,
        need=event.need,
        has_snapshot=event.snapshot_id is not None,
        has_strip=event.strip_id is not None,
        has_clip=event.clip_id is not None,
        frames=tuple(event.frames),
        deleted_at=event.deleted_at,
        is_generated=event.is_generated,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSite:
    """An event as the team sees it that was sent there."""

    number: str
    line_name: str
    span: str
    voltage_kv: float
    zone: str
    kind_label: str
    happened_at: datetime
    people: int
    reasons: tuple[str, ...]
    has_snapshot: bool


def on_site(job_ids: Collection[int]) -> dict[int, tuple[OnSite, ...]]:
    """Return for each job the events behind it that nobody has answered yet."""
    found: dict[int, tuple[OnSite, ...]] = {}
    waiting = Event.objects.filter(job__in=job_ids, status="WAITING").select_related("camera")
    for event in waiting.order_by("-happened_at"):
        if event.job_id is not None:
            found[event.job_id] = (*found.get(event.job_id, ()), _on_site(event))
    return found


def _on_site(event: Event) -> OnSite:
    return OnSite(
        number=event.number,
        line_name=event.camera.line_name,
        span=event.camera.span,
        voltage_kv=event.camera.voltage_kv,
        zone=event.zone,
        kind_label=KINDS[event.kind],
        happened_at=event.happened_at,
        people=event.people,
        reasons=tuple(phrase_of(one["words"]) for one in event.reasons),
        has_snapshot=event.snapshot_id is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRow:
    """What was deleted, when, and why then."""

    number: str
    event: str
    camera: str
    files: int
    size_bytes: int
    taken_at: datetime
    kept_days: int
    deleted_at: datetime


def deletions(found: QuerySet[Deletion]) -> tuple[DeletionRow, ...]:
    """Return rows of the register of deletions."""
    return tuple(
        DeletionRow(
            number=row.number,
            event=row.event,
            camera=row.camera.number,
            files=row.files,
            size_bytes=row.size_bytes,
            taken_at=row.taken_at,
            kept_days=row.kept_days,
            deleted_at=row.deleted_at,
        )
        for row in found
    )
