"""Needs that the desk takes in: by telephone, at the window, out of a chat group."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.catalog.queries import services
from dianliang.domain.intake.queries import desk
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.territory.queries import village_choices
from dianliang.faces.console import links
from dianliang.faces.ui.keys import key_of
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import chat, posting, triage
from dianliang.flows.planning import appointments
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

HANDLERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
FIELDS = ("text", "area_code", "address", "name", "phone", "service_code", "on_behalf_of")
DRAFT_FIELDS = ("text", "name", "phone", "area_code", "service_code")
CHANNELS = ("phone", "window", "chat")
LONGEST_PASTE = 20_000


@require_http_methods(["GET", "POST"])
@requires(*HANDLERS)
def intake(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a need in by phone or window, or add the caller to one that is known already."""
    values: dict[str, Any] = {name: request.POST.get(name, "") for name in FIELDS}
    channel = request.POST.get("channel", "phone")
    channel = channel if channel in CHANNELS else "phone"
    key = key_of(request.POST)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            number = _take_in(request, values, channel=channel, key=key, by=by)
        except DomainError as caught:
            refusal = caught
        else:
            return redirect("console:need", number=number)
    context = {
        "by": by,
        "values": values,
        "wish": request.POST.get("wish", ""),
        "channel": channel,
        "refusal": refusal,
        "towns": village_choices(),
        "services": services(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/intake.html", context, status=status)


def _take_in(
    request: HttpRequest, values: dict[str, Any], *, channel: str, key: str, by: Actor
) -> str:
    token, at = links.token_for(key, by=by), now()
    joined = request.POST.get("join", "")
    wish = appointments.wished(request.POST.get("wish", ""), at=at)
    if joined:
        kept = posting.join_need(
            number=joined,
            text=values["text"],
            reporter=Reporter(name=values["name"], phone=values["phone"]),
            key=key,
            follow_token=token,
            by=by,
            at=at,
        )
        said = _("已把来电人加入 %(number)s，他会跟着知道进展。")
    else:
        asked = posting.Asked(
            **values, channel=channel, kind="on_behalf" if values["on_behalf_of"] else "resident"
        )
        kept = posting.post_need(asked=asked, key=key, follow_token=token, by=by, at=at)
        said = _("%(number)s 已登记。")
    number = str(kept["number"])
    if wish is not None and not joined:
        appointments.keep(number=number, window=wish, by=by, at=at)
    links.keep(request, number, key, by=by)
    messages.success(request, said % {"number": number})
    return number


@require_GET
@requires(*HANDLERS)
def slots(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer the best times for a visit, once it is known what is wanted and where."""
    found = appointments.appointments(
        service_code=request.GET.get("service_code", ""),
        area_code=request.GET.get("area_code", ""),
        by=by,
        at=now(),
    )
    offers = [
        (f"{one.window.start.isoformat()}/{one.window.end.isoformat()}", one) for one in found
    ]
    context = {"offers": offers, "wish": request.GET.get("wish", "")}
    return TemplateResponse(request, "console/intake.html#slots", context)


@require_POST
@requires(*HANDLERS)
def hints(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show, while a call is being typed, what triage makes of it and what it may repeat."""
    phone = request.POST.get("phone", "")[:24]
    asked = posting.Asked(
        text=request.POST.get("text", "")[:4000],
        area_code=request.POST.get("area_code", ""),
        address=request.POST.get("address", "")[:200],
    )
    try:
        found = posting.duplicates_of(asked=asked, at=now(), by=by)
    except DomainError:
        found = ()
    suggestion = triage.suggest(asked.text)
    names = {row.code: row.name for row in services()}
    context = {
        "duplicates": found,
        "earlier": desk.earlier_of(phone=phone, by=by),
        "dangers": suggestion.dangers,
        "places": suggestion.places,
        "categories": [
            (c.service_code, names.get(c.service_code, c.service_code), c.confidence)
            for c in suggestion.categories
        ],
        "is_empty": not (asked.text or phone),
    }
    return TemplateResponse(request, "console/intake.html#hints", context)


@require_http_methods(["GET", "POST"])
@requires(*HANDLERS)
def paste(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Read a paste from a chat group; after a look at it, register what is a need."""
    sent = request.POST
    context: dict[str, Any] = {
        "by": by,
        "raw": sent.get("raw", ""),
        "towns": village_choices(),
        "services": services(),
    }
    status = 200
    try:
        if sent.get("verb") == "register":
            context["registered"] = _register(request, by=by)
        elif request.method == "POST":
            context["drafts"] = chat.drafts(sent.get("raw", "")[:LONGEST_PASTE])
    except DomainError as refusal:
        context["refusal"] = refusal
        status = 422
    return TemplateResponse(request, "console/paste.html", context, status=status)


def _register(request: HttpRequest, *, by: Actor) -> list[dict[str, str]]:
    """Register the chosen messages; each comes back with its answer for the group, or a reason."""
    sent = request.POST
    chosen = [index for index in sent.getlist("chosen") if index.isascii() and index.isdecimal()]
    keys = tuple(f"{sent.get('key', '')[:40]}-{index}" for index in chosen[: chat.MOST_MESSAGES])
    made = chat.register(
        drafts=tuple(_draft(sent, index) for index in chosen[: chat.MOST_MESSAGES]),
        keys=keys,
        tokens=tuple(links.token_for(key, by=by) for key in keys),
        by=by,
        at=now(),
    )
    return [_answered(request, one, key, by=by) for one, key in zip(made, keys, strict=True)]


def _draft(sent: QueryDict, index: str) -> chat.Draft:
    values: dict[str, Any] = {name: sent.get(f"{name}-{index}", "") for name in DRAFT_FIELDS}
    return chat.Draft(said_at="", **values)


def _answered(request: HttpRequest, one: chat.Registered, key: str, *, by: Actor) -> dict[str, str]:
    answer = ""
    if one.number:
        link = links.keep(request, one.number, key, by=by)
        answer = chat.receipt(number=one.number, name=one.name, link=link)
    return {"number": one.number, "text": one.text, "answer": answer, "refusal": one.refusal}
