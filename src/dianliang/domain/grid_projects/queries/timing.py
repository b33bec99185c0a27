"""Put a stored project in time: forecast, slack, critical path, and what its issues cost."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from dianliang.domain.grid_projects.models import Baseline, Issue, Milestone, Project
from dianliang.engines.scheduling import (
    BrokenNetworkError,
    Hindrance,
    Lost,
    Schedule,
    Step,
    lost_days,
    schedule,
    steps_of_days,
)
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A project in time, on one day: against the first plan and against the one in force.

    `lost` names issues by number; the first plan says how long steps should have taken, so that a
    new baseline cannot hide what was lost.
    """

    schedule: Schedule
    first: dict[str, date]
    current: dict[str, date]
    lost: dict[str, Lost]
    joint_days: int
    version: int


def told(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Have projects fetched with all that `timing_of` needs."""
    return projects.prefetch_related(
        "milestones__after", "baselines__days", "issues__milestone", "members"
    )


def in_force(project: Project) -> Baseline | None:
    """Return the baseline that counts now."""
    return next((row for row in project.baselines.all() if row.status == "IN_FORCE"), None)


def first_of(project: Project) -> Baseline | None:
    """Return the first baseline that ever counted."""
    counted = [row for row in project.baselines.all() if row.status in {"IN_FORCE", "REPLACED"}]
    return min(counted, key=lambda row: row.version, default=None)


def timing_of(project: Project, *, on: date) -> Timing | None:
    """Return a project in time; None while no baseline counts, or where its steps make no network.

    One broken network must not take the list of all projects down; see `is_broken`.
    """
    try:
        return _timed(project, on=on)
    except BrokenNetworkError:
        return None


def is_broken(project: Project, timing: Timing | None) -> bool:
    """Tell whether a project has a plan that cannot be put in time."""
    return timing is None and in_force(project) is not None


def _timed(project: Project, *, on: date) -> Timing | None:
    current, first = in_force(project), first_of(project)
    if current is None or first is None:
        return None
    milestones = list(project.milestones.all())
    names = {row.pk: row.code for row in milestones}
    steps, planned = _steps(milestones, names, current), _steps(milestones, names, first)
    days_first = {step.code: step.days for step in planned}
    hindrances = [h for issue in project.issues.all() if (h := _hindrance(issue, on=on))]
    made = schedule(steps=steps, starts_on=current.starts_on, as_of=on)
    lost = lost_days(
        steps=[replace(step, days=days_first[step.code]) for step in _as_it_is(steps, made)],
        starts_on=current.starts_on,
        as_of=on,
        hindrances=hindrances,
    )
    return Timing(
        schedule=made,
        first=_days(first, names),
        current=_days(current, names),
        lost={one.code: one for one in lost.each},
        joint_days=lost.joint_days,
        version=current.version,
    )


def _as_it_is(steps: tuple[Step, ...], made: Schedule) -> list[Step]:
    """Hold open steps to the day that is forecast for them, whatever length they are given."""
    return [
        step if step.done_on else replace(step, expected_on=made.of(step.code).ends_on)
        for step in steps
    ]


def _days(baseline: Baseline, names: dict[int, str]) -> dict[str, date]:
    return {names[day.milestone_id]: day.planned_on for day in baseline.days.all()}


def _steps(
    milestones: list[Milestone], names: dict[int, str], baseline: Baseline
) -> tuple[Step, ...]:
    plain = steps_of_days(
        planned=_days(baseline, names),
        after={row.code: [names[b.pk] for b in row.after.all()] for row in milestones},
        starts_on=baseline.starts_on,
    )
    rows = {row.code: row for row in milestones}
    return tuple(
        replace(step, done_on=rows[step.code].actual_on, expected_on=rows[step.code].forecast_on)
        for step in plain
    )


def _hindrance(issue: Issue, *, on: date) -> Hindrance | None:
    """Return how long an issue blocked: up to the day on which it was solved, or to today."""
    if issue.milestone is None or issue.blocks_from_on is None or issue.status == "WITHDRAWN":
        return None
    until = issue.solved_at.astimezone(SHANGHAI).date() if issue.solved_at else on
    return Hindrance(
        code=issue.number,
        step=issue.milestone.code,
        from_on=issue.blocks_from_on,
        until_on=max(until, issue.blocks_from_on),
    )
