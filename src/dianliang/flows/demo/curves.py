"""Generated curves of meters: homes, and tea makers who fire their pans at night in April."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.loading import (
    POINTS,
    Meter,
    Network,
    Phase,
    Span,
    Transformer,
    batch_of,
)

Watts = npt.NDArray[np.float64]
HIGHEST_DV, DROP_DV = 2360, 380
"""The voltage at an idle transformer, and what it loses at its rated load."""
SEASON = slice(6, 25)
"""Days of the month on which tea is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A meter to be drawn: a home, or a tea maker with so many kW of pans."""

    number: str
    tea_kw: float = 0.0
    home_kw: float = 2.0
    phase: Phase = Phase.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A transformer with the meters on it."""

    number: str
    capacity_kva: float
    meters: tuple[Drawn, ...]


def network(villages: Iterable[Village]) -> Network:
    """Return the register of meters of some transformers."""
    known = list(villages)
    return Network.of(
        [
            Meter(number=meter.number, transformer=one.number, phase=meter.phase)
            for one in known
            for meter in one.meters
        ],
        [Transformer(number=one.number, capacity_kva=one.capacity_kva) for one in known],
    )


def readings(villages: Sequence[Village], span: Span) -> pa.RecordBatch:
    """Return a row for each meter and day; the same number and days give the same curve."""
    numbers: list[str] = []
    power: list[npt.NDArray[np.int32]] = []
    voltage: list[npt.NDArray[np.int16]] = []
    for one in villages:
        loads = [_load(meter, span) for meter in one.meters]
        share = np.sum(loads, axis=0) / (one.capacity_kva * 950)
        volts = np.clip(HIGHEST_DV - DROP_DV * share, 1500, 2500).astype(np.int16)
        numbers += [meter.number for meter in one.meters]
        power += [load.astype(np.int32) for load in loads]
        voltage += [volts] * len(loads)
    days = np.arange(span.first, span.first + span.days, dtype=np.int32)
    meters = np.arange(len(numbers), dtype=np.int32)
    return batch_of(
        numbers=pa.array(numbers),
        meter=np.repeat(meters, span.days),
        day=np.tile(days, len(numbers)),
        power=np.concatenate(power).reshape(-1, POINTS),
        voltage=np.concatenate(voltage).reshape(-1, POINTS),
    )


def _load(meter: Drawn, span: Span) -> Watts:
    dice = np.random.default_rng(crc32(f"{meter.number}{span.from_on}".encode()))
    hour = np.arange(POINTS) / 4
    evening = np.exp(-(((hour - 19.5) / 2.2) ** 2)) + 0.5 * np.exp(-(((hour - 7.5) / 1.5) ** 2))
    shape = 0.15 + 0.75 * evening
    load = meter.home_kw * 1000 * shape[None, :] * dice.uniform(0.7, 1.1, (span.days, POINTS))
    if meter.tea_kw:
        night = ((hour >= 18) | (hour < 3)).astype(float)
        days = np.zeros(span.days)
        days[SEASON] = dice.uniform(0.85, 1.0, span.days)[SEASON]
        jitter = dice.uniform(0.96, 1.0, (span.days, POINTS))
        load += meter.tea_kw * 1000 * days[:, None] * night[None, :] * jitter
    return load.ravel()


def month(year: int, number: int) -> Span:
    """Return the days of a month."""
    first = date(year, number, 1)
    return Span(first, (first + timedelta(days=31)).replace(day=1))
