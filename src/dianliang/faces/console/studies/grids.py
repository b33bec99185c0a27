"""Power flow (潮流计算): a grid is sent in, computed, shown with what is beyond its limits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.fields import whole
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.studies import common, grid_charts
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.flows.studies import grid as studies
from dianliang.flows.studies import grid_papers, grid_rows, keeping
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

BEYOND = Table(
    "relief.study",
    "超限清单",
    (
        ("台区或馈线", "area"),
        ("类别", "label"),
        ("编号", "id"),
        ("相", "phase"),
        ("最严重（V 或比例）", "value"),
        ("限值", "limit"),
        ("用去限值", "used"),
        ("时刻", "at"),
        ("超限时刻数", "steps"),
        ("说明", "words"),
        ("依据", "clause"),
    ),
)
NODES = Table(
    "relief.study",
    "节点电压",
    (
        ("节点", "id"),
        ("台区或馈线", "area"),
        ("额定电压（V）", "rated_v"),
        ("离电源（m）", "away_m"),
        ("最低（V，相电压）", "least_v"),
        ("最高（V，相电压）", "most_v"),
        ("最低（标幺）", "least_pu"),
        ("最高（标幺）", "most_pu"),
    ),
)
SHOWN = 100
"""Things beyond a limit on the page; the workbook has all that are kept."""


@require_GET
@requires(*READERS)
def grids(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the grids that were computed, and to a dispatcher the form to send one in."""
    context = {
        "by": by,
        "page": keeping.studies(studies.KIND, by=by),
        "may_ask": common.may_ask(by),
    }
    return TemplateResponse(request, "console/studies/grids.html", context)


@require_POST
@requires(Role.DISPATCHER)
def make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a grid in and ask for it to be computed."""
    sent, files = request.POST, request.FILES
    model, curves = files.get("model"), files.get("curves")
    try:
        told = studies.Sent(
            model=sent_file(request, "model"),
            name=(model.name if model else "") or "grid",
            curves=curves.read() if curves else b"",
            curves_name=(curves.name or "") if curves else "",
            minutes=whole(sent.get("minutes", "") or "15", field="minutes", label="每点时长"),
            power_factor=common.number(sent, "power_factor", label="功率因数", default=0.95),
            is_radial="is_radial" in sent,
        )
        studies.order(sent=told, title=sent.get("title", ""), by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已开始计算，完成后在这里显示。"))
    return redirect("console:loadflow")


@require_GET
@requires(*READERS)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the template of a grid: a small example that can be computed at once."""
    return download(studies.template(), "grid-template.xlsx")


@require_GET
@requires(*READERS)
def grid(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a grid as computed: voltages, loading, losses, and what is beyond its limits."""
    row = common.found_or_404(studies.KIND, number, by=by)
    told = keeping.detail(row)
    nodes, branches = grid_rows.nodes(told), grid_rows.branches(told)
    beyond = grid_rows.beyond(row)
    outside = {one.id for one in beyond if one.is_voltage}
    binding = [(area, _binding(area["binding"])) for area in row.result["areas"]]
    context = {
        "by": by,
        "row": row,
        "told": row.result,
        "areas": binding,
        "beyond": beyond[:SHOWN],
        "voltages": [one for one in beyond if one.is_voltage][:SHOWN],
        "worst": _binding(row.result["worst"]),
        "branches": branches[:20],
        "chart": grid_charts.along_feeder(nodes, at=row.result["worst_at"]),
        "points": grid_charts.points(nodes, outside=outside),
        "picture": grid_charts.drawing(nodes, branches),
    }
    return TemplateResponse(request, "console/studies/grid.html", context)


def _binding(told: dict[str, object] | None) -> grid_rows.Beyond | None:
    return grid_rows.beyond_of(told) if told else None


@require_GET
@requires(*READERS)
def table(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with what is beyond its limits as a workbook."""
    row = common.found_or_404(studies.KIND, number, by=by)
    content = list_sheet(BEYOND, grid_rows.beyond(row), filter_words=number, by=by, at=now())
    return download(content, f"powerflow-{number}.xlsx")


@require_GET
@requires(*READERS)
def nodes_table(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with the voltages of all nodes as a workbook."""
    row = common.found_or_404(studies.KIND, number, by=by)
    rows = grid_rows.nodes(keeping.detail(row))
    content = list_sheet(NODES, rows, filter_words=number, by=by, at=now())
    return download(content, f"powerflow-nodes-{number}.xlsx")


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with a computed grid as Word or PDF."""
    row = common.found_or_404(studies.KIND, number, by=by)
    return common.document(row, kind, make=grid_papers.paper)
