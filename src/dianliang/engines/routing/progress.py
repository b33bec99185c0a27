"""What is done of a line is taken out of the problem; the rest is planned again.

The rest keeps the metres of the whole, so that people on the dike and in the office mean the same
place, and parts that nobody has touched keep their ids, so that an earlier plan of them still says
who was to do them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from math import ceil

from dianliang.engines.routing._line import KM, Line
from dianliang.engines.routing._model import Job, Problem
from dianliang.engines.routing._validate import (
    ErrorCode,
    InvalidProblemError,
    ProblemError,
    line_errors,
)

Span = tuple[float, float]
LEAST_M = 1.0
"""A rest shorter than this is nothing; what is done may reach as far beyond a line's end."""


def mark_done(problem: Problem, done: Mapping[str, Sequence[Span]]) -> Problem:
    """Return what is left of a problem once some metres of its lines are done, by line id.

    Metres are counted as the parts' are. A line of which several pieces are left becomes as many
    lines, named ``D``, ``D+2``, …; a part that is done at one end is shortened, one that is done in
    the middle becomes two, ``D#7`` and ``D#7+2``; a name that is taken is passed over. What is
    wholly done is gone, with its locks and what it was tied to: nobody waits for it. What a team
    has begun by a plan stays a fact of that plan: give `replan` its instant for that.

    Raises:
        InvalidProblemError: a line is unknown or makes no sense, or a span does not lie on it; all
            that is wrong with all of them.
    """
    errors = (*line_errors(problem.lines), *_errors(problem, done))
    if errors:
        raise InvalidProblemError(errors)
    jobs = [job for job in problem.jobs if job.part is None or not done.get(job.part.line_id)]
    lines, names = list[Line](), {line.id for line in problem.lines}
    for line in problem.lines:
        if not done.get(line.id):
            lines.append(line)
            continue
        own = [job for job in problem.jobs if job.part and job.part.line_id == line.id]
        for number, span in enumerate(_rests(line, done[line.id])):
            name = _another(line.id, names) if number else line.id
            rest, parts = _rest(line, own, span, name)
            lines.append(rest)
            jobs += parts
    kept, seen, names = list[Job](), set[str](), {job.id for job in problem.jobs}
    for job in jobs:
        name = _another(job.id, names) if job.id in seen else job.id
        seen.add(name)
        kept.append(replace(job, id=name))
    return replace(
        problem,
        jobs=tuple(kept),
        lines=tuple(lines),
        locks=tuple(lock for lock in problem.locks if lock.job_id in seen),
        links=tuple(link for link in problem.links if {link.first, link.then} <= seen),
    )


def _errors(problem: Problem, done: Mapping[str, Sequence[Span]]) -> Iterator[ProblemError]:
    lines = {line.id: line for line in problem.lines}
    for id_, spans in done.items():
        line = lines.get(id_)
        if line is None:
            words = f"线路 {id_} 不在本计划内，请核对线路名称。"
            yield ProblemError(code=ErrorCode.UNKNOWN_LINE, id=id_, words=words)
            continue
        for begin, end in spans if line.drawn_m > 0 else ():
            if not line.begins_m <= begin < end <= line.ends_m + LEAST_M:
                words = (
                    f"线路 {id_} 已做的 {begin:.0f}–{end:.0f} 米应由小到大，"
                    f"并在第 {line.begins_m:.0f} 到 {line.ends_m:.0f} 米之内。"
                )
                yield ProblemError(code=ErrorCode.BAD_LINE, id=id_, words=words)


def _another(name: str, taken: set[str]) -> str:
    """Take and return the first numbered name that nobody has, not even of what is done since."""
    free = (f"{name}+{turn}" for turn in count(2) if f"{name}+{turn}" not in taken)
    taken.add(found := next(free))
    return found


def _rests(line: Line, done: Sequence[Span]) -> Iterator[Span]:
    """Yield what is left of a line, from its beginning."""
    clock_m = line.begins_m
    for begin, end in (*sorted(done), (line.ends_m, line.ends_m)):
        if begin - clock_m >= LEAST_M:
            yield clock_m, begin
        clock_m = max(clock_m, end)


def _rest(line: Line, own: Sequence[Job], span: Span, name: str) -> tuple[Line, list[Job]]:
    """Return a piece of a line as a line of its own, with what is left of its parts."""
    begin, end = span
    parts = [
        _piece(line, job, max(begin, job.part.from_m), min(end, job.part.to_m))
        for job in own
        if job.part and min(end, job.part.to_m) - max(begin, job.part.from_m) > 0
    ]
    shortest = min(
        (each.part.to_m - each.part.from_m for each in parts if each.part), default=end - begin
    )
    rest = replace(
        line,
        id=name,
        path=line.way(begin, end),
        begins_m=begin,
        measured_m=end - begin,
        least_part_m=min(line.least_part_m, shortest),
    )
    named = [replace(each, part=replace(each.part, line_id=rest.id)) for each in parts if each.part]
    return rest, named


def _piece(line: Line, job: Job, from_m: float, to_m: float) -> Job:
    """Return what is left of a part: its work, gear and worth by its share of the length."""
    part = job.part
    if part is None or (part.from_m, part.to_m) == (from_m, to_m):
        return job
    share = (to_m - from_m) / (part.to_m - part.from_m)
    at, ends_at = line.points_at([from_m, to_m])
    return replace(
        job,
        at=at,
        ends_at=ends_at,
        part=replace(part, from_m=from_m, to_m=to_m),
        duration_s=max(1, ceil((to_m - from_m) * line.s_per_km / KM - 1e-6)),
        gear={kind: ceil(count * share - 1e-6) for kind, count in job.gear.items()},
        value=None if job.value is None else job.value * share,
    )
