"""Asking for something: post, join what a neighbour asked for. No account needed."""

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import drafts, limits
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.venues.queries import SiteRow, site_row
from dianliang.faces.portal import challenge, photos
from dianliang.faces.portal.forms import NeedForm
from dianliang.faces.portal.links import follow_token
from dianliang.faces.portal.photos import Photos
from dianliang.faces.ui.keys import fresh_key
from dianliang.faces.ui.requests import actor, now, source_of
from dianliang.faces.ui.templatetags.ui import translated
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import posting, preview, triage
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, KeyReusedError

MOST_POSTS, PER = 12, timedelta(hours=1)
"""Posts per source and hour before a challenge is asked for. Danger is never held back."""
NOT_ASKED = frozenset({"key", "confirmed"})
REPORTER = frozenset(Reporter.__slots__)
SHORTEST_HINT = 4
MOST_HINTS_A_MINUTE = 120
"""Beyond it a source is still told of danger, but nothing is looked up for it."""
_CODE = re.compile(r"[A-Za-z0-9_-]{1,24}")


def _site(code: str) -> SiteRow | None:
    return site_row(code) if _CODE.fullmatch(code) else None


@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, site_code: str = "", service_code: str = "") -> HttpResponse:
    """Take in a need; before it is sent, offer likely duplicates to join."""
    site = _site(site_code or request.POST.get("site_code", ""))
    if (site_code and site is None) or (service_code and active_service(service_code) is None):
        raise Http404
    if request.method == "GET":
        return _form(request, NeedForm(initial=_initial(request, site, service_code)), site=site)
    at = now()
    form = NeedForm(request.POST)
    is_valid = form.is_valid()
    sent = photos.received(request, source=source_of(request), at=at)
    if triage.suggest(form.cleaned_data.get("text", "")).is_danger:
        return _take_in_danger(request, form, site=site, sent=sent, at=at)
    if not is_valid or sent.problems:
        return _form(request, form, site=site, sent=sent, status=422)
    return _take_in(request, form, site=site, sent=sent, at=at)


def _initial(request: HttpRequest, site: SiteRow | None, service_code: str) -> dict[str, Any]:
    return {
        "key": fresh_key(),
        "site_code": site.code if site else "",
        "service_code": service_code,
        "text": request.GET.get("text", "")[:4000],
        "venue_type": site.venue_type if site else request.GET.get("venue", "")[:12],
        "kind": "resident",
    }


def _sender(request: HttpRequest) -> Actor | None:
    """Return the steward who asks on somebody's behalf, if one is logged in."""
    by = actor(request)
    return by if by and by.role in {Role.STEWARD, Role.CAPTAIN} else None


def _asked(request: HttpRequest, values: dict[str, Any], sent: Photos) -> posting.Asked:
    fields = {name: value for name, value in values.items() if name not in NOT_ASKED}
    channel = "qr" if values.get("site_code") else "portal"
    return posting.Asked(
        **{**fields, "kind": fields.get("kind") or "resident"},
        channel="steward" if _sender(request) else channel,
        photos=sent.contents,
    )


def _take_in_danger(
    request: HttpRequest, form: NeedForm, *, site: SiteRow | None, sent: Photos, at: datetime
) -> HttpResponse:
    """Take it in at once: no duplicates, no limit, no challenge, and without what is wrong."""
    values = form.cleaned_data
    key = values.get("key") or fresh_key()
    asked = _asked(request, values, sent)
    wrong = [str(error) for name in form.errors if name != "key" for error in form.errors[name]]
    try:
        dropped = posting.post_in_danger(
            asked=asked,
            key=key,
            follow_token=follow_token(key),
            by=_sender(request) or posting.ANYONE,
            at=at,
        )
    except KeyReusedError:  # he stepped back and wrote of another danger: that is another need
        values["key"] = fresh_key()
        return _take_in_danger(request, form, site=site, sent=sent, at=at)
    except DomainError as refusal:
        return _refused(request, form, refusal, site=site, sent=sent)
    for words in (*wrong, *sent.problems, *dropped):
        messages.warning(request, _("已收到。有一处没有保存：%(why)s") % {"why": words})
    return redirect("portal:follow", token=follow_token(key))


def _take_in(
    request: HttpRequest, form: NeedForm, *, site: SiteRow | None, sent: Photos, at: datetime
) -> HttpResponse:
    values = form.cleaned_data
    key = values["key"]
    asked = _asked(request, values, sent)
    page = {"asked": values, "kept": sent.tokens, "action": reverse("portal:post")}
    try:
        # Who sends again what is stored already is told what became of it, not offered himself.
        if not (values["confirmed"] or posting.was_posted(key)):
            found = preview.offered_duplicates(asked=asked, at=at)
            if found:
                return TemplateResponse(
                    request, "portal/duplicates.html", {**page, "duplicates": found}
                )
        posting.post_need(
            asked=asked,
            key=key,
            follow_token=follow_token(key),
            by=_sender(request) or posting.ANYONE,
            admit=partial(_admit, request, at=at),
            at=at,
        )
    except limits.TooManyError as refusal:
        return _slow_down(request, refusal, page, at=at)
    except DomainError as refusal:
        return _refused(request, form, refusal, site=site, sent=sent)
    return redirect("portal:follow", token=follow_token(key))


def _admit(request: HttpRequest, *, at: datetime) -> None:
    """Count a post while it is stored, unless the sender has earned it.

    What is not stored in the end was not counted, and its proof can be used again.

    Raises:
        TooManyError: the source posts too often.
    """
    said = request.POST
    source = source_of(request)
    if challenge.is_solved(said.get("altcha", ""), at=at) or challenge.is_sum_right(
        said.get("sum_seal", ""), said.get("sum", ""), source=source, at=at
    ):
        return
    limits.count(what="post", source=source, most=MOST_POSTS, per=PER, at=at)


def _slow_down(
    request: HttpRequest, refusal: limits.TooManyError, page: dict[str, Any], *, at: datetime
) -> HttpResponse:
    context = {
        **page,
        "too_often": translated(refusal.message),
        "challenge": challenge.fresh(at=at),
        "sum": challenge.fresh_sum(at=at),
    }
    headers = {"Retry-After": str(refusal.retry_after_s)}
    return TemplateResponse(request, "portal/slow_down.html", context, status=429, headers=headers)


def _refused(
    request: HttpRequest,
    form: NeedForm,
    refusal: DomainError,
    *,
    site: SiteRow | None,
    sent: Photos,
) -> HttpResponse:
    earlier = ""
    if isinstance(refusal, KeyReusedError):
        earlier = follow_token(form.cleaned_data["key"])
        form.add_error("key", _("您刚才已经提交过一条，这次的内容不同。"))
    elif refusal.field == "photos":
        sent = Photos(problems=(refusal.message,))
    else:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return _form(request, form, site=site, sent=sent, earlier=earlier, status=422)


def _form(
    request: HttpRequest,
    form: NeedForm,
    *,
    site: SiteRow | None,
    sent: Photos | None = None,
    earlier: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the form with all that was filled in; a key that cannot be used again is replaced."""
    has_errors = bool(form.is_bound and form.errors)
    if form.is_bound and "key" in form.errors:
        form.data = {**request.POST.dict(), "key": fresh_key()}
    sent = sent or Photos()
    context = {
        "form": form,
        "site": site,
        "kept": sent.tokens,
        "photo_problems": sent.problems,
        "has_problems": has_errors or bool(sent.problems),
        "earlier": earlier,
        "most_photos": posting.MOST_PHOTOS,
    }
    return TemplateResponse(request, "portal/post.html", context, status=status)


@require_POST
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Join a need that a neighbour posted."""
    at = now()
    form = NeedForm(request.POST)
    form.is_valid()
    values = form.cleaned_data
    # Without a key of his own a joiner gets a fresh one: a link made from none would be anybody's.
    key = values.get("key") or fresh_key()
    sent = photos.received(request, source=source_of(request), at=at)
    try:
        posting.join_need(
            number=number,
            text=values.get("text", ""),
            photos=sent.contents,
            reporter=Reporter(**{k: v for k, v in values.items() if k in REPORTER and v}),
            key=f"{key}{number}"[:80],
            follow_token=follow_token(key, joins=number),
            admit=partial(_admit, request, at=at),
            at=at,
        )
    except limits.TooManyError as refusal:
        page = {"asked": values, "kept": sent.tokens, "action": request.path}
        return _slow_down(request, refusal, page, at=at)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _form(request, form, site=None, sent=sent, status=422)
    return redirect("portal:follow", token=follow_token(key, joins=number))


@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """Tell a form, while it is being filled in, what is understood: danger, place, duplicates."""
    form = NeedForm(request.POST)
    form.is_valid()
    text = form.cleaned_data.get("text", "")[:4000]
    context: dict[str, Any] = {"dangers": [asdict(f) for f in triage.suggest(text).dangers]}
    at, source = now(), source_of(request)
    is_often = limits.counted_here("hints", source=source, at=at) > MOST_HINTS_A_MINUTE
    if len(text) >= SHORTEST_HINT and not is_often:
        try:
            asked = _asked(request, {**form.cleaned_data, "text": text}, Photos())
            context["preview"] = preview.preview(asked=asked, at=at)
        except DomainError as refusal:
            context["unclear"] = refusal.message
    return TemplateResponse(request, "portal/post.html#hints", context)


@require_GET
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """Return a photo of a form that is not sent yet, to whoever knows its name."""
    del request
    content = drafts.read(token, at=now())
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
