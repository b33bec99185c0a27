"""Studies of station S1: a grid that was computed, a season and a zone as they are kept."""

from dianliang.domain.relief import operations
from dianliang.domain.relief.operations import Studied
from dianliang.flows.demo.studies import village_grid
from dianliang.flows.studies import grid
from tests.loaded import AT
from tests.town import Town

BALANCE = {
    "consumed_kwh": 170_000.0,
    "sun_kwh": 100_000.0,
    "import_kwh": 90_000.0,
    "export_kwh": 15_000.0,
    "lost_sun_kwh": 0.0,
    "through_battery_kwh": 20_000.0,
    "energy_cny": 50_000.0,
    "demand_cny": 0.0,
    "wear_cny": 400.0,
    "carbon_kg": 45_000.0,
    "self_use": 0.85,
    "autonomy": 0.47,
    "cost_cny": 50_400.0,
}
PLAIN = BALANCE | {"import_kwh": 100_000.0, "cost_cny": 60_000.0, "carbon_kg": 49_974.0}
MONTH = {
    "consumed_kwh": 14_000.0,
    "sun_kwh": 8000.0,
    "import_kwh": 7500.0,
    "export_kwh": 1200.0,
    "peak_kw": 60.0,
    "plain_peak_kw": 80.0,
}
SERIES = (
    *("load_kw", "sun_kw", "cars_kw", "import_kw", "export_kw", "battery_kw"),
    *("stored_kwh", "buy_cny"),
)
ZONE = Studied(
    kind="zone",
    title="园区",
    inputs={
        "plan": {
            "sun_kwp": 100.0,
            "full_hours": 1000.0,
            "load_kwh": 150_000.0,
            "cars": 8,
            "car_kwh": 12.0,
            "carbon_kg": 0.4974,
        },
        "day": "2026-07-16",
        "tariff": {
            "name": "DEMO.1",
            "title": "演示电价",
            "source": "生成",
            "year": 2026,
            "demand_cny_kw": None,
            "is_generated": True,
        },
        "factor": "",
    },
    result={
        "year": BALANCE,
        "plain": PLAIN,
        "saved_cny": 9600.0,
        "avoided_kg": 4974.0,
        "worth_kwh_cny": 1.0,
        "worth_kw_cny": 0.0,
        "battery": {
            "power_kw": 50.0,
            "energy_kwh": 100.0,
            "efficiency": 0.9,
            "wear_cny_per_kwh": 0.02,
        },
        "months": [{"month": month, **MONTH} for month in range(1, 13)],
        "day": {name: [1.0] * 96 for name in SERIES},
    },
    detail={"hours": {"month": [1] * 24, **{name: [1.0] * 24 for name in SERIES}}},
    engine="zone-2",
)
RISK = {
    "number": "B3",
    "name": "三号",
    "village": "一村",
    "lat": 30.6,
    "lon": 119.6,
    "capacity_kva": 100.0,
    "seasons": 2,
    "machines_kw": 0.0,
    "peak_kw": 98.0,
    "low_kw": 85.0,
    "high_kw": 118.0,
    "heavy": 0.9,
    "over": 0.6,
    "worst_on": "2027-04-12",
    "warn_on": "2027-04-07",
}
SEASON = Studied(
    kind="season",
    title="明年茶季",
    inputs={
        "starts": ["2025-04-01", "2026-04-01"],
        "next_start": "2027-04-01",
        "days": 30,
        "machines": 0,
        "power_factor": 0.95,
    },
    result={"rows": [RISK], "left_out": ["B9"], "held_out": 1, "growth": 1.02},
    detail={
        "days": {"B3": {"low_kw": [40.0] * 30, "middle_kw": [60.0] * 30, "high_kw": [80.0] * 30}}
    },
    engine="forecasting-1",
)


def kept(town: Town, *, unit: str = "S1") -> dict[str, str]:
    """Keep a study of each kind for a unit; return their numbers by kind."""
    flow = grid.computed(village_grid(30.6, 119.6), title="茶山台区", name="茶山.json")
    return {
        one.kind: operations.keep_study(made=one, by=town.actor(unit), at=AT).number
        for one in (flow, SEASON, ZONE)
    }


def objects(town: Town) -> dict[str, dict[str, str]]:
    """What addresses of station S1's studies are made of."""
    return {
        f"{kind} study": {"number": number, "kind": "pdf"} for kind, number in kept(town).items()
    }


def addresses(town: Town) -> list[str]:
    """The pages of studies."""
    numbers = kept(town)
    return [
        f"/console/powerflow/{numbers['flow']}/",
        f"/console/season/{numbers['season']}/",
        f"/console/zone/{numbers['zone']}/",
    ]
