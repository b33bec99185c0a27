"""Say in a sentence, as a message and its values, what keeps a job out of every route."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._ability import collected_by, is_allowed, is_equipped, is_skilled
from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._chains import is_hopeless, least_lags, linked_groups
from dianliang.engines.routing._model import Job, Problem, Reason, ReasonCode, Shift, Team
from dianliang.engines.routing.travel import IMPASSABLE_S
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined

LOCK_BROKEN = Reason(
    code=ReasonCode.LOCK, words=Phrase("锁定的队伍和时间已经排不下，请解锁或调整前后的工单。")
)
TIED = Phrase("它与别的工单绑定，须一起排入：同一系列或同时作业。")
Able = list[tuple[Team, Shift]]


def reasons(
    problem: Problem, compiled: Compiled | None, job: Job, *, is_dear: bool = False
) -> Iterator[Reason]:
    """Yield the binding reason of a job that was left out: the first rule that nobody passes.

    `is_dear` says that a place was found which costs more than leaving the job out.
    """
    if not problem.teams:
        words = Phrase("所选日期没有队伍在岗，或今天已经下班。")
        yield Reason(code=ReasonCode.NO_TEAM, words=words)
        return
    shifts = [
        (team, shift)
        for team in problem.teams
        for shift in team.shifts
        if shift.only_for is None or job.id in shift.only_for
    ]
    skilled = [(team, s) for team, s in shifts if is_skilled(team, s, job)]
    if not skilled:
        yield Reason(code=ReasonCode.NO_SKILL, words=_unskilled(job, shifts))
        return
    collected = compiled.collected if compiled else collected_by(problem.jobs)
    equipped = [(team, s) for team, s in skilled if is_equipped(team, s, job, collected)]
    if not equipped:
        counts = {**job.returns, **job.gear}
        names = joined("、", (f"{kind}×{count}" for kind, count in counts.items()))
        words = Phrase("具备技能的队伍没有足够的装备：%(gear)s。", gear=names)
        yield Reason(code=ReasonCode.NO_GEAR, words=words)
        return
    able = [(team, s) for team, s in equipped if is_allowed(team, job)]
    if not able:
        words = Phrase("有技能和装备的队伍不服务该区域，或被指定回避。")
        yield Reason(code=ReasonCode.NOT_ALLOWED, words=words)
        return
    yield from _in_time(compiled, job, able, is_dear=is_dear)


def _in_time(compiled: Compiled | None, job: Job, able: Able, *, is_dear: bool) -> Iterator[Reason]:
    count = len({team.id for team, _ in able})
    if not any(_meets(shift, job) for _, shift in able):
        yield Reason(code=ReasonCode.OUTSIDE_SHIFTS, words=_outside(job, able, count))
    elif compiled is not None and _is_cut_off(compiled, job):
        words = Phrase("道路中断，%(n)d 支可选队伍都到不了。", n=count)
        yield Reason(code=ReasonCode.CUT_OFF, words=words)
    elif compiled is not None and not _fits_alone(compiled, job):
        words = Phrase("路程加作业时长超出班次，即使专程前往也无法按时返回。")
        yield Reason(code=ReasonCode.TOO_LONG, words=words)
    elif is_dear:
        words = Phrase("排得下，但为它绕行、误时的代价超过它的优先级。")
        yield Reason(code=ReasonCode.NOT_WORTH, words=words)
    else:
        words = Phrase("%(n)d 支可选队伍的时间已排满，其余工单优先级更高或顺路代价更小。", n=count)
        yield Reason(code=ReasonCode.FULL, words=words)


def binding(
    full: Reason, job: Job, releasing: Iterable[ReasonCode], *, collected: frozenset[str]
) -> tuple[Reason, ...]:
    """Return the rules each of which alone keeps a job out of a full plan; else that it is full."""
    words = {
        ReasonCode.GEAR_OUT: _no_gear_left(job, collected),
        ReasonCode.LUNCH: Phrase("要留出用餐时间，不然排得下。"),
        ReasonCode.HOURS: Phrase("队伍的工时上限已到，不然排得下。"),
        ReasonCode.WINDOW: Phrase("可上门时段内没有空，别的时间还排得下。"),
    }
    found = tuple(Reason(code=code, words=words[code]) for code in releasing)
    return found or (full,)


def _no_gear_left(job: Job, collected: frozenset[str]) -> str:
    """Say that gear has run out; of what is collected elsewhere also that it could come first."""
    gear = joined("、", sorted({*job.gear, *job.returns}))
    coming = joined("、", sorted(job.gear.keys() & collected))
    if coming:
        words = "随车的 %(gear)s 不够，多一份、或先在别处收回 %(coming)s 就排得下。"
        return Phrase(words, gear=gear, coming=coming)
    return Phrase("随车的 %(gear)s 已分给别的工单，多一份就排得下。", gear=gear)


def tied(problem: Problem, compiled: Compiled, job: Job, *, is_free: bool) -> Iterator[Reason]:
    """Yield why a job that goes with others was left out: its own reason, or that of its mates.

    Where no hours of the customers do for all of them, that is the reason.
    `is_free` says that it would fit alone.
    """
    group = next((ids for ids in linked_groups(problem.links) if job.id in ids), ())
    if group and is_hopeless(problem, group, least_lags(group, problem.links)):
        words = "工单 %(jobs)s 的可上门时段容不下它们之间的间隔，请放宽时段或间隔。"
        yield Reason(code=ReasonCode.TIED, words=Phrase(words, jobs=joined("、", group)))
        return
    own = [] if is_free else list(reasons(problem, compiled, job))
    if own:
        yield own[0]
    if not own or own[0].code is ReasonCode.FULL:
        for mate in mates_of(problem, job.id):
            other = next(found for found in problem.jobs if found.id == mate)
            why = next(reasons(problem, compiled, other, is_dear=True))
            if why.code is not ReasonCode.NOT_WORTH:
                words = Phrase("与它一起的 %(mate)s：%(why)s", mate=mate, why=why.words)
                yield Reason(code=why.code, words=words)
                break
    words = Phrase("单独排得下，但%(tied)s", tied=TIED) if is_free else TIED
    yield Reason(code=ReasonCode.TIED, words=words)


def mates_of(problem: Problem, job_id: str) -> tuple[str, ...]:
    """Return the jobs that go with a job: linked in time, or of its series."""
    groups = linked_groups(problem.links)
    linked = [id_ for group in groups if job_id in group for id_ in group]
    together = [
        id_ for series in problem.series if job_id in series.job_ids for id_ in series.job_ids
    ]
    return tuple(id_ for id_ in (*linked, *together) if id_ != job_id)


def _unskilled(job: Job, shifts: Able) -> str:
    names = joined("、", sorted(job.skills | job.levels.keys())) or Phrase("任何")
    if any(job.skills <= team.skills_on(shift) for team, shift in shifts):
        wanted = joined(
            "、",
            (
                Phrase("%(skill)s %(level)s 级", skill=skill, level=level)
                for skill, level in sorted(job.levels.items())
            ),
        )
        return Phrase(
            "所选日期会“%(skills)s”的队伍等级都不够，需要 %(wanted)s。", skills=names, wanted=wanted
        )
    return Phrase("所选日期没有队伍具备有效的“%(skills)s”技能。", skills=names)


def _outside(job: Job, able: Able, count: int) -> str:
    need = timedelta(seconds=job.duration_s)
    minutes = round(job.duration_s / 60)
    if job.windows and all(window.duration < need for window in job.windows):
        return Phrase(
            "可上门时段 %(windows)s 短于作业时长 %(minutes)d 分钟。",
            windows=joined("、", map(_span, job.windows[:3])),
            minutes=minutes,
        )
    if not job.windows:
        return Phrase(
            "作业时长 %(minutes)d 分钟，超过 %(n)d 支可选队伍的班次。", minutes=minutes, n=count
        )
    first, last = min(s.window.start for _, s in able), max(s.window.end for _, s in able)
    years = {at.astimezone(SHANGHAI).year for at in (first, last, *(w.end for w in job.windows))}
    day = "%m-%d" if len(years) == 1 else "%Y-%m-%d"
    return Phrase(
        "可上门时段 %(windows)s 不在 %(n)d 支可选队伍的班次之内（%(shifts)s）。",
        windows=joined("、", (_span(window, day) for window in sorted(job.windows)[:3])),
        n=count,
        shifts=_span(TimeWindow(first, last), day),
    )


def _span(window: TimeWindow, day: str = "%m-%d") -> str:
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    if start.date() == end.date():
        return f"{start:{day} %H:%M}–{end:%H:%M}"
    return f"{start:{day} %H:%M}–{end:{day} %H:%M}"


def _meets(shift: Shift, job: Job) -> bool:
    need = timedelta(seconds=job.duration_s)
    latest = shift.window.end + timedelta(seconds=shift.overtime_limit_s)
    return any(
        min(window.end, latest) - max(window.start, shift.window.start) >= need
        for window in (job.windows or (TimeWindow(shift.window.start, latest),))
    )


def _fits_alone(compiled: Compiled, job: Job) -> bool:
    """Tell whether a shift that does nothing else could do a job, collected gear being there."""
    number = compiled.numbers[job.id]
    d = compiled.supplied(number)
    route, *_ = kernel.best_anywhere(d, compiled.idle, number, kernel.INFEASIBLE / 2)
    return bool(route >= 0)


def _is_cut_off(compiled: Compiled, job: Job) -> bool:
    """Tell whether no able team has a way to a job and home again, however long."""
    d, number = compiled.data, compiled.numbers[job.id]
    item, own = d.items[number], d.routes[d.able[number]]
    ways = np.maximum(d.time[own["start"], item["place"]], d.time[item["exit"], own["end"]])
    return bool(len(ways) and ways.min() >= IMPASSABLE_S) and not _fits_alone(compiled, job)
