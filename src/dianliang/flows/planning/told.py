"""When teams and customers were told that a visit begins."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Plan, PlannedStop, Visit
from dianliang.flows.planning.relaxing import Lane

NOT_SOONER = timedelta(minutes=5)
"""Nobody is at a customer's door earlier than this before the time he was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An open visit with the time that people know, and the way to it as it was planned."""

    visit: Visit
    start_at: datetime
    travel_s: int


def told_visits(plan: Plan, *, teams: Collection[str] | None = None) -> dict[str, Told]:
    """Return the open visits of a plan's jobs by job number, in the order of their days.

    Where `teams` are given, only theirs.
    """
    rows = Visit.objects.filter(job__in=plan.jobs.all(), status__in=VISIT_OPEN)
    if teams is not None:
        rows = rows.filter(team__code__in=teams)
    visits = list(rows.select_related("job__task", "team").order_by("on", "arrive_at", "sequence"))
    lines = _lines_of(visits)
    return {
        visit.job.number: _told(visit, lines.get((visit.plan_id, visit.job_id))) for visit in visits
    }


def _lines_of(visits: Sequence[Visit]) -> dict[tuple[int | None, int], PlannedStop]:
    plans = {visit.plan_id for visit in visits if visit.plan_id}
    jobs = [visit.job_id for visit in visits]
    lines = PlannedStop.objects.filter(plan__in=plans, job__in=jobs)
    return {(line.plan_id, line.job_id): line for line in lines}


def _told(visit: Visit, line: PlannedStop | None) -> Told:
    if line is not None and line.depart_at == visit.depart_at:
        return Told(visit=visit, start_at=line.start_at, travel_s=line.travel_s)
    start_at = visit.depart_at - timedelta(minutes=visit.job.duration_min)
    return Told(visit=visit, start_at=max(visit.arrive_at, start_at), travel_s=0)


def floors_of(told: Mapping[str, Told]) -> dict[str, datetime]:
    """Return before which instants nobody may come to visits that have not begun.

    Only where a customer was told an hour: for a task of an emergency the sooner the better,
    whichever crew it is given to.
    """
    waiting = {"SCHEDULED", "ACCEPTED"}
    return {
        number: one.start_at - NOT_SOONER
        for number, one in told.items()
        if one.visit.status in waiting and not hasattr(one.visit.job, "task")
    }


def lunched(plan: Plan, told: Mapping[str, Told], *, at: datetime) -> dict[Lane, datetime]:
    """Return until when teams have the lunch that began before an instant, as it was planned.

    Who came to a visit before lunch and is still there has not had it.
    """
    if plan.replaces is None:
        return {}
    outcome = plan.replaces.outcome or {}
    found = lunched_from(outcome.get("repair", {}))
    came = {
        (one.visit.team.code, one.visit.on): one.visit.arrived_at
        for one in told.values()
        if one.visit.status == "ARRIVED" and one.visit.arrived_at
    }
    for body in outcome.get("lanes", ()):
        lane = (body["team"], date.fromisoformat(body["on"]))
        began = datetime.fromisoformat(body["lunch_at"]) if body.get("lunch_at") else None
        if began is not None and began <= at and came.get(lane, began) >= began:
            found[lane] = began + timedelta(seconds=body["lunch_s"])
    return found


def lunched_from(repair: Mapping[str, Any]) -> dict[Lane, datetime]:
    """Return the lunches that a repair keeps as having begun."""
    return {
        (code, date.fromisoformat(on)): datetime.fromisoformat(until)
        for code, on, until in repair.get("lunched", ())
    }
