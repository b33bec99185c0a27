"""What publishing a plan would change for the teams."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.work.lifecycle import VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import PlannedStop, Visit
from dianliang.flows.planning.drafting import plan_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

NOTICEABLE_MIN = 5
"""A visit that moves by less is not news."""
KINDS = {"moved": "换队", "day": "改期", "retimed": "改时间", "added": "新增", "removed": "撤回"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One line of the difference between what teams see now and what a plan would make of it."""

    job_number: str
    title: str
    kind: str
    label: str
    before: str
    after: str
    words: str


def differences(*, number: str, by: Actor) -> tuple[PlanChange, ...]:
    """Return what publishing would change for the teams: who, what, when before and after."""
    plan = plan_of(number, by=by)
    lines = {line.job_id: line for line in plan.stops.select_related("job", "team")}
    open_visits = Visit.objects.filter(status__in=VISIT_OPEN, job__in=plan.jobs.all())
    visits = {visit.job_id: visit for visit in open_visits.select_related("job", "team")}
    changes = [
        change
        for job_id in lines.keys() | visits.keys()
        if (change := _difference(lines.get(job_id), visits.get(job_id)))
    ]
    order = list(KINDS)
    return tuple(sorted(changes, key=lambda change: (order.index(change.kind), change.job_number)))


def _difference(line: PlannedStop | None, visit: Visit | None) -> PlanChange | None:
    if visit is not None and visit.status in VISIT_COMMITTED:
        return None
    before = _where(visit.team.name, visit.arrive_at) if visit else "—"
    after = _where(line.team.name, line.arrive_at) if line else "—"
    kind, words = _kind(line, visit)
    job = line.job if line else visit.job if visit else None
    if not kind or job is None:
        return None
    return PlanChange(
        job_number=job.number,
        title=job.title,
        kind=kind,
        label=KINDS[kind],
        before=before,
        after=after,
        words=words or f"{before} → {after}",
    )


def _kind(line: PlannedStop | None, visit: Visit | None) -> tuple[str, str]:
    if line is None:
        return "removed", ""
    if visit is None:
        return "added", ""
    if line.team_id != visit.team_id:
        return "moved", ""
    if line.on != visit.on:
        return "day", ""
    later = round((line.arrive_at - visit.arrive_at).total_seconds() / 60)
    if abs(later) < NOTICEABLE_MIN:
        return "", ""
    return "retimed", f"{'推迟' if later > 0 else '提前'} {abs(later)} 分钟"


def _where(team: str, at: datetime) -> str:
    return f"{team} {at.astimezone(SHANGHAI):%m-%d %H:%M}"
