"""What others may know about hazards and inspections."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dianliang.domain.catalog.models import HazardClass, Party
from dianliang.domain.safety.lifecycle import HAZARD_LABELS, OPEN
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.territory.models import Area


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


def inspected(visit_ids: Collection[int]) -> frozenset[int]:
    """Return those of these visits that have an inspection."""
    rows = Inspection.objects.filter(visit__in=visit_ids)
    return frozenset(rows.values_list("visit_id", flat=True))
