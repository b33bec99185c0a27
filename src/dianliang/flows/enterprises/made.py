"""Made firms for trying out: a year of curves with planted faults, the same for the same seed."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.loading import NO_DV, POINTS, batch_of
from dianliang.engines.tariffs import Way
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.firm_files import Supply

Watts = npt.NDArray[np.int32]
SORTS = ("one-shift", "two-shifts", "continuous", "shop", "night")
HOURS = {
    "one-shift": (8, 18),
    "two-shifts": (6, 22),
    "continuous": (0, 24),
    "shop": (9, 21),
    "night": (22, 32),
}
TRADES = ("竹业", "家具", "注塑", "茶业", "纺织", "五金", "食品", "冷链", "纸品", "机械")


def made_firms(*, count: int, days: Sequence[date], seed: int) -> tuple[list[Supply], Watts]:
    """Return made firms with their readings (F, D, 96) in W; every fault has some firms."""
    rng = np.random.default_rng(seed)
    kinds = np.array(kinds_of(days))
    supplies, rows = [], []
    for n in range(count):
        supply, power = _made(n, days, kinds, rng)
        supplies.append(supply)
        rows.append(power)
    return supplies, np.stack(rows)


def _made(
    n: int, days: Sequence[date], kinds: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[Supply, Watts]:
    sort = SORTS[n % len(SORTS)]
    top_kw = float(rng.uniform(80, 900))
    power = _power(sort, top_kw, kinds, len(days), rng)
    _spoil(n, power, kinds, top_kw, rng)
    most = float(power.max()) / 1000
    kva = float(np.ceil(most / rng.uniform(0.35, 0.95) / 50) * 50)
    way = (Way.CAPACITY, Way.CONTRACT, Way.ACTUAL)[int(rng.integers(3))]
    months = np.array([f"{day:%Y-%m}" for day in days])
    tangent = float(rng.uniform(0.25, 0.95))
    kvarh = {
        str(month): round(float(power[months == month].sum()) / 4000 * tangent)
        for month in np.unique(months)
    }
    supply = Supply(
        number=f"YS-QY-{n + 1:04d}",
        name=f"演示{TRADES[n % len(TRADES)]}厂 {n + 1}",
        meters=(f"YS{n + 1:06d}",),
        tariff="YS-10KV",
        way=way,
        capacity_kva=kva,
        contract_kw=round(kva * float(rng.uniform(0.4, 0.9))) if way is Way.CONTRACT else None,
        standard=0.9,
        roof_kwp=float(round(kva * rng.uniform(0.2, 0.8))),
        kvarh=kvarh,
    )
    return supply, power


def _power(
    sort: str, top_kw: float, kinds: npt.NDArray[np.int64], days: int, rng: np.random.Generator
) -> Watts:
    first, last = HOURS[sort]
    hour = (np.arange(POINTS) + 0.5) / 4
    runs = (hour >= first) & (hour < last) | (hour + 24 < last)
    base = top_kw * float(rng.uniform(0.03, 0.15))
    works = (kinds == 0) | (sort in {"continuous", "shop"}) | (rng.random(days) < 0.1)
    season = 1 + 0.15 * np.cos((np.arange(days) - 200) / 365 * 2 * np.pi)
    level = top_kw * season * rng.uniform(0.75, 1.0, days)
    kw = base * rng.uniform(0.95, 1.05, (days, POINTS))
    kw += np.where(works[:, None] & runs, (level - base)[:, None], 0.0) * rng.uniform(
        0.85, 1.0, (days, POINTS)
    )
    return np.asarray(kw * 1000, np.int32)


def _spoil(
    n: int,
    power: Watts,
    kinds: npt.NDArray[np.int64],
    top_kw: float,
    rng: np.random.Generator,
) -> None:
    """Plant a fault: a base that rose, machines left on over weekends, readings that stand."""
    days = len(power)
    if n % 4 == 1:
        since = int(rng.integers(days // 3, days // 2))
        power[since:] += np.int32(top_kw * 80)
    if n % 4 == 2:
        rest = np.flatnonzero(kinds == 1)
        power[rng.choice(rest, len(rest) // 6, replace=False)] += np.int32(top_kw * 300)
    if n % 9 == 8:
        day = int(rng.integers(10, days - 10))
        power[day : day + 2] = np.int32(top_kw * 600)


def batch(supplies: Sequence[Supply], power: Watts, first: date) -> pa.RecordBatch:
    """Lay made readings out as the curve store takes them, one meter a firm."""
    firms, days = power.shape[:2]
    start = int(np.datetime64(first, "D").astype(np.int32))
    return batch_of(
        numbers=pa.array([one.meters[0] for one in supplies]),
        meter=np.repeat(np.arange(firms, dtype=np.int32), days),
        day=np.tile(np.arange(start, start + days, dtype=np.int32), firms),
        power=np.ascontiguousarray(power.reshape(-1, POINTS)),
        voltage=np.full((firms * days, POINTS), NO_DV, np.int16),
    )
