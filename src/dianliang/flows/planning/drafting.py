"""Draft a plan, compute it in the background, publish it."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.core import jobs as background
from dianliang.domain.directory.models import Unit
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations import publishing
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Team
from dianliang.engines import routing
from dianliang.flows.planning.chosen import busy_jobs, scope_of, teams_in_scope
from dianliang.flows.planning.computing import NoExecutorError, compute, enough, order, reporter
from dianliang.flows.planning.outdated import (
    refuse_if_outdated,
    refuse_if_overtaken,
    still_as_of,
)
from dianliang.flows.planning.problem import Built, build, build_from
from dianliang.flows.planning.records import (
    lines_of,
    locked_numbers,
    outcome_of,
    relaxations_of,
    skeleton_from,
    turned_of,
)
from dianliang.flows.planning.repairing import is_repair, repair
from dianliang.flows.planning.scene import Asked
from dianliang.flows.planning.terms import first_open, refuse_if_what_if, terms_of
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.phrases import Phrase, joined

SOLVE = "planning.solve"
LONGEST_S = 300
MOST_AT_ONCE = 4
"""Plans that one account may have computed at a time: the others wait for the same worker."""
MOST_PROVEN = 1000
"""Jobs up to which it is proven how much better a plan could be: a second or two."""
MOST_NAMED = 5


def plan_of(number: str, *, by: Actor) -> Plan:
    """Return a plan that the actor may see.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    plan = Plan.objects.select_related("unit", "replaces").filter(number=number).first()
    if plan is None or not by.reaches_unit(plan.unit.path):
        raise NotVisibleError("没有找到这个计划。")
    return plan


def fresh_plan(number: str, *, revision: int, by: Actor) -> Plan:
    """Return a plan if it is still what the actor looked at.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
        StaleStateError: someone else changed or published it since.
    """
    plan = plan_of(number, by=by)
    if plan.revision != revision:
        raise StaleStateError("该计划刚被他人修改或发布，请刷新后再试。")
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
    asked = _asked(job_numbers, team_codes, first_on=first_on, last_on=last_on, by=by, at=at)
    plan = operations.draft(
        unit=_unit_over([*(t.unit for t in asked.teams), *(j.unit for j in asked.jobs)], by=by),
        jobs=asked.jobs,
        teams=asked.teams,
        first_on=first_on,
        last_on=last_on,
        seconds=max(1, min(LONGEST_S, seconds)),
        seed=1,
        by=by,
        at=at,
    )
    return start_solving(plan=plan, revision=plan.revision, by=by, at=at)


def draft_plan_once(*, key: str, asked: Mapping[str, Any], seconds: int) -> str:
    """Draft a plan as `draft_plan` does and return its number; a second press makes no second one.

    The same page may ask for another plan after going back: what was asked is part of the key.

    Raises:
        InvalidInputError: see `draft_plan`.
    """
    body = {**asked, "by": asked["by"].id, "at": None, "seconds": seconds}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        return {"number": draft_plan(**asked, seconds=seconds).number}

    kept = idempotency.once(scope="plan", key=pressed, body=body, at=asked["at"], act=act)
    return str(kept["number"])


def foresee(
    *,
    job_numbers: Sequence[str],
    team_codes: Sequence[str],
    first_on: date,
    last_on: date,
    by: Actor,
    at: datetime,
) -> tuple[operations.OutLine, ...]:
    """Return the chosen jobs that no plan could serve, with reason and fixes, before computing.

    Raises:
        InvalidInputError: no jobs or teams, unknown or foreign ones, or an impossible period.
    """
    asked = _asked(job_numbers, team_codes, first_on=first_on, last_on=last_on, by=by, at=at)
    built = build_from(asked, at=at)
    return tuple(
        operations.OutLine(
            job=built.jobs[left.job_id],
            reasons=[{"words": built.readable(reason.words)} for reason in left.reasons],
            fix={"words": built.readable(left.fix.words)} if left.fix else None,
            other_fixes=[],
        )
        for left in routing.foresee(built.problem)
    )


def _asked(
    job_numbers: Sequence[str],
    team_codes: Sequence[str],
    *,
    first_on: date,
    last_on: date,
    by: Actor,
    at: datetime,
) -> Asked:
    operations.check_period(first_on=first_on, last_on=last_on, at=at)
    if not job_numbers:
        raise InvalidInputError("请至少选择一张工单。", field="jobs")
    if not team_codes:
        raise InvalidInputError("请至少选择一支队伍。", field="teams")
    teams, jobs = _teams(team_codes, by=by), _jobs(job_numbers, by=by)
    _refuse_if_dispatched(teams, first_on=first_on, last_on=last_on)
    chosen = {job.pk: job for job in jobs}
    for job in busy_jobs(teams, first_on=first_on, last_on=last_on):
        chosen.setdefault(job.pk, job)
    return Asked(jobs=list(chosen.values()), teams=teams, first_on=first_on, last_on=last_on)


def _teams(codes: Sequence[str], *, by: Actor) -> list[Team]:
    rows = Team.objects.filter(code__in=codes, is_active=True).select_related("unit__parent")
    found = [team for team in rows if by.reaches_unit(team.unit.path)]
    _all_found(set(codes) - {team.code for team in found}, "支队伍", field="teams")
    return found


def _refuse_if_dispatched(teams: Sequence[Team], *, first_on: date, last_on: date) -> None:
    """Check that no team is out for an incident: its visits are no ordinary day's to move."""
    rows = Visit.objects.filter(
        team__in=teams,
        on__range=(first_on, last_on),
        status__in=VISIT_OPEN,
        job__task__isnull=False,
    )
    names = sorted(set(rows.values_list("team__name", flat=True)))[:MOST_NAMED]
    if names:
        words = Phrase("%(teams)s这几天在抢险，请换队伍或日期。", teams=joined("、", names))
        raise InvalidInputError(words, field="teams")


def _jobs(numbers: Sequence[str], *, by: Actor) -> list[Job]:
    rows = Job.objects.filter(number__in=numbers, status__in=["OPEN", "SCHEDULED"])
    found = [job for job in rows.select_related("unit__parent") if by.reaches_unit(job.unit.path)]
    _all_found(set(numbers) - {job.number for job in found}, "张工单", field="jobs")
    return found


def _all_found(missing: set[str], what: str, *, field: str) -> None:
    if missing:
        names = joined("、", (name[:24] for name in sorted(missing)[:MOST_NAMED]))
        words = "有 %(n)d %(what)s不存在、已结束或不归您管（%(names)s），请重新选择。"
        told = Phrase(words, n=len(missing), what=Phrase(what), names=names)
        raise InvalidInputError(told, field=field)


def _unit_over(units: Sequence[Unit], *, by: Actor) -> Unit:
    """Return the smallest unit above all of these, as far up as the actor reaches."""
    top: Unit = min(units, key=lambda unit: len(unit.path))
    while not all(unit.path.startswith(top.path) for unit in units):
        if top.parent is None or not by.reaches_unit(top.parent.path):
            break
        top = top.parent
    return top


@transaction.atomic
def start_solving(*, plan: Plan, revision: int, by: Actor, at: datetime) -> Plan:
    """Queue the computation of a plan in the same transaction that marks it.

    Raises:
        UnableToPlanError: its days are over, or the actor has too many in the queue.
        StaleStateError: someone else changed the plan first.
    """
    if plan.last_on < first_open(terms_of(plan.outcome), at=at):
        raise UnableToPlanError("这个计划的日期已经过去，请另排一个新计划。")
    if background.unfinished(SOLVE, by=by) >= MOST_AT_ONCE:
        words = "您已有 %(n)d 个计划在计算或排队，请等一个算完，或先停止一个。"
        raise UnableToPlanError(Phrase(words, n=MOST_AT_ONCE))
    busy = busy_jobs(teams_in_scope(plan), first_on=plan.first_on, last_on=plan.last_on)
    keys = busy.values_list("pk", flat=True)
    operations.begin_solving(plan=plan, revision=revision, jobs=keys, by=by, at=at)
    queued = order(SOLVE, plan, seconds=0 if is_repair(plan) else plan.seconds, by=by, at=at)
    Plan.objects.filter(pk=plan.pk).update(background_job_id=queued.pk)
    plan.background_job_id = queued.pk
    return plan


def _given_up(context: background.JobContext) -> None:
    """Mark the plan of a job that was given up, so that nobody waits for it for ever."""
    plan = Plan.objects.get(number=context.payload["plan"])
    if plan.status == "SOLVING" and plan.background_job_id == context.job_id:
        words = "计算多次中断，请再算一次；仍不行请联系管理员查看后台任务。"
        operations.fail(plan=plan, words=words, by=SYSTEM, at=context.clock())


@background.handler(SOLVE, given_up=_given_up)
def solve_in_background(context: background.JobContext) -> dict[str, Any]:
    """Compute a queued plan, report progress, and store the result once."""
    plan = Plan.objects.select_related("unit").get(number=context.payload["plan"])
    if plan.status != "SOLVING" or plan.background_job_id != context.job_id:
        return {"skipped": plan.status}
    context.progress(0.01, Phrase("准备数据：谁在岗、有什么技能、已有哪些上门"))
    if is_repair(plan):
        return _repair(plan, at=context.clock())
    built = build(plan, at=context.clock())
    began = time.monotonic()
    try:
        result = compute(
            built.problem,
            stop=enough(seconds=plan.seconds, jobs=len(built.problem.jobs)),
            seed=plan.seed,
            start=skeleton_from(
                plan.stops.select_related("job", "team"), built, turned=turned_of(plan)
            ),
            progress=reporter(context, jobs=len(built.problem.jobs), limit_s=plan.seconds),
        )
    except (routing.InvalidProblemError, NoExecutorError) as refusal:
        words = built.readable(str(refusal))
        operations.fail(plan=plan, words=words, by=SYSTEM, at=context.clock())
        return {"error": words}
    solved_s = time.monotonic() - began
    context.progress(0.98, Phrase("核对并说明原因"))
    proven = routing.bound(built.problem) if len(built.jobs) <= MOST_PROVEN else None
    return _keep(plan, built, result, solved_s=solved_s, bound=proven, at=context.clock())


def _repair(plan: Plan, *, at: datetime) -> dict[str, Any]:
    try:
        found = repair(plan, at=at)
    except routing.InvalidProblemError as refusal:
        operations.fail(plan=plan, words=str(refusal), by=SYSTEM, at=at)
        return {"error": str(refusal)}
    operations.keep_result(
        plan=plan,
        stops=found.stops,
        left_out=found.left_out,
        outcome=found.outcome,
        solver=found.solver,
        others=found.others,
        other_outs=found.other_outs,
        by=SYSTEM,
        at=at,
    )
    return {"planned": len(found.stops), "left_out": len(found.left_out)}


def _keep(
    plan: Plan,
    built: Built,
    result: routing.Plan,
    *,
    solved_s: float,
    bound: routing.Bound | None,
    at: datetime,
) -> dict[str, Any]:
    lines, left_out = lines_of(result, built, locked=locked_numbers(plan))
    outcome = outcome_of(
        result, built, relaxations=relaxations_of(plan), solved_s=solved_s, bound=bound
    )
    operations.keep_result(
        plan=plan,
        stops=lines,
        left_out=left_out,
        outcome=outcome,
        solver=result.version,
        by=SYSTEM,
        at=at,
    )
    return {"planned": len(lines), "left_out": len(left_out)}


def replan(*, number: str, revision: int, by: Actor, at: datetime) -> Plan:
    """Compute a plan again around its locks, with what the teams got meanwhile.

    Raises:
        StaleStateError: someone else changed the plan first.
    """
    return start_solving(plan=plan_of(number, by=by), revision=revision, by=by, at=at)


def publish(*, number: str, revision: int, by: Actor, at: datetime) -> list[Visit]:
    """Publish a plan after checking that it can still be carried out: teams see their visits.

    Raises:
        UnableToPlanError: somebody fell ill, a certificate ended, time has passed: what no longer
            fits is named.
        StaleStateError, IllegalTransitionError: see the operation.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    require_publishable(plan, at=at)
    return make_real(plan, revision=revision, by=by, at=at)


def require_publishable(plan: Plan, *, at: datetime) -> None:
    """Check that a plan can still be carried out; outside a transaction, it takes a moment.

    Raises:
        UnableToPlanError, StaleStateError: see `publish`.
    """
    if plan.status == "READY":
        refuse_if_what_if(plan)
        refuse_if_overtaken(plan)
        refuse_if_outdated(plan, at=still_as_of(plan, at=at))


def make_real(plan: Plan, *, revision: int, by: Actor, at: datetime) -> list[Visit]:
    """Publish a plan that was checked; of a dispatch what crews finished meanwhile is left out."""
    eased = (plan.outcome or {}).get("repair", {}).get("eased", {})
    scope, ended = scope_of(plan), terms_of(plan.outcome) is not None
    return publishing.publish(
        plan=plan, revision=revision, eased=eased, scope=scope, without_ended=ended, by=by, at=at
    )


@transaction.atomic
def cancel_solving(*, number: str, by: Actor, at: datetime) -> Plan:
    """Give up the computation of a plan; an earlier result stays as it was.

    Raises:
        IllegalTransitionError: it has ended.
    """
    plan = plan_of(number, by=by)
    background.cancel(plan.background_job_id or 0, at=at)
    if plan.solver:
        return operations.stop_solving(plan=plan, by=by, at=at)
    return operations.fail(plan=plan, words="已取消计算。", by=SYSTEM, at=at)


def finish_solving(*, number: str, by: Actor, at: datetime) -> Plan:
    """Ask the computation of a plan to end now, with the best plan found so far."""
    plan = plan_of(number, by=by)
    background.wrap_up(plan.background_job_id or 0, at=at)
    return plan


def discard(*, number: str, by: Actor, at: datetime) -> Plan:
    """Throw a plan away that was never published.

    Raises:
        IllegalTransitionError: it is published, or being computed.
    """
    return operations.discard(plan=plan_of(number, by=by), by=by, at=at)
