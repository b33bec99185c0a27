"""Needs as Open311 service requests."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.lifecycle import LABELS, OPEN
from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.intake.queries.public import public_point
from dianliang.domain.intake.tokens import hashed

MOST_REQUESTS = 1000
"""As the standard says."""
EVENTS = AuditEvent.objects.filter(target_type="intake.need")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which requests are asked for: [start, end] of receiving, and of the last change."""

    ids: tuple[str, ...] = ()
    service_codes: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    status: str = ""
    page: int = 1
    page_size: int = MOST_REQUESTS


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
    address: str
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime
    lat: float | None
    long: float | None


def service_requests(search: Search) -> tuple[ServiceRequest, ...]:
    """Return a page of public needs, newest first; two queries."""
    rows = _found(search).select_related("service", "unit", "area", "area__parent", "site")
    size = min(search.page_size, MOST_REQUESTS)
    first = (search.page - 1) * size
    needs = list(rows.order_by("-received_at", "-pk")[first : first + size])
    events = EVENTS.filter(target_id__in=[need.number for need in needs])
    changed = dict(events.values_list("target_id").annotate(Max("at")))
    return tuple(_request(need, changed.get(need.number, need.received_at)) for need in needs)


def _found(search: Search) -> QuerySet[Need]:
    rows = Need.objects.filter(is_public=True)
    if search.ids:
        rows = rows.filter(number__in=search.ids)
    if search.service_codes:
        rows = rows.filter(service__code__in=search.service_codes)
    if search.start:
        rows = rows.filter(received_at__gte=search.start)
    if search.end:
        rows = rows.filter(received_at__lte=search.end)
    if search.updated_after:
        later = EVENTS.filter(at__gte=search.updated_after)
        rows = rows.filter(number__in=later.values("target_id"))
    if search.updated_before:
        later = EVENTS.filter(at__gt=search.updated_before)
        rows = rows.exclude(number__in=later.values("target_id"))
    if search.status == "open":
        rows = rows.filter(status__in=OPEN)
    elif search.status == "closed":
        rows = rows.exclude(status__in=OPEN)
    return rows


def _request(need: Need, updated_at: datetime) -> ServiceRequest:
    lat, lon = public_point(need)
    return ServiceRequest(
        service_request_id=need.number,
        status="open" if need.status in OPEN else "closed",
        status_notes=LABELS[need.status],
        detail_status=need.status,
        service_code=need.service.code if need.service else "",
        service_name=need.service.name if need.service else "",
        agency_responsible=need.unit.name,
        area_code=need.area.code,
        address=need.site.name if need.site else need.area.name,
        requested_datetime=need.received_at,
        updated_datetime=updated_at,
        expected_datetime=need.due_at,
        lat=lat,
        long=lon,
    )


def request_of_token(token: str) -> str | None:
    """Return the number behind a follow token, or None."""
    found = Participant.objects.filter(token_hash=hashed(token)).select_related("need").first()
    return found.need.number if found else None
