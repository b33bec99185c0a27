"""Work along lines in a problem: parts that lie side by side are walked on without a way.

The engine wants lines that their parts cover from end to end. What is done, or another team's to
keep, is no part of a problem, so a line stands in it as the pieces that are left, each with the
metres of the whole (`routing.mark_done`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil

from dianliang.domain.mobilisation.lines import joined
from dianliang.domain.mobilisation.models import LineWork, Task
from dianliang.engines import routing
from dianliang.flows.planning.terms import Terms
from dianliang.kernel.geo import GeoPoint

SETUP_S = 15 * 60
"""To unload, park and walk up where a crew begins somewhere on a line."""
PROMISED_S = 15 * 60
"""So far a visit that a team has accepted may shift without anybody's asking it."""
LEG_M, MOST_LEGS = 500.0, 2000


def line_of(work: LineWork, *, least_part_m: float = 1.0) -> routing.Line:
    """Return a line as the engine knows it; its parts are not shorter than `least_part_m`."""
    return routing.Line(
        id=work.number,
        path=tuple(_fine([GeoPoint(lat, lon) for lat, lon in work.path])),
        s_per_km=work.s_per_km,
        measured_m=work.length_m,
        setup_s=SETUP_S,
        least_part_m=least_part_m,
    )


def _fine(path: Sequence[GeoPoint]) -> Iterator[GeoPoint]:
    """Yield a path with points between far ones: metres along a long leg are uneven on a globe.

    However long it is, there are not more than `MOST_LEGS` of them.
    """
    yield path[0]
    leg_m = max(LEG_M, sum(a.distance_m(b) for a, b in pairwise(path)) / MOST_LEGS)
    for a, b in pairwise(path):
        count = max(1, ceil(a.distance_m(b) / leg_m))
        for n in range(1, count + 1):
            share = n / count
            yield GeoPoint(a.lat + (b.lat - a.lat) * share, a.lon + (b.lon - a.lon) * share)


def part_of(job: routing.Job, line: routing.Line, from_m: float, to_m: float) -> routing.Job:
    """Return a job that is what lies between two metres of a line, done either way."""
    at, ends_at = line.points_at([from_m, to_m])
    part = routing.Part(line_id=line.id, from_m=from_m, to_m=to_m)
    return replace(job, at=at, ends_at=ends_at, either_way=True, part=part)


def with_lines(problem: routing.Problem, terms: Terms | None) -> routing.Problem:
    """Return the problem of an incident with its tasks along lines as parts of them."""
    if terms is None:
        return problem
    rows = Task.objects.filter(incident__number=terms.incident, line__isnull=False)
    found = {row.job.number: row for row in rows.select_related("line", "job")}
    parts = [job for job in problem.jobs if job.id in found]
    return _as_parts(problem, {job.id: found[job.id] for job in parts}) if parts else problem


def _as_parts(problem: routing.Problem, parts: Mapping[str, Task]) -> routing.Problem:
    works = {row.line.number: row.line for row in parts.values() if row.line}
    lines = {
        number: line_of(work, least_part_m=min(_length(row) for row in _own(parts, number)))
        for number, work in works.items()
    }
    jobs = tuple(
        part_of(job, lines[row.line.number], row.from_m or 0.0, row.to_m or 0.0)
        if (row := parts.get(job.id)) and row.line
        else job
        for job in problem.jobs
    )
    locks = tuple(_eased(lock) if lock.job_id in parts else lock for lock in problem.locks)
    return with_gaps(replace(problem, jobs=jobs, locks=locks, lines=tuple(lines.values())))


def _eased(lock: routing.Lock) -> routing.Lock:
    """Return a lock on a part of a line with time to set up, which the problem counts once more.

    A crew stands in a problem at the place where it is, not on the line that it works along. What
    somebody only said yes to is shifted by no more than he need not be asked about.
    """
    is_begun = lock.tolerance_s >= PROMISED_S
    tolerance_s = lock.tolerance_s + SETUP_S if is_begun else PROMISED_S - 60
    return replace(lock, tolerance_s=tolerance_s)


def with_gaps(problem: routing.Problem) -> routing.Problem:
    """Return a problem whose lines are the pieces that its parts cover, as the engine wants it."""
    missing = {
        line.id: list(
            _gaps(
                (job.part for job in problem.jobs if job.part and job.part.line_id == line.id),
                line.begins_m,
                line.ends_m,
            )
        )
        for line in problem.lines
    }
    return routing.mark_done(problem, missing)


def _own(parts: Mapping[str, Task], number: str) -> list[Task]:
    return [row for row in parts.values() if row.line and row.line.number == number]


def _length(row: Task) -> float:
    return (row.to_m or 0.0) - (row.from_m or 0.0)


def _gaps(
    parts: Iterable[routing.Part], begins_m: float, ends_m: float
) -> Iterable[tuple[float, float]]:
    """Yield the spans of a line that no part covers."""
    clock_m = begins_m
    for begin, end in (*joined((part.from_m, part.to_m) for part in parts), (ends_m, ends_m)):
        if begin - clock_m > 1e-6:
            yield clock_m, begin
        clock_m = max(clock_m, end)
