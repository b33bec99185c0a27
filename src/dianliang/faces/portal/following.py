"""Following what one asked for: see, add, cancel, rate. The link is the only key."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import limits
from dianliang.core.files import read_token
from dianliang.domain.intake.queries.following import follow_page, followed, shows_photo
from dianliang.domain.intake.tokens import participant
from dianliang.faces.portal import photos
from dianliang.faces.portal.photos import Photos
from dianliang.faces.ui.requests import now, source_of
from dianliang.flows import posting, rating
from dianliang.kernel.errors import (
    DomainError,
    InvalidInputError,
    NotVisibleError,
    NotYourTurnError,
)

MOST_WORDS, PER = 60, timedelta(hours=1)
MOST_MINE = 30
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,60}")


def _participant(token: str) -> Any:
    try:
        return participant(token)
    except NotVisibleError as absent:
        raise Http404 from absent


@never_cache
@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Show a need to somebody who asked for it; a page that waits asks whether it has moved."""
    page = follow_page(_participant(token))
    known = request.GET.get("known", "")
    if known == page.version():
        return HttpResponse(status=204)
    if known:
        context = {"page": page, "token": token, "version": page.version()}
        return TemplateResponse(request, "portal/follow.html#live", context)
    return _show(request, token)


def _show(
    request: HttpRequest,
    token: str,
    *,
    status: int = 200,
    sent: Photos | None = None,
    **typed: DomainError | str,
) -> HttpResponse:
    page = follow_page(_participant(token))
    path = request.path if request.method == "GET" else request.path.rsplit("/", 2)[0] + "/"
    context = {
        "page": page,
        "token": token,
        "version": page.version(),
        "link": request.build_absolute_uri(path),
        "kept": sent.tokens if sent else (),
        **typed,
    }
    return TemplateResponse(request, "portal/follow.html", context, status=status)


def _done(
    request: HttpRequest,
    token: str,
    act: Callable[[], object],
    words: str,
    *,
    sent: Photos | None = None,
    **typed: str,
) -> HttpResponse:
    """Act and go back to the page; what was typed for an act that is refused stays in its form."""
    try:
        act()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, token, status=422, sent=sent, refusal=refusal, **typed)
    messages.success(request, words)
    return redirect("portal:follow", token=token)


@require_POST
def say(request: HttpRequest, token: str) -> HttpResponse:
    """Add words or photos."""
    _participant(token)
    at = now()
    text = request.POST.get("text", "")
    sent = photos.received(request, source=source_of(request), at=at)

    def act() -> None:
        if sent.problems:
            raise InvalidInputError("".join(sent.problems), field="photos")
        limits.count(what="say", source=token, most=MOST_WORDS, per=PER, at=at)
        posting.add_words(token=token, text=text, photos=sent.contents, at=at)

    return _done(request, token, act, _("已补充，谢谢。"), sent=sent, said=text)


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel one's own need."""
    said = request.POST.get("reason", "")
    reason = said or _("诉求人取消")
    return _done(
        request,
        token,
        lambda: posting.cancel_need(token=token, reason=reason, at=now()),
        _("已取消。"),
        reason=said,
    )


@require_POST
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Rate from one to five stars; one or two have it done again by somebody else."""
    if request.user.is_authenticated:  # the desk knows links that it gave out
        words = _("评价只能由诉求人自己做：请让他用自己的手机打开这个链接。")
        refusal = NotYourTurnError(words)
        return _show(request, token, status=403, refusal=refusal)
    stars = request.POST.get("stars", "")
    given = int(stars) if stars in {"1", "2", "3", "4", "5"} else 0
    words = request.POST.get("words", "")
    return _done(
        request,
        token,
        lambda: rating.rate_need(token=token, stars=given, words=words, at=now()),
        _("感谢评价。") if given > 2 else _("很抱歉没有做好，我们会换人重新办理。"),
        comment=words,
        given=stars,
    )


@require_GET
def photo(request: HttpRequest, token: str, photo_token: str) -> HttpResponse:
    """Return a photo of one's own need."""
    del request
    if not _TOKEN.fullmatch(photo_token) or not shows_photo(_participant(token), photo_token):
        raise Http404
    answer = HttpResponse(read_token(photo_token), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """List the needs whose links this phone keeps; the list itself never leaves the phone."""
    if request.method == "GET":
        return TemplateResponse(request, "portal/mine.html")
    tokens = [t for t in request.POST.getlist("token")[:MOST_MINE] if _TOKEN.fullmatch(t)]
    return TemplateResponse(request, "portal/mine.html#list", {"rows": followed(tokens)})
