"""The employees' mailbox: write without an account, follow by a link that nobody else has."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import limits
from dianliang.domain.voices import queries
from dianliang.faces.portal.links import voice_token
from dianliang.faces.ui.keys import key_of, press_once
from dianliang.faces.ui.requests import now, source_of, today
from dianliang.flows.voices import mailbox as flow
from dianliang.flows.voices.handling import TOPICS
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_LETTERS, PER = 6, timedelta(hours=1)


@never_cache
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Offer the form; on success go to the page that only its writer knows."""
    refusal = None
    sent = request.POST
    if request.method == "POST":
        at, key = now(), key_of(sent)
        written = flow.Written(
            desk=sent.get("desk", ""),
            topic=sent.get("topic", ""),
            words=sent.get("words", ""),
            name=sent.get("name", ""),
            contact=sent.get("contact", ""),
        )
        admit = partial(_admit, request)
        try:
            flow.write(written=written, key=key, token=voice_token(key), admit=admit, at=at)
        except DomainError as wrong:
            refusal = wrong
        else:
            return redirect("portal:voice", voice_token(key))
    context = {
        "desks": queries.open_desks(on=today()),
        "topics": TOPICS.items(),
        "refusal": refusal,
    }
    too_many = isinstance(refusal, limits.TooManyError)
    status = 429 if too_many else 422 if refusal else 200
    return TemplateResponse(request, "portal/mailbox.html", context, status=status)


def _admit(request: HttpRequest) -> None:
    limits.count(what="voice", source=source_of(request), most=MOST_LETTERS, per=PER, at=now())


@never_cache
@require_GET
def voice(request: HttpRequest, token: str) -> HttpResponse:
    """Show a letter and what became of it to whoever holds its link."""
    return _voice(request, token)


def _voice(request: HttpRequest, token: str, *, refusal: DomainError | None = None) -> HttpResponse:
    try:
        file = queries.for_asker(token, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "file": file,
        "v": file.row,
        "token": token,
        "link": request.build_absolute_uri(request.path.split("/do/")[0]),
        "refusal": refusal,
        "verbs": [verb for verb, _label in file.verbs],
        "can_say": file.row.status in {"RECEIVED", "TAKEN", "ANSWERED"},
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/voice.html", context, status=status)


@require_POST
def act(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """Add something, be satisfied, ask again, or take the letter back."""
    words, at = request.POST.get("words", ""), now()
    steps: dict[str, Callable[[], object]] = {
        "say": partial(flow.say, token=token, words=words, at=at),
        "accept": partial(flow.accept, token=token, at=at),
        "again": partial(flow.again, token=token, words=words, at=at),
        "withdraw": partial(flow.withdraw, token=token, at=at),
    }
    if verb not in steps:
        raise Http404
    try:
        press_once(request, "voices.letter", steps[verb], at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _voice(request, token, refusal=refusal)
    messages.success(request, _("已收到。"))
    return redirect("portal:voice", token)
