"""Special customers: who is due, their files, jobs for the visits."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.customers.visiting import Care
from dianliang.faces.console.fields import optional_day, whole
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows import care as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_ROWS = 300


@require_GET
@requires(Role.DISPATCHER)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who is due, most urgent first."""
    view = request.GET.get("view", "due")
    view = view if view in flow.VIEWS else "due"
    page = flow.page(view=view, by=by, on=today())
    context = {
        "by": by,
        "page": page,
        "rows": page.rows[:MOST_ROWS],
        "view": view,
        "tabs": [(code, label, page.counts[code]) for code, label in flow.VIEWS.items()],
        "soon_days": flow.SOON_DAYS,
    }
    return TemplateResponse(request, "console/care.html", context)


@require_POST
@requires(Role.DISPATCHER)
def open_visits(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open jobs for those who are due: the ticked ones, or all."""
    numbers = request.POST.getlist("numbers")
    try:
        opened = flow.open_visits(numbers=numbers or None, by=by, at=now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        words = _("已开 %(n)d 张走访工单，可以排计划了。") % {"n": opened}
        messages.success(request, words if opened else _("没有需要新开的走访工单。"))
    return redirect("console:care")


@require_GET
@requires(Role.DISPATCHER)
def file(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Open one file; personal details stay masked."""
    try:
        return _show(request, flow.open_file(number=number, by=by, at=now()), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent


@require_POST
@requires(Role.DISPATCHER)
def reveal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show personal details, for a reason that is kept."""
    try:
        found = flow.reveal(number=number, reason=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refuse(request, number, refusal, by=by)
    return _show(request, found, by=by)


@require_POST
@requires(Role.DISPATCHER)
def agree(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down what is agreed."""
    try:
        flow.agree(number=number, care=_care(request), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refuse(request, number, refusal, by=by)
    messages.success(request, _("档案已保存。"))
    return redirect("console:care_file", number)


def _care(request: HttpRequest) -> Care:
    asked = request.POST
    return Care(
        level=whole(asked.get("level", ""), field="level", label="关爱等级"),
        interval_days=whole(
            asked.get("interval_days", ""), field="interval_days", label="走访间隔"
        ),
        consented_on=optional_day(
            asked.get("consented_on", ""), field="consented_on", label="同意日期"
        ),
        renewal_due_on=optional_day(
            asked.get("renewal_due_on", ""), field="renewal_due_on", label="复核日期"
        ),
        nominee=asked.get("nominee", ""),
        visit_password=asked.get("visit_password", ""),
        team_code=asked.get("team_code", ""),
    )


def _refuse(request: HttpRequest, number: str, refusal: DomainError, *, by: Actor) -> HttpResponse:
    try:
        found = flow.open_file(number=number, by=by, at=now())
    except NotVisibleError as absent:  # the form was read before anyone looked whose file it is
        raise Http404 from absent
    return _show(request, found, by=by, refusal=refusal.message, status=422)


def _show(
    request: HttpRequest, found: flow.CareFile, *, by: Actor, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"by": by, "file": found, "refusal": refusal}
    answer = TemplateResponse(request, "console/care_file.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
