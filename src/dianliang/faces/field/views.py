"""The phone app of stewards and captains: one page, the day's data, and what the phone sends."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import DjangoTranslation
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import JavaScriptCatalog

from dianliang.faces.field import build
from dianliang.faces.field.requests import FIELD_ROLES, answer, answers_json, json_body
from dianliang.faces.ui import requests as ui
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import calling, crewday, day_route, fieldwork, identity, safety
from dianliang.flows.command import positions as whereabouts
from dianliang.flows.dispatching.shiftday import shift_day
from dianliang.flows.linewatch import reading
from dianliang.flows.phone_operations import text_of
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError

SESSION_S = 14 * 24 * 3600
"""A phone logs in once a fortnight: out there a log-in page helps nobody."""


class RedirectToCall(HttpResponseRedirect):
    """Send the browser to its dialler."""

    allowed_schemes = ["tel"]


@require_GET
@ensure_csrf_cookie
@requires(*FIELD_ROLES)
def today(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give the page that is the whole app; it holds nothing personal and is kept on the phone."""
    if request.session.get_expiry_age() < SESSION_S - 24 * 3600:
        request.session.set_expiry(SESSION_S)
    setup = {
        "build": build.build_id(),
        "tiles": settings.TILE_URL,
        "lang": get_language(),
        "leaflet": [build.address(path) for path in build.LEAFLET],
        "urls": {
            name: reverse(f"field:{name}")
            for name in (
                "today",
                "day",
                "keys",
                "sync",
                "photos",
                "positions",
                "swap",
                "team_absence",
                "log_out",
                "offers",
                "duties",
                "tasks",
                "missed",
                "guarded",
                "projects",
                "worker",
            )
        }
        | {"follow": reverse("portal:follow", args=["TOKEN"])},
    }
    context = {
        "setup": setup,
        "words": _words(get_language() or settings.LANGUAGE_CODE),
        "styles": [build.address(build.THEME[1]), build.address(build.STYLE)],
        "theme": build.address(build.THEME[0]),
        "script": build.address(build.SCRIPT),
        "icon": build.address(build.ICON),
        "touch_icon": build.address(build.TOUCH_ICON),
    }
    response = render(request, "field/app.html", context)
    response["Cache-Control"] = "no-cache"
    response["X-Field-Build"] = build.build_id()
    return response


@require_GET
@ensure_csrf_cookie
@answers_json(*FIELD_ROLES)
def day(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give all that the phone keeps for today and tomorrow."""
    at = now()
    content = day_route.day(by=by, at=at)
    key = fieldwork.seal_key(by=by, at=at)
    return answer({"build": build.build_id(), "day": content, "key": key})


@require_POST
@answers_json(*FIELD_ROLES)
def keys(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give an account its own earlier keys back, for what its phone has not sent yet."""
    return answer({"keys": fieldwork.seal_keys(json_body(request).get("codes"), by=by)})


@require_GET
@answers_json(*FIELD_ROLES)
def hazard(request: HttpRequest, number: str, hazard_number: str, *, by: Actor) -> HttpResponse:
    """Give a small picture of a hazard to the team that is to look at it again."""
    content = safety.before_picture(number=hazard_number, visit=number, by=by)
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@answers_json(*FIELD_ROLES)
def watched(request: HttpRequest, number: str, event: str, *, by: Actor) -> HttpResponse:
    """Give a small picture of what a camera saw to the team that was sent there."""
    del request
    return photo_answer(reading.picture_on_site(number=event, visit=number, by=by, at=now()))


@require_POST
@answers_json(*FIELD_ROLES)
def sync(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a batch of operations; answer each."""
    body = json_body(request)
    if body.get("account") != by.id:
        raise InvalidInputError("手机上的记录属于另一个账号，请用那个账号登录后发送。")
    results = fieldwork.sync(body.get("operations"), sent_at=body.get("sent_at"), by=by, at=now())
    return answer({"results": results})


@require_POST
@answers_json(*FIELD_ROLES)
def positions(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a batch of places of somebody in action; tell how many count, and whether to go on."""
    body = json_body(request)
    if body.get("account") != by.id:
        raise InvalidInputError("手机上的记录属于另一个账号，请用那个账号登录后发送。")
    fixes, sent_at = body.get("fixes"), body.get("sent_at")
    return answer(whereabouts.take(fixes, sent_at=sent_at, by=by, on=ui.today(), at=now()))


@require_POST
@answers_json(*FIELD_ROLES)
def photos(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep one photo, sent as the body; answer with its public number."""
    key = request.headers.get("Idempotency-Key", "")
    return answer({"token": fieldwork.keep_photo(request.body, key=key, by=by, at=now())})


def _shift_day(by: Actor) -> date:
    """Return the day of the shift that somebody is in: yesterday in the second half of a night."""
    return shift_day(by=by, at=now()).on


@require_POST
@answers_json(Role.CAPTAIN)
def swap(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Let somebody stand in for a member for the rest of the shift."""
    body = json_body(request)
    team, leaving, coming = (
        text_of(body.get(name), field=name, longest=24) for name in ("team", "leaving", "coming")
    )
    swapped = crewday.swap(
        team_code=team, leaving=leaving, coming=coming, on=_shift_day(by), by=by, at=now()
    )
    return answer(swapped)


@require_POST
@answers_json(Role.CAPTAIN)
def team_absence(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a whole team off duty for the rest of its shift's day."""
    body = json_body(request)
    returned = crewday.report_team_absence(
        team_code=text_of(body.get("team"), field="team", longest=24),
        on=_shift_day(by),
        reason=text_of(body.get("reason"), field="reason", longest=60),
        by=by,
        at=now(),
    )
    return answer({"returned": returned})


@require_GET
@requires(*FIELD_ROLES)
def call(request: HttpRequest, number: str, slot: str, *, by: Actor) -> HttpResponse:
    """Open the dialler with a contact's number; the number is logged and never on the page."""
    try:
        phone = calling.reveal_phone(number=number, slot=slot, by=by, at=now())
    except DomainError as refusal:
        return render(request, "field/no_call.html", {"words": refusal.message}, status=404)
    digits = "".join(c for c in phone if c.isdigit() or c in "+,")
    response = RedirectToCall(f"tel:{digits}")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@answers_json(*FIELD_ROLES)
def log_out(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """End the session; the phone has wiped what it kept."""
    identity.record_log_out(by, at=now())
    logout(request)
    return answer({})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker, with the names of all that makes up this version."""
    setup = {
        "build": build.build_id(),
        "shell": reverse("field:today"),
        "assets": [*(build.address(path) for path in build.ASSETS), reverse("field:manifest")],
    }
    source = build.SERVICE_WORKER.read_text(encoding="utf-8")
    response = HttpResponse(
        f"const SETUP = {json.dumps(setup)};\n{source}", content_type="text/javascript"
    )
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app to a phone that wants it on its home screen."""
    content = {
        "name": _("点亮 · 现场"),
        "short_name": _("点亮"),
        "description": _("电管家和队长的一天：路线、上门、签名，没有网络也能用。"),
        "lang": get_language(),
        "id": reverse("field:today"),
        "start_url": reverse("field:today"),
        "scope": reverse("field:today"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f5f3ec",
        "theme_color": "#0f3d43",
        "icons": [
            {"src": build.address(build.ICON), "sizes": "any", "type": "image/svg+xml"},
            *(
                {
                    "src": build.address(path),
                    "sizes": sizes,
                    "type": "image/png",
                    "purpose": purpose,
                }
                for path, (sizes, purpose) in build.ICONS.items()
            ),
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@lru_cache
def _words(language: str) -> dict[str, Any]:
    """Return the translations of the words in the scripts; Chinese needs none."""
    catalogue = JavaScriptCatalog()
    paths = [str(path) for path in settings.LOCALE_PATHS]
    catalogue.translation = DjangoTranslation(language, domain="djangojs", localedirs=paths)
    return dict(catalogue.get_catalog())
