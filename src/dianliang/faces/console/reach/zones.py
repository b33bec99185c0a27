"""A zone with sun, storage and cars (光储直柔): a year's balance, and the day ahead."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dianliang.domain.energy.queries.factors import FactorRow, official
from dianliang.engines.zone import Schedule
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.tables import download, not_exported
from dianliang.faces.ui.charts import Chart, Series, Shape, Tone
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.energy import typical, zoning
from dianliang.flows.energy.typical import HOURS, Plan
from dianliang.flows.energy.zoning import Task
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

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
    ("peak_cny", "峰价（元/kWh）8–11、13–17 点"),
    ("flat_cny", "平价（元/kWh）"),
    ("valley_cny", "谷价（元/kWh）0–8、11–13 点"),
    ("sell_cny", "上网电价（元/kWh）"),
    ("demand_cny", "需量电价（元/kW·月）"),
    ("carbon_kg", "电网碳因子（kg/kWh）"),
)
LONGEST = 12
KG_PER_T = 1000
KG_PER_KWH = "kgCO2/kWh"
SHOWN_DAY = 197
"""Mid-July: sun, work and cars."""
HOURLY = Table(
    "energy.zone",
    "光储直柔逐时计划",
    (
        ("月", "month"),
        ("年内小时", "hour"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of the year as a workbook holds it: mean kW, kWh stored at its end, CNY a kWh."""

    month: int
    hour: int
    load_kw: float
    sun_kw: float
    cars_kw: float
    import_kw: float
    export_kw: float
    battery_kw: float
    stored_kwh: float
    buy_cny: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """A year of a zone, and one day of it planned a day ahead."""

    task: Task
    year: Schedule
    day: Schedule
    day_task: Task
    on: date


@require_GET
@requires(*READERS)
def zone(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the inputs; once they are sent, the year and the day ahead."""
    entered = request.GET
    power = _power()
    defaults = _defaults(power)
    found, why = None, None
    try:
        plan = _plan(request)
        if entered:
            found = _result(plan, today().year)
    except DomainError as error:
        why = error
    context = {
        "by": by,
        "fields": [
            (name, label, entered.get(name, f"{getattr(defaults, name):g}"))
            for name, label in FIELDS
        ],
        "found": found,
        "why": why,
        "charts": [_months(found), _day(found)] if found else [],
        "avoided_t": found.year.avoided_kg / KG_PER_T if found else None,
        "power": power,
        "battery": found.task.zone.battery if found else None,
    }
    status = 422 if why else 200
    return TemplateResponse(request, "console/reach/zone.html", context, status=status)


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the hours of the year as a workbook."""
    try:
        found = _result(_plan(request), today().year)
    except DomainError as refusal:
        return not_exported(request, refusal)
    words = request.GET.urlencode()
    content = list_sheet(HOURLY, _hours(found), filter_words=words, by=by, at=now())
    return download(content, "zone-year.xlsx")


def _hours(found: Result) -> Iterator[Hour]:
    zone, flows, cars = found.task.zone, found.year.flows, _cars_kw(found.task, found.year)
    for i in range(zone.points):
        yield Hour(
            month=int(zone.month[i]) + 1,
            hour=i,
            load_kw=round(float(zone.load_kw[i]), 3),
            sun_kw=round(float(zone.sun_kw[i]), 3),
            cars_kw=round(float(cars[i]), 3),
            import_kw=round(float(flows.import_kw[i]), 3),
            export_kw=round(float(flows.export_kw[i]), 3),
            battery_kw=round(float(flows.discharge_kw[i] - flows.charge_kw[i]), 3),
            stored_kwh=round(float(flows.stored_kwh[i]), 3),
            buy_cny=round(float(found.task.tariff.buy_cny_per_kwh[i]), 4),
        )


def _cars_kw(task: Task, run: Schedule) -> np.ndarray:
    cars = np.zeros(task.zone.points)
    for one in task.zone.flexible:
        cars[one.first : one.end] += run.flows.flexible_kw[one.id]
    return cars


def _power() -> FactorRow | None:
    """Return the average factor of electricity: of the own province, else of the country."""
    rows = (row for row in official("电力") if (row.kind, row.unit) == ("average", KG_PER_KWH))
    return next(rows, None)


def _defaults(power: FactorRow | None) -> Plan:
    return replace(Plan(), carbon_kg=float(power.value)) if power else Plan()


@lru_cache(maxsize=8)
def _result(plan: Plan, year: int) -> Result:
    """Compute a zone once for all who look at the same figures: a few CPU seconds."""
    task = typical.year_of(plan, year)
    found = zoning.scheduled(task)
    ahead = typical.day_ahead(found, task, SHOWN_DAY)
    return Result(
        task=task,
        year=found,
        day=zoning.scheduled(ahead),
        day_task=ahead,
        on=date(year, 1, 1) + timedelta(days=SHOWN_DAY),
    )


def _plan(request: HttpRequest) -> Plan:
    told = {
        name: _number(request.GET.get(name, ""), name, label)
        for name, label in FIELDS
        if request.GET.get(name, "").strip()
    }
    if "cars" in told:
        told["cars"] = int(told["cars"])
    return replace(_defaults(_power()), **told)  # type: ignore[arg-type]  # names are those of the plan


def _number(text: str, name: str, label: str) -> float:
    try:
        found = float(text) if len(text) <= LONGEST else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InvalidInputError(Phrase("%(label)s应填数字。", label=Phrase(label)), field=name)
    return found


def _months(found: Result) -> Chart:
    zone, flows, cars = found.task.zone, found.year.flows, _cars_kw(found.task, found.year)

    def by_month(values: np.ndarray) -> tuple[float, ...]:
        return tuple(float(values[zone.month == m].sum()) for m in range(zone.months))

    return Chart(
        key="chart-months",
        title=_("逐月电量"),
        x_name=_("月"),
        y_name=_("电量（kWh）"),
        x=tuple(str(month + 1) for month in range(zone.months)),
        series=(
            Series(name=_("用电"), values=by_month(zone.load_kw + cars), shape=Shape.BAR),
            Series(name=_("光伏"), values=by_month(zone.sun_kw), shape=Shape.BAR, tone=Tone.WARN),
            Series(name=_("购电"), values=by_month(flows.import_kw), shape=Shape.BAR),
            Series(name=_("上网"), values=by_month(flows.export_kw), shape=Shape.BAR),
        ),
        digits=0,
    )


def _day(found: Result) -> Chart:
    flows, zone, cars = found.day.flows, found.day_task.zone, _cars_kw(found.day_task, found.day)
    step = HOURS * 60 // zone.points

    def told(values: np.ndarray) -> tuple[float, ...]:
        return tuple(round(float(value), 2) for value in values)

    return Chart(
        key="chart-day",
        title=_("日前计划 %(day)s") % {"day": found.on.isoformat()},
        x_name=_("时刻"),
        y_name=_("功率（kW）"),
        x=tuple(f"{i * step // 60:02d}:{i * step % 60:02d}" for i in range(zone.points)),
        series=(
            Series(name=_("负荷"), values=told(zone.load_kw), shape=Shape.STEP),
            Series(name=_("光伏"), values=told(zone.sun_kw), shape=Shape.STEP, tone=Tone.WARN),
            Series(name=_("购电"), values=told(flows.import_kw), shape=Shape.STEP),
            Series(
                name=_("储能（放为正）"),
                values=told(flows.discharge_kw - flows.charge_kw),
                shape=Shape.STEP,
            ),
            Series(name=_("充电"), values=told(cars), shape=Shape.STEP),
        ),
    )
