"""Schedule a zone's year: ``python -m benchmarks.energy.zone [--pypsa-python PATH]``.

Generates a zone (800 kW of sun, 1000 kWh of battery, offices with a share of load that can wait,
a tariff of three prices and a demand charge by the month) over 8760 hours. Ours proves the
cheapest running with the demand charge and without it; PyPSA (the field's open tool, with HiGHS)
does the second alone, which it can say in its own terms, in a process of its own with the Python
that `--pypsa-python` names: it needs packages that this project does not. Time is CPU-seconds of
building and solving, without imports.

What must hold: ours with the demand charge takes no more than three fifths of what PyPSA takes
without it, and without it both name the same cost to a part in a hundred thousand.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dianliang.engines.zone import Battery, Flexible, Tariff, Zone, check, solve

HOURS = 8760
RATIO = 0.6
PYPSA = """
import json, logging, sys, time, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import pandas as pd
import pypsa
asked = json.load(sys.stdin)
began = time.process_time()
hours = pd.date_range("2026-01-01", periods=len(asked["load"]), freq="h")
net = pypsa.Network()
net.set_snapshots(hours)
net.add("Bus", "b")
net.add("Load", "load", bus="b", p_set=pd.Series(asked["load"], hours))
sun = pd.Series(asked["sun"], hours)
net.add("Generator", "sun", bus="b", p_nom=1, p_max_pu=sun, marginal_cost=0)
net.add("Generator", "buy", bus="b", p_nom=asked["most"],
        marginal_cost=pd.Series(asked["buy"], hours))
net.add("Generator", "sell", bus="b", p_nom=asked["most"], sign=-1,
        marginal_cost=-pd.Series(asked["sell"], hours))
one = asked["efficiency"] ** 0.5
net.add("StorageUnit", "battery", bus="b", p_nom=asked["power"],
        max_hours=asked["energy"] / asked["power"], efficiency_store=one,
        efficiency_dispatch=one, marginal_cost=asked["wear"],
        state_of_charge_initial=asked["first"])
last = pd.Series(float("nan"), hours)
last.iloc[-1] = asked["first"]
net.storage_units_t.state_of_charge_set["battery"] = last
net.optimize(solver_name="highs", solver_options={"output_flag": False, "threads": 1})
print(json.dumps({"cost": float(net.objective), "cpu_s": time.process_time() - began}))
"""


def year(*, seed: int) -> tuple[Zone, Tariff]:
    """Return a zone with its tariff."""
    rng = np.random.default_rng(seed)
    hour, day = np.arange(HOURS) % 24, np.arange(HOURS) // 24
    height = np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)
    height *= 0.7 + 0.3 * np.sin((day - 80) / 365 * 2 * np.pi)
    clear = np.repeat(rng.beta(3, 1.5, HOURS // 24), 24)
    is_work = day % 7 < 5
    load = 200 + 300 * np.exp(-(((hour - 10) / 4) ** 2))
    load = load + 150 * np.exp(-(((hour - 15) / 3) ** 2)) * is_work
    cars = tuple(
        Flexible(id=f"cars {d}", first=24 * d + 9, end=24 * d + 17, energy_kwh=400, most_kw=140)
        for d in range(HOURS // 24)
        if d % 7 < 5
    )
    is_valley = (hour >= 23) | (hour < 7)
    is_peak = ((hour >= 9) & (hour < 11)) | ((hour >= 17) & (hour < 21))
    zone = Zone(
        load_kw=load,
        sun_kw=800 * 0.86 * height * clear,
        month=np.minimum(day * 12 // 365, 11),
        battery=Battery(power_kw=500, energy_kwh=1000, efficiency=0.9025),
        flexible=cars,
        most_import_kw=2000,
        most_export_kw=2000,
    )
    buy = np.select([is_valley, is_peak], [0.32, 1.05], 0.65)
    return zone, Tariff(
        buy_cny_per_kwh=buy, sell_cny_per_kwh=np.minimum(buy, 0.32) - 0.02, demand_cny_per_kw=38
    )


def ours(zone: Zone, tariff: Tariff) -> tuple[float, float]:
    """Return what a year costs and the CPU-seconds that it took to find out."""
    began = time.process_time()
    schedule = solve(zone, tariff, carbon_kg_per_kwh=np.full(HOURS, 0.5306))
    took = time.process_time() - began
    if wrong := check(zone, schedule.flows):
        raise SystemExit(f"the checker objects: {wrong[:3]}")
    return schedule.balance.cost_cny, took


def pypsa(python: str, zone: Zone, tariff: Tariff) -> tuple[float, float]:
    """Return the same of PyPSA."""
    battery = zone.battery
    assert battery is not None
    asked = {
        "load": zone.load_kw.tolist(),
        "sun": zone.sun_kw.tolist(),
        "buy": tariff.buy_cny_per_kwh.tolist(),
        "sell": tariff.sell_cny_per_kwh.tolist(),
        "most": zone.most_import_kw,
        "power": battery.power_kw,
        "energy": battery.energy_kwh,
        "efficiency": battery.efficiency,
        "wear": battery.wear_cny_per_kwh,
        "first": battery.first_kwh,
    }
    answer = subprocess.run(
        [python, "-c", PYPSA], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    told = json.loads(answer.stdout.splitlines()[-1])
    return told["cost"], told["cpu_s"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both on the same year and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pypsa-python", help="a Python that has pypsa and highspy")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    zone, tariff = year(seed=asked.seed)
    fixed = replace(zone, flexible=())
    free = replace(tariff, demand_cny_per_kw=0.0)
    rows = {
        "ours, demand charge, cars that wait": ours(zone, tariff),
        "ours, demand charge": ours(fixed, tariff),
        "ours, no demand charge": ours(fixed, free),
    }
    if asked.pypsa_python:
        rows["PyPSA, no demand charge"] = pypsa(asked.pypsa_python, fixed, free)
    for name, (cost, took) in rows.items():
        print(f"{name:38s} {cost:14,.2f} CNY {took:6.2f} CPU-s")
    if not asked.pypsa_python:
        print("PyPSA not asked: name a Python that has it with --pypsa-python")
        return
    own, other = rows["ours, no demand charge"][0], rows["PyPSA, no demand charge"][0]
    ratio = rows["ours, demand charge"][1] / rows["PyPSA, no demand charge"][1]
    print(f"CPU-seconds, ours with to PyPSA without demand charge: {ratio:.2f} (at most {RATIO})")
    print(f"costs without it differ by {abs(own - other) / other:.1e} (at most 1e-5)")


if __name__ == "__main__":
    main()
