"""What the desk does with cameras: register, draw zones, set rules, accept a view, retire."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import files
from dianliang.domain.directory.models import Unit
from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.models import Camera, RuleProposal
from dianliang.domain.linewatch.operations import cameras, learning
from dianliang.domain.linewatch.thresholds import RULES
from dianliang.domain.territory.queries import area_of
from dianliang.flows.linewatch import zoning
from dianliang.kernel import picture_sources
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A camera as a form describes it. Without a place it stands where its village is."""

    name: str
    line_name: str
    span: str
    voltage_kv: float
    area_code: str
    source: str
    lat: float | None = None
    lon: float | None = None


def register(*, asked: Asked, by: Actor, at: datetime) -> Camera:
    """Register a camera of the actor's own unit.

    Raises:
        InvalidInputError: a field makes no sense, or the village is not the unit's; it is named.
        NotVisibleError: the actor does not keep cameras.
    """
    if by.role != Role.DISPATCHER:
        raise NotVisibleError("没有找到。")
    area = area_of(asked.area_code)
    if area is None or area.lat is None or area.lon is None:
        raise InvalidInputError("没有这个村社区，或它没有坐标。", field="area_code")
    unit = _unit(by)
    if not (by.reaches_area(area.path) and _serves(unit, area.path)):
        words = "这个村社区不归您的单位服务，请由服务它的单位登记。"
        raise InvalidInputError(words, field="area_code")
    point = GeoPoint(area.lat, area.lon)
    if asked.lat is not None and asked.lon is not None:
        point = GeoPoint(asked.lat, asked.lon)
    return cameras.register(
        name=clean_text(asked.name, field="name", label="名称", most=60, least=1),
        line_name=clean_text(
            asked.line_name, field="line_name", label="所在线路", most=60, least=1
        ),
        span=clean_text(asked.span, field="span", label="档距", most=40, least=1),
        voltage_kv=asked.voltage_kv,
        area=area,
        unit=unit,
        point=point,
        source=_source(asked.source),
        by=by,
        at=at,
    )


def _serves(unit: Unit, path: str) -> bool:
    """Tell whether a unit, or one below it, serves the place; a unit above all serves any."""
    if unit.parent_id is None:
        return True
    below = Unit.objects.filter(path__startswith=unit.path)
    served = below.exclude(areas=None).values_list("areas__path", flat=True)
    return any(path.startswith(one) for one in served)


def _source(text: str) -> str:
    source = clean_text(text, field="source", label="画面来源", most=500, least=1)
    picture_sources.check(source)
    return source


def _unit(by: Actor) -> Unit:
    unit = Unit.objects.filter(code=by.unit_code).first()
    if unit is None:
        raise InvalidInputError("您的账号没有所属单位，不能登记摄像机。", field="unit")
    return unit


def redirect(*, number: str, source: str, by: Actor, at: datetime) -> None:
    """Change a camera's source.

    Raises:
        InvalidInputError: it can be no source.
    """
    camera = access.camera_to_keep(number, by=by)
    cameras.redirect(camera=camera, source=_source(source), by=by, at=at)


def draw(*, number: str, zones: str, reason: str, by: Actor, at: datetime) -> int:
    """Keep zones that somebody drew, given as JSON; return their version.

    Raises:
        InvalidInputError: they cannot be watched; every error is listed.
    """
    camera = access.camera_to_keep(number, by=by)
    reason = clean_text(reason, field="reason", label="说明", most=200)
    found = zoning.zones_of(zones)
    return cameras.draw_zones(camera=camera, zones=found, reason=reason, by=by, at=at).number


def set_rules(
    *, number: str, values: dict[str, float], reason: str, by: Actor, at: datetime
) -> None:
    """Set thresholds of a camera; names that are none are left out."""
    camera = access.camera_to_keep(number, by=by)
    known = {name: value for name, value in values.items() if name in RULES}
    reason = clean_text(reason, field="reason", label="说明", most=200)
    cameras.set_rules(camera=camera, values=known, reason=reason, by=by, at=at)


def decide(
    *, number: str, proposal: int, is_applied: bool, reason: str, by: Actor, at: datetime
) -> None:
    """Apply a proposal for a camera's thresholds, or decline it.

    Raises:
        NotVisibleError: there is no such proposal.
        UnableToKeepCameraError, StaleStateError: see the operation.
    """
    camera = access.camera_to_keep(number, by=by)
    rows = RuleProposal.objects.select_related("camera", "rules")
    found = rows.filter(camera=camera, number=proposal).first()
    if found is None:
        raise NotVisibleError("没有这条建议。")
    reason = clean_text(reason, field="reason", label="说明", most=200)
    learning.decide(proposal=found, is_applied=is_applied, reason=reason, by=by, at=at)


def check_sign(
    *, number: str, code: str, photo: bytes | None, note: str, by: Actor, at: datetime
) -> None:
    """Note that a sign of a span stands."""
    camera = access.camera_to_keep(number, by=by)
    note = clean_text(note, field="note", label="说明", most=200)
    kept = files.keep_image(photo, at=at, field="photo") if photo else None
    learning.check_sign(camera=camera, code=code, photo=kept, note=note, by=by, at=at)


@transaction.atomic
def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Camera:
    """Accept a moved view, retire a camera, or take it into use again.

    Raises:
        NotVisibleError: there is no such camera or verb for the actor.
        IllegalTransitionError: the state does not allow it.
    """
    camera = access.camera_to_keep(number, by=by)
    reason = clean_text(reason, field="reason", label="说明", most=200)
    if verb == "accept_view":
        return cameras.accept_view(camera=camera, by=by, at=at, note=reason)
    if verb == "retire":
        return cameras.retire(camera=camera, reason=reason, by=by, at=at)
    if verb == "revive":
        return cameras.revive(camera=camera, by=by, at=at)
    raise NotVisibleError("没有这种操作。")
