"""Make a change to a problem that an explanation has proposed."""

from dataclasses import replace
from datetime import datetime, timedelta

from dianliang.engines.routing._model import Fix, FixKind, Job, Problem, Shift, Team
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing._ways import spare_of
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

HELPING = frozenset({FixKind.SKILL, FixKind.GEAR, FixKind.TEAM})
PINNED = HELPING | {FixKind.DISPLACE, FixKind.ANOTHER_DAY}
"""What is asked of one team on one day is of use only if the job stays there."""
A_MOMENT = timedelta(microseconds=1)


def apply_fix(problem: Problem, fix: Fix, *, job_id: str) -> Problem:
    """Return the problem with a proposed fix made, so that the job fits.

    The job becomes a must: a person has decided that it be done, and a new search keeps to that.
    It also keeps to the team and the shift for which an exception was asked. A part of a line that
    makes room stays, closed to every team, so that the line is told as a whole.
    """
    if fix.kind is FixKind.DISPLACE:
        kept = tuple(
            replace(job, allowed_teams=frozenset()) if job.id in fix.items else job
            for job in problem.jobs
            if job.part or job.id not in fix.items
        )
        problem = replace(problem, jobs=kept)
    job = next(job for job in problem.jobs if job.id == job_id)
    teams = tuple(_helped(t, fix, job) if t.id == fix.team_id else t for t in problem.teams)
    team = next((team for team in teams if team.id == fix.team_id), None)
    eased = _eased(job, fix, team)
    return replace(
        problem,
        teams=teams,
        jobs=tuple(eased if j.id == job_id else j for j in problem.jobs),
    )


def promised(problem: Problem, *, job_id: str) -> Problem:
    """Return the problem with a job's promise made a rule: it begins by then or not at all.

    Raises:
        ValueError: nothing was promised.
    """
    job = next(job for job in problem.jobs if job.id == job_id)
    if job.due_at is None:
        raise ValueError(Phrase("工单 %(job_id)s 没有承诺时限。", job_id=job_id))
    ends = job.due_at + timedelta(seconds=job.duration_s)
    opens = min(shift.window.start for team in problem.teams for shift in team.shifts)
    given = job.windows or (TimeWindow(min(opens, job.due_at), ends),)
    windows = tuple(
        TimeWindow(window.start, min(window.end, ends))
        for window in given
        if window.start <= job.due_at
    )
    never = (TimeWindow(job.due_at, job.due_at + A_MOMENT),)
    hard = replace(job, windows=windows or never)
    return replace(problem, jobs=tuple(hard if j.id == job_id else j for j in problem.jobs))


def _helped(team: Team, fix: Fix, job: Job) -> Team:
    if fix.kind is FixKind.ANOTHER_DAY:
        team = _opened(team, fix, job.id)
    shift = team.shifts[fix.shift]
    if fix.kind is FixKind.OVERTIME:
        longer = replace(shift, overtime_limit_s=shift.overtime_limit_s + fix.amount)
        return _with_shift(team, fix.shift, longer)
    if fix.kind not in {*HELPING, FixKind.ANOTHER_DAY}:
        return team
    asked = frozenset(fix.items)
    skills = team.skills_on(shift)
    if job.skills & asked - skills:
        team = _with_shift(team, fix.shift, replace(shift, skills=skills | job.skills))
    levels = {skill: job.levels[skill] for skill in job.levels if skill in asked}
    higher = {name: max(level, team.levels.get(name, 0)) for name, level in levels.items()}
    more = {
        kind: team.room_on(shift).get(kind, 0) + job.gear.get(kind, 0) + job.returns.get(kind, 0)
        for kind in {*job.gear, *job.returns} & asked
    }
    if shift.gear is not None and more:
        team = _with_shift(
            team, fix.shift, replace(team.shifts[fix.shift], gear={**shift.gear, **more})
        )
        more = {}
    return replace(team, levels={**team.levels, **higher}, gear={**team.gear, **more})


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


def _eased(job: Job, fix: Fix, team: Team | None) -> Job:
    job = replace(job, priority=Priority.MUST)
    if fix.start_at is not None:
        window = TimeWindow(fix.start_at, fix.start_at + timedelta(seconds=job.duration_s))
        job = replace(job, windows=(window,))
    if fix.kind not in PINNED or team is None:
        return job
    shift = team.shifts[fix.shift]
    latest = shift.window.end + timedelta(seconds=shift.overtime_limit_s)
    return replace(
        job,
        windows=_within(job.windows, shift.window.start, latest),
        allowed_teams=frozenset({team.id}),
        forbidden_teams=job.forbidden_teams - {team.id},
        area="" if team.areas is not None and job.area not in team.areas else job.area,
    )


def _within(
    windows: tuple[TimeWindow, ...], opens: datetime, shuts: datetime
) -> tuple[TimeWindow, ...]:
    if not windows:
        return (TimeWindow(opens, shuts),)
    return tuple(
        TimeWindow(max(window.start, opens), min(window.end, shuts))
        for window in windows
        if window.start < shuts and window.end > opens
    )
