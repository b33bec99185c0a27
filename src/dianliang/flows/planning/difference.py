"""What publishing a plan would change for the teams."""

from dataclasses import dataclass

from dianliang.domain.work.models import PlannedStop, Visit
from dianliang.flows.planning.drafting import plan_of
from dianliang.flows.planning.problem import OPEN_VISITS
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One line of the difference between what teams see now and what a plan would make of it."""

    job_number: str
    title: str
    words: str
    kind: str


def differences(*, number: str, by: Actor) -> tuple[PlanChange, ...]:
    """Return what publishing would change for the teams, in words."""
    plan = plan_of(number, by=by)
    lines = {line.job_id: line for line in plan.stops.select_related("job", "team")}
    visits = {
        visit.job_id: visit
        for visit in Visit.objects.filter(
            status__in=OPEN_VISITS, job__in=plan.jobs.all()
        ).select_related("job", "team")
    }
    changes: list[PlanChange] = []
    for job_id in lines.keys() | visits.keys():
        line, visit = lines.get(job_id), visits.get(job_id)
        job = line.job if line else visits[job_id].job
        kind, words = _difference(line, visit)
        if kind:
            changes.append(
                PlanChange(job_number=job.number, title=job.title, kind=kind, words=words)
            )
    return tuple(sorted(changes, key=lambda change: (change.kind, change.job_number)))


def _difference(line: PlannedStop | None, visit: Visit | None) -> tuple[str, str]:
    if visit is None and line is not None:
        at = line.arrive_at.astimezone(SHANGHAI)
        return "added", f"新增：{line.team.name} {at:%m-%d %H:%M}"
    if line is None and visit is not None:
        return "removed", f"撤回：原由 {visit.team.name} 上门"
    if line is None or visit is None:
        return "", ""
    if line.team_id != visit.team_id:
        return "moved", f"改队：{visit.team.name} → {line.team.name}"
    later = round((line.arrive_at - visit.arrive_at).total_seconds() / 60)
    if abs(later) >= 5:
        return "retimed", f"{'推迟' if later > 0 else '提前'} {abs(later)} 分钟"
    return "", ""
