"""Work along lines that teams share: lights on a dike, the patrol of a feeder.

A line is cut into short parts, each a job that begins at one end and ends at the other. A team that
does several in a row walks on without a way and without setting up again; where one team stops and
the next begins is left to the search, which may place a boundary between any two parts. A metre
that nobody does costs the same everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from dianliang.engines.routing._line import KM, Line, Part
from dianliang.engines.routing._model import Job, Plan, Problem, Route, Weights
from dianliang.engines.routing._validate import InvalidProblemError, line_errors


def split_lines(problem: Problem) -> Problem:
    """Return a problem with every line cut into parts: jobs of equal length, as short as allowed.

    Their ids are the line's with a running number from its beginning: ``D#1``. A line that has
    parts among the jobs stays as it is cut, so that to split again changes nothing.

    Raises:
        InvalidProblemError: lines make no sense; all that is wrong with all of them.
    """
    errors = tuple(line_errors(problem.lines))
    if errors:
        raise InvalidProblemError(errors)
    cut = {job.part.line_id for job in problem.jobs if job.part}
    new = [
        job for line in problem.lines if line.id not in cut for job in _parts(line, problem.weights)
    ]
    return replace(problem, jobs=(*problem.jobs, *new)) if new else problem


def _parts(line: Line, weights: Weights) -> Iterator[Job]:
    length, count = line.length_m, line.count
    marks = [line.begins_m + length * number / count for number in range(count + 1)]
    points = line.points_at(marks)
    per_km = line.value_per_km
    per_km = weights.unassigned(line.priority) if per_km is None else per_km
    for number in range(count):
        yield Job(
            id=f"{line.id}#{number + 1}",
            at=points[number],
            ends_at=points[number + 1],
            part=Part(line_id=line.id, from_m=marks[number], to_m=marks[number + 1]),
            either_way=line.either_way,
            duration_s=max(1, _share(marks, number, line.s_per_km)),
            gear={kind: _share(marks, number, rate) for kind, rate in line.gear_per_km.items()},
            value=per_km * length / count / KM,
            skills=line.skills,
            levels=line.levels,
            priority=line.priority,
            windows=line.windows,
            due_at=line.due_at,
            late_per_s=line.late_per_s,
            area=line.area,
            allowed_teams=line.allowed_teams,
            forbidden_teams=line.forbidden_teams,
        )


def _share(marks: Sequence[float], number: int, per_km: float) -> int:
    """Return a part's whole share of something counted by length; shares add up to the whole."""
    begin, end = (ceil(marks[i] * per_km / KM - 1e-6) for i in (number, number + 1))
    return end - begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What one team does of a line in one go, in metres from the line's beginning.

    `from_m` is greater than `to_m` where the team goes against the path. Lunch may lie between.
    """

    line_id: str
    team_id: str
    shift: int
    job_ids: tuple[str, ...]
    from_m: float
    to_m: float
    start_at: datetime
    end_at: datetime

    @property
    def length_m(self) -> float:
        """Return how long it is."""
        return abs(self.to_m - self.from_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Neighbouring parts of a line that nobody does, in metres from the line's beginning."""

    line_id: str
    job_ids: tuple[str, ...]
    from_m: float
    to_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How far a plan gets with a line: who does which stretch, and what nobody does."""

    line: Line
    stretches: tuple[Stretch, ...]
    gaps: tuple[Gap, ...]

    @property
    def done_m(self) -> float:
        """Return the metres that the plan does."""
        return sum(stretch.length_m for stretch in self.stretches)


def covers_of(problem: Problem, plan: Plan) -> tuple[Cover, ...]:
    """Return what a plan does of each line, stretches and gaps from its beginning."""
    parts = {job.id: job.part for job in problem.jobs if job.part}
    walked = [stretch for route in plan.routes for stretch in _stretches(route, parts)]
    walked.sort(key=lambda stretch: min(stretch.from_m, stretch.to_m))
    gaps = _gaps(plan, parts)
    return tuple(
        Cover(
            line=line,
            stretches=tuple(stretch for stretch in walked if stretch.line_id == line.id),
            gaps=tuple(gap for gap in gaps if gap.line_id == line.id),
        )
        for line in problem.lines
    )


def _stretches(route: Route, parts: Mapping[str, Part]) -> list[Stretch]:
    """Join parts that follow each other in time and on the line, in one direction."""
    found, goes_on_at = list[Stretch](), None
    for stop in route.stops:
        part = parts.get(stop.job_id)
        if part is None:
            goes_on_at = None
            continue
        begin, end = (part.to_m, part.from_m) if stop.is_turned else (part.from_m, part.to_m)
        if (part.line_id, stop.is_turned, begin) == goes_on_at:
            ids = (*found[-1].job_ids, stop.job_id)
            found[-1] = replace(found[-1], job_ids=ids, to_m=end, end_at=stop.depart_at)
        else:
            found.append(
                Stretch(
                    line_id=part.line_id,
                    team_id=route.team_id,
                    shift=route.shift,
                    job_ids=(stop.job_id,),
                    from_m=begin,
                    to_m=end,
                    start_at=stop.start_at,
                    end_at=stop.depart_at,
                )
            )
        goes_on_at = (part.line_id, stop.is_turned, end)
    return found


def _gaps(plan: Plan, parts: Mapping[str, Part]) -> list[Gap]:
    """Join parts that are left out and lie side by side."""
    found = list[Gap]()
    left = [(parts[each.job_id], each.job_id) for each in plan.unassigned if each.job_id in parts]
    for part, id_ in sorted(left, key=lambda pair: (pair[0].line_id, pair[0].from_m)):
        if found and (found[-1].line_id, found[-1].to_m) == (part.line_id, part.from_m):
            found[-1] = replace(found[-1], job_ids=(*found[-1].job_ids, id_), to_m=part.to_m)
        else:
            gap = Gap(line_id=part.line_id, job_ids=(id_,), from_m=part.from_m, to_m=part.to_m)
            found.append(gap)
    return found
