"""The load of transformers, month by month and point by point (重过载)."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.relief.load_queries import LoadRow
from dianliang.faces.console.loading.drawing import charts
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, not_exported
from dianliang.faces.console.villages.reading import code
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.flows.relief import loading_page, screening
from dianliang.flows.relief.loading_page import Asked, Month
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

LINES = (
    ("over", "过载"),
    ("heavy", "重载"),
    ("uneven", "三相不平衡"),
    ("low", "低电压"),
    ("unknown", "数据不足"),
)
ROWS_A_PAGE = 20
"""A row is a card of eight lines on a phone."""
TONES = {"over": "danger", "heavy": "soon", "": "done", "unknown": "open"}
TABLE = Table(
    "relief.judgement",
    "重过载",
    (
        ("变压器编号", "number"),
        ("名称", "name"),
        ("村社区", "village_name"),
        ("乡镇", "town_name"),
        ("供电所", "station_name"),
        ("额定容量（kVA）", "capacity_kva"),
        ("结论", "line_label"),
        ("最大负载率", "peak_share"),
        ("最大负荷（kW）", "peak_kw"),
        ("最大负荷时刻", "peak_at"),
        ("达到过载线（小时）", "over_hours"),
        ("达到重载线（小时）", "heavy_hours"),
        ("过载次数", "over_runs"),
        ("重载次数", "heavy_runs"),
        ("三相不平衡次数", "uneven_runs"),
        ("低电压（分钟，最差一只表）", "low_minutes"),
        ("最低电压（V）", "least_v"),
        ("最高电压（V）", "most_v"),
        ("数据完整率", "known_share"),
    ),
)


def _asked(request: HttpRequest) -> Asked:
    return Asked(
        month=_month(request),
        station=code(request, "station"),
        town=code(request, "town"),
        line=code(request, "line"),
        words=code(request, "q"),
    )


def _month(request: HttpRequest) -> date | None:
    """Return the month that is asked for, None where none is.

    Raises:
        UnableToRelieveError: what is asked for is no month.
    """
    text = code(request, "month")
    return screening.month_of(text) if text else None


@require_GET
@requires(*READERS)
def loading(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a month's transformers, most strained first."""
    try:
        asked = _asked(request)
    except DomainError as refusal:
        return _no_month(request, refusal, by=by)
    page = loading_page.month(asked, by=by)
    rows, pages = paged(request, page.rows, each=ROWS_A_PAGE)
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "pages": pages,
        "asked": asked,
        "lines": LINES,
        "points": [_point(row) for row in rows if row.lat is not None],
        "judged_month": _offered(page),
        "may_judge": by.role == Role.DISPATCHER,
    }
    return TemplateResponse(request, "console/loading/month.html", context)


def _offered(page: Month) -> str:
    """Return the month that is offered to be judged: the one shown, else the newest with curves."""
    newest = page.stored[-1] if page.stored else ""
    return f"{page.screening.month:%Y-%m}" if page.screening else newest


def _no_month(request: HttpRequest, refusal: DomainError, *, by: Actor) -> HttpResponse:
    """Answer that this is no month, and show no other in its place."""
    context = {"by": by, "why": refusal}
    return TemplateResponse(request, "console/loading/month.html", context, status=422)


def _point(row: LoadRow) -> dict[str, object]:
    return {
        "lat": row.lat,
        "lon": row.lon,
        "number": row.number,
        "title": f"{row.name} {_(row.line_label)}",
        "tone": TONES[row.line],
    }


@require_POST
@requires(Role.DISPATCHER)
def judge(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for a month to be judged."""
    try:
        screening.order(month=request.POST.get("month", ""), by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已开始判定，完成后在这里显示。"))
    return redirect("console:loading")


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with what the page's filters show as a workbook."""
    try:
        page = loading_page.month(_asked(request), by=by)
    except DomainError as refusal:
        return not_exported(request, refusal)
    words = request.GET.urlencode()
    content = list_sheet(TABLE, page.rows, filter_words=words, by=by, at=now())
    month = f"{page.screening.month:%Y-%m}" if page.screening else "none"
    return download(content, f"loading-{month}.xlsx")


@require_GET
@requires(*READERS)
def transformer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one transformer in a month: load beside rating, hours, runs, voltage, phases."""
    try:
        file = loading_page.transformer(number, month=_month(request), by=by)
    except DomainError as absent:
        raise Http404 from absent
    drawn = {}
    if file.points is not None:
        drawn = charts(file.points, capacity_kva=file.row.capacity_kva)
    context = {"by": by, "file": file, "row": file.row, "drawn": drawn}
    return TemplateResponse(request, "console/loading/transformer.html", context)
