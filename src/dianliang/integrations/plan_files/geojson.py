"""A plan as GeoJSON (RFC 7946): routes as lines, visits and jobs left out as points, WGS 84."""

import json
from collections.abc import Iterator
from typing import Any

from dianliang.engines.routing import Plan, Route, Stop
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
    places = {job.id: job.at for job in loaded.problem.jobs}
    for route in in_order(loaded.problem, plan):
        yield _line(loaded, route, places)
        for order, stop in enumerate(route.stops, start=1):
            yield _point(places[stop.job_id], _visit(loaded, route, stop, order))
    for left in plan.unassigned:
        properties = {
            "kind": "unassigned",
            "job": left.job_id,
            "title": loaded.title(left.job_id),
            "reasons": [reason.words for reason in left.reasons],
            "fix": left.fix.words if left.fix else None,
        }
        yield _point(places[left.job_id], properties)


def _line(loaded: Loaded, route: Route, places: dict[str, GeoPoint]) -> dict[str, Any]:
    team = next(team for team in loaded.problem.teams if team.id == route.team_id)
    shift = team.shifts[route.shift]
    way = [shift.start, *(places[stop.job_id] for stop in route.stops), shift.end or shift.start]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_position(point) for point in way]},
        "properties": {
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
    }


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


def _point(at: GeoPoint, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": _position(at)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _position(at: GeoPoint) -> list[float]:
    return [round(at.lon, DIGITS), round(at.lat, DIGITS)]
