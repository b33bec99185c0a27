"""Hours for another system: the mapping table, its versions, a dry run, the file."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.hours.access import ISSUERS
from dianliang.domain.hours.mapping import FIELDS
from dianliang.faces.console.fields import optional_day, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import SHEET_TYPE, download, sent_file
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import hours_exchange as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*ISSUERS)
def exchange(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the table in force, its versions, and what an export would hold."""
    return _show(request, by=by)


def _show(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    asked = _asked(request)
    try:
        since, until = _period(request)
    except DomainError as wrong:
        refusal, since, until = refusal or wrong, None, None
    trial = flow.try_out(since=since, until=until, by=by)
    lacking, pages = paged(request, trial.lacking)
    context = {
        "by": by,
        "present": flow.present(),
        "versions": flow.versions(),
        "trial": trial,
        "lacking": lacking,
        "pages": pages,
        "fields": FIELDS,
        "since": asked.get("since", ""),
        "until": asked.get("until", ""),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/exchange.html", context, status=status)


def _asked(request: HttpRequest) -> QueryDict:
    return request.GET if request.method == "GET" else request.POST


def _period(request: HttpRequest) -> tuple[date | None, date | None]:
    asked = _asked(request)
    return (
        optional_day(asked.get("since", ""), field="since", label=_("起")),
        optional_day(asked.get("until", ""), field="until", label=_("止")),
    )


@require_GET
@requires(*ISSUERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand a version of the table out to be changed."""
    del by
    number = request.GET.get("version", "")
    try:
        wanted = _version(number) if number else flow.present().number
        return download(flow.table(wanted), f"mapping-v{wanted}.xlsx")
    except DomainError as absent:
        raise Http404 from absent


def _version(text: str) -> int:
    return whole(text, field="version", label=_("版本"))


@require_POST
@requires(*ISSUERS)
def bring(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a changed table in."""
    try:
        content = sent_file(request, "table")
        words = request.POST.get("words", "")
        name = getattr(request.FILES["table"], "name", None) or "映射表"
        version = flow.bring(content=content, name=name, words=words, by=by, at=now())
    except DomainError as refusal:
        return _show(request, by=by, refusal=refusal)
    messages.success(request, _("第 %(n)d 版映射已生效。") % {"n": version})
    return redirect("console:hour_exchange")


@require_POST
@requires(*ISSUERS)
def back(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Let an earlier version be in force again."""
    try:
        version = flow.back_to(_version(request.POST.get("version", "")), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, by=by, refusal=refusal)
    messages.success(request, _("第 %(n)d 版映射已生效。") % {"n": version})
    return redirect("console:hour_exchange")


@require_POST
@requires(*ISSUERS)
def out(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand the file for the exchange out."""
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    try:
        since, until = _period(request)
        name, content = flow.export(since=since, until=until, form=form, by=by, at=now())
    except DomainError as refusal:
        return _show(request, by=by, refusal=refusal)
    kind = "text/csv; charset=utf-8" if form == "csv" else SHEET_TYPE
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
