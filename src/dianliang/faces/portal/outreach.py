"""A message under its reader's own link: read, confirmed, or no more of them; no account."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dianliang.faces.ui.requests import now
from dianliang.flows.outreach import answering
from dianliang.kernel.errors import NotVisibleError


@never_cache
@require_safe
def outreach(request: HttpRequest, token: str) -> HttpResponse:
    """Show the message; a browser that only looks ahead does not count as a reader."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    counts = request.method == "GET" and "prefetch" not in purpose
    try:
        notice = answering.read(token=token, counts=counts, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"n": notice, "token": token}
    return TemplateResponse(request, "portal/outreach.html", context)


@require_POST
def act(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """Confirm, want no more, or want them again."""
    try:
        if verb == "confirm":
            answering.acknowledge(token=token, at=now())
        elif verb in {"stop", "again"}:
            answering.opt_out(token=token, agrees=verb == "again", at=now())
        else:
            raise Http404
    except NotVisibleError as absent:
        raise Http404 from absent
    messages.success(request, _("已收到。"))
    return redirect("portal:outreach", token)
