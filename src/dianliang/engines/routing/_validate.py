"""Find everything that is wrong with a problem before it is solved, all at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from dianliang.engines.routing._model import Job, Problem, Team

MAX_DURATION_S = 24 * 3600


class ErrorCode(StrEnum):
    """What is wrong with an input."""

    DUPLICATE_ID = "duplicate_id"
    BAD_DURATION = "bad_duration"
    BAD_GEAR = "bad_gear"
    EMPTY_SHIFTS = "empty_shifts"
    BAD_LUNCH = "bad_lunch"
    BAD_OVERTIME = "bad_overtime"
    UNKNOWN_JOB = "unknown_job"
    UNKNOWN_TEAM = "unknown_team"
    UNKNOWN_SHIFT = "unknown_shift"
    LOCKED_TWICE = "locked_twice"
    BAD_VALUE = "bad_value"
    BAD_LIMIT = "bad_limit"
    BAD_LINK = "bad_link"
    BAD_SERIES = "bad_series"
    BAD_TRAVEL = "bad_travel"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemError:
    """One thing that is wrong: its kind, the id it is about, and words."""

    code: ErrorCode
    id: str
    words: str


class InvalidProblemError(ValueError):
    """A problem that cannot be solved as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[ProblemError, ...]) -> None:
        super().__init__("；".join(error.words for error in errors[:5]))
        self.errors = errors


def validate(problem: Problem) -> tuple[ProblemError, ...]:
    """Return every error of a problem; an empty tuple means it can be solved."""
    return tuple(
        chain(
            _duplicates([job.id for job in problem.jobs], "工单"),
            _duplicates([team.id for team in problem.teams], "队伍"),
            chain.from_iterable(_job(job) for job in problem.jobs),
            chain.from_iterable(_team(team) for team in problem.teams),
            _locks(problem),
            _links(problem),
            _series(problem),
        )
    )


def _duplicates(ids: list[str], what: str) -> Iterator[ProblemError]:
    for id_, count in Counter(ids).items():
        if count > 1:
            words = f"{what} {id_} 出现 {count} 次。"
            yield ProblemError(code=ErrorCode.DUPLICATE_ID, id=id_, words=words)


def _job(job: Job) -> Iterator[ProblemError]:
    if not 0 < job.duration_s <= MAX_DURATION_S:
        words = f"工单 {job.id} 的时长 {job.duration_s} 秒不合理，应在 1 秒到 24 小时之间。"
        yield ProblemError(code=ErrorCode.BAD_DURATION, id=job.id, words=words)
    if job.value is not None and not 0 <= job.value < float("inf"):
        words = f"工单 {job.id} 的价值 {job.value} 应为不小于零的数。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=job.id, words=words)
    if job.late_per_s is not None and not 0 <= job.late_per_s < float("inf"):
        words = f"工单 {job.id} 的每秒超时代价应为不小于零的数。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=job.id, words=words)
    if any(count < 0 for count in (*job.gear.values(), *job.returns.values())):
        words = f"工单 {job.id} 的装备数量不能为负。"
        yield ProblemError(code=ErrorCode.BAD_GEAR, id=job.id, words=words)


def _team(team: Team) -> Iterator[ProblemError]:
    if not team.shifts:
        words = f"队伍 {team.id} 没有班次。"
        yield ProblemError(code=ErrorCode.EMPTY_SHIFTS, id=team.id, words=words)
    if any(count < 0 for count in team.gear.values()):
        words = f"队伍 {team.id} 的装备数量不能为负。"
        yield ProblemError(code=ErrorCode.BAD_GEAR, id=team.id, words=words)
    if any(limit is not None and limit <= 0 for limit in (team.shift_limit_s, team.total_limit_s)):
        words = f"队伍 {team.id} 的工时上限应大于零。"
        yield ProblemError(code=ErrorCode.BAD_LIMIT, id=team.id, words=words)
    for shift in team.shifts:
        if shift.overtime_limit_s < 0:
            words = f"队伍 {team.id} 的加班上限不能为负。"
            yield ProblemError(code=ErrorCode.BAD_OVERTIME, id=team.id, words=words)
        lunch = shift.lunch
        if lunch and (lunch.duration_s <= 0 or not lunch.window.overlaps(shift.window)):
            words = f"队伍 {team.id} 的午休不在班次之内。"
            yield ProblemError(code=ErrorCode.BAD_LUNCH, id=team.id, words=words)


def _locks(problem: Problem) -> Iterator[ProblemError]:
    jobs = {job.id for job in problem.jobs}
    teams = {team.id: team for team in problem.teams}
    for lock in problem.locks:
        if lock.job_id not in jobs:
            words = f"锁定的工单 {lock.job_id} 不在本计划内。"
            yield ProblemError(code=ErrorCode.UNKNOWN_JOB, id=lock.job_id, words=words)
        if lock.team_id not in teams:
            words = f"工单 {lock.job_id} 锁定的队伍 {lock.team_id} 不在本计划内。"
            yield ProblemError(code=ErrorCode.UNKNOWN_TEAM, id=lock.team_id, words=words)
        elif not 0 <= lock.shift < len(teams[lock.team_id].shifts):
            words = f"工单 {lock.job_id} 锁定的班次不存在。"
            yield ProblemError(code=ErrorCode.UNKNOWN_SHIFT, id=lock.job_id, words=words)
    for id_, count in Counter(lock.job_id for lock in problem.locks).items():
        if count > 1:
            words = f"工单 {id_} 被锁定 {count} 次。"
            yield ProblemError(code=ErrorCode.LOCKED_TWICE, id=id_, words=words)


def _links(problem: Problem) -> Iterator[ProblemError]:
    """A job is in one link at most, and a lag is a span."""
    jobs = {job.id for job in problem.jobs}
    in_series = {id_ for series in problem.series for id_ in series.job_ids}
    ends = Counter(id_ for link in problem.links for id_ in {link.first, link.then})
    for link in problem.links:
        if link.first == link.then or link.lag_from_s > link.lag_to_s:
            words = f"工单 {link.first} 与 {link.then} 的先后关系自相矛盾。"
            yield ProblemError(code=ErrorCode.BAD_LINK, id=link.first, words=words)
        for id_ in (link.first, link.then):
            if id_ not in jobs:
                words = f"关联的工单 {id_} 不在本计划内。"
                yield ProblemError(code=ErrorCode.UNKNOWN_JOB, id=id_, words=words)
            elif id_ in in_series or ends[id_] > 1:
                words = f"工单 {id_} 只能属于一个关联或一个系列。"
                yield ProblemError(code=ErrorCode.BAD_LINK, id=id_, words=words)


def _series(problem: Problem) -> Iterator[ProblemError]:
    """A job is in one series at most; patterns name a day for each job."""
    jobs = {job.id for job in problem.jobs}
    count = Counter(id_ for series in problem.series for id_ in series.job_ids)
    for series in problem.series:
        for id_ in series.job_ids:
            if id_ not in jobs:
                words = f"系列 {series.id} 的工单 {id_} 不在本计划内。"
                yield ProblemError(code=ErrorCode.UNKNOWN_JOB, id=id_, words=words)
            elif count[id_] > 1:
                words = f"工单 {id_} 只能属于一个系列。"
                yield ProblemError(code=ErrorCode.BAD_SERIES, id=id_, words=words)
        sizes = {len(pattern) for pattern in series.patterns}
        if not series.job_ids or (sizes and sizes != {len(series.job_ids)}):
            words = f"系列 {series.id} 的日期组合应与工单一一对应。"
            yield ProblemError(code=ErrorCode.BAD_SERIES, id=series.id, words=words)
        if series.gap_from_days > series.gap_to_days or series.gap_from_days < 1:
            words = f"系列 {series.id} 的间隔天数自相矛盾。"
            yield ProblemError(code=ErrorCode.BAD_SERIES, id=series.id, words=words)
