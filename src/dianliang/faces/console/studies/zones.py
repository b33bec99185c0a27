"""A zone with sun, storage and cars (光储直柔): a year's balance, and the day ahead."""

from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.relief.study_queries import StudyRow
from dianliang.faces.console.fields import day
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.studies import common
from dianliang.faces.console.tables import download
from dianliang.faces.ui.charts import Chart, Series, Shape, Tone
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.flows.studies import keeping, zone_papers
from dianliang.flows.studies import zone as studies
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

FIELDS = (
    ("sun_kwp", "光伏容量（kWp）"),
    ("full_hours", "光伏年利用小时"),
    ("load_kwh", "年用电量（kWh）"),
    ("battery_kw", "储能功率（kW）"),
    ("battery_kwh", "储能容量（kWh）"),
    ("cars", "电动车（辆，工作日 9–17 点停放）"),
    ("car_kwh", "每车每工作日（kWh）"),
    ("charger_kw", "充电桩（kW）"),
    ("most_import_kw", "购电上限（kW）"),
    ("most_export_kw", "上网上限（kW）"),
    ("sell_cny", "上网电价（元/kWh）"),
    ("carbon_kg", "电网碳因子（kg/kWh）"),
)
KG_PER_T = 1000
HOURLY = Table(
    "relief.study",
    "光储直柔逐时计划",
    (
        ("时刻", "at"),
        ("月", "month"),
        ("负荷（kW）", "load_kw"),
        ("光伏（kW）", "sun_kw"),
        ("充电（kW）", "cars_kw"),
        ("购电（kW）", "import_kw"),
        ("上网（kW）", "export_kw"),
        ("储能（kW，放为正）", "battery_kw"),
        ("存电（kWh）", "stored_kwh"),
        ("电价（元/kWh）", "buy_cny"),
    ),
)


@require_GET
@requires(*READERS)
def zones(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the zones that were computed, and to a dispatcher the form to ask for one."""
    defaults = asdict(studies.defaults())
    context = {
        "by": by,
        "page": keeping.studies(studies.KIND, by=by),
        "fields": [(name, label, f"{defaults[name]:g}") for name, label in FIELDS],
        "tariffs": studies.offered(),
        "power": studies.factor(),
        "day": today().replace(month=7, day=16),
        "may_ask": common.may_ask(by),
    }
    return TemplateResponse(request, "console/studies/zones.html", context)


@require_POST
@requires(Role.DISPATCHER)
def make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for a zone's year."""
    sent = request.POST
    try:
        plan = studies.defaults()
        told = {
            name: common.number(sent, name, label=label, default=getattr(plan, name))
            for name, label in FIELDS
        }
        wanted = studies.Wanted(
            plan=studies.planned(plan, told),
            tariff=sent.get("tariff", ""),
            day=day(sent.get("day", ""), field="day", label="日前计划日"),
        )
        studies.order(wanted=wanted, title=sent.get("title", ""), by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已开始计算，完成后在这里显示。"))
    return redirect("console:zone")


@require_GET
@requires(*READERS)
def zone(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a zone's year and its day ahead."""
    row = common.found_or_404(studies.KIND, number, by=by)
    context = {
        "by": by,
        "row": row,
        "year": row.result["year"],
        "plain": row.result["plain"],
        "avoided_t": row.result["avoided_kg"] / KG_PER_T,
        "charts": [_months(row), _day(row)],
        "claims": zone_papers.claims(row, by=by),
        "may_ask": common.may_ask(by),
    }
    return TemplateResponse(request, "console/studies/zone.html", context)


@require_GET
@requires(*READERS)
def table(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with the hours of the year as a workbook."""
    row = common.found_or_404(studies.KIND, number, by=by)
    content = list_sheet(HOURLY, studies.hours(row), filter_words=number, by=by, at=now())
    return download(content, f"zone-{number}.xlsx")


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with the balance as Word or PDF."""
    row = common.found_or_404(studies.KIND, number, by=by)
    return common.document(row, kind, make=zone_papers.paper)


@require_POST
@requires(Role.DISPATCHER)
def claim(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """State what the zone saves as claims, engineering estimates."""
    row = common.found_or_404(studies.KIND, number, by=by)
    try:
        made = zone_papers.state(row, by=by, at=now())
    except NotVisibleError as hidden:
        raise Http404 from hidden
    except DomainError as refusal:
        return page_again(request, refusal)
    numbers = "、".join(one.number for one in made)
    messages.success(request, _("已登记为工程估算：%(numbers)s。") % {"numbers": numbers})
    return redirect("console:zone_one", number)


def _months(row: StudyRow) -> Chart:
    months = row.result["months"]

    def told(name: str) -> tuple[float, ...]:
        return tuple(month[name] for month in months)

    return Chart(
        key="chart-months",
        title=_("逐月电量"),
        x_name=_("月"),
        y_name=_("电量（kWh）"),
        x=tuple(str(month["month"]) for month in months),
        series=(
            Series(name=_("用电"), values=told("consumed_kwh"), shape=Shape.BAR),
            Series(name=_("光伏"), values=told("sun_kwh"), shape=Shape.BAR, tone=Tone.WARN),
            Series(name=_("购电"), values=told("import_kwh"), shape=Shape.BAR),
            Series(name=_("上网"), values=told("export_kwh"), shape=Shape.BAR),
        ),
        digits=0,
    )


def _day(row: StudyRow) -> Chart:
    told = row.result["day"]
    names = (
        (_("负荷"), "load_kw", Tone.PLAIN),
        (_("光伏"), "sun_kw", Tone.WARN),
        (_("购电"), "import_kw", Tone.PLAIN),
        (_("储能（放为正）"), "battery_kw", Tone.PLAIN),
        (_("充电"), "cars_kw", Tone.PLAIN),
    )
    return Chart(
        key="chart-day",
        title=_("日前计划 %(day)s") % {"day": row.inputs["day"]},
        x_name=_("时刻"),
        y_name=_("功率（kW）"),
        x=studies.clocks(),
        series=tuple(
            Series(name=name, values=tuple(told[key]), shape=Shape.STEP, tone=tone)
            for name, key, tone in names
        ),
    )
