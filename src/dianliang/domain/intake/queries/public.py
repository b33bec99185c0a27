"""Needs as everybody may see them: no person, no words, no exact place."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.intake.lifecycle import LABELS
from dianliang.domain.intake.models import Need

PUBLIC_DECIMALS = 2
"""Positions are rounded to about a kilometre: enough for a map, too coarse for a house."""
MOST_PUBLIC = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNeed:
    """A need without anything personal."""

    number: str
    service_name: str
    area_name: str
    status: str
    status_label: str
    received_at: datetime
    lat: float | None
    lon: float | None


def public_needs(*, since: datetime, most: int = MOST_PUBLIC) -> tuple[PublicNeed, ...]:
    """Return the latest public needs since an instant, newest first."""
    rows = (
        Need.objects.filter(is_public=True, received_at__gte=since)
        .exclude(status__in=["MERGED", "CANCELLED"])
        .select_related("service", "area")
        .order_by("-received_at", "-pk")[: min(most, MOST_PUBLIC)]
    )
    return tuple(
        PublicNeed(
            number=need.number,
            service_name=need.service.name if need.service else "待分类",
            area_name=need.area.name,
            status=need.status,
            status_label=LABELS[need.status],
            received_at=need.received_at,
            lat=None if need.lat is None else round(need.lat, PUBLIC_DECIMALS),
            lon=None if need.lon is None else round(need.lon, PUBLIC_DECIMALS),
        )
        for need in rows
    )


def lit_counts() -> dict[str, int]:
    """Return how many needs were pointed out and how many were lit up, for the front page."""
    return {
        "received": Need.objects.exclude(status__in=["MERGED", "CANCELLED"]).count(),
        "done": Need.objects.filter(status__in=["RESOLVED", "CLOSED"]).count(),
    }
