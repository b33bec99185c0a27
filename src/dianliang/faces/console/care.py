"""Special customers: who is due, who will be overdue, tables in and out."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.care.queries import SOON_DAYS
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import care as flow
from dianliang.flows import care_forecast, care_sheets, care_unlocks, importing
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

LONGEST_KEY = 60


@require_GET
@requires(Role.DISPATCHER)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who is due, most urgent first."""
    view = request.GET.get("view", "due")
    view = view if view in flow.VIEWS else "due"
    after = request.GET.get("after", "")[:LONGEST_KEY]
    page = flow.page(view=view, by=by, on=today(), after=after)
    context = {
        "by": by,
        "page": page,
        "view": view,
        "after": after,
        "tabs": [(code, label, page.counts[code]) for code, label in flow.VIEWS.items()],
        "soon_days": SOON_DAYS,
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
        sent = request.POST
        seen = urlencode({"view": sent.get("view", ""), "after": sent.get("after", "")})
        return page_again(request, refusal, query=seen)
    words = _("已开 %(n)d 张走访工单，可以排计划了。") % {"n": opened}
    messages.success(request, words if opened else _("没有需要新开的走访工单。"))
    return redirect("console:care")


@require_GET
@requires(Role.DISPATCHER)
def forecast(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who will be overdue within two weeks, why, and what to do."""
    reason = request.GET.get("reason", "")
    page = care_forecast.page(by=by, on=today(), reason=reason)
    context = {
        "by": by,
        "page": page,
        "reason": reason,
        "share_percent": round(care_forecast.CARE_SHARE * 100),
        "travel_min": care_forecast.TRAVEL_MIN,
    }
    return TemplateResponse(request, "console/care_forecast.html", context)


@require_GET
@requires(Role.DISPATCHER)
def tables(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer the tables: fill in and import, export."""
    return _tables(request, by=by)


def _tables(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    context = {"by": by, "refusal": refusal, "queue": care_unlocks.queue(by=by, at=now())}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/care_tables.html", context, status=status)


@require_GET
@requires(Role.DISPATCHER)
def template(_request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out an empty table to fill in."""
    return download(care_sheets.template(), care_sheets.FILE)


@require_POST
@requires(Role.DISPATCHER)
def take_in(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Import a filled-in table, or only check it; every wrong row is told."""
    only_check = request.POST.get("act") == "check"
    try:
        content = sent_file(request, "table")
        count = importing.import_special(content=content, by=by, at=now(), only_check=only_check)
    except DomainError as refusal:
        return _tables(request, by=by, refusal=refusal)
    words = _("检查通过：%(n)d 行，没有写入。") if only_check else _("已导入 %(n)d 行。")
    messages.success(request, words % {"n": count})
    return redirect("console:care_tables")


@require_POST
@requires(Role.DISPATCHER)
def export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the register, masked, or in clear where a second person has approved."""
    at = now()
    try:
        content = care_sheets.export(
            in_clear=request.POST.get("what") == "clear",
            reason=request.POST.get("reason", ""),
            by=by,
            at=at,
        )
    except DomainError as refusal:
        return _tables(request, by=by, refusal=refusal)
    answer = download(content, care_sheets.file_name(at))
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def approvals(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits for a second person; ask for an export in clear."""
    refusal = None
    if request.method == "POST":
        try:
            care_unlocks.ask_for_export(reason=request.POST.get("reason", ""), by=by, at=now())
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, _("已提出申请，请另一位调度员批准。"))
            return redirect("console:care_approvals")
    context = {"by": by, "queue": care_unlocks.queue(by=by, at=now()), "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/care_approvals.html", context, status=status)
