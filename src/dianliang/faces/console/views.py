"""The dispatcher's screen: the queue with its map, one need, intake by phone and from a chat."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.files import read_token
from dianliang.domain.catalog.queries import services
from dianliang.domain.directory.queries import units
from dianliang.domain.intake.queries import board as queries
from dianliang.domain.intake.queries.detail import need_page, shows_photo
from dianliang.domain.territory.queries import area_rows
from dianliang.faces.console.forms import CHANNELS, URGENCIES, filters_of
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import handling, posting, triage
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError, StaleStateError

HANDLERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
BULK = ("accept", "take", "hand_over", "pause")


@require_GET
@requires(*HANDLERS)
def board(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the queue beside its map."""
    filters = filters_of(request.GET)
    page = queries.board(by=by, filters=filters, at=now())
    context = {
        "by": by,
        "filters": filters,
        "page": page,
        "tabs": [
            (code, label, page.counts.get(code), filters.query(tab=code, page=1))
            for code, (label, _states) in queries.TABS.items()
        ],
        "points": [_point(row) for row in page.rows if row.lat is not None],
        "services": services(),
        "units": units(within=by.unit_path),
        "urgencies": URGENCIES,
        "channels": CHANNELS,
        "saved": queries.saved_filters(by=by),
        "previous": filters.query(page=page.page - 1) if page.page > 1 else "",
        "following": filters.query(page=page.page + 1) if page.page < page.pages else "",
        "query": filters.query(),
    }
    return TemplateResponse(request, "console/board.html", context)


def _point(row: queries.NeedRow) -> dict[str, Any]:
    return {
        "lat": row.lat,
        "lon": row.lon,
        "number": row.number,
        "title": row.service_name or row.text[:20],
        "tone": row.tone,
        "danger": row.is_danger,
    }


@require_GET
@requires(*HANDLERS)
def need(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one need with everything that is known about it."""
    return _need(request, number, by=by)


def _need(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    status: int = 200,
    refusal: str = "",
    revealed: tuple[int, str] | None = None,
) -> HttpResponse:
    at = now()
    try:
        page = need_page(number, by=by, at=at)
        duplicates = handling.duplicates(number=number, by=by, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "verbs": dict(page.verbs),
        "duplicates": duplicates,
        "services": services(),
        "units": units(),
        "refusal": refusal,
        "revealed": revealed,
        "back": request.GET.get("back", ""),
    }
    return TemplateResponse(request, "console/need.html", context, status=status)


@require_POST
@requires(*HANDLERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do one thing with a need; if somebody was quicker, show what it is like now."""
    if verb not in handling.ACTS:
        raise Http404
    function, fields = handling.ACTS[verb]
    values = {name: request.POST.get(name, "") for name in fields}
    try:
        function(number=number, by=by, at=now(), **values)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        code = 409 if isinstance(refusal, StaleStateError) else 422
        return _need(request, number, by=by, status=code, refusal=refusal.message)
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return _next(request, number)


def _next(request: HttpRequest, number: str) -> HttpResponse:
    """Go back to where the person was: the same place in the list, or the need."""
    if request.POST.get("stay") == "list":
        return redirect(f"{reverse('console:board')}?{request.POST.get('query', '')}#{number}")
    return redirect("console:need", number=number)


@require_POST
@requires(*HANDLERS)
def bulk(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Do one thing with several needs; each that cannot is named with its reason."""
    verb = request.POST.get("verb", "")
    if verb not in BULK:
        raise Http404
    function, fields = handling.ACTS[verb]
    values = {name: request.POST.get(name, "") for name in fields}
    numbers = request.POST.getlist("number")[:100]
    done = 0
    for number in numbers:
        try:
            function(number=number, by=by, at=now(), **values)
        except DomainError as refusal:
            messages.error(request, f"{number}：{refusal.message}")
        else:
            done += 1
    if done:
        messages.success(request, _("已处理 %(n)d 条。") % {"n": done})
    return redirect(f"{reverse('console:board')}?{request.POST.get('query', '')}")


@require_POST
@requires(*HANDLERS)
def split(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Split a need into jobs, one per chosen service."""
    chosen = zip(
        request.POST.getlist("part_service"),
        request.POST.getlist("part_unit"),
        request.POST.getlist("part_detail"),
        strict=False,
    )
    parts = tuple(
        handling.Part(service_code=service, unit_code=unit, detail=detail)
        for service, unit, detail in chosen
        if service
    )
    try:
        made = handling.split(number=number, parts=parts, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _need(request, number, by=by, status=422, refusal=refusal.message)
    messages.success(request, _("已开 %(n)d 张工单。") % {"n": len(made)})
    return redirect("console:need", number=number)


@require_POST
@requires(*HANDLERS)
def tell(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write to the person who asked, or a note for colleagues."""
    try:
        handling.tell(
            number=number,
            text=request.POST.get("text", ""),
            is_internal=request.POST.get("internal") == "1",
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _need(request, number, by=by, status=422, refusal=refusal.message)
    return redirect("console:need", number=number)


@require_POST
@requires(*HANDLERS)
def reveal(request: HttpRequest, number: str, participant_id: int, *, by: Actor) -> HttpResponse:
    """Show a phone number in full, for a reason that is logged."""
    try:
        phone = handling.reveal_phone(
            number=number,
            participant_id=participant_id,
            reason=request.POST.get("reason", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _need(request, number, by=by, status=422, refusal=refusal.message)
    return _need(request, number, by=by, revealed=(participant_id, phone))


@require_POST
@requires(*HANDLERS)
def keep_filter(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep the present view under a name."""
    query = filters_of(request.POST).query()
    try:
        handling.keep_filter(name=request.POST.get("name", ""), query=query, by=by)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('console:board')}?{query}")


@require_http_methods(["GET", "POST"])
@requires(*HANDLERS)
def intake(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a need in by phone or window, with duplicate hints while typing."""
    names = ("text", "area_code", "address", "name", "phone", "service_code")
    values: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    refusal: DomainError | None = None
    if request.method == "POST":
        channel = request.POST.get("channel", "phone")
        asked = posting.Asked(
            **values, channel=channel if channel in {"phone", "window", "chat"} else "phone"
        )
        key = request.POST.get("key", "")
        try:
            kept = posting.post_need(
                asked=asked, key=key, follow_token=secrets.token_urlsafe(18), by=by, at=now()
            )
        except DomainError as caught:
            refusal = caught
        else:
            return redirect("console:need", number=kept["number"])
    context = {
        "by": by,
        "values": values,
        "refusal": refusal,
        "key": request.POST.get("key") or secrets.token_hex(16),
        "areas": area_rows(levels=("township", "village")),
        "services": services(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/intake.html", context, status=status)


@require_POST
@requires(*HANDLERS)
def hints(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show, while a call is being typed, what triage makes of it and what it may repeat."""
    del by
    asked = posting.Asked(
        text=request.POST.get("text", "")[:4000],
        area_code=request.POST.get("area_code", ""),
        address=request.POST.get("address", ""),
    )
    try:
        found = posting.duplicates_of(asked=asked, at=now())
    except DomainError:
        found = ()
    suggestion = triage.suggest(asked.text)
    names = {row.code: row.name for row in services()}
    context = {
        "duplicates": found,
        "dangers": suggestion.dangers,
        "places": suggestion.places,
        "categories": [
            (names.get(c.service_code, c.service_code), c.confidence) for c in suggestion.categories
        ],
    }
    return TemplateResponse(request, "console/intake.html#hints", context)


@require_http_methods(["GET", "POST"])
@requires(*HANDLERS)
def paste(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Turn a pasted chat message into a need: paste, check, done."""
    raw = request.POST.get("raw", "")[:6000]
    parsed = _parsed(raw) if raw else None
    context = {
        "by": by,
        "raw": raw,
        "parsed": parsed,
        "key": secrets.token_hex(16),
        "areas": area_rows(levels=("township", "village")),
        "services": services(),
    }
    return TemplateResponse(request, "console/paste.html", context)


def _parsed(raw: str) -> dict[str, Any]:
    """Take a chat message apart: who said it, what, where, which phone."""
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    sender = ""
    if len(lines) > 1 and len(lines[0]) <= 40 and not lines[0].endswith(("。", "？", "！")):
        sender = lines[0].split(" ")[0].rstrip("：:")
        lines = lines[1:]
    text = "\n".join(lines)
    suggestion = triage.suggest(text)
    return {
        "name": sender[:40],
        "text": text,
        "phone": suggestion.phones[0] if suggestion.phones else "",
        "area_code": posting.named_area_code(suggestion),
        "service_code": suggestion.best.service_code if suggestion.best else "",
        "dangers": suggestion.dangers,
    }


@require_GET
@requires(*HANDLERS)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a need that the actor may see."""
    del request
    try:
        is_shown = shows_photo(number, token, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    if not is_shown:
        raise Http404
    answer = HttpResponse(read_token(token), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
