"""The records that a plan is made from: its jobs, those its teams are busy with, what is locked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Team


def locked_lines(plan: Plan) -> dict[str, tuple[str, date, datetime]]:
    """Return the jobs whose lines a dispatcher locked, with team, day and begin."""
    return {
        line.job.number: (line.team.code, line.on, line.start_at)
        for line in plan.stops.filter(is_locked=True).select_related("job", "team")
    }


def planned_jobs(plan: Plan) -> Iterable[Job]:
    """Return the jobs of a plan that are still to be done by its unit."""
    rows = plan.jobs.filter(status__in=["OPEN", "SCHEDULED"])
    return rows.filter(unit__path__startswith=plan.unit.path).select_related("unit")


def busy_jobs(teams: Sequence[Team], *, first_on: date, last_on: date) -> Iterable[Job]:
    """Return the jobs that teams have open visits for in a period."""
    visits = Visit.objects.filter(
        team__in=teams, on__range=(first_on, last_on), status__in=VISIT_OPEN
    )
    return Job.objects.filter(pk__in=visits.values("job_id")).select_related("unit")
