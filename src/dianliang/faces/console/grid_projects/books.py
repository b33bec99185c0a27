"""Norm durations, the workbook of projects, and the report of one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.grid_projects.access import READERS, WRITERS
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.refused import or_page_again, refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.templatetags.ui import translated
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.grid_projects import keeping, papers, reading, sheets, telling
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

KINDS = {
    "pdf": "application/pdf",
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ENDINGS = {"pdf": "pdf", "word": "docx"}


@require_http_methods(["GET", "POST"])
@requires(*sorted(READERS))
def norms(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the norm durations with their sources; state a new version."""
    refusal = None
    if request.method == "POST":
        try:
            _state(request, by=by)
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("参照工期已登记。"))
            return redirect("console:project_norms")
    context = {
        "by": by,
        "rows": telling.norms(),
        "kinds": keeping.KINDS,
        "voltages": keeping.VOLTAGES,
        "may_write": by.role in WRITERS and by.is_top,
        "today": today(),
    }
    answer = TemplateResponse(request, "console/grid_projects/norms.html", context)
    return refused(answer, refusal) if refusal else answer


def _state(request: HttpRequest, *, by: Actor) -> None:
    sent = request.POST
    keeping.state_norm(
        kind=sent.get("kind", ""),
        voltage=sent.get("voltage", ""),
        days=whole(sent.get("days", ""), field="days", label=_("参照工期（天）"), digits=4),
        source=sent.get("source", ""),
        from_on=day(sent.get("from_on", ""), field="from_on", label=_("起用日期")),
        by=by,
        at=now(),
    )


@require_GET
@requires(*sorted(WRITERS))
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the workbook: empty, or as it stands."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "grid-projects-blank.xlsx")
    content = sheets.filled(by=by, on=today(), at=now())
    return download(content, f"grid-projects-{today()}.xlsx")


@require_POST
@requires(*sorted(WRITERS))
@or_page_again
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in what an Excel file says."""
    count = reading.read(content=sent_file(request, "table"), by=by, at=now())
    words = _("已按表更新 %(n)d 处。") % {"n": count}
    messages.success(request, words if count else _("表中内容与系统一致，没有变化。"))
    return redirect("console:projects")


@require_GET
@requires(*sorted(READERS))
def report(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with the report of a project as PDF or Word."""
    if kind not in KINDS:
        raise Http404
    try:
        content = papers.report(
            number=number,
            kind=kind,
            by=by,
            on=today(),
            at=now(),
            say=translated,
            language=get_language() or "zh",
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    answer = HttpResponse(content, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{number}.{ENDINGS[kind]}"'
    return answer
