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
    places = np.array([rows.setdefault(place, len(rows)) for place in wanted], np.int64)
    waits = np.array([setup.get(line, 0) for _, line in rows], np.int64)
    return tuple(point for point, _ in rows), waits, places


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
