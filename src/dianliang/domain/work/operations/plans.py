"""Every write to plans: draft, solve, edit, publish. One revision is edited by one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.work.lifecycle import PLAN, VISIT
from dianliang.domain.work.models import Job, Plan, PlannedStop, Unplanned, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError

LONGEST_PLAN_DAYS = 7


class UnableToPlanError(DomainError):
    """The plan cannot be made or changed like this."""

    code = "work.unable-to-plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """One line of a plan to be stored."""

    job: Job
    team: Team
    on: date
    sequence: int
    arrive_at: datetime
    start_at: datetime
    depart_at: datetime
    travel_s: int
    travel_m: int
    late_s: int
    why: str
    is_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutLine:
    """A job that a plan leaves out, to be stored."""

    job: Job
    reasons: list[dict[str, Any]]
    fix: dict[str, Any] | None


@transaction.atomic
def draft(
    *,
    unit: Unit,
    jobs: Iterable[Job],
    teams: Iterable[Team],
    first_on: date,
    last_on: date,
    seconds: int,
    seed: int,
    by: Actor,
    at: datetime,
    replaces: Plan | None = None,
) -> Plan:
    """Start a plan over some jobs, teams and days.

    Raises:
        InvalidInputError: no jobs, no teams, or an impossible period.
    """
    chosen_jobs, chosen_teams = list(jobs), list(teams)
    if not chosen_jobs:
        raise InvalidInputError("请至少选择一张工单。", field="jobs")
    if not chosen_teams:
        raise InvalidInputError("请至少选择一支队伍。", field="teams")
    if not 0 <= (last_on - first_on).days < LONGEST_PLAN_DAYS:
        message = f"计划应为 1 到 {LONGEST_PLAN_DAYS} 天，且止日不早于起日。"
        raise InvalidInputError(message, field="last_on")
    plan = Plan.objects.create(
        number=next_number("JH", at=at),
        unit=unit,
        first_on=first_on,
        last_on=last_on,
        seconds=seconds,
        seed=seed,
        replaces=replaces,
        created_by=by.name,
        created_at=at,
    )
    plan.jobs.set(chosen_jobs)
    plan.teams.set(chosen_teams)
    audit.record("work.plan.draft", target=plan, by=by, at=at, after=plan.status)
    return plan


def begin_solving(*, plan: Plan, by: Actor, at: datetime) -> Plan:
    """Mark a plan as being computed."""
    return transitions.apply(plan, "solve", lifecycle=PLAN, by=by, at=at)


@transaction.atomic
def keep_result(
    *,
    plan: Plan,
    stops: Iterable[StopLine],
    left_out: Iterable[OutLine],
    outcome: dict[str, Any],
    solver: str,
    by: Actor,
    at: datetime,
) -> Plan:
    """Store what the solver found and mark the plan ready."""
    moved = transitions.apply(
        plan,
        "finish",
        lifecycle=PLAN,
        by=by,
        at=at,
        changes={"outcome": outcome, "solver": solver, "revision": plan.revision + 1},
    )
    _replace_lines(moved, stops, left_out)
    return moved


def fail(*, plan: Plan, words: str, by: Actor, at: datetime) -> Plan:
    """Mark a plan as impossible to compute, with the reason."""
    return transitions.apply(
        plan,
        "fail",
        lifecycle=PLAN,
        by=by,
        at=at,
        note=words,
        changes={"outcome": {"error": words}},
    )


@transaction.atomic
def edit(
    *,
    plan: Plan,
    revision: int,
    stops: Iterable[StopLine],
    left_out: Iterable[OutLine],
    outcome: dict[str, Any],
    words: str,
    by: Actor,
    at: datetime,
) -> Plan:
    """Store a changed plan, if it is still the revision that was looked at.

    Raises:
        StaleStateError: someone else changed it first.
    """
    kept = Plan.objects.filter(pk=plan.pk, status="READY", revision=revision).update(
        revision=revision + 1, outcome=outcome
    )
    if not kept:
        raise StaleStateError("该计划刚被他人修改或发布，请刷新后再试。")
    plan.revision, plan.outcome = revision + 1, outcome
    _replace_lines(plan, stops, left_out)
    audit.record("work.plan.edit", target=plan, by=by, at=at, reason=words)
    return plan


def _replace_lines(plan: Plan, stops: Iterable[StopLine], left_out: Iterable[OutLine]) -> None:
    plan.stops.all().delete()
    plan.unplanned.all().delete()
    PlannedStop.objects.bulk_create(
        PlannedStop(plan=plan, **{name: getattr(line, name) for name in StopLine.__slots__})
        for line in stops
    )
    Unplanned.objects.bulk_create(
        Unplanned(plan=plan, job=line.job, reasons=line.reasons, fix=line.fix) for line in left_out
    )


@transaction.atomic
def lock(*, plan: Plan, revision: int, job: Job, is_locked: bool, by: Actor, at: datetime) -> Plan:
    """Lock or free one line.

    Raises:
        StaleStateError: someone else changed the plan first.
    """
    kept = Plan.objects.filter(pk=plan.pk, status="READY", revision=revision).update(
        revision=revision + 1
    )
    if not kept:
        raise StaleStateError("该计划刚被他人修改或发布，请刷新后再试。")
    plan.revision = revision + 1
    plan.stops.filter(job=job).update(is_locked=is_locked)
    words = f"{'锁定' if is_locked else '解锁'} {job.number}"
    audit.record("work.plan.lock", target=plan, by=by, at=at, reason=words)
    return plan


@transaction.atomic
def publish(*, plan: Plan, revision: int, by: Actor, at: datetime) -> list[Visit]:
    """Make a plan real: visits for the teams, jobs scheduled, the replaced plan superseded.

    A visit that somebody has accepted or begun stays as it is. Of two people who publish at
    once one wins and the other is told.

    Raises:
        StaleStateError: the plan was changed or published meanwhile.
        IllegalTransitionError: it is not ready.
        UnableToPlanError: a job of the plan was done, cancelled or given away meanwhile.
    """
    if not Plan.objects.filter(pk=plan.pk, revision=revision).update(revision=revision + 1):
        raise StaleStateError("该计划刚被他人修改或发布，请刷新后再试。")
    plan.revision = revision + 1
    transitions.apply(plan, "publish", lifecycle=PLAN, by=by, at=at, changes={"published_at": at})
    if plan.replaces is not None and plan.replaces.status == "PUBLISHED":
        transitions.apply(plan.replaces, "supersede", lifecycle=PLAN, by=by, at=at)
    made = [_visit(line, by=by, at=at) for line in _lines(plan)]
    _withdraw_dropped(plan, by=by, at=at)
    return [visit for visit in made if visit is not None]


def _lines(plan: Plan) -> list[PlannedStop]:
    return list(
        plan.stops.select_related("job", "job__unit", "team").order_by("on", "team", "sequence")
    )


def _visit(line: PlannedStop, *, by: Actor, at: datetime) -> Visit | None:
    """Make or retime the visit of one line; a visit under way is left alone."""
    job = line.job
    if job.status not in {"OPEN", "SCHEDULED"}:
        message = f"工单 {job.number} 已{job.get_status_display()}，请重新计算后再发布。"
        raise UnableToPlanError(message)
    if job.forbidden_team_id == line.team_id:
        message = f"诉求人要求换队：工单 {job.number} 不能再派{line.team.name}，请改派后再发布。"
        raise UnableToPlanError(message)
    current = job.visits.filter(status__in=["SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED"]).first()
    if current is not None and current.status != "SCHEDULED":
        return None
    if current is not None:
        words = f"计划 {line.plan.number} 调整"
        transitions.apply(
            current, "withdraw", lifecycle=VISIT, by=by, at=at, note=words, changes={"ended_at": at}
        )
    visit = Visit.objects.create(
        number=next_number("SM", at=at),
        job=job,
        team=line.team,
        plan=line.plan,
        on=line.on,
        sequence=line.sequence,
        arrive_at=line.arrive_at,
        depart_at=line.depart_at,
    )
    audit.record("work.visit.plan", target=visit, by=by, at=at, after=visit.status)
    if job.status == "OPEN":
        job_operations.schedule(job=job, by=by, at=at)
    return visit


def _withdraw_dropped(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Take back visits that nobody has accepted and that the new plan leaves out."""
    kept = plan.stops.values_list("job_id", flat=True)
    dropped = Visit.objects.filter(status="SCHEDULED", job__in=plan.jobs.all())
    for visit in dropped.exclude(job_id__in=kept).select_related("job"):
        transitions.apply(
            visit,
            "withdraw",
            lifecycle=VISIT,
            by=by,
            at=at,
            note=f"计划 {plan.number} 未排入",
            changes={"ended_at": at},
        )
        job_operations.unschedule(job=visit.job, reason="新计划未排入", by=by, at=at)


def discard(*, plan: Plan, by: Actor, at: datetime) -> Plan:
    """Throw a plan away that was never published."""
    return transitions.apply(plan, "discard", lifecycle=PLAN, by=by, at=at)
