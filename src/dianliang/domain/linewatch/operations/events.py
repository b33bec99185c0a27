"""Events: kept as the guard saw them, led to a job, answered, their pictures deleted in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit, files, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.linewatch.lifecycle import EVENT
from dianliang.domain.linewatch.models import Camera, Deletion, Event
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import Phrase, kept, to_text

ANSWERS = {"TRUE": "confirm", "FALSE": "dismiss", "UNCLEAR": "doubt"}


class UnableToAnswerError(DomainError):
    """What was said about the event cannot be."""

    code = "linewatch.unable-to-answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the guard says happened. Pictures have every head covered."""

    zone: str
    kind: str
    happened_at: datetime
    since_at: datetime
    people: int
    confidence: float
    reasons: Sequence[dict[str, str]]
    warning: str = ""
    warned_at: datetime | None = None
    latency_s: float | None = None
    snapshot: StoredFile | None = None
    strip: StoredFile | None = None
    clip: StoredFile | None = None
    frames: Sequence[float] = ()
    voice: str = ""

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """Return what was stored for it."""
        found = (self.snapshot, self.strip, self.clip)
        return tuple(one for one in found if one is not None)


@transaction.atomic
def keep(*, camera: Camera, seen: Seen, at: datetime) -> Event:
    """Keep an event of a camera (登记事件)."""
    event = Event.objects.create(
        number=next_number("SH", at=at),
        camera=camera,
        zone=seen.zone[:40],
        kind=seen.kind,
        happened_at=seen.happened_at,
        since_at=seen.since_at,
        people=seen.people,
        confidence=seen.confidence,
        reasons=[{**one, "words": kept(one["words"])} for one in seen.reasons],
        warning=seen.warning,
        warned_at=seen.warned_at,
        latency_s=seen.latency_s,
        snapshot=seen.snapshot,
        strip=seen.strip,
        clip=seen.clip,
        frames=list(seen.frames),
        voice=seen.voice,
    )
    audit.record("linewatch.event.keep", target=event, by=SYSTEM, at=at, after=event.warning)
    return event


@transaction.atomic
def send_to(*, event: Event, job: Job, by: Actor, at: datetime, reason: str = "") -> Event:
    """Let an event be the reason for a job (派单)."""
    event.job, event.warning = job, "steward"
    event.save(update_fields=["job", "warning"])
    audit.record(
        "linewatch.event.send", target=event, by=by, at=at, after=job.number, reason=reason
    )
    return event


@transaction.atomic
def note_voice(*, event: Event, is_spoken: bool, words: str, at: datetime) -> Event:
    """Note what the loudspeakers answered to an event's warning (喇叭应答)."""
    event.voice = "spoken" if is_spoken else "failed"
    event.voice_words, event.voice_at = to_text(words, most=200), at
    event.save(update_fields=["voice", "voice_words", "voice_at"])
    audit.record(
        "linewatch.event.voice",
        target=event,
        by=SYSTEM,
        at=at,
        after=event.voice,
        reason=words[:200],
    )
    return event


@transaction.atomic
def note_need(*, event: Event, need: str, by: Actor, at: datetime) -> Event:
    """Note which need came of an event (提需求).

    Raises:
        StaleStateError: somebody else has just made one of it.
    """
    moved = Event.objects.filter(pk=event.pk, need="").update(need=need)
    if moved != 1:
        raise StaleStateError("这个事件刚被他人提了需求，请刷新。")
    event.need = need
    audit.record("linewatch.event.ask", target=event, by=by, at=at, after=need)
    return event


@transaction.atomic
def note_told(*, event: Event, name: str, how: str, at: datetime) -> Event:
    """Note that a steward was told of an event, and how (通知)."""
    event.told_name, event.told_how, event.told_at = name, how[:60], at
    event.save(update_fields=["told_name", "told_how", "told_at"])
    audit.record("linewatch.event.tell", target=event, by=SYSTEM, at=at, after=event.told_how)
    return event


def answer(
    *,
    event: Event,
    verdict: str,
    note: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Event:
    """Say whether an event was true, a false alarm, or cannot be told (反馈).

    Raises:
        UnableToAnswerError: there is no such answer, or too many words.
        StaleStateError: somebody else has answered just now.
    """
    if verdict not in ANSWERS:
        raise UnableToAnswerError("请选择属实、误报或看不清。", field="verdict")
    note = note.strip()
    if len(note) > 200:
        raise UnableToAnswerError("说明不超过 200 字。", field="note")
    when = min(device_at, at) if device_at else at
    return transitions.apply(
        event,
        ANSWERS[verdict],
        lifecycle=EVENT,
        by=by,
        at=at,
        note=note,
        device_at=device_at,
        changes={
            "answered_at": max(when, event.happened_at),
            "answered_by": by.name,
            "note": note,
        },
    )


@transaction.atomic
def delete_pictures(*, event: Event, kept_days: int, at: datetime) -> Deletion:
    """Delete an event's pictures because their time is over; what was deleted is on register.

    Raises:
        UnableToAnswerError: their time is not over.
    """
    if at < event.happened_at + timedelta(days=kept_days):
        raise UnableToAnswerError(Phrase("%(n)s 的画面还没有到期。", n=event.number))
    stored = [one for one in (event.snapshot, event.strip, event.clip) if one is not None]
    row = _registered(
        event.camera,
        stored,
        event=event.number,
        taken_at=event.happened_at,
        kept_days=kept_days,
        at=at,
    )
    event.snapshot = event.strip = event.clip = None
    event.frames, event.deleted_at = [], at
    event.save(update_fields=["snapshot", "strip", "clip", "frames", "deleted_at"])
    files.drop(stored)
    audit.record(
        "linewatch.event.delete_pictures",
        target=event,
        by=SYSTEM,
        at=at,
        after=row.number,
        reason=f"满 {kept_days} 天",
    )
    return row


@transaction.atomic
def delete_view(*, camera: Camera, kept_days: int, at: datetime) -> Deletion | None:
    """Delete the view of a camera that has not been renewed for so long; None without one.

    Raises:
        UnableToAnswerError: its time is not over.
    """
    view, taken_at = camera.picture, camera.pictured_at
    if view is None or taken_at is None:
        return None
    if at < taken_at + timedelta(days=kept_days):
        raise UnableToAnswerError(Phrase("%(n)s 的画面还没有到期。", n=camera.number))
    row = _registered(camera, [view], event="", taken_at=taken_at, kept_days=kept_days, at=at)
    camera.picture = None
    camera.save(update_fields=["picture"])
    files.drop([view])
    audit.record(
        "linewatch.camera.delete_view",
        target=camera,
        by=SYSTEM,
        at=at,
        after=row.number,
        reason=f"满 {kept_days} 天",
    )
    return row


def _registered(
    camera: Camera,
    stored: Sequence[StoredFile],
    *,
    event: str,
    taken_at: datetime,
    kept_days: int,
    at: datetime,
) -> Deletion:
    return Deletion.objects.create(
        number=next_number("SC", at=at),
        camera=camera,
        event=event,
        files=len(stored),
        size_bytes=sum(one.size_bytes for one in stored),
        fingerprints=[one.sha256 for one in stored],
        taken_at=taken_at,
        kept_days=kept_days,
        deleted_at=at,
    )
