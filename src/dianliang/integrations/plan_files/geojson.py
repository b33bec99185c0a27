"""A plan as GeoJSON (RFC 7946): routes as lines, visits and jobs left out as points, WGS 84.

What is done along a line is a line from metre to metre in the direction in which it is done.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from dianliang.engines.routing import Cover, Job, Plan, Route, Stop, Unassigned, covers_of
from dianliang.integrations.plan_files.figures import day_of_route, in_order
from dianliang.integrations.plan_files.loaded import Loaded
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

DIGITS = 7
"""A centimetre."""


def plan_geojson(loaded: Loaded, plan: Plan) -> bytes:
    """Return a plan as a feature collection; lines are straight from stop to stop."""
    features = [*_features(loaded, plan)]
    text = json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, allow_nan=False
    )
    return f"{text}\n".encode()


def _features(loaded: Loaded, plan: Plan) -> Iterator[dict[str, Any]]:
    jobs = {job.id: job for job in loaded.problem.jobs}
    places = {id_: job.at for id_, job in jobs.items()}
    for route in in_order(loaded.problem, plan):
        yield _line(loaded, route, jobs)
        for order, stop in enumerate(route.stops, start=1):
            if not jobs[stop.job_id].part:
                yield _point(places[stop.job_id], _visit(loaded, route, stop, order))
    told = {left.job_id: _left_out(loaded, left) for left in plan.unassigned}
    for id_, properties in told.items():
        if not jobs[id_].part:
            yield _point(places[id_], properties)
    for cover in covers_of(loaded.problem, plan):
        yield from _along(loaded, cover, told)


def _left_out(loaded: Loaded, left: Unassigned) -> dict[str, Any]:
    return {
        "kind": "unassigned",
        "job": left.job_id,
        "title": loaded.title(left.job_id),
        "reasons": [reason.words for reason in left.reasons],
        "fix": left.fix.words if left.fix else None,
    }


def _along(
    loaded: Loaded, cover: Cover, told: dict[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield what is done of a line, then what is left of it with the reasons for its first part."""
    named = {"line": cover.line.id, "title": loaded.title(cover.line.id)}
    for stretch in cover.stretches:
        properties = {
            "kind": "stretch",
            **named,
            "team": stretch.team_id,
            "date": stretch.start_at.astimezone(SHANGHAI).date().isoformat(),
            "shift": stretch.shift,
            "from_m": round(stretch.from_m),
            "to_m": round(stretch.to_m),
            "start_at": stretch.start_at.astimezone(SHANGHAI).isoformat(),
            "end_at": stretch.end_at.astimezone(SHANGHAI).isoformat(),
            "jobs": [*stretch.job_ids],
        }
        yield _way(cover.line.way(stretch.from_m, stretch.to_m), properties)
    for gap in cover.gaps:
        why = told[gap.job_ids[0]]
        properties = {
            "kind": "gap",
            **named,
            "from_m": round(gap.from_m),
            "to_m": round(gap.to_m),
            "jobs": [*gap.job_ids],
            "reasons": why["reasons"],
            "fix": why["fix"],
        }
        yield _way(cover.line.way(gap.from_m, gap.to_m), properties)


def _line(loaded: Loaded, route: Route, jobs: dict[str, Job]) -> dict[str, Any]:
    team = next(team for team in loaded.problem.teams if team.id == route.team_id)
    shift = team.shifts[route.shift]
    lines = {line.id: line for line in loaded.problem.lines}
    way = [shift.start]
    for stop in route.stops:
        job = jobs[stop.job_id]
        along = [job.at, job.exit] if job.ends_at else [job.at]
        if job.part:
            along = [*lines[job.part.line_id].way(job.part.from_m, job.part.to_m)]
        along = along[::-1] if stop.is_turned else along
        way += along[1:] if job.ends_at and way[-1] == along[0] else along
    way.append(shift.end or shift.start)
    return _way(
        way,
        {
            "kind": "route",
            "team": route.team_id,
            "date": day_of_route(loaded.problem, route).isoformat(),
            "shift": route.shift,
            "leave_at": route.leave_at.astimezone(SHANGHAI).isoformat(),
            "return_at": route.return_at.astimezone(SHANGHAI).isoformat(),
            "stops": len(route.stops),
            "travel_min": round(route.travel_s / 60),
            "km": round(route.travel_m / 1000, 1),
            "overtime_min": round(route.overtime_s / 60),
        },
    )


def _visit(loaded: Loaded, route: Route, stop: Stop, order: int) -> dict[str, Any]:
    label = loaded.labels.get(stop.job_id)
    return {
        "kind": "stop",
        "team": route.team_id,
        "date": day_of_route(loaded.problem, route).isoformat(),
        "order": order,
        "job": stop.job_id,
        "title": label.title if label else "",
        "address": label.address if label else "",
        "arrive_at": stop.arrive_at.astimezone(SHANGHAI).isoformat(),
        "start_at": stop.start_at.astimezone(SHANGHAI).isoformat(),
        "depart_at": stop.depart_at.astimezone(SHANGHAI).isoformat(),
        "late_min": round(stop.late_s / 60),
        "why": stop.why,
    }


def _way(points: Iterable[GeoPoint], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": [_position(point) for point in points]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(at: GeoPoint, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": _position(at)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _position(at: GeoPoint) -> list[float]:
    return [round(at.lon, DIGITS), round(at.lat, DIGITS)]
