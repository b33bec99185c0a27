"""Change a plan by hand: every change is checked by the engine before it is stored."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.engines import routing
from dianliang.flows.planning.drafting import plan_of
from dianliang.flows.planning.problem import Built, build
from dianliang.flows.planning.records import (
    lines_of,
    locked_numbers,
    orders_of,
    outcome_of,
    skeleton_from,
    skeleton_of,
)
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import NotVisibleError


def move(
    *,
    number: str,
    revision: int,
    job_number: str,
    team_code: str,
    on: date,
    position: int,
    by: Actor,
    at: datetime,
) -> Plan:
    """Put a job at a place in a team's day (from 1); every other visit keeps team and order.

    Raises:
        UnableToPlanError: it does not fit there, or pushes another visit out.
        StaleStateError: someone else changed the plan first.
    """
    plan = plan_of(number, by=by)
    built = build(plan)
    _known(built, job_number)
    orders = {key: [n for n in day if n != job_number] for key, day in orders_of(plan).items()}
    if on not in built.days.get(team_code, ()):
        raise UnableToPlanError("该队伍当天不在岗，请换一支队伍或一天。")
    orders.setdefault((team_code, on), []).insert(max(0, position - 1), job_number)
    words = f"{job_number} 移到 {built.teams[team_code].name} 第 {position} 位"
    return _store(
        plan, built, orders, must_keep=job_number, revision=revision, words=words, by=by, at=at
    )


def remove(*, number: str, revision: int, job_number: str, by: Actor, at: datetime) -> Plan:
    """Take a job out of a plan; it is listed as left out.

    Raises:
        StaleStateError: someone else changed the plan first.
    """
    plan = plan_of(number, by=by)
    built = build(plan)
    _known(built, job_number)
    orders = {key: [n for n in day if n != job_number] for key, day in orders_of(plan).items()}
    words = f"移出 {job_number}"
    return _store(plan, built, orders, must_keep="", revision=revision, words=words, by=by, at=at)


def use_fix(*, number: str, revision: int, job_number: str, by: Actor, at: datetime) -> Plan:
    """Make the change that the plan proposes for a job that is left out, and put the job in.

    Raises:
        UnableToPlanError: there is no proposal, or it helps no longer.
        StaleStateError: someone else changed the plan first.
    """
    plan = plan_of(number, by=by)
    left = plan.unplanned.filter(job__number=job_number).first()
    if left is None or not left.fix:
        raise UnableToPlanError("该工单没有可用的办法，请手工调整。")
    outcome = dict(plan.outcome or {})
    relaxed = {"job": job_number, "fix": left.fix}
    outcome["relaxations"] = [*outcome.get("relaxations", []), relaxed]
    plan.outcome = outcome
    built = build(plan)
    return _store(
        plan,
        built,
        orders_of(plan),
        must_keep=job_number,
        also=(job_number,),
        revision=revision,
        words=f"采用办法：{left.fix['words']}",
        by=by,
        at=at,
    )


def _known(built: Built, job_number: str) -> None:
    if job_number not in built.jobs:
        raise UnableToPlanError("该工单不在本计划内，或已经结束。")


def _store(
    plan: Plan,
    built: Built,
    orders: dict[tuple[str, date], list[str]],
    *,
    must_keep: str,
    revision: int,
    words: str,
    by: Actor,
    at: datetime,
    also: tuple[str, ...] = (),
) -> Plan:
    laid = routing.follow_plan(built.problem, skeleton_of(orders, built), also=also)
    kept = {stop.job_id for route in laid.routes for stop in route.stops}
    wanted = {n for day in orders.values() for n in day} | ({must_keep} if must_keep else set())
    for lost in sorted(wanted - kept, key=lambda n: n != must_keep):
        raise UnableToPlanError(f"放不下：{lost} {_why_not(built, orders, lost)}")
    lines, left_out = lines_of(laid, built, locked=locked_numbers(plan))
    return operations.edit(
        plan=plan,
        revision=revision,
        stops=lines,
        left_out=left_out,
        outcome=outcome_of(laid, plan),
        words=words,
        by=by,
        at=at,
    )


def _why_not(built: Built, orders: dict[tuple[str, date], list[str]], lost: str) -> str:
    """Say why a job does not fit where it was put: as if that team were the only one."""
    lane = next((key for key, day in orders.items() if lost in day), None)
    if lane is None:
        return "没有队伍能承接。"
    code, day = lane[0], orders[lane]
    alone = replace(
        built.problem,
        teams=tuple(team for team in built.problem.teams if team.id == code),
        jobs=tuple(job for job in built.problem.jobs if job.id in day),
        locks=(),
    )
    laid = routing.follow_plan(alone, skeleton_of({lane: day}, built))
    left = next((left for left in laid.unassigned if left.job_id == lost), None)
    return built.readable(left.reasons[0].words) if left else "与锁定的上门冲突。"


def set_lock(
    *, number: str, revision: int, job_number: str, is_locked: bool, by: Actor, at: datetime
) -> Plan:
    """Lock a visit where it is, or free it.

    Raises:
        StaleStateError: someone else changed the plan first.
    """
    plan = plan_of(number, by=by)
    job = Job.objects.filter(number=job_number, plans=plan).first()
    if job is None:
        raise UnableToPlanError("该工单不在本计划内。")
    return operations.lock(plan=plan, revision=revision, job=job, is_locked=is_locked, by=by, at=at)


@transaction.atomic
def insert_urgent(*, number: str, job_number: str, by: Actor, at: datetime) -> Plan:
    """Draft a successor of a published plan with one more job; all visits keep team and order.

    Raises:
        NotVisibleError: the job is unknown or foreign.
        UnableToPlanError: it fits nowhere; the reason says why.
    """
    old = plan_of(number, by=by)
    job = Job.objects.select_related("unit").filter(number=job_number, status="OPEN").first()
    if job is None or not by.reaches_unit(job.unit.path):
        raise NotVisibleError("没有找到这张待安排的工单。")
    plan = operations.draft(
        unit=old.unit,
        jobs=[*old.jobs.filter(status__in=["OPEN", "SCHEDULED"]), job],
        teams=list(old.teams.all()),
        first_on=old.first_on,
        last_on=old.last_on,
        seconds=old.seconds,
        seed=old.seed,
        by=by,
        at=at,
        replaces=old,
    )
    plan.outcome = {"relaxations": (old.outcome or {}).get("relaxations", [])}
    built = build(plan)
    before = skeleton_from(old.stops.filter(job__status="SCHEDULED"), built)
    laid = routing.follow_plan(built.problem, before or skeleton_of({}, built), also=(job_number,))
    if laid.stop_of(job_number) is None:
        left = next(left for left in laid.unassigned if left.job_id == job_number)
        hint = f"；可以：{left.fix.words}" if left.fix else ""
        raise UnableToPlanError(built.readable(f"插不进去：{left.reasons[0].words}{hint}"))
    lines, left_out = lines_of(laid, built, locked=frozenset())
    operations.begin_solving(plan=plan, by=by, at=at)
    return operations.keep_result(
        plan=plan,
        stops=lines,
        left_out=left_out,
        outcome=outcome_of(laid, plan),
        solver=laid.version,
        by=SYSTEM,
        at=at,
    )
