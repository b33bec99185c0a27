"""Needs as Open311 service requests."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.intake.lifecycle import LABELS, OPEN
from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.intake.queries.public import PUBLIC_DECIMALS
from dianliang.domain.intake.tokens import hashed


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest:
    """A service request of GeoReport v2, without anything personal."""

    service_request_id: str
    status: str
    status_notes: str
    detail_status: str
    service_code: str
    service_name: str
    agency_responsible: str
    area_code: str
    area_name: str
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime
    lat: float | None
    long: float | None


def _request(need: Need) -> ServiceRequest:
    return ServiceRequest(
        service_request_id=need.number,
        status="open" if need.status in OPEN else "closed",
        status_notes=LABELS[need.status],
        detail_status=need.status,
        service_code=need.service.code if need.service else "",
        service_name=need.service.name if need.service else "",
        agency_responsible=need.unit.name,
        area_code=need.area.code,
        area_name=need.area.name,
        requested_datetime=need.received_at,
        updated_datetime=need.closed_at
        or need.resolved_at
        or need.first_response_at
        or need.received_at,
        expected_datetime=need.due_at,
        lat=None if need.lat is None else round(need.lat, PUBLIC_DECIMALS),
        long=None if need.lon is None else round(need.lon, PUBLIC_DECIMALS),
    )


def service_requests(
    *,
    ids: tuple[str, ...] = (),
    service_codes: tuple[str, ...] = (),
    start: datetime | None = None,
    end: datetime | None = None,
    status: str = "",
    most: int = 1000,
) -> tuple[ServiceRequest, ...]:
    """Return public needs, newest first; at most 1000 as the standard says."""
    rows = Need.objects.filter(is_public=True).select_related("service", "unit", "area")
    if ids:
        rows = rows.filter(number__in=ids)
    if service_codes:
        rows = rows.filter(service__code__in=service_codes)
    if start:
        rows = rows.filter(received_at__gte=start)
    if end:
        rows = rows.filter(received_at__lte=end)
    if status == "open":
        rows = rows.filter(status__in=OPEN)
    elif status == "closed":
        rows = rows.exclude(status__in=OPEN)
    return tuple(_request(need) for need in rows.order_by("-received_at", "-pk")[: min(most, 1000)])


def request_of_token(token: str) -> str | None:
    """Return the number behind a follow token, or None."""
    found = Participant.objects.filter(token_hash=hashed(token)).select_related("need").first()
    return found.need.number if found else None
