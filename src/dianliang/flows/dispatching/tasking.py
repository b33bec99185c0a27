"""What an incident asks for: its key customers by grade, and whatever comes up on the way."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from dianliang.core import idempotency
from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import access
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import reach_of
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.lifecycle import RANKS
from dianliang.domain.mobilisation.models import Task
from dianliang.domain.mobilisation.operations import UnableToMobiliseError
from dianliang.domain.mobilisation.tasks import Draft, TaskGear
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job
from dianliang.flows.dispatching.within import areas_in_county
from dianliang.flows.key_customers.affected import in_reach, place_of
from dianliang.flows.planning.disrupting import URGENT
from dianliang.flows.resources.fields import kind_of, spot_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

LABELS = dict(RANKS)
KINDS = {str(code): str(label) for code, label in KeyCustomer.Kind.choices}
DUE_H = {"special": 2, "first": 4, "second": 8, "temporary": 8, "other": 12}
"""Hours within which somebody is to be there, unless a person says otherwise."""
LONGEST_MIN, MOST_DUE_H, MOST_PIECES = 24 * 60, 96, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a commander says of all key customers of some grades and kinds at once."""

    grades: tuple[str, ...]
    kinds: tuple[str, ...]
    what: str
    minutes: str
    due_h: str
    skill: str
    gear: str
    quantity: str
    least: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """What a commander says of one thing that came up: at a key customer or at a place."""

    customer: str
    title: str
    lat: str
    lon: str
    rank: str
    minutes: str
    due_h: str
    skill: str
    gear: str
    quantity: str
    least: str


def incident_to_dispatch(number: str, *, by: Actor) -> Incident:
    """Return an incident that the actor leads and that is going on.

    Raises:
        NotVisibleError: it is absent, another unit's, or his only to read.
        UnableToMobiliseError: it is over.
    """
    found = access.incident_to_lead(number, by=by)
    if found.status not in OPEN:
        raise UnableToMobiliseError("事件已经结束，不能再调度。")
    return found


def open_batch_once(*, key: str, number: str, asked: Batch, by: Actor, at: datetime) -> int:
    """Open a task for each affected key customer without one; return how many; see `open_batch`."""
    body = {**asdict(asked), "incident": number, "by": by.id}

    def act() -> dict[str, Any]:
        return {"made": open_batch(number=number, asked=asked, by=by, at=at)}

    pressed = idempotency.digest([key, body])
    kept = idempotency.once(scope="dispatch.tasks", key=pressed, body=body, at=at, act=act)
    return int(kept["made"])


def open_batch(*, number: str, asked: Batch, by: Actor, at: datetime) -> int:
    """Open a task for each affected key customer of some grades and kinds that has none yet.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        InvalidInputError: a field makes no sense, or there is no such customer; it is named.
    """
    incident = incident_to_dispatch(number, by=by)
    what = words(asked.what, field="what", label="任务", most=40, least=2)
    minutes = _whole(asked.minutes, 1, LONGEST_MIN, "minutes", "“每处分钟”")
    due_h = _whole(asked.due_h, 1, MOST_DUE_H, "due_h", "“几小时内到”") if asked.due_h else None
    skill, gear = skill_of(asked.skill), gear_of(asked.gear, asked.quantity, asked.least)
    found = [
        row
        for row in in_reach(reach_of(incident), by=by, on=at.astimezone(SHANGHAI).date())
        if row.grade in asked.grades and (not asked.kinds or row.kind in asked.kinds)
    ]
    have = Task.objects.filter(incident=incident, is_urgent=False)
    known = set(have.values_list("customer_id", flat=True))
    fresh = [row for row in found if row.pk not in known and place_of(row) is not None]
    if not fresh:
        reason = "都已有任务" if found else "受影响范围里没有这样的重要客户"
        raise InvalidInputError(
            Phrase("没有可开的任务：%(reason)s。", reason=Phrase(reason)), field="grades"
        )
    drafts = [
        Draft(
            job=_job(
                title=f"{what}：{row.name}",
                area=row.area,
                at=place_of(row) or GeoPoint(0.0, 0.0),
                address=row.address,
                unit=_unit(incident, row.unit),
                minutes=minutes,
                due_at=at + timedelta(hours=due_h or DUE_H[row.grade]),
                skill=skill,
            ),
            rank=row.grade,
            customer=row,
            gear=gear,
        )
        for row in fresh
    ]
    return len(tasks.open_tasks(incident=incident, drafts=drafts, by=by, at=at))


def open_urgent(*, incident: Incident, asked: Urgent, by: Actor, at: datetime) -> Task:
    """Open a task that came up; the caller has checked who leads the incident.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    title = words(asked.title, field="title", label="急件", most=60, least=2)
    minutes = _whole(asked.minutes, 1, LONGEST_MIN, "urgent_minutes", "“急件分钟”")
    due_h = _whole(asked.due_h, 1, MOST_DUE_H, "urgent_due_h", "“急件几小时内到”")
    if asked.rank not in LABELS:
        raise InvalidInputError("请选择急件的等级。", field="rank")
    customer = _customer(asked.customer, by=by) if asked.customer.strip() else None
    area, place = _whereabouts(customer, asked)
    draft = Draft(
        job=_job(
            title=f"{URGENT}{title}",
            area=area,
            at=place,
            address=customer.address if customer else "",
            unit=_unit(incident, customer.unit) if customer else incident.unit,
            minutes=minutes,
            due_at=at + timedelta(hours=due_h),
            skill=skill_of(asked.skill),
        ),
        rank=asked.rank,
        customer=customer,
        gear=gear_of(asked.gear, asked.quantity, asked.least),
        is_urgent=True,
    )
    (made,) = tasks.open_tasks(incident=incident, drafts=[draft], by=by, at=at)
    return made


def _customer(number: str, *, by: Actor) -> KeyCustomer:
    told = number.strip()
    rows = KeyCustomer.objects.select_related("area", "unit").filter(removed_on=None)
    found = None if "\0" in told else rows.filter(number=told).first()
    if found is None or not by.reaches_unit(found.unit.path) or place_of(found) is None:
        raise InvalidInputError(
            "没有这个编号的重要客户，或它没有位置。请从重要客户页面抄编号，或写经纬度。",
            field="customer",
        )
    return found


def _whereabouts(customer: KeyCustomer | None, asked: Urgent) -> tuple[Area, GeoPoint]:
    if customer is not None:
        return customer.area, place_of(customer) or GeoPoint(0.0, 0.0)
    at = spot_of(asked.title, asked.lat, asked.lon).at
    (area,) = areas_in_county([at], field="lat")
    return area, at


def _job(
    *,
    title: str,
    area: Area,
    at: GeoPoint,
    address: str,
    unit: Unit,
    minutes: int,
    due_at: datetime,
    skill: Skill | None,
) -> Job:
    return Job(
        title=title[:120],
        area=area,
        lat=at.lat,
        lon=at.lon,
        address=address,
        unit=unit,
        duration_min=minutes,
        due_at=due_at,
        skill=skill,
    )


def _unit(incident: Incident, own: Unit) -> Unit:
    """Return who is in charge of a task: the customer's unit where the incident's reaches it."""
    return own if own.path.startswith(incident.unit.path) else incident.unit


def skill_of(code: str) -> Skill | None:
    """Return the skill that a task asks for; None for nobody in particular.

    Raises:
        InvalidInputError: there is no such skill.
    """
    if not code:
        return None
    found = None if "\0" in code else Skill.objects.filter(code=code).first()
    if found is None:
        raise InvalidInputError("请选择所需技能，或留空。", field="skill")
    return found


def gear_of(code: str, quantity: str, least: str) -> TaskGear | None:
    """Return the gear that is taken to each place; None for none.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    if not code:
        return None
    kind = kind_of(code)
    pieces = _whole(quantity or "1", 1, MOST_PIECES, "quantity", "“每处件数”")
    return TaskGear(kind=kind, quantity=pieces, least=capacity_of(least))


def capacity_of(text: str) -> float | None:
    """Return what each piece must at least be able to do; None for nothing.

    Raises:
        InvalidInputError: it is no positive number.
    """
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 < found < 10_000_000:
        raise InvalidInputError("每件至少应填大于 0 的数字。", field="least")
    return found


def _whole(text: str, least: int, most: int, field: str, label: str) -> int:
    told = text.strip()
    found = int(told) if told.isascii() and told.isdecimal() and len(told) < 7 else -1
    if not least <= found <= most:
        raise InvalidInputError(
            Phrase(
                "%(label)s应填 %(least)s 到 %(most)s 的整数。",
                label=Phrase(label),
                least=least,
                most=most,
            ),
            field=field,
        )
    return found


def grades_of(sent: Sequence[str]) -> tuple[str, ...]:
    """Return the grades that were ticked."""
    return tuple(code for code in sent if code in LABELS)


def skills() -> tuple[tuple[str, str], ...]:
    """Return the skills that a task may ask for."""
    return tuple(Skill.objects.order_by("name").values_list("code", "name"))
