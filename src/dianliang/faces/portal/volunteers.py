"""A volunteer's own page, opened by a secret link that the phone keeps; check-in on site."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from math import isfinite
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import limits
from dianliang.domain.hours.queries import of_person
from dianliang.faces.portal.links import volunteer_token
from dianliang.faces.ui.keys import key_of
from dianliang.faces.ui.requests import actor, now, source_of
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import hours_desk
from dianliang.flows.activities import arriving, joining, own_service, personal
from dianliang.flows.activities.arriving import Spot
from dianliang.flows.activities.joining import Joining
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint

COOKIE = "volunteer"
KEPT_S = 400 * 24 * 3600
FARTHEST_M = 1e6
MOST_ARRIVALS, PER = 200, timedelta(hours=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}", re.ASCII)


def held_token(request: HttpRequest) -> str:
    """Return the personal link that this phone keeps; nothing for none."""
    token = request.COOKIES.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def remember(answer: HttpResponse, token: str) -> HttpResponse:
    """Have the phone keep a personal link, out of reach of scripts."""
    answer.set_cookie(
        COOKIE,
        token,
        max_age=KEPT_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@never_cache
@require_GET
def volunteer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a volunteer what he signed up for and what he must know."""
    return remember(_page(request, token), token)


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Lead to the page of the volunteer whose phone this is."""
    token = held_token(request)
    if not personal.name_of(token):
        return redirect("portal:activities")
    return redirect("portal:volunteer", token=token)


def _page(request: HttpRequest, token: str, *, refusal: DomainError | None = None) -> HttpResponse:
    is_whole = request.GET.get("all") == "1"
    asked = partial(personal.page, is_whole=is_whole)
    try:
        page = asked(token=token, at=now()) if _TOKEN.fullmatch(token) else None
    except NotVisibleError as absent:
        raise Http404 from absent
    if page is None:
        raise Http404
    number, hours, own = page.person_number, None, None
    if page.is_confirmed:
        hours = of_person(number, is_whole=is_whole)
        own = own_service.of_person(number, at=now(), is_whole=is_whole)
    context = {
        "page": page,
        "given_hours": hours,
        "own": own,
        "more": page.more + (hours.more if hours else 0) + (own.more if own else 0),
        "token": token,
        "link": request.build_absolute_uri(f"/v/{token}/"),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/volunteer.html", context, status=status)


def _done(
    request: HttpRequest, token: str, number: str, act: Callable[[], object], words: str
) -> HttpResponse:
    try:
        act()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _page(request, token, refusal=refusal)
    messages.success(request, words)
    return redirect("portal:volunteer", token=token)


@require_POST
def withdraw(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Give up one's place."""
    reason = request.POST.get("reason", "")
    return _done(
        request,
        token,
        number,
        lambda: joining.withdraw(token=token, number=number, reason=reason, at=now()),
        _("已退出，名额已让给候补的人。"),
    )


@require_POST
def rate(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Say what one thinks of a session one was at."""
    stars, words = request.POST.get("stars", ""), request.POST.get("words", "")

    def act() -> None:
        if stars not in {"1", "2", "3", "4", "5"}:
            raise InvalidInputError(_("请选一到五星。"), field="stars")
        personal.rate(token=token, number=number, stars=int(stars), words=words, at=now())

    return _done(request, token, number, act, _("谢谢您的评价。"))


@require_POST
def claim(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Ask somebody else to look again at hours that were refused."""
    words = request.POST.get("words", "")
    return _done(
        request,
        token,
        number,
        lambda: hours_desk.claim(token=token, number=number, words=words, at=now()),
        _("已收到，会由另一位工作人员复核并答复。"),
    )


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Have this phone forget whose it is."""
    answer = redirect("portal:activities")
    answer.delete_cookie(COOKIE)
    messages.success(request, _("这台手机已不再记得您的个人页。"))
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def arrive(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the code on site opens; check in, check out."""
    if request.method == "GET":
        return _arrival(request, code)
    at, sent = now(), request.POST
    made = ""
    try:
        limits.count(what="arrive", source=source_of(request), most=MOST_ARRIVALS, per=PER, at=at)
        if sent.get("act") == "leave":
            came = arriving.leave(
                code=code,
                ticket=sent.get("ticket", ""),
                own=held_token(request),
                spot=_spot(request),
                by=actor(request),
                at=at,
            )
            words = _("已签退，辛苦了。")
        else:
            made = _form_token(request)
            came = arriving.arrive(
                code=code,
                ticket=sent.get("ticket", ""),
                joining_as=_named(request),
                token=made,
                own=held_token(request) if sent.get("as") != "other" else "",
                spot=_spot(request),
                by=actor(request) if sent.get("as") != "other" else None,
                at=at,
            )
            words = _("签到成功。")
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _arrival(request, code, refusal=refusal)
    if came.doubts:
        marked = _("已记下，并标记：%(what)s。组织者会核对。")
        messages.warning(request, marked % {"what": "、".join(_(word) for word in came.doubts)})
    messages.success(request, words)
    query = urlencode({"t": sent.get("ticket", "")})
    answer = redirect(f"{reverse('portal:arrive', args=[code])}?{query}")
    return remember(answer, made) if came.made_link else answer


def _form_token(request: HttpRequest) -> str:
    """Return the token of the link that a form makes: pressed twice it is the same link.

    Name and number are part of it: a form that is filled in for somebody else makes another.
    """
    sent = request.POST
    return volunteer_token(f"arrive:{key_of(sent)}:{sent.get('name', '')}:{sent.get('phone', '')}")


def _named(request: HttpRequest) -> Joining | None:
    sent = request.POST
    if not sent.get("name") and not sent.get("phone"):
        return None
    return Joining(
        name=sent.get("name", ""),
        phone=sent.get("phone", ""),
        has_agreed=sent.get("agreed") == "1",
    )


def _arrival(
    request: HttpRequest, code: str, *, refusal: DomainError | None = None
) -> HttpResponse:
    status = 422 if refusal else 200
    try:
        page = arriving.arrival(
            code=code,
            ticket=request.POST.get("ticket", "") or request.GET.get("t", ""),
            own=held_token(request),
            by=actor(request),
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as stale:
        page, refusal, status = None, refusal or stale, 422
    context = {
        "page": page,
        "refusal": refusal,
    }
    return TemplateResponse(request, "portal/arrive.html", context, status=status)


def _spot(request: HttpRequest) -> Spot | None:
    """Return where the phone says that it is; what is no place counts as not said."""
    lat, lon, unsure = (_number(request, name) for name in ("lat", "lon", "accuracy"))
    if lat is None or lon is None or unsure is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return Spot(point=GeoPoint(lat, lon), accuracy_m=round(min(FARTHEST_M, max(0.0, unsure))))


def _number(request: HttpRequest, name: str) -> float | None:
    try:
        found = float(request.POST.get(name, ""))
    except ValueError:
        return None
    return found if isfinite(found) else None
