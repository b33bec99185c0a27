"""Plan a guarded event: halls with what feeds them, patrols as jobs, standby, duty by rosters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers import access as key_access
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.protection import access, operations
from dianliang.domain.protection.models import Duty, Equipment, Event, Hall, Patrol, Standby
from dianliang.domain.protection.operations import Outline, UnableToGuardError
from dianliang.domain.rosters.queries import roster_of, visible
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations import jobs
from dianliang.domain.workforce.models import Team
from dianliang.flows.key_customers.affected import place_of
from dianliang.flows.protection.lacking import lacking
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

Thing = Hall | Feeder | Transformer
PATROL_MIN = 45
LOOKED_AT = ("通道和外观无异常", "接头无发热", "负荷在额定以内", "保护和开关状态正确")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An event as a form describes it."""

    title: str
    level: str
    starts_at: datetime
    ends_at: datetime
    demand: str
    customers: Sequence[str]
    sites: Sequence[str]


@transaction.atomic
def draft(*, asked: Asked, by: Actor, at: datetime) -> Event:
    """Write an event down with its halls and what feeds them.

    Raises:
        NotVisibleError: the actor guards nothing.
        InvalidInputError: a field makes no sense; it is named.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in access.WRITERS or unit is None:
        raise NotVisibleError("您的岗位不编制保电方案。")
    outline = Outline(
        title=clean_text(asked.title, field="title", label="名称", most=60, least=2),
        level=asked.level,
        window=TimeWindow(asked.starts_at, asked.ends_at),
        demand=clean_text(asked.demand, field="demand", label="保电要求", most=200),
        unit=unit,
    )
    event = operations.draft(outline=outline, by=by, at=at)
    if asked.customers or asked.sites:
        _add_halls(event, asked.customers, asked.sites, by=by, at=at)
    return event


def add_halls(
    *, number: str, customers: Sequence[str], sites: Sequence[str], by: Actor, at: datetime
) -> None:
    """Add key customers and sites as halls.

    Raises:
        NotVisibleError: the event is absent or another unit's.
        InvalidInputError: nothing was chosen, or a number is none of the actor's.
        UnableToGuardError: the plan is out.
    """
    event = access.event_to_keep(number, by=by)
    _add_halls(event, customers, sites, by=by, at=at)


def _add_halls(
    event: Event, customers: Sequence[str], sites: Sequence[str], *, by: Actor, at: datetime
) -> None:
    found = list(key_access.visible(by).filter(number__in=customers))
    places = list(Site.objects.filter(code__in=sites, unit__path__startswith=by.unit_path or "-"))
    strange = {*customers, *sites} - {row.number for row in found} - {row.code for row in places}
    if strange:
        words = "、".join(sorted(strange))[:60]
        raise InvalidInputError(
            Phrase("没有编号为 %(words)s 的重要客户或场所。", words=words),
            field="customers",
        )
    if not found and not places:
        raise InvalidInputError("请选择重要客户或场所。", field="customers")
    operations.add_halls(event=event, customers=found, sites=places, by=by, at=at)


def add_equipment(*, number: str, hall: int, code: str, by: Actor, at: datetime) -> None:
    """Name a line or transformer that feeds a hall, by its code.

    Raises:
        NotVisibleError: the event or the hall is absent or another unit's.
        InvalidInputError: there is no such line or transformer.
        UnableToGuardError: see the operation.
    """
    place = _hall(number, hall, by=by)
    thing = Feeder.objects.filter(code=code).first() or (
        Transformer.objects.filter(number=code).first()
    )
    if thing is None:
        message = Phrase("没有编码为“%(code)s”的线路或变压器，请核对。", code=code[:24])
        raise InvalidInputError(message, field="thing")
    is_main = not place.equipment.filter(is_main=True).exists()
    operations.add_equipment(hall=place, thing=thing, is_main=is_main, by=by, at=at)


def _hall(number: str, hall: int, *, by: Actor) -> Hall:
    event = access.event_to_keep(number, by=by)
    found = event.halls.select_related("event", "customer", "site").filter(pk=hall).first()
    if found is None:
        raise NotVisibleError("没有找到这个保电场所。")
    return found


@transaction.atomic
def order_patrols(*, number: str, due_at: datetime, team_code: str, by: Actor, at: datetime) -> int:
    """Open a job for each hall, line and transformer that no patrol looks at yet; return how many.

    A key customer is looked at by its checklist; findings become hazards.

    Raises:
        NotVisibleError: the event is absent or another unit's.
        InvalidInputError: the deadline or the team cannot be.
        UnableToGuardError: everything is ordered, or a place has no position.
    """
    event = operations.plannable(access.event_to_keep(number, by=by))
    if not at < due_at <= event.ends_at:
        raise InvalidInputError("特巡期限应在现在之后、保电结束之前。", field="due_at")
    team = _team(team_code, by=by) if team_code else None
    things = _unlooked(event)
    if not things:
        raise UnableToGuardError("场所和设备都已开特巡工单。", field="due_at")
    for thing, hall in things:
        job = _open(event, thing, near=hall, due_at=due_at, team=team, by=by, at=at)
        operations.add_patrol(event=event, job=job, thing=thing, by=by, at=at)
    return len(things)


def _unlooked(event: Event) -> list[tuple[Thing, Hall]]:
    """Return what no standing patrol looks at, each once, with a hall that it is for."""
    standing = Patrol.objects.filter(event=event).exclude(job__status="CANCELLED")
    seen = {(row.hall_id, row.feeder_id, row.transformer_id) for row in standing}
    halls = event.halls.select_related("customer__area", "customer__checklist", "site__area")
    by_pk = {hall.pk: hall for hall in halls}
    things: list[tuple[Thing, Hall]] = [
        (hall, hall) for hall in halls if (hall.pk, None, None) not in seen
    ]
    for row in event.equipment.select_related("feeder", "transformer__area"):
        key = (None, row.feeder_id, row.transformer_id)
        if key not in seen:
            seen.add(key)
            thing = row.feeder or row.transformer
            things += [(thing, by_pk[row.hall_id])] if thing else []
    return things


def _open(
    event: Event,
    thing: Thing,
    *,
    near: Hall,
    due_at: datetime,
    team: Team | None,
    by: Actor,
    at: datetime,
) -> Job:
    area = _area_of(thing) or _area_of(near)
    point = _point_of(thing) or _point_of(near)
    if area is None or point is None:
        message = Phrase(
            "%(thing)s 没有坐标也没有所在村，请先在台账里补上，再开特巡。", thing=thing
        )
        raise UnableToGuardError(message, field="due_at")
    customer = thing.customer if isinstance(thing, Hall) else None
    return jobs.open_job(
        title=f"{event.title}特巡：{thing}",
        detail=event.demand,
        area=area,
        point=point,
        unit=event.unit,
        inspects=customer.checklist if customer else None,
        checklist=() if customer else LOOKED_AT,
        address=customer.address if customer else "",
        duration_min=PATROL_MIN,
        priority=Job.Priority.MUST,
        due_at=due_at,
        preferred_team=team,
        by=by,
        at=at,
    )


def _area_of(thing: Thing) -> Area | None:
    if isinstance(thing, Hall):
        place = thing.customer or thing.site
        return place.area if place else None
    if isinstance(thing, Transformer):
        return thing.area
    return thing.areas.order_by("code").first() or _hung(thing)


def _hung(line: Feeder) -> Area | None:
    """Return the village of the first transformer on a line of which no way is known."""
    first = line.transformers.select_related("area").order_by("number").first()
    return first.area if first else None


def _point_of(thing: Thing) -> GeoPoint | None:
    if isinstance(thing, Hall) and thing.customer:
        return place_of(thing.customer)
    near = thing.site if isinstance(thing, Hall) else thing
    places = [near, _area_of(thing)]
    for place in places:
        lat, lon = getattr(place, "lat", None), getattr(place, "lon", None)
        if lat is not None and lon is not None:
            return GeoPoint(lat, lon)
    return None


def _team(code: str, *, by: Actor) -> Team:
    found = Team.objects.filter(code=code, is_active=True).first()
    if found is None or not by.reaches_unit(found.unit.path):
        raise InvalidInputError("没有这支队伍，请重新选择。", field="team")
    return found


def teams(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the teams that a plan may name."""
    own = Team.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "-")
    return tuple(own.order_by("code").values_list("code", "name"))


def rosters(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the rosters that may man a post."""
    own = visible(by).exclude(status="CANCELLED")
    return tuple(own.values_list("number", "title"))


def add_standby(
    *,
    number: str,
    hall: int,
    team_code: str,
    starts_at: datetime,
    ends_at: datetime,
    gear: str,
    by: Actor,
    at: datetime,
) -> Standby:
    """Let a team stand by at a hall.

    Raises:
        NotVisibleError: the event or the hall is absent or another unit's.
        InvalidInputError, UnableToGuardError: see the operation.
    """
    return operations.add_standby(
        hall=_hall(number, hall, by=by),
        team=_team(team_code, by=by),
        window=TimeWindow(starts_at, ends_at),
        gear=clean_text(gear, field="gear", label="装备", most=80),
        by=by,
        at=at,
    )


def add_duty(*, number: str, roster: str, post: str, by: Actor, at: datetime) -> Duty:
    """Let a roster man a post.

    Raises:
        NotVisibleError: the event or the roster is absent or another unit's.
        InvalidInputError, UnableToGuardError: see the operation.
    """
    event = access.event_to_keep(number, by=by)
    words = clean_text(post, field="post", label="岗位", most=24, least=2)
    found = roster_of(clean_text(roster, field="roster", label="值班表编号", most=24), by=by)
    return operations.add_duty(event=event, roster=found, post=words, by=by, at=at)


def take_out(*, number: str, kind: str, part: int, by: Actor, at: datetime) -> None:
    """Take a hall, a piece of equipment, a standby or a duty out of a plan.

    Raises:
        NotVisibleError: it is absent or another unit's.
        UnableToGuardError: the plan is out, or a patrol looks at the hall.
    """
    event = access.event_to_keep(number, by=by)
    found: Hall | Equipment | Standby | Duty | None = None
    if kind == "hall":
        found = event.halls.filter(pk=part).first()
    elif kind == "equipment":
        found = event.equipment.filter(pk=part).first()
    elif kind == "standby":
        found = event.standbys.filter(pk=part).first()
    elif kind == "duty":
        found = event.duties.filter(pk=part).first()
    if found is None:
        raise NotVisibleError("没有找到方案里的这一项。")
    operations.take_out(part=found, by=by, at=at)


@transaction.atomic
def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Event:
    """Release a plan that lacks nothing, send it back, begin, end or cancel.

    A cancelled event takes its open patrols along.

    Raises:
        NotVisibleError: it is absent or another unit's.
        UnableToGuardError, InvalidInputError: see the operation.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    event = access.event_to_keep(number, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200)
    if verb == "release":
        return operations.release(event=event, lacking=lacking, by=by, at=at)
    moved = operations.move(event=event, verb=verb, reason=words, by=by, at=at)
    if verb == "cancel":
        for job in Job.objects.filter(guard_patrol__event=moved, status="OPEN"):
            jobs.cancel(job=job, reason=f"{moved.number} 已取消", by=by, at=at)
    return moved
