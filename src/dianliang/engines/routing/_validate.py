"""Find everything that is wrong with a problem before it is solved, all at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import chain
from math import inf

from dianliang.engines.routing._chains import (
    MOST_LINKED,
    is_contradictory,
    least_lags,
    linked_groups,
)
from dianliang.engines.routing._line import KM, Line
from dianliang.engines.routing._model import Job, Link, Problem, Team, Weights
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

MAX_DURATION_S = 24 * 3600
MOST_GEAR = 10**9
"""Sums over many thousand jobs stay far below what 64 bits hold."""
NEAR_M = 1.0
"""How far the end of a part may lie from where its line is at that metre."""
SEAM_M = 0.01


class ErrorCode(StrEnum):
    """What is wrong with an input."""

    DUPLICATE_ID = "duplicate_id"
    BAD_DURATION = "bad_duration"
    BAD_GEAR = "bad_gear"
    EMPTY_SHIFTS = "empty_shifts"
    OVERLAPPING_SHIFTS = "overlapping_shifts"
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
    BAD_LINE = "bad_line"
    BAD_WEIGHT = "bad_weight"
    UNKNOWN_LINE = "unknown_line"


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
            _weights(problem.weights),
            line_errors(problem.lines),
            _parts(problem),
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
    if job.value is not None and not 0 <= job.value < inf:
        words = f"工单 {job.id} 的价值 {job.value} 应为不小于零的数。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=job.id, words=words)
    if job.late_per_s is not None and not 0 <= job.late_per_s < inf:
        words = f"工单 {job.id} 的每秒超时代价应为不小于零的数。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=job.id, words=words)
    if not 0 <= job.wait_per_s < inf:
        words = f"工单 {job.id} 的每秒等待代价应为不小于零的数。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=job.id, words=words)
    if job.due_at is not None and job.due_at.tzinfo is None:
        words = f"工单 {job.id} 的承诺时刻 {job.due_at:%m-%d %H:%M} 没有时区，请写明（如 +08:00）。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=job.id, words=words)
    if any(not 0 <= count <= MOST_GEAR for count in (*job.gear.values(), *job.returns.values())):
        words = f"工单 {job.id} 的装备数量应在 0 到 {MOST_GEAR} 之间。"
        yield ProblemError(code=ErrorCode.BAD_GEAR, id=job.id, words=words)


def _team(team: Team) -> Iterator[ProblemError]:
    if not team.shifts:
        words = f"队伍 {team.id} 没有班次。"
        yield ProblemError(code=ErrorCode.EMPTY_SHIFTS, id=team.id, words=words)
    carried = (team.gear, *(shift.gear or {} for shift in team.shifts))
    if any(not 0 <= count <= MOST_GEAR for gear in carried for count in gear.values()):
        words = f"队伍 {team.id} 的装备数量应在 0 到 {MOST_GEAR} 之间。"
        yield ProblemError(code=ErrorCode.BAD_GEAR, id=team.id, words=words)
    if not 0 <= team.shift_price < inf:
        words = f"队伍 {team.id} 的出班代价 {team.shift_price} 应为不小于零的数。"
        yield ProblemError(code=ErrorCode.BAD_VALUE, id=team.id, words=words)
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
    for number, shift in enumerate((*team.shifts, *(team.spare or ())), start=1):
        lunch = shift.lunch
        if lunch and lunch.duration_s > lunch.window.duration.total_seconds():
            words = f"队伍 {team.id} 第 {number} 个班次的午休比午休时段还长，请改短或放宽时段。"
            yield ProblemError(code=ErrorCode.BAD_LUNCH, id=team.id, words=words)
    yield from _overlaps(team)


def _overlaps(team: Team) -> Iterator[ProblemError]:
    """Nobody is out twice at a time; shifts that could be opened are ways of doing without."""
    ordered = sorted(enumerate(team.shifts, start=1), key=lambda pair: pair[1].window)
    until = ordered[0] if ordered else None
    for number, shift in ordered[1:]:
        if until is not None and until[1].window.overlaps(shift.window):
            words = (
                f"队伍 {team.id} 的第 {until[0]} 个班次（{_span(until[1].window)}）"
                f"与第 {number} 个班次（{_span(shift.window)}）重叠，"
                "请改时间或合并；两组人同时出动请写成两支队伍。"
            )
            yield ProblemError(code=ErrorCode.OVERLAPPING_SHIFTS, id=team.id, words=words)
        if until is None or shift.window.end > until[1].window.end:
            until = number, shift


def _span(window: TimeWindow) -> str:
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    return f"{start:%m-%d %H:%M}–{end:%m-%d %H:%M}"


def _weights(weights: Weights) -> Iterator[ProblemError]:
    """A weight that is no number would make every plan cost no number."""
    for weight in fields(weights):
        value = getattr(weights, weight.name)
        if not 0 <= value < inf:
            words = f"目标权重 {weight.name} 为 {value}，应为不小于零的数。"
            yield ProblemError(code=ErrorCode.BAD_WEIGHT, id=weight.name, words=words)


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
    """A lag is a span, no job is in a series besides, and what hangs together can be done."""
    jobs = {job.id for job in problem.jobs}
    in_series = {id_ for series in problem.series for id_ in series.job_ids}
    for link in problem.links:
        if link.first == link.then or link.lag_from_s > link.lag_to_s:
            words = f"工单 {link.first} 与 {link.then} 的先后关系自相矛盾。"
            yield ProblemError(code=ErrorCode.BAD_LINK, id=link.first, words=words)
        for id_ in (link.first, link.then):
            if id_ not in jobs:
                words = f"关联的工单 {id_} 不在本计划内。"
                yield ProblemError(code=ErrorCode.UNKNOWN_JOB, id=id_, words=words)
            elif id_ in in_series:
                words = f"工单 {id_} 不能既有关联又属于一个系列。"
                yield ProblemError(code=ErrorCode.BAD_LINK, id=id_, words=words)
    sound = [
        link
        for link in problem.links
        if link.first != link.then
        and link.lag_from_s <= link.lag_to_s
        and {link.first, link.then} <= jobs
    ]
    for ids in linked_groups(sound):
        words = _chain(ids, sound)
        if words:
            yield ProblemError(code=ErrorCode.BAD_LINK, id=ids[0], words=words)


def _chain(ids: Sequence[str], links: Sequence[Link]) -> str:
    """Say why jobs that hang together by links make no sense; nothing if they do.

    Customers' hours that leave no time for them are a sad fact: such jobs are left out and told.
    """
    names = "、".join(ids)
    if len(ids) > MOST_LINKED:
        many = f"共 {len(ids)} 张，最多 {MOST_LINKED} 张"
        return f"工单 {names} 互相关联，{many}，请拆开或去掉几个关联。"
    if is_contradictory(least_lags(ids, links)):
        return f"工单 {names} 的先后关系互相矛盾，怎样安排都不能同时满足，请核对间隔和先后。"
    return ""


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


def line_errors(lines: Sequence[Line]) -> Iterator[ProblemError]:
    """Yield everything that is wrong with lines, before they are cut into parts."""
    yield from _duplicates([line.id for line in lines], "线路")
    for line in lines:
        for words in _line(line):
            yield ProblemError(code=ErrorCode.BAD_LINE, id=line.id, words=words)


def _line(line: Line) -> Iterator[str]:
    positive = {
        "每公里的作业秒数": line.s_per_km,
        "最短分段": line.least_part_m,
        "最多段数": line.most_parts,
        "全长": line.measured_m,
    }
    never_negative = {
        "就位秒数": line.setup_s,
        "起点米数": line.begins_m,
        "每公里的价值": line.value_per_km,
        "每秒超时代价": line.late_per_s,
        **{f"每公里的装备“{kind}”": count for kind, count in line.gear_per_km.items()},
    }
    wrong = [
        *(
            f"{name} {x} 应大于零"
            for name, x in positive.items()
            if x is not None and not 0 < x < inf
        ),
        *(
            f"{name} {x} 应为不小于零的数"
            for name, x in never_negative.items()
            if x is not None and not 0 <= x < inf
        ),
    ]
    for words in wrong:
        yield f"线路 {line.id} 的{words}。"
    if not line.drawn_m > 0:
        yield f"线路 {line.id} 至少要有起点和终点两个不同的点。"
    elif not wrong and line.least_part_m > line.length_m:
        most = f"全长 {line.length_m:.0f} 米"
        yield f"线路 {line.id} 的最短分段 {line.least_part_m:.0f} 米超过{most}。"
    elif not wrong and line.length_m / line.count * line.s_per_km / KM > MAX_DURATION_S:
        yield f"线路 {line.id} 分成 {line.count} 段后每段要做 24 小时以上，请减小最短分段。"


def _parts(problem: Problem) -> Iterator[ProblemError]:
    """Check that parts cover the lines that make sense, exactly once, from end to end."""
    own: dict[str, list[Job]] = {line.id: [] for line in problem.lines}
    for job in problem.jobs:
        if job.part and job.part.line_id in own:
            own[job.part.line_id].append(job)
        elif job.part:
            words = f"工单 {job.id} 所属的线路 {job.part.line_id} 不在本计划内。"
            yield ProblemError(code=ErrorCode.UNKNOWN_LINE, id=job.part.line_id, words=words)
    bad = {error.id for error in line_errors(problem.lines)}
    for line in problem.lines:
        if line.id in bad:
            continue
        if not own[line.id]:
            if not bad:
                words = f"线路 {line.id} 还没有分段。"
                yield ProblemError(code=ErrorCode.BAD_LINE, id=line.id, words=words)
        elif not _is_cover(line, own[line.id]):
            words = f"线路 {line.id} 的各段没有不重不漏地盖住全长 {line.length_m:.0f} 米。"
            yield ProblemError(code=ErrorCode.BAD_LINE, id=line.id, words=words)


def _is_cover(line: Line, jobs: list[Job]) -> bool:
    parts = sorted(((job.part, job) for job in jobs if job.part), key=lambda pair: pair[0].from_m)
    begins, ends = [part.from_m for part, _ in parts], [part.to_m for part, _ in parts]
    seams = zip([line.begins_m, *ends], [*begins, line.ends_m], strict=True)
    drawn = zip(line.points_at(begins), line.points_at(ends), strict=True)
    return (
        all(abs(end - begin) <= SEAM_M for end, begin in seams)
        and all(part.to_m - part.from_m > line.least_part_m - SEAM_M for part, _ in parts)
        and all(
            max(job.at.distance_m(begin), job.exit.distance_m(end)) <= NEAR_M
            for (_, job), (begin, end) in zip(parts, drawn, strict=True)
        )
    )
