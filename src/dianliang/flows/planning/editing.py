"""Change a plan by hand: every change is checked by the engine before it is stored."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.engines import routing
from dianliang.flows.planning.drafting import fresh_plan
from dianliang.flows.planning.explaining import laid_and_late
from dianliang.flows.planning.problem import Built, build
from dianliang.flows.planning.records import (
    fix_json,
    lines_of,
    locked_numbers,
    orders_of,
    outcome_of,
    relaxations_of,
    skeleton_of,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase, phrase_of

Orders = dict[tuple[str, date], list[str]]


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

    A job that the plan leaves out is put in the same way.

    Raises:
        UnableToPlanError: it is locked or confirmed, does not fit there, or pushes another out.
        StaleStateError: someone else changed the plan first.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    built = build(plan, at=at)
    _movable(plan, built, job_number)
    if on not in built.days.get(team_code, ()):
        raise UnableToPlanError("该队伍当天不在岗，请换一支队伍或一天。", field="lane")
    orders = _without(orders_of(plan), job_number)
    orders.setdefault((team_code, on), []).insert(max(0, position - 1), job_number)
    words = f"{job_number} 移到 {built.teams[team_code].name} {on:%m-%d} 第 {position} 位"
    return _store(
        plan, built, orders, must_keep=job_number, revision=revision, words=words, by=by, at=at
    )


def remove(*, number: str, revision: int, job_number: str, by: Actor, at: datetime) -> Plan:
    """Take a job out of a plan; it is listed as left out.

    Raises:
        UnableToPlanError: it is locked or confirmed.
        StaleStateError: someone else changed the plan first.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    built = build(plan, at=at)
    _movable(plan, built, job_number)
    orders = _without(orders_of(plan), job_number)
    words = f"移出 {job_number}"
    return _store(plan, built, orders, must_keep="", revision=revision, words=words, by=by, at=at)


def use_fix(
    *, number: str, revision: int, job_number: str, by: Actor, at: datetime, choice: int = 0
) -> Plan:
    """Make a change that the plan proposes for a job that is left out, and put the job in.

    `choice` 0 is the cheapest proposal, 1 and more are the others in order.

    Raises:
        UnableToPlanError: there is no such proposal, or it helps no longer.
        StaleStateError: someone else changed the plan first.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    left = plan.unplanned.filter(job__number=job_number).first()
    proposals = [left.fix, *left.other_fixes] if left and left.fix else []
    if not 0 <= choice < len(proposals):
        raise UnableToPlanError("该工单没有这个办法可用，请手工调整。")
    return _relax(plan, {"job": job_number, "fix": proposals[choice]}, revision, by=by, at=at)


def use_late_fix(
    *, number: str, revision: int, job_number: str, by: Actor, at: datetime, choice: int = 0
) -> Plan:
    """Make a change that would bring a late visit in time, and plan it so.

    `choice` 0 is the cheapest proposal, 1 and more are the others in order.

    Raises:
        UnableToPlanError: the visit is not late any more, or the change helps no longer.
        StaleStateError: someone else changed the plan first.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    built = build(plan, at=at)
    _movable(plan, built, job_number)
    _, late = laid_and_late(plan, built, job_number)
    fixes = [late.fix, *late.others] if late and late.fix else []
    if not 0 <= choice < len(fixes):
        raise UnableToPlanError("该上门已不超承诺，或没有这个办法可用，请刷新后再看。")
    relaxed = {"job": job_number, "fix": fix_json(fixes[choice], built), "is_promised": True}
    return _relax(plan, relaxed, revision, by=by, at=at)


def _relax(plan: Plan, relaxed: dict[str, Any], revision: int, *, by: Actor, at: datetime) -> Plan:
    """Make one change more, and put its job where it costs least then."""
    job_number, fix = relaxed["job"], relaxed["fix"]
    relaxations = [*relaxations_of(plan), relaxed]
    plan.outcome = {**(plan.outcome or {}), "relaxations": relaxations}
    built = build(plan, at=at)
    orders = _without(orders_of(plan), job_number)
    for gives_way in built.displaced:
        orders = _without(orders, gives_way)
    return _store(
        plan,
        built,
        orders,
        must_keep=job_number,
        also=(job_number,),
        revision=revision,
        words=f"采用办法：{phrase_of(fix['words'])}",
        by=by,
        at=at,
    )


def undo_fix(*, number: str, revision: int, job_number: str, by: Actor, at: datetime) -> Plan:
    """Take back the changes that were made for a job, and take the job out with them.

    What cannot stay without them is left out too, with its reason.

    Raises:
        UnableToPlanError: no change was made for it.
        StaleStateError: someone else changed the plan first.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    before = relaxations_of(plan)
    kept = [relaxed for relaxed in before if relaxed["job"] != job_number]
    if kept == before:
        raise UnableToPlanError("没有为该工单采用过办法。")
    plan.outcome = {**(plan.outcome or {}), "relaxations": kept}
    built = build(plan, at=at)
    orders = _without(orders_of(plan), job_number)
    words = f"撤销 {job_number} 的办法"
    laid = routing.follow_plan(built.problem, skeleton_of(orders, built))
    return _keep(plan, built, laid, revision=revision, words=words, by=by, at=at)


def _without(orders: Orders, job_number: str) -> Orders:
    return {lane: [n for n in day if n != job_number] for lane, day in orders.items()}


def _movable(plan: Plan, built: Built, job_number: str) -> None:
    if job_number not in built.jobs:
        raise UnableToPlanError("该工单不在本计划内、已经结束，或已被别的队伍接单。")
    if job_number in built.frozen:
        raise UnableToPlanError(
            Phrase(
                "%(job_number)s 已被队伍接单，不能移动；确需改动请先撤回该上门。",
                job_number=job_number,
            )
        )
    if job_number in locked_numbers(plan):
        raise UnableToPlanError(Phrase("%(job_number)s 已锁定，请先解锁。", job_number=job_number))


def _store(
    plan: Plan,
    built: Built,
    orders: Orders,
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
    for lost in sorted((wanted & built.jobs.keys()) - kept, key=lambda n: (n != must_keep, n)):
        raise UnableToPlanError(
            Phrase("放不下：%(lost)s %(why_not)s", lost=lost, why_not=_why_not(built, orders, lost))
        )
    return _keep(plan, built, laid, revision=revision, words=words, by=by, at=at)


def _keep(
    plan: Plan,
    built: Built,
    laid: routing.Plan,
    *,
    revision: int,
    words: str,
    by: Actor,
    at: datetime,
) -> Plan:
    lines, left_out = lines_of(laid, built, locked=locked_numbers(plan))
    before = plan.outcome or {}
    outcome: dict[str, Any] = outcome_of(
        laid,
        built,
        relaxations=relaxations_of(plan),
        solved_s=before.get("solved_s", 0),
        repair=before.get("repair"),
    )
    outcome["iterations"] = before.get("iterations", 0)
    return operations.edit(
        plan=plan,
        revision=revision,
        stops=lines,
        left_out=left_out,
        outcome=outcome,
        words=words,
        by=by,
        at=at,
    )


def _why_not(built: Built, orders: Orders, lost: str) -> str:
    """Say why a job does not fit where it was put: as if that team were the only one."""
    lane = next((key for key, day in orders.items() if lost in day), None)
    if lane is None:
        return Phrase("没有队伍能承接。")
    code, day = lane[0], orders[lane]
    team = next((team for team in built.problem.teams if team.id == code), None)
    if team is None or lane[1] not in built.days[code]:
        return Phrase("该队伍当天已不在岗。")
    shift = team.shifts[built.days[code].index(lane[1])]
    alone = replace(
        built.problem,
        teams=(replace(team, shifts=(shift,), spare=()),),
        jobs=tuple(job for job in built.problem.jobs if job.id in day),
        locks=(),
    )
    only = replace(built, days={code: (lane[1],)})
    laid = routing.follow_plan(alone, skeleton_of({lane: day}, only))
    left = next((left for left in laid.unassigned if left.job_id == lost), None)
    return built.readable(left.reasons[0].words) if left else Phrase("与锁定或已接单的上门冲突。")


def set_lock(
    *, number: str, revision: int, job_number: str, is_locked: bool, by: Actor, at: datetime
) -> Plan:
    """Lock a visit where it is, or free it.

    Raises:
        UnableToPlanError: the plan leaves the job out.
        StaleStateError: someone else changed the plan first.
    """
    plan = fresh_plan(number, revision=revision, by=by)
    job = Job.objects.filter(number=job_number, pk__in=plan.stops.values("job_id")).first()
    if job is None:
        raise UnableToPlanError("该工单没有排进本计划，不能锁定。")
    return operations.lock(plan=plan, revision=revision, job=job, is_locked=is_locked, by=by, at=at)
