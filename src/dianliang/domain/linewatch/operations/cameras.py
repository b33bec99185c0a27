"""Cameras: registered, drawn on, set, watched, retired."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import transaction
from django.db.models import F

from dianliang.core import audit, files, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.linewatch.lifecycle import CAMERA
from dianliang.domain.linewatch.models import Camera, RuleVersion, WatchDay, ZoneVersion
from dianliang.domain.linewatch.thresholds import RULES, WHOLE
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

MOST_KV = 1100.0
BLINDING = frozenset({"black", "frozen"})
"""Troubles under which nothing can be seen; others only make it harder."""


class UnableToKeepCameraError(DomainError):
    """What was said about the camera cannot be."""

    code = "linewatch.unable-to-keep-camera"


@transaction.atomic
def register(
    *,
    name: str,
    line_name: str,
    span: str,
    voltage_kv: float,
    area: Area,
    unit: Unit,
    point: GeoPoint,
    source: str,
    by: Actor,
    at: datetime,
) -> Camera:
    """Take a camera into the register, with the usual rules (登记).

    `source` may hold a password: it is stored sealed, and nobody is shown it whole.

    Raises:
        UnableToKeepCameraError: name, line, span or source is missing, or the voltage makes no
            sense.
    """
    told = {"name": name, "line_name": line_name, "span": span, "source": source}
    for field, words in (("name", "名称"), ("line_name", "线路"), ("span", "档距")):
        if not told[field].strip():
            lacking = Phrase("请填写%(what)s。", what=Phrase(words))
            raise UnableToKeepCameraError(lacking, field=field)
    if not source.strip():
        raise UnableToKeepCameraError("请填写画面来源。", field="source")
    if not (isfinite(voltage_kv) and 0 < voltage_kv <= MOST_KV):
        raise UnableToKeepCameraError("电压应在 0 到 1100 kV 之间。", field="voltage_kv")
    camera = Camera.objects.create(
        number=next_number("SX", at=at),
        **{field: words.strip() for field, words in told.items()},
        voltage_kv=voltage_kv,
        area=area,
        unit=unit,
        lat=point.lat,
        lon=point.lon,
        registered_at=at,
        registered_by=by.name,
    )
    RuleVersion.objects.create(camera=camera, number=1, set_at=at, set_by=by.name)
    audit.record("linewatch.camera.register", target=camera, by=by, at=at, after=camera.status)
    return camera


@transaction.atomic
def redirect(*, camera: Camera, source: str, by: Actor, at: datetime) -> Camera:
    """Change where a camera's pictures come from (换地址).

    Raises:
        UnableToKeepCameraError: no source is given.
    """
    if not source.strip():
        raise UnableToKeepCameraError("请填写画面来源。", field="source")
    camera.source = source.strip()
    camera.save(update_fields=["source"])
    told = "换了画面来源"
    audit.record("linewatch.camera.redirect", target=camera, by=by, at=at, reason=told)
    return camera


@transaction.atomic
def draw_zones(
    *, camera: Camera, zones: Sequence[Mapping[str, Any]], reason: str, by: Actor, at: datetime
) -> ZoneVersion:
    """Keep zones as drawn, as a new version; a moved view counts as looked at with it (划区).

    Whether zones can be watched is checked before, by the engine that watches them.
    """
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    latest = camera.zone_versions.order_by("-number").first()
    made = ZoneVersion.objects.create(
        camera=camera,
        number=latest.number + 1 if latest else 1,
        zones=[dict(zone) for zone in zones],
        reason=reason.strip()[:200],
        drawn_at=at,
        drawn_by=by.name,
    )
    audit.record(
        "linewatch.camera.draw_zones",
        target=camera,
        by=by,
        at=at,
        after=f"第 {made.number} 版，{len(made.zones)} 个区域",
        reason=made.reason,
    )
    if camera.status == "MOVED":
        accept_view(camera=camera, by=by, at=at)
    return made


@transaction.atomic
def set_rules(
    *, camera: Camera, values: Mapping[str, float], reason: str, by: Actor, at: datetime
) -> RuleVersion:
    """Keep thresholds as a new version; what is not named stays (设阈值).

    How long pictures are kept can only become shorter: those already taken were taken under the
    promise that stood then.

    Raises:
        UnableToKeepCameraError: one is out of its range, or keeps pictures longer; it is named.
    """
    for name, value in values.items():
        label, least, most = RULES[name]
        if not isfinite(value) or not least <= value <= most:
            span = {"least": f"{least:g}", "most": f"{most:g}"}
            words = Phrase(
                "%(label)s应在 %(least)s 到 %(most)s 之间。", label=Phrase(label), **span
            )
            raise UnableToKeepCameraError(words, field=name)
        if name in WHOLE and value != int(value):
            words = Phrase("%(label)s应填整数。", label=Phrase(label))
            raise UnableToKeepCameraError(words, field=name)
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    latest = camera.rule_versions.order_by("-number")[0]
    most = latest.retention_days
    if values.get("retention_days", most) > most:
        words = Phrase("画面保存天数只能缩短，现在是 %(n)d 天。", n=most)
        raise UnableToKeepCameraError(words, field="retention_days")
    kept = {name: getattr(latest, name) for name in RULES}
    kept |= {"retention_days": most, **values}
    made = RuleVersion.objects.create(
        camera=camera,
        number=latest.number + 1,
        **{name: int(value) if name in WHOLE else value for name, value in kept.items()},
        reason=reason.strip()[:200],
        set_at=at,
        set_by=by.name,
    )
    changed = [name for name in RULES if getattr(made, name) != getattr(latest, name)]
    told = "；".join(
        f"{RULES[name][0]} {getattr(latest, name):g} → {getattr(made, name):g}" for name in changed
    )
    audit.record(
        "linewatch.camera.set_rules", target=camera, by=by, at=at, after=told, reason=made.reason
    )
    return made


def accept_view(*, camera: Camera, by: Actor, at: datetime, note: str = "") -> Camera:
    """Take the present view for the right one; the zones were looked at (认可画面).

    Raises:
        IllegalTransitionError: the view does not count as moved.
    """
    changes = {"troubles": [one for one in camera.troubles if one["trouble"] != "moved"]}
    return _move(camera, "accept_view", by=by, at=at, note=note, **changes)


def retire(*, camera: Camera, reason: str, by: Actor, at: datetime) -> Camera:
    """Take a camera out of use; its events stay as long as they may (停用)."""
    if not reason.strip():
        raise UnableToKeepCameraError("请写明停用的原因。", field="reason")
    return _move(camera, "retire", by=by, at=at, note=reason.strip()[:200], troubles=[])


def revive(*, camera: Camera, by: Actor, at: datetime) -> Camera:
    """Take a camera into use again (重新启用)."""
    return _move(camera, "revive", by=by, at=at)


@transaction.atomic
def note_trouble(
    *, camera: Camera, trouble: str, words: str, is_over: bool, by: Actor, at: datetime
) -> Camera:
    """Note that something is wrong with a camera's pictures, or no longer is.

    A moved view stays one until the camera comes back or somebody looks at it.
    """
    troubles = [one for one in camera.troubles if one["trouble"] != trouble]
    if not is_over:
        troubles.append({"trouble": trouble, "words": words, "since": at.isoformat()})
    verb = _verb_for(camera.status, {one["trouble"] for one in troubles})
    if verb:
        return _move(camera, verb, by=by, at=at, note=words, troubles=troubles)
    camera.troubles = troubles
    camera.save(update_fields=["troubles"])
    told = "恢复" if is_over else words
    audit.record(
        "linewatch.camera.trouble", target=camera, by=by, at=at, after=trouble, reason=told
    )
    return camera


def _verb_for(status: str, troubles: set[str]) -> str:
    """Return what a camera's troubles make of its state; nothing where it stays."""
    if status == "RETIRED":
        return ""
    if "moved" in troubles:
        return "" if status == "MOVED" else "move_view"
    if status == "MOVED":
        return "come_back"
    if "silent" in troubles:
        return "" if status == "SILENT" else "go_silent"
    if troubles & BLINDING:
        return "" if status == "FAULTY" else "go_wrong"
    return "watch" if status in {"SILENT", "FAULTY"} else ""


@transaction.atomic
def beat(
    *,
    camera: Camera,
    pictures: int,
    watched_s: float,
    at: datetime,
    picture: StoredFile | None = None,
) -> Camera:
    """Note that pictures came: how many in how many seconds, perhaps with one to draw zones on.

    The view that it replaces is deleted: nobody needs it, and it may show somebody. Not an act of
    anybody: what it changes of a camera's state is on record, the count is not.
    """
    troubles = [one for one in camera.troubles if one["trouble"] != "silent"]
    camera.seen_at, camera.troubles = at, troubles
    camera.pictures_hz = round(pictures / watched_s, 2) if watched_s > 0 else camera.pictures_hz
    fields = ["seen_at", "pictures_hz", "troubles"]
    replaced = camera.picture if picture is not None else None
    if picture is not None:
        camera.picture, camera.pictured_at = picture, at
        fields += ["picture", "pictured_at"]
    camera.save(update_fields=fields)
    if replaced is not None:
        files.drop([replaced])
    on = at.astimezone(SHANGHAI).date()
    day, _made = WatchDay.objects.get_or_create(camera=camera, on=on)
    WatchDay.objects.filter(pk=day.pk).update(
        watched_s=F("watched_s") + max(0.0, watched_s), pictures=F("pictures") + pictures
    )
    is_blind = bool({one["trouble"] for one in troubles} & BLINDING)
    if camera.status in {"REGISTERED", "SILENT"} and not is_blind:
        _move(camera, "watch", by=SYSTEM, at=at)
    return camera


def _move(
    camera: Camera, verb: str, *, by: Actor, at: datetime, note: str = "", **changes: Any
) -> Camera:
    return transitions.apply(
        camera, verb, lifecycle=CAMERA, by=by, at=at, note=note, changes=changes or None
    )
