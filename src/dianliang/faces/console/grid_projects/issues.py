"""Local issues at a desk: the board, one issue, what is done with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.directory.queries import units
from dianliang.domain.grid_projects.access import WRITERS
from dianliang.domain.grid_projects.queries import issues as found
from dianliang.faces.console.fields import day
from dianliang.faces.console.grid_projects.navigation import SEERS
from dianliang.faces.console.grid_projects.tables import ISSUES
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.refused import or_page_again, refused
from dianliang.faces.ui.requests import now, requires, sent_paper, sent_photo, today
from dianliang.flows.grid_projects import issues as flow
from dianliang.flows.grid_projects import telling
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

HANDLERS = (*sorted(WRITERS), Role.ALLIANCE_UNIT)
NEED_OPENERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
MEETERS = (Role.PARTY_AFFAIRS,)
"""Who makes tasks of what a joint meeting resolved."""


@require_GET
@requires(*SEERS)
def listed(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List local issues, those whose time is up first."""
    asked = request.GET
    view = asked.get("view", "open")
    filters = found.Filters(
        view=view if view in found.VIEWS else "open",
        kind=asked.get("kind", "").replace("\0", "")[:16],
        project=asked.get("project", "").replace("\0", "")[:24],
    )
    page = found.issue_board(filters=filters, by=by, at=now(), on=today())
    sheet = sheet_of(request, ISSUES, page.rows, by=by)
    if sheet is not None:
        return sheet
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "filters": filters,
        "kinds": telling.kinds(),
        "tabs": [(code, label, page.counts[code]) for code, label in found.VIEWS.items()],
    }
    return TemplateResponse(request, "console/grid_projects/issues.html", context)


@require_http_methods(["GET", "POST"])
@requires(*HANDLERS)
def new(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Report an issue of a project."""
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
                return redirect("console:local_issue", made)
        offered = flow.offered(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "number": number,
        "offered": offered,
        "need": request.GET.get("need", "")[:24],
        "area": request.GET.get("area", "")[:24],
        "may_need": True,
        "today": today(),
    }
    answer = TemplateResponse(request, "console/grid_projects/issue_new.html", context)
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


@require_GET
@requires(*SEERS)
def one(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one issue with its record."""
    try:
        page = found.issue_page(number, by=by, at=now(), on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "today": today(),
        "units": units() if by.role in WRITERS and page.row.is_open else (),
        "may_open_need": by.role in NEED_OPENERS,
        "may_meet": by.role in MEETERS and page.row.is_open,
    }
    return TemplateResponse(request, "console/grid_projects/issue.html", context)


@require_POST
@requires(*HANDLERS)
@or_page_again
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do one thing with an issue."""
    at = now()
    content, words = sent_paper(request, "file"), request.POST.get("words", "")
    press_once(
        request,
        "grid_projects.issue",
        lambda: flow.act(number=number, verb=verb, words=words, content=content, by=by, at=at),
        at=at,
    )
    messages.success(request, _("问题已更新。"))
    return redirect("console:local_issue", number)


@require_POST
@requires(*sorted(WRITERS))
@or_page_again
def hand_to(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Make another unit responsible for an issue."""
    sent, at = request.POST, now()
    fields = {name: sent.get(name, "") for name in ("unit", "words")}
    press_once(
        request,
        "grid_projects.hand_to",
        lambda: flow.hand_to(number=number, by=by, at=at, **fields),
        at=at,
    )
    messages.success(request, _("已转责任单位。"))
    return redirect("console:local_issue", number)


@require_POST
@requires(*HANDLERS)
@or_page_again
def note(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Add words or a file to an issue."""
    at = now()
    content, words = sent_paper(request, "file"), request.POST.get("words", "")
    press_once(
        request,
        "grid_projects.note",
        lambda: flow.note(number=number, words=words, content=content, by=by, at=at),
        at=at,
    )
    messages.success(request, _("已记录。"))
    return redirect("console:local_issue", number)


@require_POST
@requires(*MEETERS)
@or_page_again
def task(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Make a task of a joint meeting's resolution for an issue."""
    sent, at = request.POST, now()
    due_on = day(sent.get("due_on", ""), field="due_on", label=_("完成期限"))
    fields = {name: sent.get(name, "") for name in ("resolution", "title", "person")}
    press_once(
        request,
        "grid_projects.task",
        lambda: flow.resolve_by_task(number=number, due_on=due_on, by=by, at=at, **fields),
        at=at,
    )
    messages.success(request, _("已立为会议任务。"))
    return redirect("console:local_issue", number)


@require_GET
@requires(*SEERS)
def file(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Answer with a photo, or a paper to keep, of an issue."""
    try:
        content, media_type = flow.file_of(number=number, token=token, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    answer = HttpResponse(content, content_type=media_type)
    if not media_type.startswith("image/"):
        answer["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return answer
