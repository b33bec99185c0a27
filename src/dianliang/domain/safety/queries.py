"""What others may know about hazards and inspections."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from dianliang.domain.catalog.models import HazardClass, Party
from dianliang.domain.safety.lifecycle import HAZARD_LABELS, OPEN
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.territory.models import Area
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRow:
    """A hazard in a list: nothing in it names a person."""

    number: str
    item: str
    hazard_class: str
    class_label: str
    party: str
    party_label: str
    area_code: str
    area_name: str
    unit_name: str
    status: str
    status_label: str
    found_at: datetime
    due_at: datetime
    ended_at: datetime | None
    reason: str
    lat: float
    lon: float
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaHazards:
    """How many hazards an area had on a day, by class and state, and how much was looked at.

    States of the past are told as open, closed or withdrawn: what a hazard waited for then is in
    the trail only.
    """

    on: date
    inspections: int
    found: int
    by_class: Mapping[str, int]
    by_state: Mapping[str, int]
    overdue: int


def row(hazard: Hazard, *, at: datetime) -> HazardRow:
    """Return a hazard as lists show it."""
    return HazardRow(
        number=hazard.number,
        item=hazard.item,
        hazard_class=hazard.hazard_class,
        class_label=str(HazardClass(hazard.hazard_class).label),
        party=hazard.party,
        party_label=str(Party(hazard.party).label),
        area_code=hazard.area.code,
        area_name=hazard.area.name,
        unit_name=hazard.unit.name,
        status=hazard.status,
        status_label=HAZARD_LABELS[hazard.status],
        found_at=hazard.found_at,
        due_at=hazard.due_at,
        ended_at=hazard.ended_at,
        reason=hazard.reason,
        lat=hazard.lat,
        lon=hazard.lon,
        is_overdue=hazard.status in OPEN and hazard.due_at < at,
    )


def within(rows: QuerySet[Hazard], area: Area) -> QuerySet[Hazard]:
    """Keep the hazards of an area and everything below it."""
    return rows.filter(area__path__startswith=area.path)


def open_hazards(*, area: Area, at: datetime) -> tuple[HazardRow, ...]:
    """Return the hazards of an area that are not ended, the first due first."""
    rows = within(Hazard.objects.filter(status__in=OPEN), area).select_related("area", "unit")
    return tuple(row(hazard, at=at) for hazard in rows.order_by("due_at", "pk"))


def of_area(*, area: Area, on: date) -> AreaHazards:
    """Return the hazards of an area as they stood at the end of a day."""
    end = datetime.combine(on, time(), SHANGHAI) + timedelta(days=1)
    rows = within(Hazard.objects.filter(found_at__lt=end), area)
    looked = Inspection.objects.filter(area__path__startswith=area.path, inspected_at__lt=end)
    standing = Q(ended_at=None) | Q(ended_at__gte=end)
    open_then = rows.filter(standing)
    classes = dict(
        open_then.order_by()
        .values_list("hazard_class")
        .annotate(Count("pk"))
        .values_list("hazard_class", "pk__count")
    )
    ended = rows.exclude(standing).order_by().values_list("status").annotate(n=Count("pk"))
    states = {"OPEN": sum(classes.values()), **dict(ended)}
    return AreaHazards(
        on=on,
        inspections=looked.count(),
        found=rows.count(),
        by_class={code: classes.get(code, 0) for code in HazardClass.values},
        by_state=states,
        overdue=open_then.filter(due_at__lt=end).count(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """A hazard that a visit has to put right or to look at again, as its team sees it."""

    number: str
    task: str
    item: str
    class_label: str
    words: str
    advice: str
    claim_words: str
    due_at: datetime


def to_check(job_ids: Collection[int]) -> dict[int, tuple[ToCheck, ...]]:
    """Return for each job the hazards that wait for it: to be repaired, or checked again."""
    waiting = Hazard.objects.filter(
        Q(recheck_job__in=job_ids, status="RECHECK")
        | Q(repair_job__in=job_ids, status__in=["RECTIFYING", "ESCALATED"])
    )
    found: dict[int, tuple[ToCheck, ...]] = {}
    for hazard in waiting.order_by("number"):
        is_recheck = hazard.status == "RECHECK"
        job_id = hazard.recheck_job_id if is_recheck else hazard.repair_job_id
        if job_id is not None:
            found[job_id] = (*found.get(job_id, ()), _task(hazard, is_recheck=is_recheck))
    return found


def _task(hazard: Hazard, *, is_recheck: bool) -> ToCheck:
    return ToCheck(
        number=hazard.number,
        task="recheck" if is_recheck else "repair",
        item=hazard.item,
        class_label=str(HazardClass(hazard.hazard_class).label),
        words=hazard.words,
        advice=hazard.advice,
        claim_words=hazard.claim_words,
        due_at=hazard.due_at,
    )


def counts(rows: QuerySet[Hazard]) -> Counter[tuple[str, str]]:
    """Count hazards by state and class."""
    grouped = rows.order_by().values_list("status", "hazard_class").annotate(n=Count("pk"))
    return Counter({(status, grade): n for status, grade, n in grouped})


def inspected(visit_ids: Collection[int]) -> frozenset[int]:
    """Return those of these visits that have an inspection."""
    rows = Inspection.objects.filter(visit__in=visit_ids)
    return frozenset(rows.values_list("visit_id", flat=True))
