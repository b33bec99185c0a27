"""Say in a sentence why a team got a job, or what keeps a job out of every route."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import Compiled, is_allowed, is_equipped, is_skilled
from dianliang.engines.routing._model import Job, Problem, Reason, ReasonCode, Shift, Team
from dianliang.engines.routing.travel import IMPASSABLE_S
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

LOCK_BROKEN = Reason(
    code=ReasonCode.LOCK, words="锁定的队伍和时间已经排不下，请解锁或调整前后的工单。"
)
TIED = Reason(code=ReasonCode.TIED, words="它与别的工单绑定，须一起排入：同一系列或同时作业。")
Able = list[tuple[Team, Shift]]


def why_this_team(compiled: Compiled, job_number: int, route: int) -> str:
    """Say in a sentence why a route took a job."""
    job = compiled.jobs[job_number]
    team = compiled.routes[route][0]
    if job_number in compiled.locked:
        return "已锁定在此队伍"
    able = {compiled.routes[r][0].id for r in np.flatnonzero(compiled.data.able[job_number])}
    if len(able) == 1:
        return "唯一符合条件的队伍"
    if job.preferred_team == team.id:
        return "客户的固定服务队伍"
    skilled = "技能相符，" if job.skills else ""
    return f"{skilled}{len(able)} 支可选队伍中总代价最小"


def reasons(
    problem: Problem, compiled: Compiled | None, job: Job, *, is_dear: bool = False
) -> Iterator[Reason]:
    """Yield the binding reason of a job that was left out: the first rule that nobody passes.

    `is_dear` says that a place was found which costs more than leaving the job out.
    """
    if not problem.teams:
        yield Reason(code=ReasonCode.NO_TEAM, words="所选日期没有队伍在岗，或今天已经下班。")
        return
    shifts = [
        (team, shift)
        for team in problem.teams
        for shift in team.shifts
        if shift.only_for is None or job.id in shift.only_for
    ]
    skilled = [(team, s) for team, s in shifts if is_skilled(team, s, job)]
    if not skilled:
        names = "、".join(sorted(job.skills)) or "任何"
        words = f"所选日期没有队伍具备有效的“{names}”技能。"
        yield Reason(code=ReasonCode.NO_SKILL, words=words)
        return
    equipped = [(team, s) for team, s in skilled if is_equipped(team, job)]
    if not equipped:
        names = "、".join(f"{kind}×{count}" for kind, count in job.gear.items())
        yield Reason(code=ReasonCode.NO_GEAR, words=f"具备技能的队伍没有足够的装备：{names}。")
        return
    able = [(team, s) for team, s in equipped if is_allowed(team, job)]
    if not able:
        words = "有技能和装备的队伍不服务该区域，或被指定回避。"
        yield Reason(code=ReasonCode.NOT_ALLOWED, words=words)
        return
    yield from _in_time(compiled, job, able, is_dear=is_dear)


def _in_time(compiled: Compiled | None, job: Job, able: Able, *, is_dear: bool) -> Iterator[Reason]:
    count = len({team.id for team, _ in able})
    if not any(_meets(shift, job) for _, shift in able):
        yield Reason(code=ReasonCode.OUTSIDE_SHIFTS, words=_outside(job, able, count))
    elif compiled is not None and _is_cut_off(compiled, job):
        words = f"道路中断，{count} 支可选队伍都到不了。"
        yield Reason(code=ReasonCode.CUT_OFF, words=words)
    elif compiled is not None and not _fits_alone(compiled, job):
        words = "路程加作业时长超出班次，即使专程前往也无法按时返回。"
        yield Reason(code=ReasonCode.TOO_LONG, words=words)
    elif is_dear:
        words = "排得下，但为它绕行、误时的代价超过它的优先级。"
        yield Reason(code=ReasonCode.NOT_WORTH, words=words)
    else:
        words = f"{count} 支可选队伍的时间已排满，其余工单优先级更高或顺路代价更小。"
        if job.gear:
            names = "、".join(job.gear)
            words = f"{count} 支可选队伍的时间已排满，或随车的 {names} 已分给别的工单。"
        yield Reason(code=ReasonCode.FULL, words=words)


def _outside(job: Job, able: Able, count: int) -> str:
    need = timedelta(seconds=job.duration_s)
    if job.windows and all(window.duration < need for window in job.windows):
        words = "、".join(_span(window) for window in job.windows[:3])
        return f"可上门时段 {words} 短于作业时长 {round(job.duration_s / 60)} 分钟。"
    if not job.windows:
        return f"作业时长 {round(job.duration_s / 60)} 分钟，超过 {count} 支可选队伍的班次。"
    asked = "、".join(_span(window) for window in sorted(job.windows)[:3])
    first, last = min(s.window.start for _, s in able), max(s.window.end for _, s in able)
    words = f"可上门时段 {asked} 不在 {count} 支可选队伍的班次之内"
    return f"{words}（{_span(TimeWindow(first, last))}）。"


def _span(window: TimeWindow) -> str:
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    if start.date() == end.date():
        return f"{start:%m-%d %H:%M}–{end:%H:%M}"
    return f"{start:%m-%d %H:%M}–{end:%m-%d %H:%M}"


def _meets(shift: Shift, job: Job) -> bool:
    need = timedelta(seconds=job.duration_s)
    latest = shift.window.end + timedelta(seconds=shift.overtime_limit_s)
    return any(
        min(window.end, latest) - max(window.start, shift.window.start) >= need
        for window in (job.windows or (TimeWindow(shift.window.start, latest),))
    )


def _fits_alone(compiled: Compiled, job: Job) -> bool:
    number = compiled.numbers[job.id]
    route, *_ = kernel.best_anywhere(compiled.data, compiled.idle, number, kernel.INFEASIBLE / 2)
    return bool(route >= 0)


def _is_cut_off(compiled: Compiled, job: Job) -> bool:
    """Tell whether no able team has a way to a job and home again, however long."""
    d, number = compiled.data, compiled.numbers[job.id]
    place, own = d.items["place"][number], d.routes[d.able[number]]
    ways = np.maximum(d.time[own["start"], place], d.time[place, own["end"]])
    return bool(len(ways) and ways.min() >= IMPASSABLE_S) and not _fits_alone(compiled, job)
