"""What publishing a plan would change for the teams."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from dianliang.domain.work.lifecycle import VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import PlannedStop, Visit
from dianliang.flows.planning.chosen import scope_of
from dianliang.flows.planning.drafting import plan_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

NOTICEABLE_MIN = 5
"""A visit that moves by less is not news."""
CAUSES = {
    "forced": "情况迫使的改动",
    "chosen": "为腾出位置而改",
    "added": "新排入",
    "delayed": "队伍不变，时间顺延",
    "slight": "一刻钟以内的改动",
    "": "",
}
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
    cause: str = ""
    cause_label: str = ""
    why: str = ""


def differences(*, number: str, by: Actor) -> tuple[PlanChange, ...]:
    """Return what publishing would change for the teams: who, what, when before and after.

    Of a plan that fits another to what happened each change has its cause.
    """
    plan = plan_of(number, by=by)
    repair: dict[str, Any] = (plan.outcome or {}).get("repair", {})
    stops = plan.stops.select_related("job", "team")
    open_visits = Visit.objects.filter(status__in=VISIT_OPEN, job__in=plan.jobs.all())
    scope = scope_of(plan)
    if scope is not None:  # nothing changes for any other team
        stops = stops.filter(team__code__in=scope)
        near = Q(team__code__in=scope) | Q(job__in=stops.values("job"))
        open_visits = open_visits.filter(near)
    lines = {line.job_id: line for line in stops}
    visits = {visit.job_id: visit for visit in open_visits.select_related("job", "team")}
    changes = [
        _with_cause(change, repair) if repair else change
        for job_id in lines.keys() | visits.keys()
        if (change := _difference(lines.get(job_id), visits.get(job_id), repair.get("eased", {})))
    ]
    causes, kinds = list(CAUSES), list(KINDS)
    return tuple(
        sorted(changes, key=lambda c: (causes.index(c.cause), kinds.index(c.kind), c.job_number))
    )


def _with_cause(change: PlanChange, repair: Mapping[str, Any]) -> PlanChange:
    cause, why = "slight", ""
    if change.job_number in repair["forced"]:
        cause, why = "forced", repair["forced"][change.job_number]
    elif change.job_number in repair.get("delayed", ()) and change.kind == "retimed":
        cause, why = "delayed", repair["delayed"][change.job_number]
    elif change.kind == "added":
        cause = "added"
    elif change.job_number in repair["chosen"] or change.kind != "retimed":
        cause = "chosen"
    return replace(change, cause=cause, cause_label=CAUSES[cause], why=why)


def _difference(
    line: PlannedStop | None, visit: Visit | None, eased: Mapping[str, str]
) -> PlanChange | None:
    if visit is not None and visit.status in VISIT_COMMITTED and visit.job.number not in eased:
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
