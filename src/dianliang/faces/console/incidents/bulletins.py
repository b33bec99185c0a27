"""Warnings of our own: written from an incident, updated, cancelled, handed out as CAP 1.2."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.incidents import access
from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.console.incidents.common import moment
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.incidents import bulletin_pages as pages
from dianliang.flows.incidents import bulletins as flow
from dianliang.integrations.cap.model import CERTAINTY_LABELS, SEVERITY_LABELS, URGENCY_LABELS
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

HOLDS = timedelta(hours=24)
KINDS = ("Alert", "Update", "Cancel")


@require_GET
@requires(*access.READERS)
def bulletins(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the warnings that were sent out, and where the feed is."""
    rows, at = paged(request, pages.listed(by=by, at=now()))
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "feed": f"{settings.PUBLIC_URL}{reverse('api:alerts')}",
    }
    return TemplateResponse(request, "console/incidents/bulletins.html", context)


@require_GET
@requires(*access.READERS)
def bulletin(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one warning."""
    try:
        page = pages.page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "layers": [layer.data for layer in page.layers]}
    return TemplateResponse(request, "console/incidents/bulletin.html", context)


@require_GET
@requires(*access.READERS)
def file(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand the message out as it was sent; that it was read is on record."""
    del request
    try:
        content = pages.file(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{number}.xml"'},
    )


@require_http_methods(["GET", "POST"])
@requires(*access.WRITERS)
def warn(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write a warning about an incident, or update or cancel one."""
    refusal, sent = None, request.POST
    try:
        draft = flow.draft(number=number, answers=shown(request.GET.get("answers", "")), by=by)
        if request.method == "POST":
            made = flow.issue_once(
                key=key_of(sent), number=number, asked=_asked(request), by=by, at=now()
            )
            messages.success(request, _("预警已发布。"))
            return redirect("console:bulletin", made)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        refusal = wrong
    kind = sent.get("message_type") or request.GET.get("type", "")
    context = {
        "by": by,
        "draft": draft,
        "kind": kind if kind in KINDS and draft.answers else "Alert",
        "severities": SEVERITY_LABELS.items(),
        "urgencies": URGENCY_LABELS.items(),
        "certainties": CERTAINTY_LABELS.items(),
        "expires_at": now() + HOLDS,
        "key": sent.get("key") or fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/incidents/warn.html", context, status=status_of(refusal)
    )


def _asked(request: HttpRequest) -> flow.Asked:
    sent = request.POST
    return flow.Asked(
        message_type=sent.get("message_type", ""),
        answers=shown(sent.get("answers", "")),
        headline=sent.get("headline", ""),
        severity=sent.get("severity", ""),
        urgency=sent.get("urgency", ""),
        certainty=sent.get("certainty", ""),
        description=sent.get("description", ""),
        instruction=sent.get("instruction", ""),
        expires_at=moment(sent, "expires_at", label=_("有效到")),
    )
