"""What the code on a notice opens: whether it is genuine, how it stands, saying it is done."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dianliang.core import limits
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, sent_photo, source_of
from dianliang.flows import safety_desk
from dianliang.flows.safety_desk import PublicNotice, Sent
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_CLAIMS, PER = 20, timedelta(hours=1)


@never_cache
@require_GET
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """Tell whether a notice is genuine and how its hazards stand; a forged one is called so."""
    try:
        page = safety_desk.public_notice(token=token)
    except NotVisibleError:
        return TemplateResponse(request, "portal/notice.html", {"page": None}, status=404)
    return _show(request, page, token)


@require_POST
def claim(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Take a photo and words that a hazard was put right; somebody comes and looks."""
    words = {"words": request.POST.get("words", "")}
    try:
        page = safety_desk.public_notice(token=token)
    except NotVisibleError as absent:
        raise Http404 from absent
    at = now()
    try:
        for source in (token, source_of(request)):
            limits.count(what="claim", source=source, most=MOST_CLAIMS, per=PER, at=at)
        sent = Sent(words=words, photo=sent_photo(request))
        safety_desk.claim_by_code(token=token, number=number, sent=sent, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_show(request, page, token), refusal)
    messages.success(request, _("已收到整改照片，我们会上门复查，复查合格后销号。"))
    return redirect("portal:notice", token=token)


def _show(request: HttpRequest, page: PublicNotice, token: str) -> TemplateResponse:
    return TemplateResponse(request, "portal/notice.html", {"page": page, "token": token})
