"""A task force's member on his phone: report what stands in a project's way, and answer it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.grid_projects.queries import issues as found
from dianliang.domain.grid_projects.queries.projects import Filters, board
from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, sent_paper, sent_photo, today
from dianliang.flows.grid_projects import issues as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError


@never_cache
@require_GET
@requires(*FIELD_ROLES)
def listed(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the projects in whose task force one sits, and their open issues."""
    asked = found.Filters(view="open")
    context = {
        "by": by,
        "projects": board(filters=Filters(), by=by, on=today()).rows,
        "issues": found.issue_board(filters=asked, by=by, at=now(), on=today()).rows,
    }
    return TemplateResponse(request, "field/projects.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def report(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Report an issue with a photo."""
    refusal = None
    try:
        if request.method == "POST":
            try:
                made = _report(request, number, by=by)
            except NotVisibleError:
                raise
            except DomainError as wrong:
                refusal = wrong
            else:
                messages.success(request, _("已上报，责任单位会收到。"))
                return redirect("field:local_issue", made)
        offered = flow.offered(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "number": number, "offered": offered, "today": today()}
    answer = TemplateResponse(request, "field/project_report.html", context)
    return refused(answer, refusal) if refusal else answer


def _report(request: HttpRequest, number: str, *, by: Actor) -> str:
    sent, at = request.POST, now()
    told = flow.found_in(sent, photo=sent_photo(request))
    return made_once(
        request,
        "grid_projects.report",
        lambda: flow.report(project_number=number, found=told, by=by, at=at),
        at=at,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def issue(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show an issue; take it on, add a photo, say how it was solved."""
    refusal = None
    try:
        if request.method == "POST":
            try:
                _act(request, number, by=by)
            except NotVisibleError:
                raise
            except DomainError as wrong:
                refusal = wrong
            else:
                messages.success(request, _("已记录。"))
                return redirect("field:local_issue", number)
        page = found.issue_page(number, by=by, at=now(), on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "row": page.row}
    answer = TemplateResponse(request, "field/local_issue.html", context)
    return refused(answer, refusal) if refusal else answer


def _act(request: HttpRequest, number: str, *, by: Actor) -> None:
    sent, at = request.POST, now()
    verb, words = sent.get("verb", ""), sent.get("words", "")
    content = sent_paper(request, "file")
    if verb == "note":
        press_once(
            request,
            "grid_projects.note",
            lambda: flow.note(number=number, words=words, content=content, by=by, at=at),
            at=at,
        )
        return
    if verb not in flow.VERBS:
        raise InvalidInputError(_("请选择要做什么。"), field="verb")
    press_once(
        request,
        "grid_projects.issue",
        lambda: flow.act(number=number, verb=verb, words=words, content=content, by=by, at=at),
        at=at,
    )
