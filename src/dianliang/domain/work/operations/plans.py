"""Every write to plans before they are published. One revision is edited by one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.work.lifecycle import PLAN
from dianliang.domain.work.models import Job, Plan, PlannedStop, Unplanned
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase, kept

LONGEST_PLAN_DAYS = 7
FURTHEST_DAYS = 366
MOST_JOBS = 2000


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
    other_fixes: list[dict[str, Any]]


@transaction.atomic
def draft(
    *,
    unit: Unit,
    jobs: Iterable[Job | int],
    teams: Iterable[Team],
    first_on: date,
    last_on: date,
    seconds: int,
    seed: int,
    by: Actor,
    at: datetime,
    replaces: Plan | None = None,
    outcome: dict[str, Any] | None = None,
    words: str = "",
    most: int = MOST_JOBS,
    earliest: date | None = None,
) -> Plan:
    """Start a plan over some jobs, teams and days; `words` say what it is for.

    `earliest` is the first day that is not over, where a shift of yesterday still goes on.

    Raises:
        InvalidInputError: no jobs, no teams, or an impossible period.
    """
    chosen_jobs, chosen_teams = list(jobs), list(teams)
    if not chosen_jobs:
        raise InvalidInputError("请至少选择一张工单。", field="jobs")
    if len(chosen_jobs) > most:
        message = Phrase(
            "一次最多排 %(most)s 张工单，现为 %(n)d 张，请分批或按单位排。",
            most=most,
            n=len(chosen_jobs),
        )
        raise InvalidInputError(message, field="jobs")
    if not chosen_teams:
        raise InvalidInputError("请至少选择一支队伍。", field="teams")
    check_period(first_on=first_on, last_on=last_on, at=at, earliest=earliest)
    plan = Plan.objects.create(
        number=next_number("JH", at=at),
        unit=unit,
        first_on=first_on,
        last_on=last_on,
        seconds=seconds,
        seed=seed,
        replaces=replaces,
        outcome=outcome,
        created_by=by.name,
        created_at=at,
    )
    plan.jobs.set(chosen_jobs)
    plan.teams.set(chosen_teams)
    audit.record("work.plan.draft", target=plan, by=by, at=at, after=plan.status, reason=words)
    return plan


def check_period(
    *, first_on: date, last_on: date, at: datetime, earliest: date | None = None
) -> None:
    """Check that a plan can be made for these days, none before the `earliest` or today.

    Raises:
        InvalidInputError: days in the past, in the wrong order, too many or too far away.
    """
    today = at.astimezone(SHANGHAI).date()
    if first_on < (earliest or today):
        message = Phrase(
            "起日 %(first_on)s 已经过去，最早可排今天（%(today)s）。",
            first_on=f"{first_on:%Y-%m-%d}",
            today=f"{today:%m-%d}",
        )
        raise InvalidInputError(message, field="first_on")
    if last_on < first_on:
        raise InvalidInputError("止日早于起日，请调换。", field="last_on")
    days = (last_on - first_on).days + 1
    if days > LONGEST_PLAN_DAYS:
        message = Phrase(
            "一个计划最多 %(most)s 天，现为 %(days)s 天，请分成几个计划。",
            most=LONGEST_PLAN_DAYS,
            days=days,
        )
        raise InvalidInputError(message, field="last_on")
    if (first_on - today).days > FURTHEST_DAYS:
        message = Phrase(
            "起日 %(first_on)s 太远，最多可提前一年排。", first_on=f"{first_on:%Y-%m-%d}"
        )
        raise InvalidInputError(message, field="first_on")


def _next_revision(plan: Plan, revision: int, **changes: Any) -> None:
    """Compare and swap a plan's revision: of two people who change it one is told."""
    same = Plan.objects.filter(pk=plan.pk, revision=revision, status=plan.status)
    if not same.update(revision=revision + 1, **changes):
        raise StaleStateError("该计划刚被他人修改或发布，请刷新后再试。")
    plan.revision = revision + 1


@transaction.atomic
def begin_solving(
    *, plan: Plan, revision: int, jobs: Iterable[Job | int], by: Actor, at: datetime
) -> Plan:
    """Mark a plan as being computed; `jobs` that the teams got meanwhile join it.

    Raises:
        StaleStateError: someone else changed the plan first.
        IllegalTransitionError: it is being computed, published or thrown away.
    """
    moved = transitions.apply(plan, "solve", lifecycle=PLAN, by=by, at=at)
    _next_revision(moved, revision)
    moved.jobs.add(*jobs)
    return moved


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
    others: Iterable[PlannedStop] = (),
    other_outs: Iterable[Unplanned] = (),
) -> Plan:
    """Store what the solver found and mark the plan ready; `others` are lines taken over.

    Raises:
        StaleStateError: another computation of the plan was begun, or has ended, meanwhile.
    """
    _next_revision(plan, plan.revision)
    changes = {"outcome": outcome, "solver": solver}
    moved = transitions.apply(plan, "finish", lifecycle=PLAN, by=by, at=at, changes=changes)
    _replace_lines(moved, stops, left_out)
    _take_over(moved, list(others), list(other_outs))
    return moved


def stop_solving(*, plan: Plan, by: Actor, at: datetime) -> Plan:
    """Give a computation up and go back to the result there was before.

    Raises:
        IllegalTransitionError: it has ended.
        StaleStateError: it ended at this moment.
    """
    return transitions.apply(plan, "stop", lifecycle=PLAN, by=by, at=at)


def fail(*, plan: Plan, words: str, by: Actor, at: datetime) -> Plan:
    """Mark a plan as impossible to compute, with the reason; what was decided before is kept."""
    return transitions.apply(
        plan,
        "fail",
        lifecycle=PLAN,
        by=by,
        at=at,
        note=words,
        changes={"outcome": {**(plan.outcome or {}), "error": words}},
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
    PLAN.target(plan.status, "edit", role=by.role)
    _next_revision(plan, revision, outcome=outcome)
    plan.outcome = outcome
    _replace_lines(plan, stops, left_out)
    audit.record("work.plan.edit", target=plan, by=by, at=at, reason=words)
    return plan


def _replace_lines(plan: Plan, stops: Iterable[StopLine], left_out: Iterable[OutLine]) -> None:
    plan.stops.all().delete()
    plan.unplanned.all().delete()
    PlannedStop.objects.bulk_create(
        PlannedStop(
            plan=plan,
            **{name: getattr(line, name) for name in StopLine.__slots__ if name != "why"},
            why=str(line.why),
            why_parts=kept(line.why),
        )
        for line in stops
    )
    Unplanned.objects.bulk_create(
        Unplanned(plan=plan, **{name: getattr(line, name) for name in OutLine.__slots__})
        for line in left_out
    )


def _take_over(plan: Plan, stops: Sequence[PlannedStop], left_out: Sequence[Unplanned]) -> None:
    """Copy lines of the plan that this one replaces."""
    for stop in stops:
        stop.pk, stop.plan = None, plan
    for out in left_out:
        out.pk, out.plan = None, plan
    PlannedStop.objects.bulk_create(stops, batch_size=500)
    Unplanned.objects.bulk_create(left_out, batch_size=500)


@transaction.atomic
def lock(*, plan: Plan, revision: int, job: Job, is_locked: bool, by: Actor, at: datetime) -> Plan:
    """Lock or free one line.

    Raises:
        StaleStateError: someone else changed the plan first.
    """
    PLAN.target(plan.status, "edit", role=by.role)
    _next_revision(plan, revision)
    plan.stops.filter(job=job).update(is_locked=is_locked)
    words = f"{'锁定' if is_locked else '解锁'} {job.number}"
    audit.record("work.plan.lock", target=plan, by=by, at=at, reason=words)
    return plan


def discard(*, plan: Plan, by: Actor, at: datetime) -> Plan:
    """Throw a plan away that was never published."""
    return transitions.apply(plan, "discard", lifecycle=PLAN, by=by, at=at)
