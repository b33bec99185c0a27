"""Outage or warning: whom to call, who was reached, who needs help."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.faces.console.paging import paged
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import care_contacts as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant

LONGEST_ID = 12


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def alerts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the latest alerts; open one."""
    refusal = None
    if request.method == "POST":
        try:
            alert = _open(request, by=by)
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, _("联系清单已生成，生命支持客户排在最前。"))
            return redirect("console:care_alert", alert)
    listed, at = paged(request, flow.alerts(by=by))
    context = {
        "by": by,
        "alerts": listed,
        "pages": at,
        "kinds": flow.KINDS,
        "townships": flow.townships(by=by),
        "refusal": refusal,
        "starts": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/care_alerts.html", context, status=status)


def _open(request: HttpRequest, *, by: Actor) -> str:
    asked = request.POST
    ends = asked.get("ends_at", "")
    alert = flow.open_alert(
        kind=asked.get("kind", ""),
        title=asked.get("title", ""),
        starts_at=instant(asked.get("starts_at", ""), field="starts_at", label="开始时间"),
        ends_at=instant(ends, field="ends_at", label="预计结束时间") if ends else None,
        area_codes=asked.getlist("areas"),
        villages=asked.get("villages", ""),
        by=by,
        at=now(),
    )
    return alert.number


@require_GET
@requires(Role.DISPATCHER)
def alert(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show whom to call: life support first, then the closest care."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    shown: flow.Number | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    asked = request.GET
    view = asked.get("view", "call")
    view = view if view in flow.VIEWS else "call"
    after = asked.get("after", "")
    is_id = after.isascii() and after.isdecimal() and len(after) <= LONGEST_ID
    try:
        page = flow.alert_page(number=number, view=view, after=int(after) if is_id else None, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "view": view,
        "after": after if is_id else "",
        "tabs": [(code, label, page.counts[code]) for code, label in flow.VIEWS.items()],
        "shown": shown,
        "refusal": refusal,
    }
    answer = TemplateResponse(
        request, "console/care_alert.html", context, status=422 if refusal else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@requires(Role.DISPATCHER)
def show_number(request: HttpRequest, number: str, customer: str, *, by: Actor) -> HttpResponse:
    """Show whom to call and what to know, on the list itself."""
    try:
        shown = flow.reveal_number(number=number, customer=customer, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    return _show(request, number, by=by, shown=shown)


@require_POST
@requires(Role.DISPATCHER)
def call(request: HttpRequest, number: str, customer: str, verb: str, *, by: Actor) -> HttpResponse:
    """Write down a call and what came of it."""
    try:
        contact = flow.note_call(
            number=number,
            customer=customer,
            verb=verb,
            note=request.POST.get("note", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    if contact.job is not None and verb == "need_help":
        words = _("%(number)s 需要帮助，已开必须工单 %(job)s。")
        messages.success(request, words % {"number": customer, "job": contact.job.number})
    query = request.GET.urlencode()
    address = reverse("console:care_alert", args=[number])
    return redirect(f"{address}?{query}" if query else address)


@require_POST
@requires(Role.DISPATCHER)
def close(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """End the calling."""
    try:
        flow.close(number=number, reason=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, _("联系已结束。"))
    return redirect("console:care_alerts")
