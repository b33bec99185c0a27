"""What residents and firms do: post, follow, add, join, cancel, rate. No account needed."""

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import limits
from dianliang.core.files import read_token
from dianliang.domain.catalog.queries import services, venue_types
from dianliang.domain.intake.queries.following import follow_page, shows_photo
from dianliang.domain.intake.queries.public import lit_counts, public_needs
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.intake.tokens import participant
from dianliang.domain.venues.queries import site_row
from dianliang.faces.portal import challenge
from dianliang.faces.portal.forms import NeedForm
from dianliang.faces.ui.requests import now
from dianliang.flows import posting, triage
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_POSTS, PER = 12, timedelta(hours=1)
"""Posts per source and hour before a challenge is asked for. Danger is never held back."""
PUBLIC_FOR = timedelta(days=60)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Offer the one question that matters, and the catalogue."""
    venue = request.GET.get("venue", "")
    context = {
        "counts": lit_counts(),
        "services": services(venue_type=venue if venue in dict(venue_types()) else ""),
        "venues": venue_types(),
        "venue": venue,
    }
    return TemplateResponse(request, "portal/home.html", context)


@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, site_code: str = "", service_code: str = "") -> HttpResponse:
    """Take in a need; before it is sent, offer likely duplicates to join."""
    site = site_row(site_code) if site_code else None
    if site_code and site is None:
        raise Http404
    if request.method == "GET":
        initial = {
            "key": secrets.token_hex(16),
            "follow": secrets.token_urlsafe(18),
            "site_code": site_code,
            "service_code": service_code,
            "text": request.GET.get("text", "")[:4000],
            "venue_type": site.venue_type if site else "",
            "kind": "resident",
        }
        return _form(request, NeedForm(initial=initial), site=site)
    form = NeedForm(request.POST)
    if not form.is_valid():
        return _form(request, form, site=site, status=422)
    return _take_in(request, form, site=site)


def _take_in(request: HttpRequest, form: NeedForm, *, site: Any) -> HttpResponse:
    values = form.cleaned_data
    wanted = {k: v for k, v in values.items() if k not in {"key", "follow", "confirmed"}}
    asked = posting.Asked(
        **{**wanted, "kind": wanted["kind"] or "resident"},
        channel="qr" if values["site_code"] else "portal",
        photos=tuple(upload.read() for upload in request.FILES.getlist("photos")),
    )
    at = now()
    try:
        is_free = triage.suggest(asked.text).is_danger or posting.was_posted(values["key"])
        if not is_free and not values["confirmed"]:
            found = posting.duplicates_of(asked=asked, at=at)
            if found:
                context = {"duplicates": found, "asked": values}
                return TemplateResponse(request, "portal/duplicates.html", context)
        if not is_free and not challenge.is_solved(request.POST.get("altcha", ""), at=at):
            limits.count(what="post", source=_source(request), most=MOST_POSTS, per=PER, at=at)
        posting.post_need(asked=asked, key=values["key"], follow_token=values["follow"], at=at)
    except limits.TooManyError as refusal:
        return TemplateResponse(
            request,
            "portal/slow_down.html",
            {"refusal": refusal, "asked": values, "challenge": challenge.fresh(at=at)},
            status=429,
            headers={"Retry-After": str(refusal.retry_after_s)},
        )
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _form(request, form, site=site, status=422)
    return redirect("portal:follow", token=values["follow"])


def _form(request: HttpRequest, form: NeedForm, *, site: Any, status: int = 200) -> HttpResponse:
    context = {"form": form, "site": site}
    return TemplateResponse(request, "portal/post.html", context, status=status)


def _source(request: HttpRequest) -> str:
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("X-Forwarded-For", "").split(",")[0].strip() or "?"
    return str(request.META.get("REMOTE_ADDR", "?"))


@require_POST
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Join a need that a neighbour posted."""
    follow = request.POST.get("follow", "")
    try:
        posting.join_need(
            number=number,
            text=request.POST.get("text", ""),
            reporter=Reporter(phone=request.POST.get("phone", "")[:24]),
            key=request.POST.get("key", ""),
            follow_token=follow,
            at=now(),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("portal:post")
    return redirect("portal:follow", token=follow)


def _participant(token: str) -> Any:
    try:
        return participant(token)
    except NotVisibleError as absent:
        raise Http404 from absent


@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Show a need to somebody who asked for it."""
    page = follow_page(_participant(token))
    context = {"page": page, "token": token, "link": request.build_absolute_uri()}
    return TemplateResponse(request, "portal/follow.html", context)


@require_POST
def say(request: HttpRequest, token: str) -> HttpResponse:
    """Add words or photos."""
    photos = tuple(upload.read() for upload in request.FILES.getlist("photos"))
    return _done(
        request,
        token,
        lambda: posting.add_words(
            token=token, text=request.POST.get("text", ""), photos=photos, at=now()
        ),
        _("已补充，谢谢。"),
    )


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel one's own need."""
    reason = request.POST.get("reason", "") or _("诉求人取消")
    return _done(
        request,
        token,
        lambda: posting.cancel_need(token=token, reason=reason, at=now()),
        _("已取消。"),
    )


@require_POST
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Rate from one to five stars; one or two have it done again by somebody else."""
    stars = request.POST.get("stars", "")
    given = int(stars) if stars in {"1", "2", "3", "4", "5"} else 0
    words = request.POST.get("words", "")
    return _done(
        request,
        token,
        lambda: posting.rate_need(token=token, stars=given, words=words, at=now()),
        _("感谢评价。") if given > 2 else _("很抱歉没有做好，我们会换人重新办理。"),
    )


def _done(request: HttpRequest, token: str, act: Any, words: str) -> HttpResponse:
    try:
        act()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect(f"{reverse('portal:follow', args=[token])}")


@require_GET
def photo(request: HttpRequest, token: str, photo_token: str) -> HttpResponse:
    """Return a photo of one's own need."""
    del request
    if not shows_photo(_participant(token), photo_token):
        raise Http404
    answer = HttpResponse(read_token(photo_token), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """Show what was pointed out and lit up, without anything personal."""
    rows = public_needs(since=now() - PUBLIC_FOR, most=60)
    points = [
        {
            "lat": row.lat,
            "lon": row.lon,
            "number": row.number,
            "title": f"{row.service_name} {row.status_label}",
            "tone": "done" if row.status in {"RESOLVED", "CLOSED"} else "open",
        }
        for row in rows
        if row.lat is not None
    ]
    return TemplateResponse(request, "portal/public.html", {"rows": rows, "points": points})


@require_GET
def algorithm(request: HttpRequest) -> HttpResponse:
    """Explain in plain words how needs are sorted."""
    return TemplateResponse(request, "portal/algorithm.html")


def danger_hint(request: HttpRequest) -> HttpResponse:
    """Tell the form, while it is being filled in, whether the words sound like danger."""
    suggestion = triage.suggest(request.POST.get("text", "")[:4000])
    context = {"dangers": [asdict(found) for found in suggestion.dangers]}
    return TemplateResponse(request, "portal/post.html#danger", context)
