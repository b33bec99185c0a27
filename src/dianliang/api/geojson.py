"""GeoJSON (RFC 7946): the areas a map is drawn from, and public needs without personal data."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from dianliang.api.clock import now
from dianliang.domain.intake.queries.public import public_needs
from dianliang.domain.territory.queries import area_rows

PUBLIC_FOR = timedelta(days=90)


def _feature(lon: float | None, lat: float | None, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = None
    if lon is not None and lat is not None:
        geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(features: list[dict[str, Any]]) -> JsonResponse:
    body = {"type": "FeatureCollection", "features": features}
    return JsonResponse(
        body, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


@require_GET
@cache_control(public=True, max_age=3600)
def areas(request: HttpRequest) -> JsonResponse:
    """Return townships and villages as points, each with the source of its position."""
    del request
    return _collection(
        [
            _feature(
                row.lon,
                row.lat,
                {
                    "code": row.code,
                    "name": row.name,
                    "level": row.level,
                    "parent": row.parent_code,
                    "source": row.coordinate_source,
                },
            )
            for row in area_rows(levels=("township", "village"))
            if row.lat is not None
        ]
    )


@require_GET
def needs(request: HttpRequest) -> JsonResponse:
    """Return public needs of the last 90 days, each at its public place or where its village is."""
    del request
    return _collection(
        [
            _feature(
                row.lon,
                row.lat,
                {
                    "number": row.number,
                    "service": row.service_name,
                    "area": row.area_name,
                    "status": row.status,
                    "status_label": row.status_label,
                    "received_at": row.received_at.isoformat(),
                    "position": "place" if row.is_public_place else "village",
                },
            )
            for row in public_needs(since=now() - PUBLIC_FOR)
        ]
    )
