"""Insert an urgent job into a published day: look at the best places first, then choose one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.engines import routing
from dianliang.flows.planning.chosen import busy_jobs, planned_jobs
from dianliang.flows.planning.drafting import plan_of
from dianliang.flows.planning.happened import happened_from
from dianliang.flows.planning.problem import Built, build_from
from dianliang.flows.planning.records import (
    lines_of,
    orders_of_visits,
    outcome_of,
    relaxations_of,
    skeleton_of,
)
from dianliang.flows.planning.scene import Asked
from dianliang.flows.planning.terms import refuse_if_dispatch
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase, joined

BEST = 3
NOTICEABLE_S = 5 * 60
CROWDED = frozenset(
    {
        routing.ReasonCode.FULL,
        routing.ReasonCode.GEAR_OUT,
        routing.ReasonCode.LUNCH,
        routing.ReasonCode.HOURS,
        routing.ReasonCode.WINDOW,
        routing.ReasonCode.NOT_WORTH,
    }
)
Orders = dict[tuple[str, date], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """A visit that an urgent job would push back."""

    job_number: str
    title: str
    minutes: int
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """A place for an urgent job: with whom, when, at what price, and who would wait longer."""

    team_code: str
    team_name: str
    on: date
    position: int
    start_at: datetime
    price_s: float
    travel_s: int
    overtime_s: int
    late_s: int
    delayed: tuple[Delayed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a dispatcher sees before he chooses: the best slots, or why there is none."""

    job_number: str
    title: str
    slots: tuple[SlotRow, ...]
    reasons: tuple[str, ...]
    fix_words: str
    is_crowded: bool
    """It would fit if others made room."""


def offer(*, number: str, job_number: str, by: Actor, at: datetime) -> Offer:
    """Return the best places for an urgent job in a published plan, cheapest first.

    Confirmed visits stay where they are, all others keep their team and their order.

    Raises:
        NotVisibleError: the plan or the job is unknown or foreign.
    """
    old, job = plan_of(number, by=by), _urgent_job(job_number, by=by)
    built, orders = _today_as_it_is(old, job, at=at)
    before = routing.follow_plan(built.problem, skeleton_of(orders, built))
    wanted = next(j for j in built.problem.jobs if j.id == job.number)
    found = routing.recommend(built.problem, before, wanted, k=BEST)
    slots = tuple(_slot(built, before, orders, slot, job) for slot in found)
    left = next((left for left in before.unassigned if left.job_id == job.number), None)
    is_refused = not slots and left is not None
    return Offer(
        job_number=job.number,
        title=job.title,
        slots=slots,
        reasons=tuple(built.readable(r.words) for r in left.reasons) if is_refused and left else (),
        is_crowded=is_refused and left is not None and left.reasons[0].code in CROWDED,
        fix_words=built.readable(left.fix.words) if is_refused and left and left.fix else "",
    )


def insert(
    *,
    number: str,
    job_number: str,
    by: Actor,
    at: datetime,
    slot: tuple[str, date, int] | None = None,
) -> Plan:
    """Draft a successor of a published plan with one more job; all visits keep team and order.

    `slot` is team, day and position (from 1); without one the cheapest place is taken.

    Raises:
        NotVisibleError: the job is unknown or foreign.
        UnableToPlanError: it does not fit; the reason says why.
    """
    old, job = plan_of(number, by=by), _urgent_job(job_number, by=by)
    built, orders = _today_as_it_is(old, job, at=at)
    if slot is not None:
        team_code, on, position = slot
        if on not in built.days.get(team_code, ()):
            raise UnableToPlanError("该队伍当天不在岗，请换一个位置。", field="lane")
        orders.setdefault((team_code, on), []).insert(max(0, position - 1), job.number)
    laid = routing.follow_plan(built.problem, skeleton_of(orders, built), also=(job.number,))
    _refuse_if_out(built, laid, orders, job)
    return _successor(old, built, laid, by=by, at=at)


def _urgent_job(job_number: str, *, by: Actor) -> Job:
    job = Job.objects.select_related("unit").filter(number=job_number, status="OPEN").first()
    if job is None or not by.reaches_unit(job.unit.path):
        raise NotVisibleError("没有找到这张待安排的工单。")
    return job


def _today_as_it_is(old: Plan, job: Job, *, at: datetime) -> tuple[Built, Orders]:
    """Return the problem with the urgent job, and the order of the visits that teams have now."""
    if old.status != "PUBLISHED":
        raise UnableToPlanError("只有已发布、未被替代的计划才能插入急单，请打开最新的计划。")
    refuse_if_dispatch(old)
    teams = list(old.teams.all())
    jobs = {row.pk: row for row in planned_jobs(old)}
    for row in busy_jobs(teams, first_on=old.first_on, last_on=old.last_on):
        jobs.setdefault(row.pk, row)
    jobs[job.pk] = job
    asked = Asked(
        jobs=list(jobs.values()),
        teams=teams,
        first_on=old.first_on,
        last_on=old.last_on,
        relaxations=relaxations_of(old),
        happened=happened_from(old.outcome).wanting(job.number),
    )
    visits = Visit.objects.filter(team__in=teams, status__in=VISIT_OPEN, job__in=jobs)
    return build_from(asked, at=at), orders_of_visits(visits)


def _slot(
    built: Built, before: routing.Plan, orders: Orders, slot: "routing.Slot", job: Job
) -> SlotRow:
    on = built.days[slot.team_id][slot.shift]
    tried = {lane: list(day) for lane, day in orders.items()}
    tried.setdefault((slot.team_id, on), []).insert(slot.position, job.number)
    after = routing.follow_plan(built.problem, skeleton_of(tried, built))
    own = after.stop_of(job.number)
    return SlotRow(
        team_code=slot.team_id,
        team_name=built.teams[slot.team_id].name,
        on=on,
        position=slot.position + 1,
        start_at=slot.start_at,
        price_s=slot.price_s,
        travel_s=after.objective.travel_s - before.objective.travel_s,
        overtime_s=after.objective.overtime_s - before.objective.overtime_s,
        late_s=own[1].late_s if own else 0,
        delayed=tuple(_delayed(built, before, after, job)),
    )


def _delayed(
    built: Built, before: routing.Plan, after: routing.Plan, job: Job
) -> Sequence[Delayed]:
    was = {stop.job_id: stop for route in before.routes for stop in route.stops}
    rows: list[Delayed] = []
    for route in after.routes:
        for stop in route.stops:
            old = was.get(stop.job_id)
            later_s = (stop.start_at - old.start_at).total_seconds() if old else 0
            if stop.job_id != job.number and later_s >= NOTICEABLE_S:
                rows.append(
                    Delayed(
                        job_number=stop.job_id,
                        title=built.jobs[stop.job_id].title,
                        minutes=round(later_s / 60),
                        late_s=stop.late_s,
                    )
                )
    return rows


def _refuse_if_out(built: Built, laid: routing.Plan, orders: Orders, job: Job) -> None:
    kept = {stop.job_id for route in laid.routes for stop in route.stops}
    if job.number not in kept:
        left = next(left for left in laid.unassigned if left.job_id == job.number)
        words = Phrase("插不进去：%(why)s", why=left.reasons[0].words)
        if left.fix:
            words = Phrase("%(refused)s；可以：%(fix)s", refused=words, fix=left.fix.words)
        raise UnableToPlanError(built.readable(words))
    pushed = sorted({n for day in orders.values() for n in day} & built.jobs.keys() - kept)
    if pushed:
        names = joined("、", (f"{n} {built.jobs[n].title}" for n in pushed[:3]))
        raise UnableToPlanError(Phrase("放在这里会挤掉 %(names)s，请换一个位置。", names=names))


@transaction.atomic
def _successor(old: Plan, built: Built, laid: routing.Plan, *, by: Actor, at: datetime) -> Plan:
    plan = operations.draft(
        unit=old.unit,
        jobs=built.jobs.values(),
        teams=list(old.teams.all()),
        first_on=max(old.first_on, at.astimezone(SHANGHAI).date()),
        last_on=old.last_on,
        seconds=old.seconds,
        seed=old.seed,
        by=by,
        at=at,
        replaces=old,
    )
    lines, left_out = lines_of(laid, built, locked=frozenset())
    operations.begin_solving(plan=plan, revision=plan.revision, jobs=(), by=by, at=at)
    return operations.keep_result(
        plan=plan,
        stops=lines,
        left_out=left_out,
        outcome=outcome_of(laid, built, relaxations=relaxations_of(old)),
        solver=laid.version,
        by=SYSTEM,
        at=at,
    )
