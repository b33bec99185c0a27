"""Addresses that are asked for alerts: what comes of it, and since when nothing does."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dianliang.domain.incidents import access
from dianliang.faces.console.fields import whole
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.alerts import polling as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_http_methods(["GET", "POST"])
@requires(*access.SOURCE_READERS)
def sources(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the addresses; register one."""
    refusal, sent = None, request.POST
    if request.method == "POST":
        try:
            flow.register(
                name=sent.get("name", ""),
                url=sent.get("url", ""),
                every_min=whole(
                    sent.get("every_min", ""), field="every_min", label=_("间隔（分钟）")
                ),
                by=by,
                at=now(),
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("来源已登记，一分钟内开始询问。"))
            return redirect("console:alert_sources")
    context = {
        "by": by,
        "rows": flow.rows(by=by),
        "may_write": by.role in access.SOURCE_WRITERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/incidents/sources.html", context, status=422 if refusal else 200
    )


@require_POST
@requires(*access.SOURCE_WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Ask an address now, no more, or again."""
    try:
        if verb == "ask":
            flow.ask_now(number=number, by=by, at=now())
            messages.info(request, _("正在询问，稍后刷新看结果。"))
        elif verb in {"on", "off"}:
            flow.switch(number=number, is_on=verb == "on", by=by, at=now())
        else:
            raise Http404
    except NotVisibleError as absent:
        raise Http404 from absent
    return redirect("console:alert_sources")
