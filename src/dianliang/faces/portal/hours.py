"""Hours on public notice: who gave how much, names masked, and a way to object."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dianliang.core import limits
from dianliang.domain.hours import desk
from dianliang.faces.ui.requests import now, source_of
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import hours_desk as flow
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_APPEALS, PER = 10, timedelta(hours=1)


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices that are open."""
    return TemplateResponse(request, "portal/hours.html", {"notices": desk.open_notices()})


@never_cache
@require_GET
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Show one open notice."""
    return _show(request, number)


def _show(request: HttpRequest, number: str, *, refusal: DomainError | None = None) -> HttpResponse:
    try:
        row, shown = flow.open_notice(number)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "notice": row,
        "rows": shown,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/hour_notice.html", context, status=status)


@require_POST
def appeal(request: HttpRequest, number: str, record: str) -> HttpResponse:
    """Take an objection; its words and contact are seen by those who decide only."""
    at, sent = now(), request.POST
    try:
        flow.open_notice(number)
        source = source_of(request)
        limits.count(what="hour-appeal", source=source, most=MOST_APPEALS, per=PER, at=at)
        made = flow.appeal_in_public(
            notice=number,
            number=record,
            words=sent.get("words", ""),
            name=sent.get("name", ""),
            contact=sent.get("contact", ""),
            at=at,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, refusal=refusal)
    words = _("已收到您的异议 %(number)s，会由另一位工作人员核实并答复。")
    messages.success(request, words % {"number": made.number})
    return redirect("portal:hour_notice", number)
