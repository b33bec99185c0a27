"""A zone before anything is measured: a year of hours from a dozen figures, and its day ahead.

Shapes are typical, not measured: the sun's height at the place, an office's day, cars that stand
at work. Whoever has curves computes with them instead (``dianliang energy zone``).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from dianliang.engines.zone import Battery, Flexible, Profile, Schedule, Tariff, Zone
from dianliang.flows.energy.inputs import UnusableInputError
from dianliang.flows.energy.zoning import Task

HOURS, DAYS, QUARTERS = 24, 365, 4
LATITUDE_DEG = 30.6
CAR_HOURS = (9, 17)
WEEKEND = 5
NIGHT_SHARE = 0.25
"""What a building draws at night and on days off, beside its working hours."""
MOST = {"sun_kwp": 1e5, "load_kwh": 1e9, "battery_kwh": 1e6, "cars": 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a zone is to have (规划参数): kWp, kWh a year, kWh a car and working day, CNY, kg/kWh.

    `full_hours` are the hours a year that the panels run as if at full power; `sell_cny` is what a
    kWh fed in earns. What is bought costs what a tariff says: see `Prices`.
    """

    sun_kwp: float = 100.0
    full_hours: float = 1000.0
    load_kwh: float = 150_000.0
    battery_kw: float = 50.0
    battery_kwh: float = 100.0
    cars: int = 8
    car_kwh: float = 12.0
    charger_kw: float = 7.0
    most_import_kw: float = 200.0
    most_export_kw: float = 100.0
    sell_cny: float = 0.30
    carbon_kg: float = 0.4974


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """What is bought in a year: CNY/kWh by quarter hour, (365, 96), and CNY per kW and month."""

    by_quarter: Profile
    demand_cny_per_kw: float = 0.0

    @property
    def by_hour(self) -> Profile:
        """Return the mean price of each hour of the year."""
        return np.asarray(self.by_quarter.reshape(-1, QUARTERS).mean(axis=1), np.float64)


def year_of(plan: Plan, year: int, prices: Prices) -> Task:
    """Return the 8760 hours of a zone in a year (29 February is left out).

    Raises:
        UnusableInputError: a figure cannot be; all that is wrong is named.
    """
    _check(plan)
    days = days_of(year)
    load, sun = _load(plan, days), _sun(plan)
    months = np.repeat([day.month - 1 for day in days], HOURS).astype(np.int64)
    buy = prices.by_hour
    return Task(
        zone=Zone(
            load_kw=load,
            sun_kw=sun,
            month=months,
            battery=_battery(plan),
            flexible=_cars(plan, days),
            most_import_kw=plan.most_import_kw,
            most_export_kw=plan.most_export_kw,
        ),
        tariff=Tariff(
            buy_cny_per_kwh=buy,
            sell_cny_per_kwh=np.minimum(np.full(len(buy), plan.sell_cny), buy),
            demand_cny_per_kw=prices.demand_cny_per_kw,
        ),
        carbon_kg_per_kwh=np.full(len(buy), plan.carbon_kg),
    )


def day_ahead(year: Schedule, task: Task, day: int, prices: Prices) -> Task:
    """Return one day of the year in quarter hours, with the month's peak so far as it is planned.

    Raises:
        IndexError: the year has no such day.
    """
    first = range(0, DAYS * HOURS, HOURS)[day]
    hours = slice(first, first + HOURS)
    month = int(task.zone.month[first])

    def quarter(values: Profile) -> Profile:
        return np.repeat(values[hours], QUARTERS)

    cars = tuple(
        replace(one, first=(one.first - first) * QUARTERS, end=(one.end - first) * QUARTERS)
        for one in task.zone.flexible
        if first <= one.first < first + HOURS
    )
    zone = replace(
        task.zone,
        load_kw=quarter(task.zone.load_kw),
        sun_kw=quarter(task.zone.sun_kw),
        month=np.zeros(HOURS * QUARTERS, np.int64),
        step_h=1 / QUARTERS,
        flexible=cars,
        peaks_kw=(year.balance.peaks_kw[month],),
    )
    tariff = replace(
        task.tariff,
        buy_cny_per_kwh=prices.by_quarter[day],
        sell_cny_per_kwh=np.minimum(quarter(task.tariff.sell_cny_per_kwh), prices.by_quarter[day]),
    )
    return Task(zone=zone, tariff=tariff, carbon_kg_per_kwh=quarter(task.carbon_kg_per_kwh))


def _check(plan: Plan) -> None:
    wrong = [
        f"{label}应在 0 与 {most:g} 之间。"
        for name, label, most in (
            ("sun_kwp", "光伏容量", MOST["sun_kwp"]),
            ("full_hours", "年利用小时", 3000),
            ("load_kwh", "年用电量", MOST["load_kwh"]),
            ("battery_kw", "储能功率", MOST["battery_kwh"]),
            ("battery_kwh", "储能容量", MOST["battery_kwh"]),
            ("cars", "车辆数", MOST["cars"]),
            ("car_kwh", "每车每日电量", 200),
            ("charger_kw", "充电桩功率", 500),
            ("carbon_kg", "碳因子", 3),
        )
        if not 0 <= getattr(plan, name) <= most
    ]
    hours = CAR_HOURS[1] - CAR_HOURS[0]
    if plan.cars and plan.car_kwh > plan.charger_kw * hours:
        wrong.append(f"每车每日 {plan.car_kwh:g} 千瓦时，{hours} 小时里充不完，请加大充电桩功率。")
    if wrong:
        raise UnusableInputError("\n".join(wrong))


def days_of(year: int) -> list[date]:
    """Return the 365 days of a year without 29 February."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=i) for i in range(DAYS + 1)]
    return [day for day in days if (day.month, day.day) != (2, 29)][:DAYS]


def _sun(plan: Plan) -> Profile:
    """Return the sun's share by its height above the horizon, scaled to the year's full hours."""
    day, hour = np.arange(DAYS)[:, None], np.arange(HOURS)[None, :] + 0.5
    tilt = np.radians(23.44) * np.sin(2 * np.pi * (day - 80) / DAYS)
    latitude = np.radians(LATITUDE_DEG)
    turn = np.radians(15) * (hour - 12)
    height = np.sin(latitude) * np.sin(tilt) + np.cos(latitude) * np.cos(tilt) * np.cos(turn)
    shape = np.clip(height, 0, None).ravel()
    sun: Profile = shape * (plan.full_hours * plan.sun_kwp / shape.sum())
    return sun


def _load(plan: Plan, days: list[date]) -> Profile:
    hour = np.arange(HOURS)
    office = np.where((hour >= 8) & (hour < 18), 1.0, NIGHT_SHARE)
    rest = np.full(HOURS, NIGHT_SHARE)
    shape = np.concatenate([rest if day.weekday() >= WEEKEND else office for day in days])
    load: Profile = shape * (plan.load_kwh / shape.sum())
    return load


def _battery(plan: Plan) -> Battery | None:
    if plan.battery_kwh <= 0:
        return None
    return Battery(power_kw=plan.battery_kw, energy_kwh=plan.battery_kwh)


def _cars(plan: Plan, days: list[date]) -> tuple[Flexible, ...]:
    """Return the cars of each working day as one load: they stand from nine to five."""
    if not plan.cars or not plan.car_kwh:
        return ()
    return tuple(
        Flexible(
            id=f"{day:%m-%d}",
            first=i * HOURS + CAR_HOURS[0],
            end=i * HOURS + CAR_HOURS[1],
            energy_kwh=plan.cars * plan.car_kwh,
            most_kw=plan.cars * plan.charger_kw,
        )
        for i, day in enumerate(days)
        if day.weekday() < WEEKEND
    )
