"""The seasonal forecast (季节预测): who will be overloaded, how likely, and from when."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.paging import paged
from dianliang.faces.console.studies import common
from dianliang.faces.console.tables import download
from dianliang.faces.ui.charts import Chart, Limit, Series, Tone
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.energy.seasons import HEAVY
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.flows.studies import keeping, season_papers
from dianliang.flows.studies import season as studies
from dianliang.flows.studies.season import RiskRow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

ROWS_A_PAGE = 20
LIKELY, MAYBE = 0.5, 0.1
RISKS = Table(
    "relief.study",
    "季节预测",
    (
        ("变压器编号", "number"),
        ("名称", "name"),
        ("村社区", "village"),
        ("额定容量（kVA）", "capacity_kva"),
        ("过去几季", "seasons"),
        ("登记设备（kW）", "machines_kw"),
        ("预计最大（kW）", "peak_kw"),
        ("90 % 区间下限（kW）", "low_kw"),
        ("90 % 区间上限（kW）", "high_kw"),
        ("重载可能（≥80 %）", "heavy"),
        ("过载可能（≥100 %）", "over"),
        ("预警日", "warn_on"),
        ("最吃紧的一天", "worst_on"),
    ),
)


@require_GET
@requires(*READERS)
def seasons(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the seasons that were forecast, and to a dispatcher the form to ask for one."""
    months = studies.stored_months()
    newest = studies.fullest_month()
    alike = [f"{month}-01" for month in months if month[5:] == newest[5:]]
    upcoming = f"{int(newest[:4]) + 1}{newest[4:]}-01" if newest else ""
    context = {
        "by": by,
        "page": keeping.studies(studies.KIND, by=by),
        "months": months,
        "starts": ", ".join(alike),
        "upcoming": upcoming,
        "may_ask": common.may_ask(by),
    }
    return TemplateResponse(request, "console/studies/seasons.html", context)


@require_POST
@requires(Role.DISPATCHER)
def make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for a season."""
    sent, machines = request.POST, request.FILES.get("machines")
    try:
        wanted = studies.Wanted(
            starts=_days(sent.get("starts", "")),
            next_start=day(sent.get("next_start", ""), field="next_start", label="要预测的一季"),
            days=whole(sent.get("days", ""), field="days", label="一季天数"),
            machines=studies.machines_of(machines.read(), name=machines.name or "")
            if machines
            else {},
        )
        studies.order(wanted=wanted, title=sent.get("title", ""), by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已开始计算，完成后在这里显示。"))
    return redirect("console:season")


def _days(text: str) -> tuple[date, ...]:
    words = text.replace("，", ",").replace("、", ",").split(",")
    try:
        return tuple(date.fromisoformat(word.strip()) for word in words)
    except ValueError as error:
        said = Phrase("过去各季的起始日应如 2025-03-01，几季用逗号分开。")
        raise InvalidInputError(said, field="starts") from error


@require_GET
@requires(*READERS)
def season(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a forecast: all transformers, likeliest overload first, and one of them by day."""
    row = common.found_or_404(studies.KIND, number, by=by)
    every = studies.rows(row)
    wanted = request.GET.get("transformer", "")
    shown = next((one for one in every if one.number == wanted), every[0])
    rows, pages = paged(request, every, each=ROWS_A_PAGE)
    context = {
        "by": by,
        "row": row,
        "told": row.result,
        "rows": rows,
        "pages": pages,
        "shown": shown,
        "chart": _chart(row.inputs["next_start"], shown, studies.days_of(row, shown.number) or {}),
        "likely": sum((one.over or 0.0) >= LIKELY for one in every),
        "maybe": sum(MAYBE <= (one.over or 0.0) < LIKELY for one in every),
        "warned": sum(one.warn_on is not None for one in every),
        "points": [_point(one) for one in every if one.lat is not None],
    }
    return TemplateResponse(request, "console/studies/season.html", context)


def _point(one: RiskRow) -> dict[str, object]:
    is_likely = (one.over or 0.0) >= LIKELY or (one.over is None and one.peak_share >= 1)
    tone = "danger" if is_likely else "soon" if one.warn_on else "done"
    return {
        "lat": one.lat,
        "lon": one.lon,
        "number": one.number,
        "title": f"{one.name} {one.peak_share:.0%}",
        "tone": tone,
    }


def _chart(start: str, shown: RiskRow, days: Mapping[str, Sequence[float]]) -> Chart:
    first = date.fromisoformat(start).toordinal()
    count = len(days["middle_kw"])
    carried_kw = shown.peak_kw / shown.peak_share if shown.peak_share else shown.capacity_kva
    return Chart(
        key="chart-season",
        title=_("%(number)s 逐日最大负荷") % {"number": shown.number},
        x_name=_("日期"),
        y_name=_("负荷（kW）"),
        x=tuple(f"{date.fromordinal(first + i):%m-%d}" for i in range(count)),
        series=(
            Series(
                name=_("预计（90 % 区间）"),
                values=tuple(days["middle_kw"]),
                low=tuple(days["low_kw"]),
                high=tuple(days["high_kw"]),
            ),
        ),
        limits=(
            Limit(name=_("额定"), value=round(carried_kw, 1)),
            Limit(name=_("重载八成"), value=round(HEAVY * carried_kw, 1), tone=Tone.WARN),
        ),
    )


@require_GET
@requires(*READERS)
def table(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with a forecast as a workbook."""
    row = common.found_or_404(studies.KIND, number, by=by)
    content = list_sheet(RISKS, studies.rows(row), filter_words=number, by=by, at=now())
    return download(content, f"season-{number}.xlsx")


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with a forecast as Word or PDF."""
    row = common.found_or_404(studies.KIND, number, by=by)
    return common.document(row, kind, make=season_papers.paper)
