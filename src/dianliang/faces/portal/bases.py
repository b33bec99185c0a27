"""What everybody may see of a base: its page, and the screen that hangs in its hall."""

import json
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, today
from dianliang.flows.bases import screen as flow
from dianliang.kernel.errors import NotVisibleError

WORKER = Path(__file__).with_name("screen_worker.js")
RENEW_S = 300
KEPT = ("portal/screen.js", "portal/screen.css", "ui/tokens.css", "ui/lamp.svg")
"""Files without which a screen is no screen."""


@require_GET
def base(request: HttpRequest, code: str) -> HttpResponse:
    """Show a base: when it is open, what it offers, what it promises."""
    try:
        found = flow.public_base(code, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "base": found,
        "points": [
            {
                "number": found.code,
                "title": found.name,
                "lat": found.lat,
                "lon": found.lon,
                "tone": "open",
                "exact": True,
            }
        ],
    }
    return TemplateResponse(request, "portal/base_page.html", context)


@require_GET
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """Give the page that a screen plays without anybody at it."""
    at = now()
    try:
        found = flow.public_base(code, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    shown = len(found.slides) + 1 + bool(found.services)
    page = _number(request.GET.get("page", "")) % shown
    context = {
        "base": found,
        "at": at,
        "renew_s": RENEW_S,
        "page": page,
        "next_page": (page + 1) % shown,
    }
    answer = TemplateResponse(request, "portal/screen.html", context)
    answer["Cache-Control"] = "no-cache"
    return answer


def _number(asked: str) -> int:
    """Return which page is asked for: a screen without scripts asks for one after the other."""
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0


@require_GET
def photo(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Return the picture of a notice that is shown at a base now."""
    try:
        answer = photo_answer(flow.photo_of(code, token, on=today()))
    except NotVisibleError as absent:
        raise Http404 from absent
    answer["Cache-Control"] = "public, max-age=86400"  # as public as the notice, and never changed
    return answer


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker that keeps the last pages of a screen."""
    files = [static(path) for path in KEPT]
    source = WORKER.read_text(encoding="utf-8")
    answer = HttpResponse(
        f"const FILES = {json.dumps(files)};\n{source}", content_type="text/javascript"
    )
    answer["Cache-Control"] = "no-cache"
    return answer
