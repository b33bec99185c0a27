"""A zone with sun, battery and loads that can wait: a year, or the day ahead (光储直柔)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dianliang.engines import zone as engine
from dianliang.engines.zone import Battery, Flexible, Schedule, Tariff, Zone
from dianliang.flows.energy.inputs import Field, Kind, Row, Sheet, UnusableInputError
from dianliang.kernel.phrases import Phrase

MOST_POINTS = 8784 * 4
SHEETS = (
    Sheet(
        key="settings",
        title="设置",
        is_one=True,
        fields=(
            Field(
                name="step_h",
                heading="每点时长（小时）",
                kind=Kind.NUMBER,
                default=1.0,
                example="1",
            ),
            Field(
                name="most_import_kw",
                heading="购电上限（kW）",
                kind=Kind.NUMBER,
                is_needed=True,
                example="200",
            ),
            Field(
                name="most_export_kw",
                heading="上网上限（kW）",
                kind=Kind.NUMBER,
                default=0.0,
                example="100",
            ),
            Field(
                name="converter", heading="换流效率", kind=Kind.NUMBER, default=1.0, example="0.97"
            ),
            Field(
                name="demand_cny_per_kw",
                heading="需量电价（元/kW·月）",
                kind=Kind.NUMBER,
                default=0.0,
                example="40",
            ),
            Field(
                name="battery_kw",
                heading="储能功率（kW）",
                kind=Kind.NUMBER,
                default=0.0,
                example="50",
            ),
            Field(
                name="battery_kwh",
                heading="储能容量（kWh）",
                kind=Kind.NUMBER,
                default=0.0,
                example="100",
            ),
            Field(name="efficiency", heading="储能往返效率", kind=Kind.NUMBER, default=0.9),
            Field(name="carbon_cny_per_t", heading="碳价（元/吨）", kind=Kind.NUMBER, default=0.0),
        ),
    ),
    Sheet(
        key="points",
        title="曲线",
        fields=(
            Field(
                name="load_kw",
                heading="负荷（kW）",
                kind=Kind.NUMBER,
                is_needed=True,
                example="60|80|90|70",
            ),
            Field(
                name="sun_kw",
                heading="光伏（kW）",
                kind=Kind.NUMBER,
                is_needed=True,
                example="0|50|120|0",
            ),
            Field(
                name="buy_cny_per_kwh",
                heading="购电价（元/kWh）",
                kind=Kind.NUMBER,
                is_needed=True,
                example="0.35|0.7|0.7|1.1",
            ),
            Field(
                name="sell_cny_per_kwh", heading="上网电价（元/kWh）", kind=Kind.NUMBER, default=0.0
            ),
            Field(
                name="carbon_kg_per_kwh", heading="碳因子（kg/kWh）", kind=Kind.NUMBER, default=0.0
            ),
            Field(
                name="month", heading="结算月（从 0 起）", kind=Kind.WHOLE, default=0, example="0"
            ),
        ),
    ),
    Sheet(
        key="flexible",
        title="柔性负荷",
        fields=(
            Field(name="id", heading="名称", is_needed=True, example="班车"),
            Field(
                name="first",
                heading="第几点起（从 0 起）",
                kind=Kind.WHOLE,
                is_needed=True,
                example="0",
            ),
            Field(name="end", heading="到第几点前", kind=Kind.WHOLE, is_needed=True, example="4"),
            Field(
                name="energy_kwh",
                heading="电量（kWh）",
                kind=Kind.NUMBER,
                is_needed=True,
                example="40",
            ),
            Field(
                name="most_kw",
                heading="最大功率（kW）",
                kind=Kind.NUMBER,
                is_needed=True,
                example="30",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """A zone with its tariff, its carbon factor at each point, and the price of carbon."""

    zone: Zone
    tariff: Tariff
    carbon_kg_per_kwh: engine.Profile
    carbon_cny_per_t: float = 0.0


def scheduled(task: Task) -> Schedule:
    """Return the schedule of least cost.

    Raises:
        UnusableInputError: the zone contradicts itself; everything that is wrong is named.
    """
    try:
        return engine.solve(
            task.zone,
            task.tariff,
            carbon_kg_per_kwh=task.carbon_kg_per_kwh,
            carbon_cny_per_t=task.carbon_cny_per_t,
        )
    except engine.InvalidZoneError as refusal:
        words = "\n".join(error.words for error in refusal.errors)
        raise UnusableInputError(words) from refusal


def checked(task: Task) -> None:
    """Say what is wrong with a zone without scheduling it.

    Raises:
        UnusableInputError: the zone contradicts itself; everything that is wrong is named.
    """
    errors = engine.validate(task.zone, task.tariff, task.carbon_kg_per_kwh)
    if errors:
        raise UnusableInputError("\n".join(error.words for error in errors))


def asked(rows: Mapping[str, list[Row]]) -> Task:
    """Return what a file asks for.

    Raises:
        UnusableInputError: it has no settings or no points, or too many.
    """
    if not rows["settings"] or not rows["points"]:
        raise UnusableInputError("要有一行“设置”（settings）和至少一行“曲线”（points）。")
    if len(rows["points"]) > MOST_POINTS:
        raise UnusableInputError(Phrase("曲线最多 %(most)d 点（一年 15 分钟）。", most=MOST_POINTS))
    told, points = rows["settings"][0], rows["points"]
    column = {name: _column(points, name) for name in points[0] if name != "place"}
    battery = None
    if told["battery_kwh"] > 0:
        battery = Battery(
            power_kw=told["battery_kw"],
            energy_kwh=told["battery_kwh"],
            efficiency=told["efficiency"],
        )
    return Task(
        zone=Zone(
            load_kw=column["load_kw"],
            sun_kw=column["sun_kw"],
            month=column["month"].astype(np.int64),
            step_h=told["step_h"],
            battery=battery,
            flexible=tuple(
                Flexible(**{name: value for name, value in row.items() if name != "place"})
                for row in rows["flexible"]
            ),
            most_import_kw=told["most_import_kw"],
            most_export_kw=told["most_export_kw"],
            converter=told["converter"],
        ),
        tariff=Tariff(
            buy_cny_per_kwh=column["buy_cny_per_kwh"],
            sell_cny_per_kwh=column["sell_cny_per_kwh"],
            demand_cny_per_kw=told["demand_cny_per_kw"],
        ),
        carbon_kg_per_kwh=column["carbon_kg_per_kwh"],
        carbon_cny_per_t=told["carbon_cny_per_t"],
    )


def _column(points: Sequence[Row], name: str) -> engine.Profile:
    return np.array([row[name] for row in points], float)


def told(found: Schedule) -> dict[str, Any]:
    """Return the answer as JSON and workbooks hold it; `plain` is the zone that does nothing."""
    flows = found.flows
    return {
        "summary": {
            "saved_cny": found.saved_cny,
            "avoided_kg": found.avoided_kg,
            "worth_kwh_cny": found.worth_kwh_cny,
            "worth_kw_cny": found.worth_kw_cny,
            **{name: value for name, value in asdict(found.balance).items() if name != "peaks_kw"},
        },
        "plain": {name: value for name, value in asdict(found.plain).items() if name != "peaks_kw"},
        "months": [
            {"month": month, "peak_kw": peak, "plain_peak_kw": plain}
            for month, (peak, plain) in enumerate(
                zip(found.balance.peaks_kw, found.plain.peaks_kw, strict=True)
            )
        ],
        "points": [
            {
                "import_kw": float(flows.import_kw[i]),
                "export_kw": float(flows.export_kw[i]),
                "charge_kw": float(flows.charge_kw[i]),
                "discharge_kw": float(flows.discharge_kw[i]),
                "stored_kwh": float(flows.stored_kwh[i]),
                "lost_sun_kw": float(flows.lost_sun_kw[i]),
            }
            for i in range(len(flows.import_kw))
        ],
        "flexible": [
            {"id": name, "kw": [round(float(value), 3) for value in run]}
            for name, run in flows.flexible_kw.items()
        ],
    }
