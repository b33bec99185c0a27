"""The records that a plan is made from: its jobs, those its teams are busy with, what is locked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Team


def locked_lines(plan: Plan) -> dict[str, tuple[str, date, datetime]]:
    """Return the jobs whose lines a dispatcher locked, with team, day and begin."""
    return {
        line.job.number: (line.team.code, line.on, line.start_at)
        for line in plan.stops.filter(is_locked=True).select_related("job", "team")
    }


def planned_jobs(plan: Plan) -> QuerySet[Job]:
    """Return the jobs of a plan that are still to be done by its unit."""
    rows = plan.jobs.filter(status__in=["OPEN", "SCHEDULED"])
    return rows.filter(unit__path__startswith=plan.unit.path).select_related("unit")


def busy_jobs(teams: Sequence[Team], *, first_on: date, last_on: date) -> QuerySet[Job]:
    """Return the jobs that teams have open visits for in a period."""
    visits = Visit.objects.filter(
        team__in=teams, on__range=(first_on, last_on), status__in=VISIT_OPEN
    )
    return Job.objects.filter(pk__in=visits.values("job_id")).select_related("unit")


def scope_of(plan: Plan) -> frozenset[str] | None:
    """Return the teams that a repair may touch; None where it may touch all."""
    codes = (plan.outcome or {}).get("repair", {}).get("scope")
    return None if codes is None else frozenset(codes)


def teams_in_scope(plan: Plan) -> list[Team]:
    """Return the teams that a plan is computed for."""
    scope = scope_of(plan)
    return list(plan.teams.all() if scope is None else plan.teams.filter(code__in=scope))


def jobs_in_scope(plan: Plan) -> Iterable[Job]:
    """Return the jobs that a plan is computed for: of a repair those its teams have or had."""
    rows, scope = planned_jobs(plan), scope_of(plan)
    if scope is None:
        return rows
    open_visits = Visit.objects.filter(team__code__in=scope, status__in=VISIT_OPEN)
    urgent = (plan.outcome or {})["repair"]["urgent"]
    old = plan.replaces.stops.filter(team__code__in=scope) if plan.replaces else plan.stops.none()
    wanted = {*open_visits.values_list("job_id", flat=True), *old.values_list("job_id", flat=True)}
    return [
        *rows.filter(pk__in=wanted),
        *rows.filter(number__in=urgent).exclude(pk__in=wanted),
    ]
