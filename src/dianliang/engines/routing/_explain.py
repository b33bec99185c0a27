"""Say what would help a job that was left out.

A fix is not guessed: the change is made on a copy, the job is inserted there by the solver's own
insertion, and the price is what the objective then says, plus a stated price of the change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import FOREVER_S, Arrays, Compiled, may_serve
from dianliang.engines.routing._model import (
    Fix,
    FixKind,
    Job,
    Priority,
    Problem,
    Shift,
    Team,
    Unassigned,
)
from dianliang.engines.routing._reasons import LOCK_BROKEN, reasons
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

if TYPE_CHECKING:
    from dianliang.engines.routing._solve import Draft

FIX_PRICES_S = {
    FixKind.WINDOW: 600.0,
    FixKind.OVERTIME: 900.0,
    FixKind.TEAM: 1_800.0,
    FixKind.DISPLACE: 0.0,
    FixKind.GEAR: 3_600.0,
    FixKind.SKILL: 7_200.0,
    FixKind.ANOTHER_DAY: 14_400.0,
    FixKind.ANYWAY: 0.0,
}
"""What a change costs by itself, in weighted seconds: the effort of asking for it."""
OVERTIME_STEP_S, LONGEST_OVERTIME_S = 1800, 7200
MOST_FIXES = 4
RANKS = {Priority.MUST: 2, Priority.SHOULD: 1, Priority.MAY: 0}


def explain_left_out(
    problem: Problem, compiled: Compiled | None, draft: "Draft | None", job: Job
) -> Unassigned:
    """Give the binding reason of a job that was left out, the cheapest fix, and other ways."""
    if compiled is None or draft is None:
        return Unassigned(job_id=job.id, reasons=tuple(reasons(problem, None, job)), fix=None)
    number = compiled.jobs.index(job)
    if number in compiled.locked:
        return Unassigned(job_id=job.id, reasons=(LOCK_BROKEN,), fix=None)
    anyway = _anyway(compiled, draft, number)
    why = tuple(reasons(problem, compiled, job, is_dear=anyway is not None))
    fixes = [fix for fix in (anyway, *_fixes(problem, compiled, draft, number)) if fix]
    fixes.sort(key=lambda fix: (fix.price_s, fix.kind))
    best = fixes[0] if fixes else None
    return Unassigned(job_id=job.id, reasons=why, fix=best, others=tuple(fixes[1:MOST_FIXES]))


def _fixes(
    problem: Problem, compiled: Compiled, draft: "Draft", number: int
) -> Iterator[Fix | None]:
    yield _with_overtime(compiled, draft, number)
    yield _in_another_window(compiled, draft, number)
    yield _with_another_team(compiled, draft, number)
    yield _instead_of_another(compiled, draft, number)
    yield _on_another_day(problem, compiled, number)


@dataclass(frozen=True, slots=True)
class _Trial:
    price: float
    route: int
    begin_s: int
    overtime_s: int


def _try(draft: "Draft", number: int, arrays: Arrays) -> _Trial | None:
    """Insert a job into a copy of the draft on changed arrays; None if it still does not fit."""
    trial = draft.copy()
    width = draft.sequences.shape[1]
    times = np.zeros((width + 2, 5), dtype=np.int64)
    route = kernel.insert_best(
        arrays,
        number,
        trial.sequences,
        trial.lengths,
        trial.costs,
        0.0,
        kernel.INFEASIBLE / 2,
        np.array([1], dtype=np.uint64),
        np.empty(width + 1, dtype=np.int64),
        times,
    )
    if route < 0:
        return None
    length = int(trial.lengths[route])
    kernel.run(arrays, route, trial.sequences[route], length, times)
    position = trial.sequences[route, :length].tolist().index(number)
    price = float(trial.costs.sum() - draft.costs.sum())
    return _Trial(price, route, int(times[position, 1]), int(times[length, 1]))


def _clock(compiled: Compiled, second: int) -> str:
    return f"{compiled.instant(second).astimezone(SHANGHAI):%m月%d日 %H:%M}"


def _anyway(compiled: Compiled, draft: "Draft", number: int) -> Fix | None:
    """Put the job in although it costs more than it is worth, because a person says so."""
    found = _try(draft, number, compiled.arrays)
    if found is None:
        return None
    team, shift = compiled.routes[found.route]
    return Fix(
        kind=FixKind.ANYWAY,
        words=f"仍然排入：{team.id} {_clock(compiled, found.begin_s)}",
        price_s=found.price + FIX_PRICES_S[FixKind.ANYWAY],
        team_id=team.id,
        shift=shift,
    )


def _with_overtime(compiled: Compiled, draft: "Draft", number: int) -> Fix | None:
    for extra in range(OVERTIME_STEP_S, LONGEST_OVERTIME_S + 1, OVERTIME_STEP_S):
        arrays = compiled.arrays._replace(overtime=compiled.arrays.overtime + extra)
        found = _try(draft, number, arrays)
        if found:
            team, shift = compiled.routes[found.route]
            more = found.overtime_s - int(compiled.arrays.overtime[found.route])
            return Fix(
                kind=FixKind.OVERTIME,
                words=f"{team.id} 加班 {-(-more // 60)} 分钟",
                price_s=found.price + FIX_PRICES_S[FixKind.OVERTIME],
                team_id=team.id,
                shift=shift,
                amount=more,
            )
    return None


def _in_another_window(compiled: Compiled, draft: "Draft", number: int) -> Fix | None:
    job = compiled.jobs[number]
    if not job.windows:
        return None
    begins, ends = compiled.arrays.window_from.copy(), compiled.arrays.window_to.copy()
    begins[number, 0], ends[number, 0] = -FOREVER_S, FOREVER_S
    found = _try(draft, number, compiled.arrays._replace(window_from=begins, window_to=ends))
    if found is None:
        return None
    team, shift = compiled.routes[found.route]
    return Fix(
        kind=FixKind.WINDOW,
        words=f"与客户改约到 {_clock(compiled, found.begin_s)}（{team.id}）",
        price_s=found.price + FIX_PRICES_S[FixKind.WINDOW],
        team_id=team.id,
        shift=shift,
        start_at=compiled.instant(found.begin_s),
    )


def _with_another_team(compiled: Compiled, draft: "Draft", number: int) -> Fix | None:
    job = compiled.jobs[number]
    able, gear = compiled.arrays.able.copy(), compiled.arrays.job_gear.copy()
    if able[number].all() or number in compiled.locked:
        return None
    able[number] = [team.shifts[shift].only_for is None for team, shift in compiled.routes]
    gear[number] = 0
    found = _try(draft, number, compiled.arrays._replace(able=able, job_gear=gear))
    if found is None:
        return None
    team, shift = compiled.routes[found.route]
    skills = tuple(sorted(job.skills - team.skills_on(team.shifts[shift])))
    gear_short = tuple(k for k, count in job.gear.items() if team.gear.get(k, 0) < count)
    if skills:
        kind, words = FixKind.SKILL, f"给 {team.id} 补充技能：{'、'.join(skills)}"
    elif job.gear:
        kind, words = FixKind.GEAR, f"给 {team.id} 增配：{'、'.join(job.gear)}"
    else:
        kind, words = FixKind.TEAM, f"允许 {team.id} 承接"
    return Fix(
        kind=kind,
        words=words,
        price_s=found.price + FIX_PRICES_S[kind],
        team_id=team.id,
        shift=shift,
        items=skills or gear_short,
    )


def _instead_of_another(compiled: Compiled, draft: "Draft", number: int) -> Fix | None:
    """Leave out one less urgent job nearby instead; it must cost less than it brings."""
    rank = RANKS[compiled.jobs[number].priority]
    best: Fix | None = None
    for other in compiled.arrays.neighbours[number].tolist():
        route = int(draft.where[other])
        if route < 0 or other in compiled.locked or not compiled.arrays.able[number, route]:
            continue
        if RANKS[compiled.jobs[other].priority] >= rank:
            continue
        found = _try(without(compiled, draft, other), number, compiled.arrays)
        if found is None:
            continue
        team, shift = compiled.routes[found.route]
        price = found.price + float(compiled.arrays.penalty[other])
        if best is None or price < best.price_s:
            best = Fix(
                kind=FixKind.DISPLACE,
                words=f"改排优先级较低的 {compiled.jobs[other].id}",
                price_s=price + FIX_PRICES_S[FixKind.DISPLACE],
                team_id=team.id,
                shift=shift,
                items=(compiled.jobs[other].id,),
            )
    return best


def without(compiled: Compiled, draft: "Draft", job: int) -> "Draft":
    """Return a copy of a draft in which a job is taken out of its route."""
    copy = draft.copy()
    route = int(copy.where[job])
    kept = [
        other for other in copy.sequences[route, : copy.lengths[route]].tolist() if other != job
    ]
    copy.sequences[route, : len(kept)] = kept
    copy.lengths[route], copy.where[job] = len(kept), -1
    times = np.zeros((copy.sequences.shape[1] + 2, 5), dtype=np.int64)
    copy.costs[route] = kernel.run(compiled.arrays, route, copy.sequences[route], len(kept), times)
    return copy


def _on_another_day(problem: Problem, compiled: Compiled, number: int) -> Fix | None:
    """Send a team on a shift that could be opened; agree on a new time or rule if need be."""
    job = compiled.jobs[number]
    fixes = (
        _on_spare(problem, team, shift, job) for team in problem.teams for shift in spare_of(team)
    )
    return min((fix for fix in fixes if fix), key=lambda fix: fix.price_s, default=None)


def _on_spare(problem: Problem, team: Team, shift: Shift, job: Job) -> Fix | None:
    way_s = problem.travel.between(shift.start, job.at)[0]
    back_s = problem.travel.between(job.at, shift.end or shift.start)[0]
    opens = shift.window.start + timedelta(seconds=round(way_s) + 1)
    done = opens + timedelta(seconds=job.duration_s)
    rest_s = _rest_s(shift, done)
    if done + timedelta(seconds=back_s + rest_s) > shift.window.end or rest_s < 0:
        return None
    is_free = not job.windows or any(w.start <= opens and done <= w.end for w in job.windows)
    suits = may_serve(team, shift, job)
    late_s = max(0.0, (opens - job.due_at).total_seconds()) if job.due_at else 0.0
    price = way_s + back_s + problem.weights.late(late_s, job.priority)
    price += FIX_PRICES_S[FixKind.ANOTHER_DAY] + (0 if is_free else FIX_PRICES_S[FixKind.WINDOW])
    words = f"改到 {opens.astimezone(SHANGHAI):%m月%d日 %H:%M} 由 {team.id} 承接"
    if not suits:
        price += FIX_PRICES_S[FixKind.SKILL]
        words += "，并补齐技能、装备或授权"
    return Fix(
        kind=FixKind.ANOTHER_DAY,
        words=words if is_free else f"{words}（需与客户改约）",
        price_s=price,
        team_id=team.id,
        shift=len(team.shifts),
        items=() if suits else tuple(sorted(job.skills - team.skills_on(shift))) or ("授权",),
        start_at=None if is_free else opens,
        opens_at=shift.window.start,
    )


def _rest_s(shift: Shift, done: datetime) -> int:
    """Return the lunch that must follow a job ending at `done`; -1 if it would come too late."""
    if shift.lunch is None:
        return 0
    latest = shift.lunch.window.end - timedelta(seconds=shift.lunch.duration_s)
    return shift.lunch.duration_s if done <= latest else -1


def spare_of(team: Team) -> tuple[Shift, ...]:
    """Return the shifts that could be opened for a team: given ones, or the day after its last."""
    if team.spare is not None:
        return team.spare
    last = max(team.shifts, key=lambda shift: shift.window.start)
    day = timedelta(days=1)
    lunch = last.lunch and replace(last.lunch, window=_later(last.lunch.window, day))
    return (replace(last, window=_later(last.window, day), lunch=lunch),)


def _later(window: TimeWindow, by: timedelta) -> TimeWindow:
    return TimeWindow(window.start + by, window.end + by)


def apply_fix(problem: Problem, fix: Fix, *, job_id: str) -> Problem:
    """Return the problem with a proposed fix made, so that the job fits.

    The job becomes a must: a person has decided that it be done, and a new search keeps to that.
    """
    if fix.kind is FixKind.DISPLACE:
        kept = tuple(job for job in problem.jobs if job.id not in fix.items)
        problem = replace(problem, jobs=kept)
    job = next(job for job in problem.jobs if job.id == job_id)
    return replace(
        problem,
        teams=tuple(_helped(t, fix, job) if t.id == fix.team_id else t for t in problem.teams),
        jobs=tuple(_eased(j, fix) if j.id == job_id else j for j in problem.jobs),
    )


def _helped(team: Team, fix: Fix, job: Job) -> Team:
    if fix.kind is FixKind.ANOTHER_DAY:
        team = _opened(team, fix, job.id)
    if fix.kind is FixKind.OVERTIME:
        return _with_shift(
            team,
            fix.shift,
            replace(
                team.shifts[fix.shift],
                overtime_limit_s=team.shifts[fix.shift].overtime_limit_s + fix.amount,
            ),
        )
    if fix.kind in {FixKind.SKILL, FixKind.GEAR} or (fix.kind is FixKind.ANOTHER_DAY and fix.items):
        shift = team.shifts[fix.shift]
        able = replace(shift, skills=team.skills_on(shift) | job.skills)
        gear = {k: team.gear.get(k, 0) + job.gear.get(k, 0) for k in {*team.gear, *job.gear}}
        return replace(_with_shift(team, fix.shift, able), gear=gear)
    return team


def _opened(team: Team, fix: Fix, job_id: str) -> Team:
    if any(shift.window.start == fix.opens_at for shift in team.shifts):
        return team
    opened = (
        replace(shift, only_for=frozenset({job_id}))
        for shift in spare_of(team)
        if shift.window.start == fix.opens_at
    )
    return replace(team, shifts=(*team.shifts, *opened))


def _with_shift(team: Team, number: int, shift: Shift) -> Team:
    return replace(team, shifts=(*team.shifts[:number], shift, *team.shifts[number + 1 :]))


def _eased(job: Job, fix: Fix) -> Job:
    job = replace(job, priority=Priority.MUST)
    if fix.start_at is not None:
        window = TimeWindow(fix.start_at, fix.start_at + timedelta(seconds=job.duration_s))
        job = replace(job, windows=(window,))
    if fix.kind in {FixKind.TEAM, FixKind.SKILL, FixKind.GEAR} or (
        fix.kind is FixKind.ANOTHER_DAY and fix.items
    ):
        forbidden = job.forbidden_teams - {fix.team_id}
        return replace(job, allowed_teams=None, forbidden_teams=forbidden, area="")
    return job
