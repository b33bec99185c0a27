"""Needs as everybody may see them: no person, no words, no exact place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dianliang.domain.intake.lifecycle import LABELS
from dianliang.domain.intake.models import Need
from dianliang.domain.territory.models import Area

MOST_PUBLIC = 300
LIT = ("RESOLVED", "CLOSED")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNeed:
    """A need without anything personal."""

    number: str
    service_name: str
    area_name: str
    status: str
    status_label: str
    received_at: datetime
    resolved_at: datetime | None
    lat: float | None
    lon: float | None
    is_public_place: bool

    @property
    def is_lit(self) -> bool:
        """Tell whether it was done."""
        return self.status in LIT


def public_point(need: Need) -> tuple[float | None, float | None]:
    """Return where a need may be shown: at its public place, else where its village is.

    A pin or an address can name a home, so neither leaves, not even rounded.
    """
    if need.site is not None:
        return need.site.lat, need.site.lon
    area = need.area.parent if need.area.level == Area.Level.GRID else need.area
    if area is None or area.level not in {Area.Level.TOWNSHIP, Area.Level.VILLAGE}:
        return None, None
    return area.lat, area.lon


def public_needs(
    *,
    since: datetime,
    most: int = MOST_PUBLIC,
    element: str = "",
    is_lit: bool | None = None,
    under: str = "",
) -> tuple[PublicNeed, ...]:
    """Return the latest public needs since an instant, newest first.

    `element` keeps one kind of service, `is_lit` those done or not done, `under` those of an
    area's path.
    """
    found = _shown().filter(received_at__gte=since).exclude(status__in=["MERGED", "CANCELLED"])
    if element:
        found = found.filter(service__element=element)
    if is_lit is not None:
        found = found.filter(status__in=LIT) if is_lit else found.exclude(status__in=LIT)
    if under:
        found = found.filter(area__path__startswith=under)
    return _public(found.order_by("-received_at", "-pk")[: min(most, MOST_PUBLIC)])


def lately_lit(*, since: datetime, most: int) -> tuple[PublicNeed, ...]:
    """Return the public needs that were done last, for the front page."""
    rows = _shown().filter(status__in=LIT, resolved_at__gte=since)
    return _public(rows.order_by("-resolved_at", "-pk")[:most])


def _shown() -> QuerySet[Need]:
    public = Need.objects.filter(is_public=True)
    return public.select_related("service", "area", "area__parent", "site")


def _public(rows: Iterable[Need]) -> tuple[PublicNeed, ...]:
    return tuple(_row(need) for need in rows)


def _row(need: Need) -> PublicNeed:
    lat, lon = public_point(need)
    return PublicNeed(
        number=need.number,
        service_name=need.service.name if need.service else "待分类",
        area_name=need.area.name,
        status=need.status,
        status_label=LABELS[need.status],
        received_at=need.received_at,
        resolved_at=need.resolved_at,
        lat=lat,
        lon=lon,
        is_public_place=need.site is not None,
    )


def lit_counts() -> dict[str, int]:
    """Return how many needs were pointed out and how many were lit up, for the front page."""
    return {
        "received": Need.objects.exclude(status__in=["MERGED", "CANCELLED"]).count(),
        "done": Need.objects.filter(status__in=LIT).count(),
    }
