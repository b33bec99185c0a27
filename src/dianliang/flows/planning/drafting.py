"""Draft a plan, compute it in the background, publish it."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import jobs as background
from dianliang.domain.directory.models import Unit
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.workforce.models import Team
from dianliang.engines import routing
from dianliang.flows.planning.problem import OPEN_VISITS, build
from dianliang.flows.planning.records import lines_of, locked_numbers, outcome_of, skeleton_from
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

SOLVE = "planning.solve"


def plan_of(number: str, *, by: Actor) -> Plan:
    """Return a plan that the actor may see.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    plan = Plan.objects.select_related("unit", "replaces").filter(number=number).first()
    if plan is None or not by.reaches_unit(plan.unit.path):
        raise NotVisibleError("没有找到这个计划。")
    return plan


@transaction.atomic
def draft_plan(
    *,
    job_numbers: Sequence[str],
    team_codes: Sequence[str],
    first_on: date,
    last_on: date,
    seconds: int,
    by: Actor,
    at: datetime,
) -> Plan:
    """Draft a plan and have it computed in the background.

    Visits that the teams already have in these days join the plan, so that nobody is booked
    twice: accepted ones stay where they are, the others may move.

    Raises:
        InvalidInputError: no jobs or teams, unknown or foreign ones, or an impossible period.
    """
    teams, jobs = _teams(team_codes, by=by), _jobs(job_numbers, by=by)
    busy = Job.objects.filter(
        visits__team__in=teams,
        visits__on__range=(first_on, last_on),
        visits__status__in=OPEN_VISITS,
    ).exclude(pk__in=[job.pk for job in jobs])
    if not jobs:
        raise InvalidInputError("请至少选择一张工单。", field="jobs")
    plan = operations.draft(
        unit=_unit_over([*(t.unit for t in teams), *(j.unit for j in jobs)], by=by),
        jobs=[*jobs, *busy.distinct()],
        teams=teams,
        first_on=first_on,
        last_on=last_on,
        seconds=max(1, min(300, seconds)),
        seed=1,
        by=by,
        at=at,
    )
    return start_solving(plan=plan, by=by, at=at)


def _teams(codes: Sequence[str], *, by: Actor) -> list[Team]:
    rows = Team.objects.filter(code__in=codes, is_active=True).select_related("unit__parent")
    found = [team for team in rows if by.reaches_unit(team.unit.path)]
    _all_found(len(set(codes)) - len(found), "支队伍", field="teams")
    return found


def _jobs(numbers: Sequence[str], *, by: Actor) -> list[Job]:
    rows = Job.objects.filter(number__in=numbers, status__in=["OPEN", "SCHEDULED"])
    found = [job for job in rows.select_related("unit__parent") if by.reaches_unit(job.unit.path)]
    _all_found(len(set(numbers)) - len(found), "张工单", field="jobs")
    return found


def _all_found(missing: int, what: str, *, field: str) -> None:
    if missing:
        message = f"有 {missing} {what}不存在、已结束或不归您管，请重新选择。"
        raise InvalidInputError(message, field=field)


def _unit_over(units: Sequence[Unit], *, by: Actor) -> Unit:
    """Return the smallest unit above all of these, as far up as the actor reaches."""
    top: Unit = min(units, key=lambda unit: len(unit.path))
    while not all(unit.path.startswith(top.path) for unit in units):
        if top.parent is None or not by.reaches_unit(top.parent.path):
            break
        top = top.parent
    return top


@transaction.atomic
def start_solving(*, plan: Plan, by: Actor, at: datetime) -> Plan:
    """Queue the computation of a plan in the same transaction that marks it."""
    operations.begin_solving(plan=plan, by=by, at=at)
    queued = background.enqueue(SOLVE, {"plan": plan.number}, by=by, at=at, max_attempts=2)
    Plan.objects.filter(pk=plan.pk).update(background_job_id=queued.pk)
    plan.background_job_id = queued.pk
    return plan


@background.handler(SOLVE)
def solve_in_background(context: background.JobContext) -> dict[str, Any]:
    """Compute a queued plan, report progress, and store the result once."""
    plan = Plan.objects.get(number=context.payload["plan"])
    if plan.status != "SOLVING":
        return {"skipped": plan.status}
    built = build(plan)
    told_at = 0.0

    def report(told: routing.Progress) -> bool:
        nonlocal told_at
        if time.monotonic() - told_at > 0.5:
            told_at = time.monotonic()
            context.progress(told.share, f"第 {told.iteration} 轮，未排 {told.unassigned} 单")
        return True

    try:
        result = routing.solve(
            built.problem,
            stop=routing.MaxSeconds(limit_s=plan.seconds, clock=time.monotonic),
            seed=plan.seed,
            start=skeleton_from(plan.stops.all(), built),
            progress=report,
        )
    except routing.InvalidProblemError as refusal:
        words = built.readable(str(refusal))
        operations.fail(plan=plan, words=words, by=SYSTEM, at=context.clock())
        return {"error": words}
    lines, left_out = lines_of(result, built, locked=locked_numbers(plan))
    operations.keep_result(
        plan=plan,
        stops=lines,
        left_out=left_out,
        outcome=outcome_of(result, plan),
        solver=result.version,
        by=SYSTEM,
        at=context.clock(),
    )
    return {"planned": len(lines), "left_out": len(left_out)}


def replan(*, number: str, by: Actor, at: datetime) -> Plan:
    """Compute a plan again around its locks."""
    return start_solving(plan=plan_of(number, by=by), by=by, at=at)


def publish(*, number: str, revision: int, by: Actor, at: datetime) -> list[Visit]:
    """Publish a plan: teams see their visits.

    Raises:
        StaleStateError, IllegalTransitionError, UnableToPlanError: see the operation.
    """
    return operations.publish(plan=plan_of(number, by=by), revision=revision, by=by, at=at)


def cancel_solving(*, number: str, by: Actor, at: datetime) -> Plan:
    """Stop the computation of a plan; it can be started again."""
    plan = plan_of(number, by=by)
    if plan.background_job_id and background.cancel(plan.background_job_id, at=at):
        return operations.fail(plan=plan, words="已取消计算", by=SYSTEM, at=at)
    return plan
