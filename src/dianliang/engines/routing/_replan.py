"""Before and after a plan is known: foresee what cannot work; insert, follow, compare."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._explain import explain_left_out
from dianliang.engines.routing._model import Job, Plan, Problem, ReasonCode, Stop, Unassigned
from dianliang.engines.routing._reasons import reasons
from dianliang.engines.routing._render import empty_plan, render
from dianliang.engines.routing._solve import compiled_or_refused, follow
from dianliang.engines.routing._state import Search
from dianliang.engines.routing._ways import Ways
from dianliang.kernel.calendar import SHANGHAI

NOTICEABLE_S = 5 * 60
"""A visit that moves by less is not news."""


NEVER = frozenset(
    {
        ReasonCode.NO_TEAM,
        ReasonCode.NO_SKILL,
        ReasonCode.NO_GEAR,
        ReasonCode.NOT_ALLOWED,
        ReasonCode.OUTSIDE_SHIFTS,
        ReasonCode.TOO_LONG,
        ReasonCode.CUT_OFF,
    }
)


def foresee(problem: Problem) -> tuple[Unassigned, ...]:
    """Return the jobs that no plan can serve, with reason and fixes, without searching.

    A job that fits alone on some shift is not listed, though it may be left out later. Cost:
    milliseconds on 300 jobs.

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """
    compiled = compiled_or_refused(problem)
    if compiled is None:
        return empty_plan(problem, seed=1).unassigned
    ways = Ways(problem, compiled, compiled.idle)
    impossible = [
        job
        for job in problem.jobs
        if any(reason.code in NEVER for reason in reasons(problem, compiled, job))
    ]
    return tuple(explain_left_out(problem, ways, job) for job in impossible)


def insert_job(problem: Problem, plan: Plan, job: Job) -> Plan:
    """Add an urgent job; every planned visit keeps its team and its place in the order.

    The job is added to the problem if it is not in it yet. Cost: milliseconds on 300 jobs.

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """
    if all(other.id != job.id for other in problem.jobs):
        problem = replace(problem, jobs=(*problem.jobs, job))
    return follow_plan(problem, plan, also=(job.id,))


def follow_plan(problem: Problem, plan: Plan, *, also: tuple[str, ...] = ()) -> Plan:
    """Lay a plan over a problem again without improving it: visits keep team and order.

    Jobs in `also` are inserted where they cost least; every other job that the plan leaves out
    stays out. A visit that no longer fits is left out, with its reason.
    """
    compiled = compiled_or_refused(problem)
    if compiled is None:
        return empty_plan(problem, seed=plan.seed)
    search = Search.begin(compiled.data, seed=1)
    follow(compiled, search, plan)
    for job_id in also:
        number = compiled.numbers[job_id]
        if search.tour.spots["where"][number] < 0:
            route, index, *_ = kernel.best_anywhere(
                compiled.data, search.tour, number, kernel.INFEASIBLE / 2
            )
            if route >= 0:
                kernel.put(compiled.data, search.tour, route, index, number)
    search.settle()
    return render(problem, compiled, search, seed=plan.seed, iterations=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a difference between two plans."""

    job_id: str
    kind: str
    words: str
    minutes: int = 0


def diff(before: Plan, after: Plan, *, noticeable_s: int = NOTICEABLE_S) -> tuple[Change, ...]:
    """Return what changed for people: added, removed, to another team or day, or retimed.

    A visit that begins less than `noticeable_s` earlier or later is not retimed.
    """
    old = {s.job_id: (r.team_id, s) for r in before.routes for s in r.stops}
    new = {s.job_id: (r.team_id, s) for r in after.routes for s in r.stops}
    changes: list[Change] = []
    for job_id in sorted(old.keys() | new.keys()):
        if job_id not in old:
            words = f"新排入 {new[job_id][0]}"
            changes.append(Change(job_id=job_id, kind="added", words=words))
        elif job_id not in new:
            changes.append(Change(job_id=job_id, kind="removed", words="移出计划"))
        else:
            (was, stop), (now, later) = old[job_id], new[job_id]
            moved_s = (later.start_at - stop.start_at).total_seconds()
            is_other_day = _day(stop) != _day(later)
            minutes = round(moved_s / 60)
            clock = "%m-%d %H:%M" if is_other_day else "%H:%M"
            is_retimed = is_other_day or abs(moved_s) >= noticeable_s
            then, at = (f"{_local(s):{clock}}" if is_retimed else "" for s in (stop, later))
            if was != now:
                words = f"由 {f'{was} {then}'.strip()} 改为 {f'{now} {at}'.strip()}"
                changes.append(Change(job_id=job_id, kind="moved", words=words))
            elif is_retimed:
                kind = "moved" if is_other_day else "retimed"
                words = f"由 {then} 改为 {at}"
                changes.append(Change(job_id=job_id, kind=kind, words=words, minutes=minutes))
    return tuple(changes)


def _local(stop: Stop) -> datetime:
    return stop.start_at.astimezone(SHANGHAI)


def _day(stop: Stop) -> date:
    return _local(stop).date()
