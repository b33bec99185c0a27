"""Jobs as a planner sees them."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.work.lifecycle import JOB_LABELS
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import Actor

MOST_ROWS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job that waits to be planned."""

    number: str
    title: str
    area_name: str
    unit_name: str
    skill_name: str
    priority: str
    priority_label: str
    duration_min: int
    due_at: datetime | None
    opened_at: datetime
    status: str
    status_label: str
    is_mine: bool


def waiting(*, by: Actor, skill: str = "", unit: str = "") -> tuple[JobRow, ...]:
    """Return the jobs of an actor's units that wait, most pressing first."""
    rows = Job.objects.filter(status__in=["OPEN", "HANDED_OVER"])
    if by.unit_path != "/":
        rows = rows.filter(unit__path__startswith=by.unit_path or "?")
    if skill:
        rows = rows.filter(skill__code=skill)
    if unit:
        rows = rows.filter(unit__code=unit)
    order = {"must": 0, "should": 1, "may": 2}
    found = rows.select_related("area", "unit", "skill").order_by("due_at", "pk")[:MOST_ROWS]
    made = [
        JobRow(
            number=job.number,
            title=job.title,
            area_name=job.area.name,
            unit_name=job.unit.name,
            skill_name=job.skill.name if job.skill else "",
            priority=job.priority,
            priority_label=job.get_priority_display(),
            duration_min=job.duration_min,
            due_at=job.due_at,
            opened_at=job.opened_at,
            status=job.status,
            status_label=JOB_LABELS[job.status],
            is_mine=by.reaches_unit(job.unit.path),
        )
        for job in found
    ]
    made.sort(key=lambda row: (order[row.priority], row.due_at is None))
    return tuple(made)
