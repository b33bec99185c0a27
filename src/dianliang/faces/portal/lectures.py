"""A village, a firm or a school asks for a lecture, and follows its request (讲座点单)."""

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
from dianliang.flows.activities import lecture_asking
from dianliang.flows.activities.lecture_asking import Asked
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import instant

MOST_REQUESTS, PER = 12, timedelta(hours=1)
WISHES = (1, 2, 3)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}", re.ASCII)


@never_cache
@require_http_methods(["GET", "POST"])
def lectures(request: HttpRequest) -> HttpResponse:
    """Show the catalogue; take a request."""
    sent = request.POST
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            token = _kept(request)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("已收到点单。请保存这个链接，安排好的时间和地点都在这里。"))
            return redirect("portal:lecture", token=token)
    area = (sent.get("area") or request.GET.get("area", "")).replace("\0", "")[:20]
    context = {
        "topics": lecture_asking.catalogue(),
        "askers": lecture_asking.ASKERS,
        "wishes": [(n, sent.get(f"wish_{n}", "")) for n in WISHES],
        "towns": village_choices(),
        "area": area,
        "topic": sent.get("topic") or request.GET.get("topic", ""),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/lectures.html", context, status=status)


def _kept(request: HttpRequest) -> str:
    sent, at = request.POST, now()
    key = required_key(sent)
    limits.count(what="lecture", source=source_of(request), most=MOST_REQUESTS, per=PER, at=at)
    token = volunteer_token(f"lecture:{key}")
    audience = sent.get("audience", "").strip() or "0"
    if not (audience.isascii() and audience.isdecimal() and len(audience) < 6):
        raise InvalidInputError(_("听众人数应为整数。"), field="audience")
    lecture_asking.ask(
        asked=Asked(
            topic_code=sent.get("topic", ""),
            asker_kind=sent.get("kind", ""),
            asked_for=sent.get("asked_for", ""),
            area_code=sent.get("area", ""),
            place=sent.get("place", ""),
            wishes=tuple(
                instant(sent[name], field="wishes", label=_("希望的时间"))
                for n in WISHES
                if sent.get(name := f"wish_{n}")
            ),
            audience=int(audience),
            words=sent.get("words", ""),
            who=asked(request),
        ),
        key=key,
        token=token,
        at=at,
    )
    return token


@never_cache
@require_http_methods(["GET", "POST"])
def lecture(request: HttpRequest, token: str) -> HttpResponse:
    """Show a request to whoever made it; take it back."""
    refusal: DomainError | None = None
    if not _TOKEN.fullmatch(token):
        raise Http404
    try:
        if request.method == "POST":
            try:
                reason = request.POST.get("reason", "")
                lecture_asking.withdraw(token=token, reason=reason, at=now())
            except NotVisibleError:
                raise
            except DomainError as error:
                refusal = error
            else:
                messages.success(request, _("已撤回。"))
                return redirect("portal:lecture", token=token)
        page = lecture_asking.followed(token=token)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"page": page, "refusal": refusal, "link": request.build_absolute_uri()}
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/lecture.html", context, status=status)
