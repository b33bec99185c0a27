"""When teams and customers were told that a visit begins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Plan, PlannedStop, Visit

NOT_SOONER = timedelta(minutes=5)
"""Nobody is at a customer's door earlier than this before the time he was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An open visit with the time that people know, and the way to it as it was planned."""

    visit: Visit
    start_at: datetime
    travel_s: int


def told_visits(plan: Plan) -> dict[str, Told]:
    """Return the open visits of a plan's jobs by job number, in the order of their days."""
    rows = Visit.objects.filter(job__in=plan.jobs.all(), status__in=VISIT_OPEN)
    visits = list(rows.select_related("job", "team").order_by("on", "arrive_at", "sequence"))
    lines = _lines_of(visits)
    return {
        visit.job.number: _told(visit, lines.get((visit.plan_id, visit.job_id))) for visit in visits
    }


def _lines_of(visits: Iterable[Visit]) -> dict[tuple[int | None, int], PlannedStop]:
    plans = {visit.plan_id for visit in visits if visit.plan_id}
    lines = PlannedStop.objects.filter(plan__in=plans)
    return {(line.plan_id, line.job_id): line for line in lines}


def _told(visit: Visit, line: PlannedStop | None) -> Told:
    if line is not None and line.depart_at == visit.depart_at:
        return Told(visit=visit, start_at=line.start_at, travel_s=line.travel_s)
    start_at = visit.depart_at - timedelta(minutes=visit.job.duration_min)
    return Told(visit=visit, start_at=max(visit.arrive_at, start_at), travel_s=0)


def floors_of(told: Mapping[str, Told]) -> dict[str, datetime]:
    """Return before which instants nobody may come to visits that have not begun."""
    waiting = {"SCHEDULED", "ACCEPTED"}
    return {
        number: one.start_at - NOT_SOONER
        for number, one in told.items()
        if one.visit.status in waiting
    }
