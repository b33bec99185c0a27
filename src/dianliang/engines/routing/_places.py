"""Number the places of a problem and measure the ways between them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._kernel import Ints
from dianliang.engines.routing._model import Problem, Shift
from dianliang.engines.routing._validate import ErrorCode, InvalidProblemError, ProblemError
from dianliang.engines.routing.travel import IMPASSABLE_S, InvalidTravelError, refuse_unusable
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

CURVE_BITS = 16
"""So many times a side of the map is halved in numbering places."""
BAND = 128
"""Rows of the table of travel that are asked for at a time."""


def places_of(problem: Problem, shifts: Sequence[Shift]) -> tuple[tuple[GeoPoint, ...], Ints, Ints]:
    """Number distinct places: where jobs begin and end, then where shifts do.

    A place on a line is not the same point off it: whoever comes from anywhere else has to set up
    there, and how long that takes is returned for each place.
    """
    setup = {line.id: line.setup_s for line in problem.lines}
    lines = [job.part.line_id if job.part else "" for job in problem.jobs]
    rows: dict[tuple[GeoPoint, str], int] = {}
    wanted = [
        *((job.at, line) for job, line in zip(problem.jobs, lines, strict=True)),
        *((job.exit, line) for job, line in zip(problem.jobs, lines, strict=True)),
        *((shift.start, "") for shift in shifts),
        *((shift.end or shift.start, "") for shift in shifts),
    ]
    found = np.array([rows.setdefault(place, len(rows)) for place in wanted], np.int64)
    distinct = list(rows)
    order = _along_a_curve([point for point, _ in distinct])
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    waits = np.array([setup.get(distinct[i][1], 0) for i in order], np.int64)
    return tuple(distinct[i][0] for i in order), waits, number[found]


def _along_a_curve(points: Sequence[GeoPoint]) -> Ints:
    """Return the order of points along a curve through all squares of a map (Morton 1966).

    Neighbours get numbers near each other, so that ways between them lie together in the table:
    of a large one a search reads a small part, and the processor's cache holds it.
    """
    at = np.array([(point.lat, point.lon) for point in points]).reshape(-1, 2)
    low, span = at.min(axis=0, initial=90.0), np.ptp(at, axis=0) if len(at) else np.zeros(2)
    square = ((at - low) / max(1e-9, span.max(initial=0.0)) * (2**CURVE_BITS - 1)).astype(np.int64)
    code = np.zeros(len(at), np.int64)
    for bit in range(CURVE_BITS):
        code |= (square[:, 0] >> bit & 1) << 2 * bit + 1 | (square[:, 1] >> bit & 1) << 2 * bit
    return np.argsort(code, kind="stable")


def travel_between(
    problem: Problem, points: tuple[GeoPoint, ...], setup: Ints
) -> NDArray[np.int32]:
    """Return whole seconds between all places, asked for a band of rows at a time.

    They include the time to set up at the place that is reached.

    A table of doubles with what it is made from would take a gigabyte and more on a flood day.
    """
    seconds = np.empty((len(points), len(points)), np.int32)
    for first in range(0, len(points), BAND):
        band = points[first : first + BAND]
        rows = np.arange(len(band))
        try:
            cells = problem.travel.table(band, points)
            cells[rows, first + rows] = 0.0
            refuse_unusable(cells, band, points, "秒")
        except InvalidTravelError as wrong:
            raise _no_way(problem, wrong) from wrong
        cells += setup
        cells[rows, first + rows] = 0.0
        np.rint(np.minimum(cells, IMPASSABLE_S), out=cells)
        seconds[first : first + BAND] = cells
    return seconds


def _no_way(problem: Problem, wrong: InvalidTravelError) -> InvalidProblemError:
    """Name the ends of a way that has no length."""
    names = {job.exit: Phrase("工单 %(id)s", id=job.id) for job in reversed(problem.jobs)}
    names |= {job.at: Phrase("工单 %(id)s", id=job.id) for job in reversed(problem.jobs)}
    for team in problem.teams:
        for shift in team.shifts:
            names |= {
                point: Phrase("队伍 %(id)s", id=team.id)
                for point in (shift.start, shift.end)
                if point
            }
    ends = (names.get(wrong.a, ""), names.get(wrong.b, ""))
    words = Phrase(
        "%(a)s到%(b)s：%(wrong)s请检查路程表。",
        a=ends[0],
        b=ends[1],
        wrong=wrong,
    )
    return InvalidProblemError(
        (ProblemError(code=ErrorCode.BAD_TRAVEL, id="→".join(ends), words=words),)
    )
