"""A county's firms for a year: ours beside pandas and DuckDB making the same bills.

    python -m benchmarks.energy.enterprises [--firms 1000]

The peers make the monthly energy by period, greatest demands, energy and basic charges from the
same Parquet files; ours makes those, the adjustment, and all findings. Every figure of the bills
must agree to a cent. Prints CPU-seconds of the whole process, memory, and what must hold: the same
bills cost us no more CPU than the better peer, and bills with all findings never more than 120 s
for 1000 firms.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from dianliang.engines import tariffs
from dianliang.engines.enterprise import Options
from dianliang.engines.loading import NO_W, Span
from dianliang.flows.enterprises import analysing, made, sunshine, tariff_files
from dianliang.flows.enterprises.curves import curves_of
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.firm_files import Supply
from dianliang.integrations.curve_store import CurveStore

FIRST, UNTIL = date(2025, 1, 1), date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range((UNTIL - FIRST).days)]
STORED_AT = datetime(2026, 1, 5, tzinfo=UTC)
PART = 100
GOAL_S = 120.0
OURS, DUCKDB, PANDAS = "ours, bills alone", "DuckDB, bills", "pandas, bills"
Bill = dict[str, np.ndarray]


def store_firms(root: Path, count: int) -> list[Supply]:
    """Write made firms to a store, so many at a time."""
    store, supplies = CurveStore(root), []
    for start in range(0, count, PART):
        some, power = made.made_firms(count=min(PART, count - start), days=DAYS, seed=start)
        some = [_renamed(one, start + n) for n, one in enumerate(some)]
        store.add(made.batch(some, power, FIRST), source=f"made {start}", at=STORED_AT)
        supplies += some
    return supplies


def _renamed(one: Supply, n: int) -> Supply:
    return replace(one, number=f"F{n:05d}", meters=(f"M{n:05d}",))


def schedule() -> tariffs.Schedule:
    """Return what each quarter hour costs."""
    return tariffs.schedule(tariff_files.demo(), code="YS-10KV", days=DAYS, kinds=kinds_of(DAYS))


def ours(root: Path, supplies: list[Supply]) -> Bill:
    """Analyse everything; return the bills' parts (F, M)."""
    found = analysing.analysed(
        CurveStore(root),
        supplies,
        tariffs_known=tariff_files.demo(),
        span=Span(FIRST, UNTIL),
        options=Options(sun=sunshine.sun_of(DAYS)),
    )
    assert all(one.analysis is not None for one in found)
    return {
        name: np.array([[getattr(month, name) for month in one.months] for one in found])
        for name in ("kwh", "most_kw", "energy_cny", "basic_cny")
    }


def our_bills(root: Path, supplies: list[Supply]) -> Bill:
    """Make the bills alone, without findings."""
    laid = schedule()
    power = curves_of(CurveStore(root), supplies, Span(FIRST, UNTIL))
    terms = [
        tariffs.Terms(way=one.way, capacity_kva=one.capacity_kva, contract_kw=one.contract_kw)
        for one in supplies
    ]
    found = tariffs.bills(power_w=power, schedule=laid, terms=terms)
    return {
        "kwh": found.kwh,
        "most_kw": found.most_kw,
        "energy_cny": found.energy_cny.sum(axis=2) + found.levy_cny,
        "basic_cny": found.basic_cny,
    }


def duckdb_bills(root: Path, supplies: list[Supply]) -> Bill:
    """Make the same bills with DuckDB: lists unnested, joined to the hours, grouped."""
    import duckdb
    import pandas as pd

    laid = schedule()
    hours = pd.DataFrame(
        {
            "day": np.repeat(np.array(DAYS, "datetime64[D]"), 96),
            "j": np.tile(np.arange(96), len(DAYS)),
            "month": np.repeat(laid.month, 96),
            "price": laid.price_by_point.ravel(),
        }
    )
    db = duckdb.connect(config={"threads": 2})
    db.register("hours", hours)
    rows = db.execute(
        "with flat as (select meter, day, unnest(power_w) w, unnest(range(96)) j"
        f" from read_parquet('{root}/*/*.parquet'))"
        " select meter, month, sum(w)/4000.0 kwh, max(w)/1000.0 most, sum(w*price)/4000.0 cny"
        " from flat join hours on flat.day = hours.day::date and flat.j = hours.j"
        f" where w <> {NO_W}"
        " group by meter, month order by meter, month"
    ).fetchnumpy()
    return _finished(rows["kwh"], rows["most"], rows["cny"], supplies, laid)


def pandas_bills(root: Path, supplies: list[Supply]) -> Bill:
    """Make the same bills with pandas, month by month: exploded rows and a groupby."""
    import pandas as pd

    laid = schedule()
    price = laid.price_by_point
    kwh, most, cny = [], [], []
    for m, folder in enumerate(sorted(path for path in root.iterdir() if path.is_dir())):
        frames = []
        for path in sorted(folder.glob("*.parquet")):
            table = pq.read_table(path, columns=["meter", "day", "power_w"])
            power = table["power_w"].combine_chunks().flatten().to_numpy()
            meter = np.array(table["meter"].to_pylist())
            day = (table["day"].to_numpy() - np.datetime64(FIRST)).astype(int)
            frames.append(
                pd.DataFrame(
                    {
                        "meter": np.repeat(meter, 96),
                        "w": power,
                        "cny": power * price[day].ravel(),
                    }
                )
            )
        wanted = {"w": ["sum", "max"], "cny": "sum"}
        found = pd.concat(
            [one.groupby("meter", observed=True).agg(wanted) for one in frames]
        ).sort_index()
        kwh.append(found["w"]["sum"].to_numpy() / 4000)
        most.append(found["w"]["max"].to_numpy() / 1000)
        cny.append(found["cny"]["sum"].to_numpy() / 4000)
        assert laid.months[m] == folder.name.removeprefix("month=")
    kwhs, mosts, cnys = (np.stack(one, axis=1).ravel() for one in (kwh, most, cny))
    return _finished(kwhs, mosts, cnys, supplies, laid)


def _finished(
    kwh: Any, most: Any, cny: Any, supplies: list[Supply], laid: tariffs.Schedule
) -> Bill:
    """Add the basic charge, with plain NumPy."""
    shape = (len(supplies), len(laid.months))
    kwh, most, cny = (np.asarray(one, float).reshape(shape) for one in (kwh, most, cny))
    kva = np.array([one.capacity_kva for one in supplies])[:, None]
    agreed = np.maximum(np.array([one.contract_kw or 0.0 for one in supplies])[:, None], 0.4 * kva)
    price = laid.demand * np.where(kwh >= 260 * kva, 0.9, 1.0)
    by_way = {
        "capacity": kva * laid.capacity,
        "actual": most * price,
        "contract": (agreed + 2 * np.maximum(0, most - 1.05 * agreed)) * price,
    }
    basic = np.array([by_way[str(one.way)][f] for f, one in enumerate(supplies)])
    return {"kwh": kwh, "most_kw": most, "energy_cny": cny, "basic_cny": basic}


def measured(
    work: Callable[[Path, list[Supply]], Bill], root: Path, supplies: list[Supply]
) -> tuple[Bill, float, float]:
    """Do a work in a process of its own; return its bills, CPU-seconds and GB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (work, root, supplies))


def _measure(
    work: Callable[[Path, list[Supply]], Bill], root: Path, supplies: list[Supply]
) -> tuple[Bill, float, float]:
    began = time.process_time()
    bill = work(root, supplies)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return bill, time.process_time() - began, used.ru_maxrss / 1024**2


def main() -> int:
    """Store, measure, compare, print; 1 if a bill differs or the ratio does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "curves"
        supplies = store_firms(root, asked.firms)
        size = sum(path.stat().st_size for path in root.rglob("*.parquet")) / 1024**2
        points = asked.firms * len(DAYS) * 96
        print(f"{asked.firms} firms, {points / 1e6:.1f} M readings, {size:.0f} MB on disk")
        print(f"{'':28}{'CPU s':>9}{'GB':>7}")
        ours_bill, ours_s, ours_gb = measured(ours, root, supplies)
        print(f"{'ours, bills + findings':28}{ours_s:9.1f}{ours_gb:7.2f}")
        peers: dict[str, float] = {}
        is_same = True
        others = (
            (OURS, our_bills),
            (DUCKDB, duckdb_bills),
            (PANDAS, pandas_bills),
        )
        for name, work in others:
            bill, peers[name], gb = measured(work, root, supplies)
            worst = max(float(np.abs(bill[key] - ours_bill[key]).max()) for key in bill)
            is_same = is_same and worst < 0.01
            print(f"{name:28}{peers[name]:9.1f}{gb:7.2f}   greatest difference {worst:.1e}")
    ratio = peers[OURS] / min(peers[DUCKDB], peers[PANDAS])
    goal = GOAL_S * asked.firms / 1000
    print(f"our bills / the better peer's: {ratio:.2f} (must be ≤ 1); same bills: {is_same}")
    print(f"ours with findings / pandas, bills alone: {ours_s / peers[PANDAS]:.2f}")
    print(f"goal {goal:.0f} CPU-s: {'met' if ours_s <= goal else 'missed'}")
    return 0 if is_same and ratio <= 1 and ours_s <= goal else 1


if __name__ == "__main__":
    sys.exit(main())
