"""A resident picks a free time for a service, and follows it by a secret link (自约)."""

import re
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dianliang.core import limits
from dianliang.domain.territory.queries import village_choices
from dianliang.faces.portal.activities import asked
from dianliang.faces.portal.links import volunteer_token
from dianliang.faces.ui.keys import required_key
from dianliang.faces.ui.requests import now, source_of
from dianliang.flows.activities import self_booking
from dianliang.flows.activities.self_booking import Wished
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_BOOKINGS, PER = 12, timedelta(hours=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}", re.ASCII)


@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, service_code: str) -> HttpResponse:
    """Show what is free for a village; keep one time."""
    at, sent = now(), request.POST
    refusal: DomainError | None = None
    area = (sent.get("area") or request.GET.get("area", "")).replace("\0", "")[:20]
    try:
        if request.method == "POST":
            try:
                token = _kept(request, service_code, area)
            except NotVisibleError:
                raise
            except DomainError as error:
                refusal = error
            else:
                messages.success(request, _("已约好。请保存这个链接，可在开始前取消。"))
                return redirect("portal:self_booking", token=token)
        page = self_booking.booking_page(service_code=service_code, area_code=area, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "page": page,
        "area": area,
        "towns": village_choices(),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/self_book.html", context, status=status)


def _kept(request: HttpRequest, service_code: str, area: str) -> str:
    sent, at = request.POST, now()
    key = required_key(sent)
    limits.count(what="book", source=source_of(request), most=MOST_BOOKINGS, per=PER, at=at)
    token = volunteer_token(f"book:{key}")
    wished = Wished(
        slot=sent.get("slot", ""),
        area_code=area,
        address=sent.get("address", ""),
        words=sent.get("words", ""),
        who=asked(request),
    )
    self_booking.book(service_code=service_code, wished=wished, key=key, token=token, at=at)
    return token


@never_cache
@require_http_methods(["GET", "POST"])
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """Show a booking to whoever made it; give it up."""
    refusal: DomainError | None = None
    if not _TOKEN.fullmatch(token):
        raise Http404
    try:
        if request.method == "POST":
            try:
                self_booking.cancel(token=token, reason=request.POST.get("reason", ""), at=now())
            except NotVisibleError:
                raise
            except DomainError as error:
                refusal = error
            else:
                messages.success(request, _("已取消，这个时间可以给别人了。"))
                return redirect("portal:self_booking", token=token)
        page = self_booking.followed(token=token, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"page": page, "refusal": refusal, "link": request.build_absolute_uri()}
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/self_booking.html", context, status=status)
