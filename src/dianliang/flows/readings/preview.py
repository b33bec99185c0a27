"""What a file of readings was understood as, in parts that a page says in its reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dianliang.engines.loading import (
    Doubt,
    MeterQuality,
    Network,
    QualityRules,
    Span,
    conclude,
    examine,
    rows_of,
)
from dianliang.flows.energy.taking_in import Taken
from dianliang.integrations.meter_files import CALLED, Hints, Kind, Label, Layout, Readings
from dianliang.kernel.phrases import Phrase, kept, phrase_of

MOST_DOUBTED = 200
"""Meters with doubts that are listed, the worst first; all of them are counted."""
KINDS = {
    Kind.LONG: Phrase("一行一个时刻"),
    Kind.WIDE: Phrase("一行一天 96 点"),
    Kind.REGISTERS: Phrase("累计示数"),
}
DOUBTS = {
    Doubt.SILENT: Phrase("全无数据"),
    Doubt.GAPS: Phrase("缺数"),
    Doubt.STUCK: Phrase("数值不变"),
    Doubt.SPIKES: Phrase("突变"),
    Doubt.CLOCK: Phrase("时钟偏差"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """A meter whose readings are to be looked at: points, and minutes that its clock is slow."""

    number: str
    days: int
    share: float
    missing: int
    gaps: int
    longest_gap: int
    stuck: int
    spikes: int
    clock_minutes: int | None
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file holds, how it is read, and which meters are doubtful."""

    number: str
    name: str
    kind: str
    columns: tuple[tuple[str, str], ...]
    unit: str
    means: str
    multiplier: str
    passed: tuple[str, ...]
    first_on: str
    last_on: str
    meters: int
    days: int
    points: int
    voltage_points: int
    doubled: int
    rolled: int
    firms: int
    doubted_count: int
    doubted: tuple[Doubted, ...]


def told(taken: Taken, network: Network | None, *, hints: Hints, firms: int) -> dict[str, Any]:
    """Return a preview as a job keeps it; `firms` is how many firms have a meter in the file."""
    found = taken.readings
    quality = _judged(found, network)
    doubted = sorted((one for one in quality if one.doubts), key=_badness, reverse=True)
    layout = found.layout
    return {
        "name": taken.source,
        "kind": kept(KINDS[layout.kind]),
        "columns": [[kept(role), words] for role, words in _columns(layout)],
        "unit": layout.unit("register" if layout.kind is Kind.REGISTERS else "power"),
        "means": kept(_means(layout)),
        "multiplier": kept(_multiplier(layout, network, hints)),
        "passed": [*layout.passed, *found.passed],
        "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(),
        "meters": found.meters,
        "days": found.batch.num_rows,
        "points": found.points,
        "voltage_points": found.voltage_points,
        "doubled": found.doubled,
        "rolled": found.rolled,
        "firms": firms,
        "doubted_count": len(doubted),
        "doubted": [_doubted(one) for one in doubted[:MOST_DOUBTED]],
    }


def preview_of(number: str, said: Mapping[str, Any]) -> Preview:
    """Return a preview that a job has kept."""
    rows = [
        Doubted(**{**one, "doubts": tuple(phrase_of(words) for words in one["doubts"])})
        for one in said["doubted"]
    ]
    phrases = {name: phrase_of(said[name]) for name in ("kind", "means", "multiplier")}
    columns = tuple((phrase_of(role), words) for role, words in said["columns"])
    lists = {"columns": columns, "passed": tuple(said["passed"]), "doubted": tuple(rows)}
    return Preview(**{**said, **phrases, **lists, "number": number})


def _judged(found: Readings, network: Network | None) -> Sequence[MeterQuality]:
    """Judge the readings of a file alone: what is stored, or lacks there, is not its fault."""
    own = None
    if network is not None:
        names = set(rows_of(found.batch).numbers)
        meters = [meter for number, meter in network.meters.items() if number in names]
        hung = {meter.transformer for meter in meters}
        own = Network.of(meters, {one for one in network.transformers if one.number in hung})
    rules = QualityRules()
    span = Span(found.first_on, found.last_on + timedelta(days=1))
    return conclude([examine([found.batch], own, rules)], own, span, rules)


def _badness(one: MeterQuality) -> tuple[int, int, int]:
    return len(one.doubts), one.spikes + one.stuck, one.expected - one.read


def _doubted(one: MeterQuality) -> dict[str, Any]:
    return {
        "number": one.number,
        "days": one.days,
        "share": one.read / one.expected if one.expected else 0.0,
        "missing": one.expected - one.read,
        "gaps": one.gaps,
        "longest_gap": one.longest_gap,
        "stuck": one.stuck,
        "spikes": one.spikes,
        "clock_minutes": one.clock_minutes,
        "doubts": [kept(DOUBTS[doubt]) for doubt in one.doubts],
    }


def _columns(layout: Layout) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [
        (CALLED[role], heading) for role, heading in layout.columns.items()
    ]
    sets = (("power", layout.power), ("voltage", layout.voltage))
    found += [(CALLED[role], f"{points[0]} … {points[-1]}") for role, points in sets if points]
    return found


def _means(layout: Layout) -> str:
    if layout.kind is Kind.REGISTERS:
        return Phrase("相邻两次示数相减，乘倍率，是那 15 分钟的电量")
    if layout.kind is Kind.WIDE and not layout.is_clock:
        return Phrase("第一点是 00:00 至 00:15")
    if layout.label is Label.START:
        return Phrase("时刻是每 15 分钟的起点")
    return Phrase("时刻是每 15 分钟的终点")


def _multiplier(layout: Layout, network: Network | None, hints: Hints) -> str:
    if layout.kind is not Kind.REGISTERS and not hints.is_secondary:
        return Phrase("功率是一次侧的，不再乘倍率")
    if "multiplier" in layout.columns:
        return Phrase("取文件里的倍率列")
    if hints.multiplier:
        return Phrase("每只表都乘 %(times)s，是您填的", times=f"{hints.multiplier:g}")
    if network is not None:
        return Phrase("取户变关系里每只表的倍率")
    return Phrase("文件和户变关系里都没有倍率，按 1 算")
