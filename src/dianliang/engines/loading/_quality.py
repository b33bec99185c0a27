"""Which readings to doubt: gaps, values that stand still or jump, clocks that are off."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.loading import _doubting
from dianliang.engines.loading._curves import MINUTES, POINTS, rows_of
from dianliang.engines.loading._doubting import LAGS, MOST_LAG
from dianliang.engines.loading._loads import Span
from dianliang.engines.loading._network import Network


class Doubt(StrEnum):
    """What is the matter with a meter's readings."""

    SILENT = "silent"
    GAPS = "gaps"
    STUCK = "stuck"
    SPIKES = "spikes"
    CLOCK = "clock"


DOUBT_LABELS = {
    Doubt.SILENT: "全无数据",
    Doubt.GAPS: "缺数",
    Doubt.STUCK: "数值不变",
    Doubt.SPIKES: "突变",
    Doubt.CLOCK: "时钟偏差",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRules:
    """From when on readings are doubted.

    `stuck_points` equal values of `stuck_w` or more; one value `spike_times` the mean of the day's
    others and at least `spike_w`, or more than the transformer's capacity; a clock is off when at
    another time the voltage follows the neighbours' (correlation `lag_least`) and what is left
    between them is at most `lag_left` of what it is now.
    """

    least_read: float = 0.98
    stuck_points: int = 16
    stuck_w: int = 50
    spike_times: int = 10
    spike_w: int = 20_000
    lag_least: float = 0.5
    lag_left: float = 0.7
    lag_days: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterQuality:
    """What is known of one meter's readings. `clock_minutes` above zero: its clock is slow."""

    number: str
    days: int
    read: int
    expected: int
    gaps: int
    longest_gap: int
    stuck: int
    spikes: int
    clock_minutes: int | None
    doubts: tuple[Doubt, ...]

    @property
    def words(self) -> str:
        """Say in Chinese what is the matter."""
        told = {
            Doubt.SILENT: DOUBT_LABELS[Doubt.SILENT],
            Doubt.GAPS: f"缺 {self.expected - self.read} 点（当日最长连缺 {self.longest_gap} 点）",
            Doubt.STUCK: f"{self.stuck} 点数值长时间不变",
            Doubt.SPIKES: f"{self.spikes} 点突变，请核对倍率和示数",
            Doubt.CLOCK: f"时钟{'慢' if (self.clock_minutes or 0) > 0 else '快'}约"
            f" {abs(self.clock_minutes or 0)} 分钟",
        }
        return "；".join(told[doubt] for doubt in self.doubts) or "正常"


def examine(
    batches: Sequence[pa.RecordBatch], network: Network | None, rules: QualityRules
) -> pa.RecordBatch:
    """Return sums for each meter of a stretch of readings, to be put together by `conclude`.

    Without a network nobody knows what a meter can carry, nor who its neighbours are.
    """
    if not batches:
        return _packed([], np.zeros((6, 0), np.int64), np.zeros((0, 4, LAGS)))
    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    rows = rows_of(table.to_batches()[0])
    limit = _limits(rows.numbers, network)[rows.meter]
    found = np.zeros((5, len(rows.day)), np.int64)
    told = (rules.stuck_points, rules.stuck_w, rules.spike_times, rules.spike_w)
    _doubting.doubt(rows.power, limit, *told, found)
    lags = np.zeros((len(rows.day), 4, LAGS))
    place = _places(rows.numbers, rows.meter, rows.day, network)
    total = np.zeros((int(place.max(initial=-1)) + 1, POINTS), np.int64)
    count = np.zeros_like(total)
    _doubting.gather(rows.voltage, place, total, count)
    _doubting.lag(rows.voltage, place, total, count, lags)
    n = len(rows.numbers)
    sums = np.zeros((6, n), np.int64)
    for k in (_doubting.READ, _doubting.GAPS, _doubting.STUCK, _doubting.SPIKES):
        np.add.at(sums[k], rows.meter, found[k])
    np.maximum.at(sums[_doubting.LONGEST], rows.meter, found[_doubting.LONGEST])
    sums[5] = np.bincount(rows.meter, minlength=n)
    by_meter = np.zeros((n, 4, LAGS))
    np.add.at(by_meter, rows.meter, lags)
    return _packed(rows.numbers, sums, by_meter)


def _limits(numbers: Sequence[str], network: Network | None) -> npt.NDArray[np.int64]:
    """Return what each meter can carry at most: all that its transformer can."""
    if network is None:
        return np.full(len(numbers), np.iinfo(np.int64).max)
    capacity = {one.number: one.capacity_kva for one in network.transformers}
    return np.array(
        [
            int(capacity[network.meters[one].transformer] * 1000)
            * (3 if network.meters[one].is_main else 1)
            if one in network.meters
            else np.iinfo(np.int64).max
            for one in numbers
        ],
        np.int64,
    )


def _places(numbers: Sequence[str], meter: Any, day: Any, network: Network | None) -> Any:
    """Number the neighbourhoods: a transformer on a day; −1 where nobody knows."""
    if network is None:
        return np.full(len(day), -1, np.int64)
    owners: dict[str, int] = {}
    owner = np.array(
        [
            owners.setdefault(network.meters[one].transformer, len(owners))
            if one in network.meters
            else -1
            for one in numbers
        ],
        np.int64,
    )[meter]
    first = int(day.min())
    span = int(day.max()) - first + 1
    _, place = np.unique(owner * span + day - first, return_inverse=True)
    return np.where(owner < 0, -1, place)


def _packed(numbers: Sequence[str], sums: Any, lags: Any) -> pa.RecordBatch:
    names = ("read", "gaps", "longest", "stuck", "spikes", "days")
    columns: dict[str, Any] = {"meter": pa.array(numbers, pa.string())}
    columns |= {name: pa.array(row, pa.int64()) for name, row in zip(names, sums, strict=True)}
    columns["lags"] = pa.FixedSizeListArray.from_arrays(pa.array(lags.ravel()), 4 * LAGS)
    return pa.RecordBatch.from_pydict(columns)


def conclude(
    parts: Sequence[pa.RecordBatch], network: Network | None, span: Span, rules: QualityRules
) -> list[MeterQuality]:
    """Judge every meter that was read or is in the register, by number."""
    known = sorted(network.meters) if network else []
    place = {number: i for i, number in enumerate(known)}
    for part in parts:
        for number in part.column("meter").to_pylist():
            place.setdefault(number, len(place))
    sums = np.zeros((6, len(place)), np.int64)
    lags = np.zeros((len(place), 4 * LAGS))
    for part in parts:
        at = np.array([place[one] for one in part.column("meter").to_pylist()], np.int64)
        for k, name in enumerate(("read", "gaps", "longest", "stuck", "spikes", "days")):
            put = np.maximum if name == "longest" else np.add
            put.at(sums[k], at, part.column(name).to_numpy())
        np.add.at(lags, at, part.column("lags").flatten().to_numpy().reshape(-1, 4 * LAGS))
    made = [
        _judged(number, sums[:, i].tolist(), lags[i].reshape(4, LAGS), span, rules)
        for number, i in place.items()
    ]
    return sorted(made, key=lambda one: one.number)


def _judged(
    number: str, sums: Sequence[int], lags: Any, span: Span, rules: QualityRules
) -> MeterQuality:
    read, gaps, longest, stuck, spikes, days = sums
    expected = span.days * POINTS
    shift = _shift(lags, days, rules)
    seen = [
        (Doubt.SILENT, read == 0),
        (Doubt.GAPS, 0 < read < rules.least_read * expected),
        (Doubt.STUCK, stuck > 0),
        (Doubt.SPIKES, spikes > 0),
        (Doubt.CLOCK, bool(shift)),
    ]
    return MeterQuality(
        number=number,
        days=days,
        read=read,
        expected=expected,
        gaps=gaps,
        longest_gap=longest,
        stuck=stuck,
        spikes=spikes,
        clock_minutes=None if shift is None else shift * MINUTES,
        doubts=tuple(doubt for doubt, holds in seen if holds),
    )


def _shift(lags: Any, days: int, rules: QualityRules) -> int | None:
    """Return by how many points the voltage comes late; None where it cannot be told."""
    product, own, other, pairs = lags
    if days < rules.lag_days or not (own > 0).all() or not (other > 0).all():
        return None
    left = (own + other - 2 * product) / pairs
    best = int(np.argmin(left))
    follows = product[best] >= rules.lag_least * np.sqrt(own[best] * other[best])
    is_off = follows and left[best] <= rules.lag_left * left[MOST_LAG]
    return best - MOST_LAG if is_off else 0
