"""A month of generated readings: household shapes, noise, voltages; marked as generated."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from dianliang.engines.loading import POINTS, Meter, Network, Transformer, batch_of
from dianliang.integrations.curve_store import keep_register
from dianliang.integrations.curve_store._files import write
from dianliang.integrations.curve_store._parts import Month, Part, save

FIRST_ON, DAYS = date(2026, 7, 1), 30
METERS_EACH = 70
BLOCK = 1250


def network(meters: int) -> Network:
    """Return seventy meters on each transformer."""
    rng = np.random.default_rng(7)
    count = -(-meters // METERS_EACH)
    capacity = rng.choice([100, 200, 315, 400], count, p=[0.2, 0.4, 0.3, 0.1])
    return Network.of(
        [Meter(number=number(i), transformer=f"T{i // METERS_EACH:05d}") for i in range(meters)],
        [
            Transformer(number=f"T{i:05d}", capacity_kva=float(one))
            for i, one in enumerate(capacity)
        ],
    )


def number(i: int) -> str:
    """Return a meter number of twenty-two digits, as registers have them."""
    return f"330523{i:016d}"


def build(root: Path, *, meters: int) -> None:
    """Write a store with one month of so many meters."""
    folder = root / "month=2026-07"
    folder.mkdir(parents=True)
    keep_register(root, network(meters))
    rows = write(folder / "generated.parquet", blocks(meters))
    part = Part(
        file="generated.parquet",
        rows=rows,
        from_on="2026-07-01",
        last_on="2026-07-30",
        source="generated",
        at="2026-08-01T00:00:00+00:00",
    )
    save(folder, Month(parts=(part,)))


def blocks(meters: int) -> Iterator[pa.RecordBatch]:
    """Draw meters, a block at a time: about 0.07 µs for each reading."""
    hours = np.arange(POINTS, dtype=np.float32) / 4
    shape = (
        0.3 + 0.5 * np.exp(-((hours - 19.5) ** 2) / 6) + 0.25 * np.exp(-((hours - 7.5) ** 2) / 3)
    )
    swing = 4 * np.sin(hours / 12 * np.float32(np.pi))
    first = (FIRST_ON - date(1970, 1, 1)).days
    for start in range(0, meters, BLOCK):
        n = min(BLOCK, meters - start)
        rng = np.random.default_rng(start)
        scale = rng.lognormal(np.log(1200), 0.7, (n, 1, 1)).astype(np.float32)
        noise = np.exp(rng.standard_normal((n, DAYS, POINTS), np.float32) * np.float32(0.25))
        power = scale * shape.astype(np.float32) * noise
        drop = rng.uniform(0.0002, 0.001, (n, 1, 1)).astype(np.float32)
        jitter = 1.2 * rng.standard_normal((n, DAYS, POINTS), np.float32)
        voltage = (232 - drop * power + jitter - swing.astype(np.float32)) * 10
        yield batch_of(
            numbers=pa.array([number(start + i) for i in range(n)]),
            meter=np.repeat(np.arange(n, dtype=np.int32), DAYS),
            day=np.tile(np.arange(first, first + DAYS, dtype=np.int32), n),
            power=power.astype(np.int32).reshape(-1, POINTS),
            voltage=voltage.astype(np.int16).reshape(-1, POINTS),
        )
