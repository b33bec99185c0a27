"""Booking a room or gear that is open to everybody: by name and telephone, without an account."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import limits
from dianliang.domain.venues.booking.calendar import Filters
from dianliang.domain.venues.booking.free import Offers
from dianliang.faces.portal.links import follow_token
from dianliang.faces.ui.requests import actor, now, source_of
from dianliang.flows.booking import asking, offering, visiting
from dianliang.flows.booking.asking import Asked
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, KeyReusedError, NotVisibleError

MOST_BOOKINGS, MOST_AT_A_DOOR, PER = 12, 30, timedelta(hours=1)


@require_GET
def bookables(request: HttpRequest) -> HttpResponse:
    """List what everybody may book."""
    filters = Filters(
        type=request.GET.get("type", "").replace("\0", "")[:12],
        words=request.GET.get("q", "").replace("\0", "")[:40],
        page=_number(request.GET.get("page", ""), most=9999) or 1,
    )
    context = {"page": offering.offered(filters=filters), "filters": filters}
    return TemplateResponse(request, "portal/bookables.html", context)


def _number(text: str, *, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is free and take a booking; whoever was too late is offered another time."""
    if request.method == "GET":
        return _show(request, code, typed={})
    sent = request.POST
    key = sent.get("key", "")
    at = now()
    asked = _asked(request, code)
    try:
        asking.book_publicly(
            asked=asked,
            key=key,
            follow_token=follow_token(key, joins="booking"),
            admit=lambda: limits.count(
                what="book", source=source_of(request), most=MOST_BOOKINGS, per=PER, at=at
            ),
            at=at,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refused(request, code, asked, refusal, at=at)
    return redirect("portal:booking", token=follow_token(key, joins="booking"))


def _asked(request: HttpRequest, code: str) -> Asked:
    """Read the form; a pressed offer counts more than the time that was chosen before."""
    sent = request.POST
    starts = sent.get("offer") or sent.get("starts", "")
    minutes = _number(sent.get("minutes", ""), most=20_000)
    return Asked(
        code=code,
        starts=starts,
        ends=_later(starts, minutes),
        pieces=_number(sent.get("pieces", "1"), most=9999),
        persons_count=_number(sent.get("persons", ""), most=9999) or None,
        purpose=sent.get("purpose", ""),
        name=sent.get("name", ""),
        phone=sent.get("phone", ""),
    )


def _later(starts: str, minutes: int) -> str:
    try:
        return (datetime.fromisoformat(starts) + timedelta(minutes=minutes)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _refused(
    request: HttpRequest, code: str, asked: Asked, refusal: DomainError, *, at: datetime
) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("purpose", "name", "phone")}
    typed |= {"persons": request.POST.get("persons", ""), "starts": asked.starts}
    if isinstance(refusal, KeyReusedError):
        typed["earlier"] = follow_token(request.POST.get("key", ""), joins="booking")
    is_about_time = refusal.field in {"starts", "ends", "pieces"}
    offers = asking.offers_to(asked=asked, by=None, at=at) if is_about_time else Offers()
    is_often = isinstance(refusal, limits.TooManyError)
    return _show(
        request,
        code,
        typed=typed,
        refusal=refusal,
        offers=offers,
        status=429 if is_often else 422,
    )


def _show(
    request: HttpRequest,
    code: str,
    *,
    typed: dict[str, str],
    refusal: DomainError | None = None,
    offers: Offers | None = None,
    status: int = 200,
) -> HttpResponse:
    asked: Any = request.GET if request.method == "GET" else request.POST
    wanted = typed.get("starts") or asked.get("starts", "")
    try:
        page = offering.page(
            code=code,
            on=_day(wanted[:10]) or _day(asked.get("on", "")),
            minutes=_number(asked.get("minutes", ""), most=20_000),
            pieces=_number(asked.get("pieces", ""), most=9999),
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "page": page,
        "typed": typed,
        "wanted": wanted,
        "refusal": refusal,
        "offers": offers or Offers(),
        "choices": [
            (f"{w.start.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}", w) for w in page.day.windows
        ],
        "offered": [
            (f"{w.start.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}", w)
            for w in (offers.times if offers else ())
        ],
    }
    return TemplateResponse(request, "portal/book.html", context, status=status)


@never_cache
@require_GET
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """Show a booking to whoever holds its link."""
    return _follow(request, token)


def _follow(
    request: HttpRequest, token: str, *, status: int = 200, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        row = visiting.followed(token=token, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    path = request.path if request.method == "GET" else request.path.rsplit("/", 2)[0] + "/"
    context = {
        "row": row,
        "token": token,
        "link": request.build_absolute_uri(path),
        "refusal": refusal,
    }
    return TemplateResponse(request, "portal/booking.html", context, status=status)


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Call one's own booking off."""
    try:
        visiting.cancel(token=token, reason=request.POST.get("reason", ""), at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _follow(request, token, status=422, refusal=refusal)
    messages.success(request, _("预约已取消。"))
    return redirect("portal:booking", token=token)


@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """Check in by the code on the door, or say that one leaves."""
    at = now()
    context: dict[str, Any] = {"token": token, "may_use_account": actor(request) is not None}
    status = 200
    try:
        context["door"] = visiting.door(token=token)
        if request.method == "POST":
            for source in (token, source_of(request)):
                limits.count(what="door", source=source, most=MOST_AT_A_DOOR, per=PER, at=at)
            context["phone"] = request.POST.get("phone", "")[:24]
            context["row"] = visiting.come_or_go(
                token=token,
                phone=context["phone"],
                leaves=request.POST.get("act") == "leave",
                by=actor(request),
                at=at,
            )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        context["refusal"], status = refusal, 422
    return TemplateResponse(request, "portal/door.html", context, status=status)
