"""A zone with sun, storage and cars (光储直柔): its year and a day ahead, under a kept tariff."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from dianliang.core import jobs
from dianliang.domain.energy.queries.factors import FactorRow, official
from dianliang.domain.enterprises.tariff_queries import TariffRow, tariffs
from dianliang.domain.relief.models import Study
from dianliang.domain.relief.operations import Studied
from dianliang.domain.relief.study_queries import StudyRow
from dianliang.engines.tariffs import BadTariffError, Tariff, schedule
from dianliang.engines.zone import Balance, Profile, Schedule
from dianliang.flows.energy import typical, zoning
from dianliang.flows.energy.typical import HOURS, QUARTERS, Plan, Prices
from dianliang.flows.energy.zoning import Task
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.tariff_files import of_body
from dianliang.flows.studies import keeping
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

KIND = Study.Kind.ZONE.value
ENGINE = "zone-2"
KG_PER_KWH = "kgCO2/kWh"
STEPS = (
    (0.05, Phrase("读电价和放假安排")),
    (0.1, Phrase("排一年 8760 小时的计划")),
    (0.8, Phrase("排一天的日前计划")),
    (0.95, Phrase("写结果")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: figures, a version of a tariff, the day that is planned ahead."""

    plan: Plan
    tariff: str
    day: date


def defaults() -> Plan:
    """Return the figures that a form begins with; carbon by the factor that holds today."""
    power = factor()
    return replace(Plan(), carbon_kg=float(power.value)) if power else Plan()


def planned(plan: Plan, told: Mapping[str, float]) -> Plan:
    """Return a plan with other figures, by the names that a plan has for them."""
    figures: dict[str, Any] = {**told}
    if "cars" in figures:
        figures["cars"] = int(figures["cars"])
    return replace(plan, **figures)


def factor() -> FactorRow | None:
    """Return the average factor of electricity: of the own province, else of the country."""
    rows = (row for row in official("电力") if (row.kind, row.unit) == ("average", KG_PER_KWH))
    return next(rows, None)


def offered() -> tuple[TariffRow, ...]:
    """Return the versions of tariffs that a zone can be reckoned with."""
    return tariffs()


def order(*, wanted: Wanted, title: str, by: Actor, at: datetime) -> None:
    """Ask for a zone's year; what cannot be is said before anything is queued.

    Raises:
        InvalidInputError: there is nothing to reckon, or the tariff or the calendar is not known.
        UnusableInputError: a figure cannot be; all that is wrong is named.
        UnableToRelieveError, NotVisibleError: see `keeping.order`.
    """
    plan = wanted.plan
    if not (plan.load_kwh or plan.sun_kwp or plan.battery_kwh or plan.cars):
        words = Phrase("没有可计算的：光伏、用电量、储能和电动车都是 0，请至少填一项。")
        raise InvalidInputError(words, field="load_kwh")
    _, task, _ = _task(wanted)
    zoning.checked(task)
    asked = {
        "plan": asdict(wanted.plan),
        "tariff": wanted.tariff,
        "day": wanted.day.isoformat(),
    }
    keeping.order(KIND, asked, title=title, by=by, at=at)


@jobs.handler(keeping.job_kind(KIND))
def in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Compute a zone and keep it."""
    return keeping.made(context, _computed)


def _computed(context: jobs.JobContext, asked: Mapping[str, Any]) -> Studied:
    wanted = Wanted(
        plan=Plan(**asked["plan"]), tariff=asked["tariff"], day=date.fromisoformat(asked["day"])
    )

    def tell(step: int) -> None:
        share, note = STEPS[step]
        context.progress(share, str(note))

    return computed(wanted, title=context.payload["title"], tell=tell)


def computed(wanted: Wanted, *, title: str, tell: Any = lambda step: None) -> Studied:
    """Compute a zone's year and one of its days.

    Raises:
        InvalidInputError, UnusableInputError: see `order`; or the grid cannot feed the loads.
    """
    tell(0)
    tariff, task, prices = _task(wanted)
    tell(1)
    year = zoning.scheduled(task)
    tell(2)
    place = typical.days_of(wanted.day.year).index(wanted.day)
    ahead = typical.day_ahead(year, task, place, prices)
    day = zoning.scheduled(ahead)
    tell(3)
    power = factor()
    is_listed = power is not None and float(power.value) == wanted.plan.carbon_kg
    return Studied(
        kind=KIND,
        title=title,
        inputs={
            "plan": asdict(wanted.plan),
            "day": wanted.day.isoformat(),
            "tariff": _told_tariff(tariff),
            "factor": power.code if power is not None and is_listed else "",
        },
        result={
            "year": _balance(year.balance),
            "plain": _balance(year.plain),
            "saved_cny": year.saved_cny,
            "avoided_kg": year.avoided_kg,
            "worth_kwh_cny": year.worth_kwh_cny,
            "worth_kw_cny": year.worth_kw_cny,
            "battery": asdict(task.zone.battery) if task.zone.battery else None,
            "months": [*_months(task, year)],
            "day": _day(ahead, day),
        },
        detail={"hours": _hours(task, year)},
        engine=ENGINE,
    )


def _task(wanted: Wanted) -> tuple[Tariff, Task, Prices]:
    rows = {row.name: row for row in tariffs()}
    if wanted.tariff not in rows:
        known = "、".join(sorted(rows)[:5])
        words = (
            Phrase("没有这个电价版本，请从电价库里选；已有 %(known)s。", known=known)
            if rows
            else Phrase("电价库是空的，请先在“电价库”里导入电价，再来计算。")
        )
        raise InvalidInputError(words, field="tariff")
    tariff = of_body(rows[wanted.tariff].body)
    days = typical.days_of(wanted.day.year)
    if wanted.day not in days:
        raise InvalidInputError(Phrase("2 月 29 日不在典型年里，请选另一天。"), field="day")
    whole = replace(tariff, valid_from=date(wanted.day.year, 1, 1), valid_until=None)
    try:
        laid = schedule([whole], code=tariff.code, days=days, kinds=kinds_of(days))
    except InvalidInputError as refusal:
        words = Phrase("%(year)d 年的放假安排还没有公布，请选已公布的年份。", year=wanted.day.year)
        raise InvalidInputError(words, field="day") from refusal
    except BadTariffError as refusal:
        raise InvalidInputError(refusal.words, field="tariff") from refusal
    prices = Prices(by_quarter=laid.price_by_point, demand_cny_per_kw=tariff.demand_cny_kw or 0.0)
    return tariff, typical.year_of(wanted.plan, wanted.day.year, prices), prices


def _told_tariff(tariff: Tariff) -> dict[str, Any]:
    return {
        "name": f"{tariff.code}.{tariff.version}",
        "title": tariff.title,
        "source": tariff.source,
        "year": tariff.year,
        "demand_cny_kw": tariff.demand_cny_kw,
        "is_generated": str(tariff.certainty) == "generated",
    }


def _balance(told: Balance) -> dict[str, Any]:
    return {
        **{name: value for name, value in asdict(told).items() if name != "peaks_kw"},
        "cost_cny": told.cost_cny,
    }


def _months(task: Task, year: Schedule) -> Iterator[dict[str, float]]:
    zone, flows, cars = task.zone, year.flows, cars_kw(task, year)
    for month in range(zone.months):
        own = zone.month == month
        yield {
            "month": month + 1,
            "consumed_kwh": float((zone.load_kw + cars)[own].sum()),
            "sun_kwh": float(zone.sun_kw[own].sum()),
            "import_kwh": float(flows.import_kw[own].sum()),
            "export_kwh": float(flows.export_kw[own].sum()),
            "peak_kw": year.balance.peaks_kw[month],
            "plain_peak_kw": year.plain.peaks_kw[month],
        }


def cars_kw(task: Task, run: Schedule) -> Profile:
    """Return what waits, summed up, at each point."""
    cars = np.zeros(task.zone.points)
    for one in task.zone.flexible:
        cars[one.first : one.end] += run.flows.flexible_kw[one.id]
    return cars


def _listed(values: Profile, digits: int = 2) -> list[float]:
    return [round(float(value), digits) for value in values]


def _series(task: Task, run: Schedule) -> dict[str, list[float]]:
    flows = run.flows
    return {
        "load_kw": _listed(task.zone.load_kw),
        "sun_kw": _listed(task.zone.sun_kw),
        "cars_kw": _listed(cars_kw(task, run)),
        "import_kw": _listed(flows.import_kw),
        "export_kw": _listed(flows.export_kw),
        "battery_kw": _listed(flows.discharge_kw - flows.charge_kw),
        "stored_kwh": _listed(flows.stored_kwh),
        "buy_cny": _listed(task.tariff.buy_cny_per_kwh, 4),
    }


def _day(task: Task, run: Schedule) -> dict[str, list[float]]:
    return _series(task, run)


def _hours(task: Task, run: Schedule) -> dict[str, list[float]]:
    return {"month": [int(month) + 1 for month in task.zone.month], **_series(task, run)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of the year as a workbook holds it: mean kW, kWh stored at its end, CNY a kWh."""

    at: str
    month: int
    load_kw: float
    sun_kw: float
    cars_kw: float
    import_kw: float
    export_kw: float
    battery_kw: float
    stored_kwh: float
    buy_cny: float


def hours(row: StudyRow) -> Iterator[Hour]:
    """Yield the hours of a kept year."""
    told = keeping.detail(row)["hours"]
    days = typical.days_of(date.fromisoformat(row.inputs["day"]).year)
    for i, values in enumerate(zip(*told.values(), strict=True)):
        day = days[i // HOURS]
        yield Hour(at=f"{day} {i % HOURS:02d}:00", **dict(zip(told, values, strict=True)))


def clocks() -> tuple[str, ...]:
    """Return the quarter hours of a day as they are called."""
    start = datetime(2000, 1, 1)  # noqa: DTZ001 (a clock face, no instant)
    step = timedelta(minutes=60 // QUARTERS)
    return tuple(f"{start + i * step:%H:%M}" for i in range(HOURS * QUARTERS))
