"""The endpoints of GeoReport v2."""

import hashlib
import secrets
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.http import require_safe

from dianliang.api.clock import now
from dianliang.api.open311 import asked as read
from dianliang.api.open311.document import document
from dianliang.api.open311.forms import Open311Error, Row, endpoint, many, one
from dianliang.core import limits
from dianliang.domain.catalog.queries import ServiceRow, active_service, venue_types
from dianliang.domain.catalog.queries import services as service_rows
from dianliang.domain.intake.queries.requests import (
    Search,
    ServiceRequest,
    request_of_token,
    service_requests,
)
from dianliang.flows import posting, tokens
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text

CHANGESET = "2026-11-25T00:00:00+08:00"
STRANGERS = 60
"""Refused keys that go on record in a minute and process; a flood must not fill the disk."""
MOST_POSTS, PER = 3000, timedelta(hours=1)
"""Posts per key and hour. Danger is never held back, nor is a repetition."""


@endpoint("GET")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Say where the endpoint is and what it speaks."""
    v2 = request.build_absolute_uri("/api/open311/v2")
    here = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": v2,
        "changeset": CHANGESET,
        "type": "test" if settings.IS_DEMO else "production",
        "formats": ["text/xml", "application/json"],
    }
    body = {
        "changeset": CHANGESET,
        "contact": "95598",
        "key_service": f"由管理员发放，见 {v2}/openapi.json",
        "endpoints": [here],
    }
    return one("discovery", body, form=form)


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI description of all this."""
    del request
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@endpoint("GET")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """List what can be asked for."""
    read.require_jurisdiction(request.GET)
    labels = {code: str(label) for code, label in venue_types()}
    rows: list[Row] = [
        {
            "service_code": row.code,
            "service_name": row.name,
            "description": row.description,
            "metadata": True,
            "type": "realtime",
            "keywords": ",".join(labels.get(kind, kind) for kind in row.venue_types),
            "group": row.element_label,
        }
        for row in service_rows()
    ]
    return many("services", "service", rows, form=form)


@endpoint("GET")
def definition(request: HttpRequest, code: str, *, form: str) -> HttpResponse:
    """Say which attributes a service takes."""
    read.require_jurisdiction(request.GET)
    found = next((row for row in service_rows() if row.code == code), None)
    if found is None:
        raise Open311Error(404, "service_code: 没有这个服务事项。")
    body = {"service_code": code, "attributes": _attributes(found)}
    return one("service_definition", body, form=form)


def _attributes(service: ServiceRow) -> list[Row]:
    area = {
        "variable": True,
        "code": "area_code",
        "datatype": "string",
        "required": False,
        "datatype_description": "12 位区划代码，即 address_id",
        "order": 1,
        "description": "所在村社区；没有坐标时用它定位",
        "values": [],
    }
    kinds = [(code, label) for code, label in venue_types() if code in service.venue_types]
    venue = {
        "variable": True,
        "code": "venue_type",
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": "选一个",
        "order": 2,
        "description": "场所类型",
        "values": [{"key": code, "name": str(label)} for code, label in kinds],
    }
    return [area, venue] if kinds else [area]


@endpoint("GET", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """List requests, or post one."""
    if request.method == "POST":
        return _post(request, form=form)
    read.require_jurisdiction(request.GET)
    found = service_requests(read.search(request.GET, at=now()))
    return many("service_requests", "request", [_row(row) for row in found], form=form)


@endpoint("GET")
def single(request: HttpRequest, number: str, *, form: str) -> HttpResponse:
    """Return one request."""
    read.require_jurisdiction(request.GET)
    ids = read.codes(number, "service_request_id")
    found = service_requests(Search(ids=ids)) if ids else ()
    if not found:
        raise Open311Error(404, "service_request_id: 没有这条公开的需求。")
    return many("service_requests", "request", [_row(row) for row in found], form=form)


@endpoint("GET")
def token(request: HttpRequest, value: str, *, form: str) -> HttpResponse:
    """Return the number that a token stands for."""
    read.require_jurisdiction(request.GET)
    number = request_of_token(value)
    if number is None:
        raise Open311Error(404, "token: 没有这个回执。")
    rows: list[Row] = [{"service_request_id": number, "token": value}]
    return many("service_requests", "request", rows, form=form)


def _post(request: HttpRequest, *, form: str) -> HttpResponse:
    sent, at = request.POST, now()
    by = _who(request)
    account = clean_text(sent.get("account_id", ""), field="account_id", label="账号", most=200)
    read.require_jurisdiction(sent)
    code = sent.get("service_code", "")
    if not code:
        raise InvalidInputError("没有提供。", field="service_code")
    if active_service(code) is None:
        raise Open311Error(404, "service_code: 没有这个服务事项。")
    key = _once(request, by=by)
    asked = _asked(request)
    admit = partial(
        limits.count, what="open311-post", source=by.id, most=MOST_POSTS, per=PER, at=at
    )
    kept = posting.post_need(
        asked=asked,
        key=key,
        follow_token=secrets.token_urlsafe(18),
        by=by,
        admit=admit,
        at=at,
    )
    notice = "有人身危险请立即拨打 95598、119、120。" if kept["is_danger"] else ""
    rows: list[Row] = [
        {
            "service_request_id": kept["number"],
            "service_notice": notice,
            "account_id": account,
        }
    ]
    return many("service_requests", "request", rows, form=form, status=201)


def _asked(request: HttpRequest) -> posting.Asked:
    sent = request.POST
    return posting.Asked(
        text=_words(sent),
        channel="open311",
        service_code=sent.get("service_code", ""),
        venue_type=sent.get("attribute[venue_type]", ""),
        area_code=sent.get("attribute[area_code]", "") or sent.get("address_id", ""),
        address=sent.get("address_string", ""),
        lat=read.number(sent.get("lat", ""), "lat"),
        lon=read.number(sent.get("long", ""), "long"),
        name=(sent.get("last_name", "") + sent.get("first_name", ""))[:40],
        phone=sent.get("phone", ""),
        photos=tuple(upload.read() for upload in request.FILES.getlist("media")),
    )


def _words(sent: QueryDict) -> str:
    """Return the description; the address of a picture is kept in it and never fetched."""
    text = clean_text(sent.get("description", ""), field="description", label="说明", most=3000)
    media = clean_text(sent.get("media_url", ""), field="media_url", label="图片地址", most=500)
    if media and not media.startswith(("https://", "http://")):
        raise InvalidInputError("应为 http 或 https 地址。", field="media_url")
    if not text:
        raise InvalidInputError("没有提供。", field="description")
    return f"{text}\n图片：{media}" if media else text


def _who(request: HttpRequest) -> Actor:
    """Return the program that a key stands for: one of the settings, or a token that may post."""
    key = request.POST.get("api_key", "")
    if any(secrets.compare_digest(key.encode(), k.encode()) for k in settings.OPEN311_KEYS):
        return Actor(
            id=f"open311:{hashlib.sha256(key.encode()).hexdigest()[:12]}",
            name="Open311",
            role=posting.ANYONE.role,
        )
    at = now()
    found = tokens.bearer_of(key, on=at.astimezone(SHANGHAI).date()) if key else None
    if found is None or "post" not in found.scopes:
        if key and limits.counted_here("open311", source="strangers", at=at) <= STRANGERS:
            tokens.deny(path=request.path, reason="open311.api_key", at=at)
        raise Open311Error(403, "api_key: 没有提供，或者无效。")
    return found.actor


def _once(request: HttpRequest, *, by: Actor) -> str:
    """Return by what a repetition is known: the client's key, else all it sent, on one day."""
    given = request.headers.get("Idempotency-Key", "")
    day = now().astimezone(SHANGHAI).date().isoformat()
    photos = [hashlib.sha256(f.read()).hexdigest() for f in request.FILES.getlist("media")]
    for upload in request.FILES.getlist("media"):
        upload.seek(0)
    sent = sorted((name, value) for name, values in request.POST.lists() for value in values)
    unique = given or f"{day}:{sent}:{photos}"
    return hashlib.sha256(f"{by.id}:{unique}".encode("utf-8", "replace")).hexdigest()


def _row(row: ServiceRequest) -> Row:
    return {
        "service_request_id": row.service_request_id,
        "status": row.status,
        "status_notes": row.status_notes,
        "service_name": row.service_name,
        "service_code": row.service_code,
        "description": "",
        "agency_responsible": row.agency_responsible,
        "service_notice": "",
        "requested_datetime": row.requested_datetime.astimezone(SHANGHAI).isoformat(),
        "updated_datetime": row.updated_datetime.astimezone(SHANGHAI).isoformat(),
        "expected_datetime": row.expected_datetime.astimezone(SHANGHAI).isoformat(),
        "address": row.address,
        "address_id": row.area_code,
        "zipcode": "",
        "lat": row.lat,
        "long": row.long,
        "media_url": "",
        "extended_attributes": {
            "detail_status": row.detail_status,
            "detail_label": row.status_notes,
        },
    }
