"""Which way each job of a sequence is done, so that the ways between them are shortest."""

from collections.abc import Sequence

from dianliang.engines.routing import Job, Problem, Shift
from dianliang.kernel.geo import GeoPoint

Way = tuple[int, int]
"""Whole seconds, with setting up on a line, and metres."""
Found = tuple[int, list[bool], list[Way]]


def directed(problem: Problem, jobs: Sequence[Job], shift: Shift) -> tuple[list[bool], list[Way]]:
    """Return which jobs are turned, and the way to each and home: least seconds in all.

    Dynamic program over the two ends of each job.
    """
    setup = {line.id: line.setup_s for line in problem.lines}
    found: list[Found] = [(0, [], [])]
    places, line_id = [shift.start], ""
    for job in jobs:
        line = job.part.line_id if job.part else ""
        wait_s = setup.get(line, 0)
        more, leaves = list[Found](), list[GeoPoint]()
        for is_turned in (False, True) if job.either_way else (False,):
            entry, leave = (job.exit, job.at) if is_turned else (job.at, job.exit)
            options = list[Found]()
            for place, (total, turned, ways) in zip(places, found, strict=True):
                walks_on = place == entry and line == line_id
                way = _way(problem, place, entry, 0 if walks_on else wait_s)
                options.append((total + way[0], [*turned, is_turned], [*ways, way]))
            more.append(min(options, key=lambda option: option[0]))
            leaves.append(leave)
        found, places, line_id = more, leaves, line
    home = shift.end or shift.start
    ends = list[Found]()
    for place, (total, turned, ways) in zip(places, found, strict=True):
        way = _way(problem, place, home, 0)
        ends.append((total + way[0], turned, [*ways, way]))
    _, turned, ways = min(ends, key=lambda end: end[0])
    return turned, ways


def _way(problem: Problem, here: GeoPoint, there: GeoPoint, wait_s: int) -> Way:
    if here == there:
        return wait_s, 0
    seconds, metres = problem.travel.between(here, there)
    return round(seconds + wait_s), round(metres)
