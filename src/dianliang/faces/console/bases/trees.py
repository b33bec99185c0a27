"""Matrices of bases: their levels with what is lacking, changes to their shape, Excel."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.territory.queries import area_rows
from dianliang.domain.venues.sites import KINDS, VENUE_TYPES
from dianliang.faces.console.bases.reading import READERS, described, revision, text
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.bases import file, sheets
from dianliang.flows.bases import tree as flow
from dianliang.flows.bases.reach import EDITORS, matrix_to_change, units_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

ROWS_A_LEVEL = 120
"""A city may hang thousands of bases below one node."""


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def matrices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show every matrix with its sums; on a POST, begin one or put a base on the register."""
    refusal: DomainError | None = None
    may_edit = by.role in EDITORS
    if request.method == "POST":
        if not may_edit:
            raise Http404
        try:
            return _begin(request, by)
        except DomainError as error:
            refusal = error
    context = {
        "by": by,
        "rows": flow.overview(by=by, on=today()),
        "may_edit": may_edit,
        "units": units_of(by) if may_edit else (),
        "areas": area_rows(levels=("village",)) if may_edit else (),
        "kinds": KINDS,
        "venue_types": VENUE_TYPES,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/bases/matrices.html", context, status=status)


def _begin(request: HttpRequest, by: Actor) -> HttpResponse:
    if request.POST.get("act") == "register":
        site = file.register(
            code=text(request, "code"), described=described(request), by=by, at=now()
        )
        messages.success(request, _("阵地已登记。"))
        return redirect("console:base", site.code)
    matrix = flow.create_matrix(
        code=text(request, "code"),
        name=text(request, "name"),
        unit_code=text(request, "unit"),
        words=text(request, "words"),
        by=by,
        at=now(),
    )
    messages.success(request, _("体系已建立，可以逐个添加节点，也可以导入 Excel。"))
    return redirect("console:base_tree", matrix.code)


@require_GET
@requires(*READERS)
def tree(request: HttpRequest, matrix: str, *, by: Actor) -> HttpResponse:
    """Show one level of a matrix; with `branch`, only the rows below one node."""
    return _level(request, matrix, at=request.GET.get("at", ""), by=by)


def _level(request: HttpRequest, matrix: str, *, at: str, by: Actor) -> TemplateResponse:
    branch = request.GET.get("branch", "")
    try:
        page = flow.page(
            code=matrix,
            at_code=branch or at,
            words=request.GET.get("q", "")[:60],
            by=by,
            on=today(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    words = request.GET.get("q", "").strip()[:60]
    if words:
        nodes, pages = paged(request, page.hits)
    else:
        nodes, pages = paged(request, page.found.children, each=ROWS_A_LEVEL)
    context = {"by": by, "page": page, "q": words}
    context |= {"rows": page.rows(nodes), "pages": pages, "left": pages.total - len(nodes)}
    if branch:
        context["branch"] = branch
        return TemplateResponse(request, "console/bases/tree.html#rows", context)
    context["points"] = page.points
    return TemplateResponse(request, "console/bases/tree.html", context)


def _hang(request: HttpRequest, matrix: str, by: Actor) -> str:
    wanted = flow.Wanted(
        site_code=text(request, "site"),
        code=text(request, "code"),
        name=text(request, "name"),
        label=text(request, "label"),
        parent_code=text(request, "parent"),
    )
    node = flow.hang(code=matrix, wanted=wanted, seen=revision(request), by=by, at=now())
    return _("已列入“%(name)s”。") % {"name": node.name}


def _move(request: HttpRequest, matrix: str, by: Actor) -> str:
    node = flow.move(
        code=matrix,
        node_code=text(request, "node"),
        parent_code=text(request, "parent"),
        seen=revision(request),
        by=by,
        at=now(),
    )
    return _("已移动“%(name)s”。") % {"name": node.name}


def _rename(request: HttpRequest, matrix: str, by: Actor) -> str:
    flow.rename(
        code=matrix,
        node_code=text(request, "node"),
        name=text(request, "name"),
        label=text(request, "label"),
        seen=revision(request),
        by=by,
        at=now(),
    )
    return _("名称已修改。")


def _take_down(request: HttpRequest, matrix: str, by: Actor) -> str:
    count = flow.take_down(
        code=matrix,
        node_code=text(request, "node"),
        with_below="with_below" in request.POST,
        seen=revision(request),
        by=by,
        at=now(),
    )
    return _("已从体系中撤下 %(n)d 个节点，阵地本身保留。") % {"n": count}


def _rename_matrix(request: HttpRequest, matrix: str, by: Actor) -> str:
    flow.rename_matrix(
        code=matrix,
        name=text(request, "name"),
        words=text(request, "words"),
        seen=revision(request),
        by=by,
        at=now(),
    )
    return _("名称已修改。")


def _take_in(request: HttpRequest, matrix: str, by: Actor) -> str:
    only_check = "only_check" in request.POST
    written = sheets.take_in(
        code=matrix,
        content=sent_file(request, "file"),
        seen=revision(request),
        by=by,
        at=now(),
        only_check=only_check,
    )
    told = {
        "n": written.nodes,
        "new": written.new_nodes,
        "sites": written.new_sites,
        "moved": written.moved,
    }
    if only_check:
        words = _(
            "检查通过，没有写入：%(n)d 行，将新增节点 %(new)d 个、"
            "阵地 %(sites)d 个，移动 %(moved)d 个。"
        )
    else:
        words = _("已导入 %(n)d 行：新增节点 %(new)d 个、阵地 %(sites)d 个，移动 %(moved)d 个。")
    return words % told


ACTS: dict[str, Callable[[HttpRequest, str, Actor], str]] = {
    "hang": _hang,
    "move": _move,
    "rename": _rename,
    "take_down": _take_down,
    "rename_matrix": _rename_matrix,
    "take_in": _take_in,
}


@require_POST
@requires(*EDITORS)
def act(request: HttpRequest, matrix: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change the shape of a matrix."""
    if verb not in ACTS:
        raise Http404
    try:
        matrix_to_change(matrix, by=by)  # first: what is wrong with a form tells nobody what exists
        messages.success(request, ACTS[verb](request, matrix, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refused(request, matrix, refusal, by=by)
    at = text(request, "at") if verb != "take_down" else ""
    query = f"?{urlencode({'at': at})}" if at else ""
    return redirect(f"{reverse('console:base_tree', args=[matrix])}{query}")


def _refused(request: HttpRequest, matrix: str, refusal: DomainError, *, by: Actor) -> HttpResponse:
    """Show the level that the form was sent from; the whole matrix where that level has gone."""
    here = text(request, "at") or text(request, "node")
    try:
        answer = _level(request, matrix, at=here, by=by)
    except Http404:
        answer = _level(request, matrix, at="", by=by)
    return refused(answer, refusal)


@require_GET
@requires(*EDITORS)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return an empty table to fill in."""
    return download(sheets.template(), "dianliang-bases.xlsx")


@require_GET
@requires(*READERS)
def export(request: HttpRequest, matrix: str, *, by: Actor) -> HttpResponse:
    """Return a matrix as the table that can be changed and taken in again."""
    try:
        content = sheets.export(code=matrix, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"dianliang-bases-{today():%Y%m%d}.xlsx")
