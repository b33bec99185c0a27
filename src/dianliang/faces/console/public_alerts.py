"""Public alerts: taken in, read, turned into the list of whom to call."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.incidents.access import READERS, WRITERS
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.alerts import reading as flow
from dianliang.flows.alerts import taking
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the alerts that hold, those unread, or all; take files in."""
    refusal = None
    if request.method == "POST" and by.role not in WRITERS:
        raise Http404
    if request.method == "POST":
        files = [(file.name or "", file.read()) for file in request.FILES.getlist("files")]
        try:
            taken = taking.take_in(files=files, by=by, at=now())
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as refused:
            refusal = refused
        else:
            new = [one for one in taken if one.is_new]
            if new:
                messages.success(request, _("收下 %(n)s 条新预警。") % {"n": len(new)})
            if len(new) < len(taken):
                messages.info(request, _("以前收过的没有重复登记。"))
            return redirect("console:public_alert", (new or taken)[0].number)
    view = request.GET.get("view", "")
    view = view if view in flow.VIEWS else "now"
    context = {
        "by": by,
        "rows": flow.register(view=view, by=by, at=now()),
        "views": flow.VIEWS.items(),
        "view": view,
        "may_take": by.role in WRITERS,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/alerts/register.html", context, status=status)


@require_GET
@requires(*READERS)
def alert(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show an alert and whom it concerns."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = flow.page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "layers": [layer.data for layer in page.layers],
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/alerts/alert.html", context, status=status)


@require_POST
@requires(*WRITERS)
def acknowledge(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say that the alert was read."""
    try:
        flow.acknowledge(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _show(request, number, by=by, refusal=refused)
    messages.success(request, _("已确认收到。"))
    return redirect("console:public_alert", number)


@require_POST
@requires(Role.DISPATCHER)
def call(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Open the list of whom to call, and go there."""
    try:
        made = flow.call_customers(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _show(request, number, by=by, refusal=refused)
    messages.success(request, _("联系清单已生成，生命支持客户排在最前。"))
    return redirect("console:care_alert", made)


@require_GET
@requires(*READERS)
def original(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand the file out as it was received; a browser never runs it."""
    try:
        content = flow.original(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{number}.xml"'},
    )
