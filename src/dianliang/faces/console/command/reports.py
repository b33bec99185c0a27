"""Reports of the situation (情况报告): make one by a press, read, compare, take out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.incidents import access
from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.console.command.common import TYPES, address_of, paper
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.keys import fresh_key, required_key
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.command import papers
from dianliang.flows.command import reports as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*access.READERS)
def reports(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the reports of an incident."""
    return _shelf(request, number, by=by)


def _shelf(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = flow.shelf(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    listed, pages = paged(request, page.rows)
    context = {
        "by": by,
        "page": page,
        "row": page.incident,
        "listed": listed,
        "pages": pages,
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/command/reports.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*access.WRITERS)
def make(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Count everything as it is now and keep it as the next report."""
    try:
        key = required_key(request.POST)
        made = flow.make_once(key=key, number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _shelf(request, number, by=by, refusal=refusal)
    messages.success(request, _("情况报告 %(number)s 已编好。") % {"number": made})
    return redirect("console:incident_report", made)


@require_GET
@requires(*access.READERS)
def report(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one report as it was made, beside an earlier one."""
    try:
        page = flow.page(number=number, compared=shown(request.GET.get("to", "")), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "row": page.incident, "kinds": TYPES}
    return TemplateResponse(request, "console/command/report.html", context)


@require_GET
@requires(*access.READERS)
def file(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with a report as Word or PDF."""
    if kind not in TYPES:
        raise Http404
    compared = shown(request.GET.get("to", ""))
    try:
        content = papers.printed(number=number, kind=kind, compared=compared, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return paper(content, number, kind)


@require_GET
@requires(*access.READERS)
def records(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Show the records behind a figure as they were when the report was made."""
    try:
        found = flow.behind(number=number, code=shown(code), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    words = shown(request.GET.get("q", "")).strip()
    rows = [r for r in found.rows if not words or words in r.key or words in " ".join(r.cells)]
    listed, pages = paged(request, rows)
    context = {
        "by": by,
        "found": found,
        "row": found.incident,
        "rows": [
            (one, address_of(one, by=by), list(zip(found.columns, one.cells, strict=False)))
            for one in listed
        ],
        "pages": pages,
        "words": words,
    }
    return TemplateResponse(request, "console/command/records.html", context)
