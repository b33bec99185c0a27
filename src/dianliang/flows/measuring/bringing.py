"""What each design of a project brings: a table, temperatures for a curve, samples, or bills."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dianliang.core import blanks
from dianliang.engines.loading import Span
from dianliang.flows.energy import hourly, options
from dianliang.flows.measuring import tables
from dianliang.flows.measuring.tables import Brought
from dianliang.flows.measuring.temperatures import HOUR, hourly_temperatures
from dianliang.flows.readings.owning import refuse_foreign
from dianliang.flows.relief import curves
from dianliang.integrations.curve_store import register
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

DESIGNS: Mapping[str, str] = {
    **tables.DESIGNS,
    "hourly": "整体计量：小时电量对气温",
    "samples": "关键参数：样本功率乘约定小时",
    "bills": "校准模型：账单校准",
}
MOST_METERS, MOST_DAYS, MOST_HOURS = 200, 3 * 366, 8784
BLANKS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hourly": ((HOUR, tables.TEMPERATURE), ("2026-01-01 08:00", "4.2")),
    "samples": ((options.BEFORE, options.AFTER), ("12.5", "8.1")),
    "bills": (
        (options.MONTH, options.BILLED, options.MODELLED, options.WITH_MEASURE),
        ("2025-01", "81200", "80500", "70300"),
    ),
}
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the form says besides its file: meters of the store; hours a year, as agreed."""

    meters: tuple[str, ...] = ()
    hours: float | None = None
    hours_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A file as read, and what was agreed besides."""

    brought: Brought
    agreed: Mapping[str, Any] = field(default_factory=dict[str, Any])


def blank(design: str) -> bytes:
    """Return the table of a design to fill in.

    Raises:
        KeyError: there is no such design.
    """
    if design not in BLANKS:
        return tables.blank(design)
    names, example = BLANKS[design]
    headings: list[blanks.Heading] = [(name, "", ()) for name in names]
    advice = ("整份通过才采用；有错逐行列出。",)
    return blanks.template(headings, example=example, title=DESIGNS[design], advice=advice)


def read(content: bytes, *, name: str, design: str, wanted: Wanted, by: Actor) -> Filled:
    """Read what a design brings.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: it cannot be used; rows and
            fields are named.
    """
    if design == "hourly":
        return _of_hours(content, name, wanted, by=by)
    if design == "samples":
        return _of_samples(content, name, wanted)
    if design == "bills":
        names = ("billed", "modelled", "with_measure")
        months = options.bills(content, name=name)
        options.by_bills(months)
        rows = [dict(zip(names, month, strict=True)) for month in months]
        return Filled(brought=_brought(rows, content, name))
    return Filled(brought=tables.read(content, name=name, design=design))


def with_curves(
    rows: Sequence[Mapping[str, Any]], meters: Sequence[str]
) -> tuple[list[Mapping[str, Any]], str]:
    """Return days of temperatures with the kWh of each hour, and the fingerprint of these.

    An hour counts only where every meter was read.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter has no curve in these days.
    """
    days = [date.fromisoformat(row["on"]) for row in rows]
    span = Span(min(days), max(days) + timedelta(days=1))
    _names, kwh = hourly.energies(curves.store(), meters=meters, span=span)
    total = kwh.sum(axis=1).reshape(-1, hourly.HOURS)
    digest = hashlib.sha256(np.ascontiguousarray(total.round(6)).tobytes()).hexdigest()
    return [
        {**row, "kwh": _listed(total[(day - span.from_on).days])}
        for row, day in zip(rows, days, strict=True)
    ], digest


def _listed(values: Floats) -> list[float | None]:
    return [round(float(value), 6) if np.isfinite(value) else None for value in values]


def _of_hours(content: bytes, name: str, wanted: Wanted, *, by: Actor) -> Filled:
    if not 0 < len(wanted.meters) <= MOST_METERS:
        words = Phrase("请填 1 到 %(most)d 个表号，用空格或逗号分开。", most=MOST_METERS)
        raise InvalidInputError(words, field="meters")
    network = register(curves.store().root)
    refuse_foreign(wanted.meters, network, by=by, field="meters")
    warm: dict[date, list[float | None]] = {}
    for hour, value in hourly_temperatures(content, name=name).items():
        warm.setdefault(hour.date(), [None] * hourly.HOURS)[hour.hour] = value
    if not 0 < len(warm) <= MOST_DAYS:
        words = Phrase("气温应有 1 到 %(most)d 天。", most=MOST_DAYS)
        raise InvalidInputError(words, field="file")
    rows = [{"on": on.isoformat(), "temperature_c": warm[on]} for on in sorted(warm)]
    return Filled(
        brought=_brought(rows, content, name), agreed={"meters": sorted(set(wanted.meters))}
    )


def _of_samples(content: bytes, name: str, wanted: Wanted) -> Filled:
    hours, error = wanted.hours, wanted.hours_error
    if hours is None or not 0 < hours <= MOST_HOURS:
        words = Phrase("一年运行小时数应大于 0、不大于 8784。")
        raise InvalidInputError(words, field="hours")
    if error is None or not 0 <= error <= hours:
        words = Phrase("请填小时数的标准误差，不小于 0、不大于小时数。")
        raise InvalidInputError(words, field="hours_error")
    before, after = options.samples(content, name=name)
    options.by_samples(before, after, hours=options.Hours(hours=hours, error=error))
    sides = (("before", before), ("after", after))
    rows = [{side: value} for side, values in sides for value in values]
    return Filled(
        brought=_brought(rows, content, name), agreed={"hours": hours, "hours_error": error}
    )


def _brought(rows: Sequence[Mapping[str, Any]], content: bytes, name: str) -> Brought:
    return Brought(rows=tuple(rows), digest=hashlib.sha256(content).hexdigest(), name=name)
