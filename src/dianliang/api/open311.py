"""Open311 GeoReport v2: discovery, services, definitions, requests, tokens; JSON and XML.

Statuses are open or closed, as the standard has it; our own finer state is in
`extended_attributes`. Nothing personal leaves, and positions are rounded to about a kilometre.
"""

import hashlib
import math
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from dianliang.api.clock import now
from dianliang.domain.catalog.queries import services as service_rows
from dianliang.domain.intake.queries.requests import (
    ServiceRequest,
    request_of_token,
    service_requests,
)
from dianliang.flows import posting
from dianliang.kernel.errors import DomainError, InvalidInputError

SPAN = timedelta(days=90)
"""The standard's longest span between start_date and end_date."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
View = Callable[..., HttpResponse]
Body: TypeAlias = list[dict[str, Any]]


class Open311Error(Exception):
    """An error in the standard's shape."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def answer(root: str, item: str, body: Body, *, form: str, status: int = 200) -> HttpResponse:
    """Write a list of flat objects as JSON or XML."""
    if form == "json":
        return JsonResponse(
            body, safe=False, status=status, json_dumps_params={"ensure_ascii": False}
        )
    top = Element(root)
    for row in body:
        _fill(SubElement(top, item), row)
    text = tostring(top, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="text/xml; charset=utf-8", status=status)


def _fill(element: Element, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        child = SubElement(element, key)
        if isinstance(value, Mapping):
            _fill(child, value)
        elif isinstance(value, list):
            for part in value:
                _fill(SubElement(child, key.removesuffix("s")), part)
        elif value is not None:
            child.text = str(value).lower() if isinstance(value, bool) else str(value)


def endpoint(*methods: str) -> Callable[[View], View]:
    """Give a view the standard's errors and allowed methods."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, form: str, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Open311Error(405, "method not allowed")
                return view(request, *args, form=form, **kwargs)
            except Open311Error as error:
                code, words = error.code, error.description
            except DomainError as error:
                code = 400
                field = f"{error.field}: " if error.field else ""
                words = f"{field}{error.message}"
            body = [{"code": code, "description": words}]
            return answer("errors", "error", body, form=form, status=code)

        return csrf_exempt(wrapped)

    return decorate


@endpoint("GET")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Say where the endpoint is and what it speaks."""
    url = request.build_absolute_uri("/api/open311/v2")
    body = {
        "changeset": "2026-11-24T00:00:00+08:00",
        "contact": "95598",
        "key_service": "由管理员在 DIANLIANG_OPEN311_KEYS 中发放",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": url,
                "changeset": "2026-11-24T00:00:00+08:00",
                "type": "production",
                "formats": "text/xml application/json",
            }
        ],
    }
    if form == "json":
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    top = Element("discovery")
    _fill(top, body)
    return HttpResponse(tostring(top, encoding="utf-8"), content_type="text/xml; charset=utf-8")


@endpoint("GET")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """List what can be asked for."""
    del request
    body = [
        {
            "service_code": row.code,
            "service_name": row.name,
            "description": row.description,
            "metadata": True,
            "type": "realtime",
            "keywords": ",".join(row.venue_types),
            "group": row.element_label,
        }
        for row in service_rows()
    ]
    return answer("services", "service", body, form=form)


@endpoint("GET")
def definition(request: HttpRequest, code: str, *, form: str) -> HttpResponse:
    """Say which attributes a service takes."""
    del request
    service = next((row for row in service_rows() if row.code == code), None)
    if service is None:
        raise Open311Error(404, "service_code not found")
    attribute = {
        "variable": True,
        "code": "area_code",
        "datatype": "string",
        "required": False,
        "order": 1,
        "description": "村社区编码（GB/T 2260 扩展），没有坐标时使用",
    }
    body: Body = [{"service_code": code, "attributes": [attribute]}]
    if form == "json":
        return JsonResponse(body[0], json_dumps_params={"ensure_ascii": False})
    top = Element("service_definition")
    _fill(top, body[0])
    return HttpResponse(tostring(top, encoding="utf-8"), content_type="text/xml; charset=utf-8")


@endpoint("GET", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """List requests, or post one."""
    if request.method == "POST":
        return _post(request, form=form)
    asked = request.GET
    ids = _codes(asked.get("service_request_id", ""))
    end = _instant(asked.get("end_date", ""), "end_date")
    start = _instant(asked.get("start_date", ""), "start_date")
    if not ids:
        end = end or (start + SPAN if start else now())
        start = max(start or end - SPAN, end - SPAN)
    status = asked.get("status", "")
    if status not in {"", "open", "closed"}:
        raise Open311Error(400, "status must be open or closed")
    rows = service_requests(
        ids=ids,
        service_codes=_codes(asked.get("service_code", "")),
        start=start,
        end=end,
        status=status,
    )
    return answer("service_requests", "request", [_row(row) for row in rows], form=form)


@endpoint("GET")
def single(request: HttpRequest, number: str, *, form: str) -> HttpResponse:
    """Return one request."""
    del request
    rows = service_requests(ids=_codes(number))
    if not rows:
        raise Open311Error(404, "service_request_id not found")
    return answer("service_requests", "request", [_row(row) for row in rows], form=form)


@endpoint("GET")
def token(request: HttpRequest, value: str, *, form: str) -> HttpResponse:
    """Return the number that a token stands for."""
    del request
    number = request_of_token(value)
    if number is None:
        raise Open311Error(404, "token not found")
    body: Body = [{"service_request_id": number, "token": value}]
    return answer("service_requests", "request", body, form=form)


def _post(request: HttpRequest, *, form: str) -> HttpResponse:
    asked = request.POST
    key = asked.get("api_key", "")
    if not any(secrets.compare_digest(key.encode(), k.encode()) for k in settings.OPEN311_KEYS):
        raise Open311Error(403, "api_key is missing or unknown")
    code = asked.get("service_code", "")
    if not code:
        raise Open311Error(400, "service_code is required")
    unique = asked.get("account_id", "") or secrets.token_hex(16)
    idempotency_key = hashlib.sha256(f"{key}:{unique}".encode("utf-8", "replace")).hexdigest()
    follow_token = secrets.token_urlsafe(18)
    kept = posting.post_need(
        asked=posting.Asked(
            text=asked.get("description", ""),
            channel="open311",
            service_code=code,
            area_code=asked.get("attribute[area_code]", ""),
            address=asked.get("address_string", ""),
            lat=_number(asked.get("lat", ""), "lat"),
            lon=_number(asked.get("long", ""), "long"),
            name=(asked.get("last_name", "") + asked.get("first_name", ""))[:40],
            phone=asked.get("phone", ""),
        ),
        key=idempotency_key,
        follow_token=follow_token,
        at=now(),
    )
    body: Body = [
        {
            "service_request_id": kept["number"],
            "service_notice": "有人身危险请立即拨打 95598、119、120。" if kept["is_danger"] else "",
            "account_id": asked.get("account_id", ""),
        }
    ]
    return answer("service_requests", "request", body, form=form, status=201)


def _row(row: ServiceRequest) -> dict[str, Any]:
    return {
        "service_request_id": row.service_request_id,
        "status": row.status,
        "status_notes": row.status_notes,
        "service_name": row.service_name,
        "service_code": row.service_code,
        "agency_responsible": row.agency_responsible,
        "requested_datetime": row.requested_datetime.isoformat(),
        "updated_datetime": row.updated_datetime.isoformat(),
        "expected_datetime": row.expected_datetime.isoformat(),
        "address": row.area_name,
        "address_id": row.area_code,
        "lat": row.lat,
        "long": row.long,
        "extended_attributes": {"detail_status": row.detail_status},
    }


def _codes(text: str) -> tuple[str, ...]:
    if "\0" in text:
        raise InvalidInputError("编号含有无法识别的字符。", field="id")
    return tuple(part.strip()[:40] for part in text.split(",") if part.strip())[:200]


def _instant(text: str, field: str) -> datetime | None:
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
        found = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError("时间应为 ISO 8601 格式。", field=field) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。"
        raise InvalidInputError(message, field=field)
    return found


def _number(text: str, field: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InvalidInputError("应为十进制数字。", field=field) from error
    if not math.isfinite(value):
        raise InvalidInputError("应为有限的数字。", field=field)
    return value
