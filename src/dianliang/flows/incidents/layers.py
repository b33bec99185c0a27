"""What the situation map shows (态势图): one entry of `LAYERS` for each layer.

A layer that another room adds is one more entry: a name, a unit, and a function that draws.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from shapely.geometry import MultiPoint, Polygon

from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries import alerts as alert_queries
from dianliang.domain.incidents.queries.incidents import reach_of
from dianliang.domain.incidents.zones import Reach
from dianliang.domain.network.models import Outage
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.flows.incidents.affected import KINDS, Kind
from dianliang.flows.incidents.drawing import Layer, Shape, shapes_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

MARGIN_DEG = 0.008
"""Room around the villages of an area, about 800 m: no boundary data is at hand."""
LONE_RADIUS_M = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a layer is drawn for."""

    incident: Incident
    reach: Reach
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerKind:
    """A layer: `draw` returns its shapes, and never who somebody is."""

    code: str
    label: str
    tone: str
    counted_in: str
    draw: Callable[[Asked], Sequence[Shape]]


def _area(asked: Asked) -> Sequence[Shape]:
    """Return what was drawn, and each area as the hull of its villages. Two queries."""
    areas, below = list(asked.incident.areas.order_by("code")), Q(pk__in=())
    for area in areas:
        below |= Q(path__startswith=area.path)
    known = list(Area.objects.filter(below).values_list("path", "lon", "lat"))
    shapes = shapes_of(asked.incident.shapes, title=asked.incident.title)
    for area in areas:
        shapes += _hull(
            area,
            [
                (lon, lat)
                for path, lon, lat in known
                if path.startswith(area.path) and lon is not None and lat is not None
            ],
        )
    return shapes


def _hull(area: Area, points: Sequence[tuple[float, float]]) -> list[Shape]:
    if not points:
        return []
    outline = MultiPoint(points).convex_hull.buffer(MARGIN_DEG)
    if len(points) < 3 or not isinstance(outline, Polygon):
        return [
            {"type": "circle", "at": [lat, lon], "radius_m": LONE_RADIUS_M, "title": area.name}
            for lon, lat in points
        ]
    ring = [[round(lat, 5), round(lon, 5)] for lon, lat in outline.exterior.coords]
    return [{"type": "polygon", "ring": ring, "title": area.name}]


def _alerts(asked: Asked) -> Sequence[Shape]:
    """Return the shapes of the alerts that hold now for the same purpose."""
    purpose = "Exercise" if asked.incident.is_drill else "Actual"
    rows = list(
        alert_queries.alerts(asked.by).filter(
            purpose=purpose, message_type__in=alert_queries.WARNS
        )[: alert_queries.MOST_AT_ONCE]
    )
    standing = alert_queries.standings(rows, at=asked.at)
    holding = {alert_queries.IN_FORCE, alert_queries.COMING}
    return [
        shape
        for row in rows
        if standing[row.pk] in holding
        for shape in shapes_of(row.zones, title=row.headline or row.event)
    ]


def _teams(asked: Asked) -> Sequence[Shape]:
    return [
        _point(row.base_lat, row.base_lon, row.name)
        for row in asked.incident.teams.order_by("code")
    ]


def _stations(asked: Asked) -> Sequence[Shape]:
    rows = Site.objects.filter(kind=Site.Kind.STATION, closed_on=None).select_related("area")
    return [
        _point(row.lat, row.lon, row.name)
        for row in rows
        if asked.reach.holds(GeoPoint(row.lat, row.lon), code=row.area.code, path=row.area.path)
    ]


def _outages(asked: Asked) -> Sequence[Shape]:
    """Return the villages in the area that are without power, as far as it was recorded."""
    rows = Area.objects.filter(
        outages__in=Outage.objects.filter(started_at__lte=asked.at, ended_at=None),
        lat__isnull=False,
        lon__isnull=False,
    ).distinct()
    return [
        _point(row.lat, row.lon, row.name)
        for row in rows.order_by("code")
        if row.lat is not None
        and row.lon is not None
        and asked.reach.holds(GeoPoint(row.lat, row.lon), code=row.code, path=row.path)
    ]


def _point(lat: float, lon: float, title: str) -> dict[str, Any]:
    return {"type": "point", "at": [lat, lon], "title": title}


def _affected(kind: Kind) -> LayerKind:
    def draw(asked: Asked) -> Sequence[Shape]:
        """Return where they are for who may list them; for others nothing, not even places."""
        if asked.by.role not in kind.listed_to:
            return []
        return [
            _point(one.at.lat, one.at.lon, f"{one.number} {one.what}")
            for one in kind.find(asked.reach, asked.by, asked.at.astimezone(SHANGHAI).date())
            if one.at is not None
        ]

    return LayerKind(
        code=kind.code,
        label=f"受影响{kind.label}",
        tone="late",
        counted_in=kind.counted_in,
        draw=draw,
    )


LAYERS: tuple[LayerKind, ...] = (
    LayerKind(code="area", label="事件范围", tone="soon", counted_in="处范围", draw=_area),
    LayerKind(code="alerts", label="预警范围", tone="danger", counted_in="处范围", draw=_alerts),
    *(_affected(kind) for kind in KINDS),
    LayerKind(code="outages", label="停电的村", tone="late", counted_in="个村", draw=_outages),
    LayerKind(code="teams", label="队伍驻地", tone="open", counted_in="支", draw=_teams),
    LayerKind(code="stations", label="电力服务站", tone="done", counted_in="座", draw=_stations),
)


def layers(incident: Incident, *, by: Actor, at: datetime) -> tuple[Layer, ...]:
    """Return the layers of the map of an incident, those with nothing to show too."""
    asked = Asked(incident=incident, reach=reach_of(incident), by=by, at=at)
    return tuple(
        Layer(
            code=kind.code,
            label=kind.label,
            tone=kind.tone,
            counted_in=kind.counted_in,
            shapes=kind.draw(asked),
        )
        for kind in LAYERS
    )
