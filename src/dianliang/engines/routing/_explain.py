"""Say why: why this team, why not at all, and what would help.

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
    Reason,
    ReasonCode,
    Shift,
    Team,
    Unassigned,
)
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
}
"""What a change costs by itself, in weighted seconds: the effort of asking for it."""
OVERTIME_STEP_S, LONGEST_OVERTIME_S = 1800, 7200
RANKS = {Priority.MUST: 2, Priority.SHOULD: 1, Priority.MAY: 0}


def why_this_team(compiled: Compiled, job_number: int, route: int) -> str:
    """Say in a sentence why a route took a job."""
    job = compiled.jobs[job_number]
    team = compiled.routes[route][0]
    if job_number in compiled.locked:
        return "已锁定在此队伍"
    able = {compiled.routes[r][0].id for r in np.flatnonzero(compiled.arrays.able[job_number])}
    if len(able) == 1:
        return "唯一符合条件的队伍"
    if job.preferred_team == team.id:
        return "客户的固定服务队伍"
    skilled = "技能相符，" if job.skills else ""
    return f"{skilled}{len(able)} 支可选队伍中总代价最小"


def explain_left_out(
    problem: Problem, compiled: Compiled | None, draft: "Draft | None", job: Job
) -> Unassigned:
    """Give the binding reasons of a job that was left out, and the cheapest fix found."""
    reasons = tuple(_reasons(problem, compiled, job))
    fixes = [] if compiled is None or draft is None else list(_fixes(problem, compiled, draft, job))
    best = min(fixes, key=lambda fix: (fix.price_s, fix.kind), default=None)
    return Unassigned(job_id=job.id, reasons=reasons, fix=best)


def _reasons(problem: Problem, compiled: Compiled | None, job: Job) -> Iterator[Reason]:
    teams = problem.teams
    skilled = [team for team in teams if job.skills <= team.skills]
    if not skilled:
        names = "、".join(sorted(job.skills)) or "任何"
        yield Reason(code=ReasonCode.NO_SKILL, words=f"没有队伍具备“{names}”技能。")
        return
    equipped = [
        team for team in skilled if all(team.gear.get(k, 0) >= c for k, c in job.gear.items())
    ]
    if not equipped:
        names = "、".join(f"{kind}×{count}" for kind, count in job.gear.items())
        yield Reason(code=ReasonCode.NO_GEAR, words=f"具备技能的队伍没有装备 {names}。")
        return
    able = [team for team in equipped if may_serve(team, job)]
    if not able:
        words = "有技能的队伍不服务该区域，或被指定回避。"
        yield Reason(code=ReasonCode.NOT_ALLOWED, words=words)
        return
    if not any(_meets_shift(team, job) for team in able):
        words = f"可上门时段不在 {len(able)} 支可选队伍的班次之内，或时段短于作业时长。"
        yield Reason(code=ReasonCode.OUTSIDE_SHIFTS, words=words)
        return
    if compiled is not None and not _fits_alone(compiled, job):
        words = "路程加作业时长超出班次，即使专程前往也无法按时返回。"
        yield Reason(code=ReasonCode.TOO_LONG, words=words)
        return
    words = f"{len(able)} 支可选队伍的时间已排满，其余工单优先级更高或顺路代价更小。"
    yield Reason(code=ReasonCode.FULL, words=words)


def _meets_shift(team: Team, job: Job) -> bool:
    need = timedelta(seconds=job.duration_s)
    return any(
        min(w.end, s.window.end + timedelta(seconds=s.overtime_limit_s))
        - max(w.start, s.window.start)
        >= need
        for s in team.shifts
        for w in (job.windows or (s.window,))
    )


def _fits_alone(compiled: Compiled, job: Job) -> bool:
    number = compiled.jobs.index(job)
    sequence = np.array([number], dtype=np.int64)
    times = np.zeros((3, 5), dtype=np.int64)
    return any(
        kernel.run(compiled.arrays, r, sequence, 1, times) < kernel.INFEASIBLE
        for r in range(len(compiled.routes))
    )


def _fixes(problem: Problem, compiled: Compiled, draft: "Draft", job: Job) -> Iterator[Fix]:
    number = compiled.jobs.index(job)
    for found in (
        _with_overtime(compiled, draft, number),
        _in_another_window(compiled, draft, number),
        _with_another_team(compiled, draft, number),
        _instead_of_another(compiled, draft, number),
        _on_another_day(problem, compiled, number),
    ):
        if found is not None:
            yield found


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
    able[number] = True
    gear[number] = 0
    found = _try(draft, number, compiled.arrays._replace(able=able, job_gear=gear))
    if found is None:
        return None
    team, shift = compiled.routes[found.route]
    skills = tuple(sorted(job.skills - team.skills))
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
    """Send a team on the day after its last shift; agree on a new time or rule if need be."""
    job = compiled.jobs[number]
    fixes = (_next_day_with(problem, team, job) for team in problem.teams)
    return min((fix for fix in fixes if fix), key=lambda fix: fix.price_s, default=None)


def _next_day_with(problem: Problem, team: Team, job: Job) -> Fix | None:
    shift = next_day(team)
    way_s = problem.travel.between(shift.start, job.at)[0]
    back_s = problem.travel.between(job.at, shift.end or shift.start)[0]
    opens = shift.window.start + timedelta(seconds=round(way_s) + 1)
    done = opens + timedelta(seconds=job.duration_s)
    rest_s = _rest_s(shift, done)
    if done + timedelta(seconds=back_s + rest_s) > shift.window.end or rest_s < 0:
        return None
    keeps_window = any(w.start <= opens and done <= w.end for w in job.windows)
    suits = may_serve(team, job)
    late_s = max(0.0, (opens - job.due_at).total_seconds()) if job.due_at else 0.0
    price = way_s + back_s + late_s * problem.weights.late_per_s
    price += FIX_PRICES_S[FixKind.ANOTHER_DAY]
    words = f"改到 {opens.astimezone(SHANGHAI):%m月%d日 %H:%M} 由 {team.id} 承接"
    if not suits:
        price += FIX_PRICES_S[FixKind.SKILL]
        words += "，并补齐技能、装备或授权"
    return Fix(
        kind=FixKind.ANOTHER_DAY,
        words=words,
        price_s=price + (0 if keeps_window or not job.windows else FIX_PRICES_S[FixKind.WINDOW]),
        team_id=team.id,
        shift=len(team.shifts),
        amount=1,
        items=() if suits else tuple(sorted(job.skills - team.skills)) or ("授权",),
        start_at=None if keeps_window or not job.windows else opens,
    )


def _rest_s(shift: Shift, done: datetime) -> int:
    """Return the lunch that must follow a job ending at `done`; -1 if it would come too late."""
    if shift.lunch is None:
        return 0
    latest = shift.lunch.window.end - timedelta(seconds=shift.lunch.duration_s)
    return shift.lunch.duration_s if done <= latest else -1


def next_day(team: Team) -> Shift:
    """Return a copy of a team's last shift, one day later."""
    last = max(team.shifts, key=lambda shift: shift.window.start)
    day = timedelta(days=1)
    lunch = last.lunch and replace(last.lunch, window=_later(last.lunch.window, day))
    return replace(last, window=_later(last.window, day), lunch=lunch)


def _later(window: TimeWindow, by: timedelta) -> TimeWindow:
    return TimeWindow(window.start + by, window.end + by)


def apply_fix(problem: Problem, fix: Fix, *, job_id: str) -> Problem:
    """Return the problem with a proposed fix made, so that the job fits."""
    if fix.kind is FixKind.DISPLACE:
        kept = tuple(job for job in problem.jobs if job.id not in fix.items)
        return replace(problem, jobs=kept)
    job = next(job for job in problem.jobs if job.id == job_id)
    return replace(
        problem,
        teams=tuple(_helped(t, fix, job) if t.id == fix.team_id else t for t in problem.teams),
        jobs=tuple(_eased(j, fix) if j.id == job_id else j for j in problem.jobs),
    )


def _helped(team: Team, fix: Fix, job: Job) -> Team:
    if fix.kind is FixKind.ANOTHER_DAY:
        team = replace(team, shifts=(*team.shifts, next_day(team)))
    if fix.kind is FixKind.OVERTIME:
        shifts = tuple(
            replace(s, overtime_limit_s=s.overtime_limit_s + fix.amount) if i == fix.shift else s
            for i, s in enumerate(team.shifts)
        )
        return replace(team, shifts=shifts)
    if fix.kind in {FixKind.SKILL, FixKind.GEAR} or (fix.kind is FixKind.ANOTHER_DAY and fix.items):
        gear = {k: team.gear.get(k, 0) + job.gear.get(k, 0) for k in {*team.gear, *job.gear}}
        return replace(team, skills=team.skills | job.skills, gear=gear)
    return team


def _eased(job: Job, fix: Fix) -> Job:
    if fix.start_at is not None:
        window = TimeWindow(fix.start_at, fix.start_at + timedelta(seconds=job.duration_s))
        job = replace(job, windows=(window,))
    if fix.kind in {FixKind.TEAM, FixKind.SKILL, FixKind.GEAR} or fix.items:
        forbidden = job.forbidden_teams - {fix.team_id}
        return replace(job, allowed_teams=None, forbidden_teams=forbidden, area="")
    return job
