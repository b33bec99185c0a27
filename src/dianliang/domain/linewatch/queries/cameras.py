"""Cameras as lists and pages show them. No row has the whole source: it may hold a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from dianliang.domain.linewatch.lifecycle import CAMERA_LABELS
from dianliang.domain.linewatch.models import Camera, RuleProposal, RuleVersion, SignCheck
from dianliang.domain.linewatch.signs import SIGNS, strip_m
from dianliang.domain.linewatch.spot_models import Miss, Speaker
from dianliang.domain.linewatch.thresholds import RULES
from dianliang.kernel.phrases import from_text, phrase_of
from dianliang.kernel.picture_sources import shown

SPEAKER_SCHEMES = frozenset({"http", "https", "mqtt", "mqtts"})
LATEST_MISSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRow:
    """A camera in a list."""

    number: str
    name: str
    line_name: str
    span: str
    voltage_kv: float
    strip_m: float
    area_code: str
    area_name: str
    unit_name: str
    lat: float
    lon: float
    source: str
    has_speaker: bool
    status: str
    status_label: str
    seen_at: datetime | None
    pictures_hz: float | None
    troubles: tuple[str, ...]
    events: int
    waiting: int
    last_event_at: datetime | None
    has_picture: bool
    is_generated: bool


def rows(found: QuerySet[Camera]) -> tuple[CameraRow, ...]:
    """Return cameras with how many events they have, in one query."""
    counted = found.annotate(
        n=Count("events"),
        n_waiting=Count("events", filter=Q(events__status="WAITING")),
        last=Max("events__happened_at"),
        speaks=Exists(Speaker.objects.filter(camera=OuterRef("pk"), is_active=True)),
    )
    return tuple(_row(camera) for camera in counted.order_by("number"))


def _row(camera: Any) -> CameraRow:
    return CameraRow(
        number=camera.number,
        name=camera.name,
        line_name=camera.line_name,
        span=camera.span,
        voltage_kv=camera.voltage_kv,
        strip_m=strip_m(camera.voltage_kv),
        area_code=camera.area.code,
        area_name=camera.area.name,
        unit_name=camera.unit.name,
        lat=camera.lat,
        lon=camera.lon,
        source=shown(camera.source),
        has_speaker=camera.speaks,
        status=camera.status,
        status_label=CAMERA_LABELS[camera.status],
        seen_at=camera.seen_at,
        pictures_hz=camera.pictures_hz,
        troubles=tuple(one["words"] for one in camera.troubles),
        events=camera.n,
        waiting=camera.n_waiting,
        last_event_at=camera.last,
        has_picture=camera.picture_id is not None,
        is_generated=camera.is_generated,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The thresholds in force; see `operations.cameras.RULES` for names and ranges."""

    number: int
    values: dict[str, float]
    set_at: datetime
    set_by: str
    reason: str


def rules_of(camera: Camera) -> Rules:
    """Return the thresholds in force of a camera."""
    return _rules(camera.rule_versions.order_by("-number")[0])


def _rules(row: RuleVersion) -> Rules:
    return Rules(
        number=row.number,
        values={name: min(getattr(row, name), RULES[name][2]) for name in RULES},
        set_at=row.set_at,
        set_by=row.set_by,
        reason=row.reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """The zones in force of a camera; version 0 has none."""

    number: int
    zones: tuple[dict[str, Any], ...]
    drawn_at: datetime | None
    drawn_by: str
    reason: str = ""


def zones_of(camera: Camera) -> Zones:
    """Return the zones in force of a camera."""
    row = camera.zone_versions.order_by("-number").first()
    if row is None:
        return Zones(number=0, zones=(), drawn_at=None, drawn_by="")
    return Zones(
        number=row.number,
        zones=tuple(row.zones),
        drawn_at=row.drawn_at,
        drawn_by=row.drawn_by,
        reason=row.reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """A proposal that nobody has decided yet."""

    number: int
    true_count: int
    false_count: int
    changes: tuple[tuple[str, float, float], ...]
    reason: str
    made_at: datetime


def open_proposals(camera: Camera) -> tuple[ProposalRow, ...]:
    """Return the proposals for a camera that wait for a person, the newest first."""
    found = RuleProposal.objects.filter(camera=camera, decision=None).order_by("-number")
    return tuple(
        ProposalRow(
            number=row.number,
            true_count=row.true_count,
            false_count=row.false_count,
            changes=tuple((RULES[name][0], *pair) for name, pair in row.changes.items()),
            reason=phrase_of(row.parts or row.reason),
            made_at=row.made_at,
        )
        for row in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """A line of the list of signs, done or not."""

    code: str
    wording: str
    done_at: datetime | None
    done_by: str
    note: str
    has_photo: bool


def signs_of(camera: Camera) -> Sequence[SignRow]:
    """Return the list of signs of a camera's span."""
    done = {row.code: row for row in SignCheck.objects.filter(camera=camera)}
    return tuple(_sign(sign.code, sign.wording, done.get(sign.code)) for sign in SIGNS)


def _sign(code: str, wording: str, row: SignCheck | None) -> SignRow:
    return SignRow(
        code=code,
        wording=wording,
        done_at=row.done_at if row else None,
        done_by=row.done_by if row else "",
        note=row.note if row else "",
        has_photo=row is not None and row.photo_id is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRow:
    """A loudspeaker that is in use; of its address only the host is shown."""

    serial: int
    name: str
    address: str
    outcome: str
    outcome_label: str
    answer: str
    answered_at: datetime | None


OUTCOMES = {"": "还没有播过", "trying": "试播中", "spoken": "已应答", "failed": "没有应答"}


def speakers_of(camera: Camera) -> tuple[SpeakerRow, ...]:
    """Return the loudspeakers in use beside a camera."""
    return tuple(
        SpeakerRow(
            serial=row.serial,
            name=row.name,
            address=shown(row.address, schemes=SPEAKER_SCHEMES),
            outcome=row.outcome,
            outcome_label=OUTCOMES[row.outcome],
            answer=from_text(row.answer),
            answered_at=row.answered_at,
        )
        for row in Speaker.objects.filter(camera=camera, is_active=True).order_by("serial")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MissRow:
    """What a person saw that the guard did not tell."""

    number: str
    kind_label: str
    people: int
    happened_at: datetime
    words: str
    reported_by: str


def misses_of(camera: Camera) -> tuple[MissRow, ...]:
    """Return the latest misses of a camera."""
    return tuple(
        MissRow(
            number=row.number,
            kind_label=row.get_kind_display(),
            people=row.people,
            happened_at=row.happened_at,
            words=row.words,
            reported_by=row.reported_by,
        )
        for row in Miss.objects.filter(camera=camera)[:LATEST_MISSES]
    )
