"""From which end a crew does its part of a line: that is where it drives to."""

from collections.abc import Collection

from dianliang.domain.mobilisation.models import Task
from dianliang.domain.work.models import Plan, Visit
from dianliang.flows.planning.lines import line_of
from dianliang.kernel.geo import GeoPoint


def turned(visits: Collection[Visit]) -> frozenset[int]:
    """Return the jobs of visits that their plans have done from the line's end to its beginning.

    One query: of what plans tell, which is long, only this is read.
    """
    plans = {visit.plan_id for visit in visits if visit.plan_id}
    rows = Plan.objects.filter(pk__in=plans, outcome__has_key="turned")
    by_plan = {pk: frozenset(told) for pk, told in rows.values_list("pk", "outcome__turned")}
    return frozenset(
        visit.job_id for visit in visits if visit.job.number in by_plan.get(visit.plan_id or 0, ())
    )


def entry(task: Task, *, is_turned: bool) -> GeoPoint | None:
    """Return where a crew begins with its part of a line; None of a task at one place."""
    if task.line is None:
        return None
    start_m = (task.to_m if is_turned else task.from_m) or 0.0
    (found,) = line_of(task.line).points_at([start_m])
    return found
