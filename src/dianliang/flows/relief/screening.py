"""Judge the transformers of a month from their meters' curves, in the background."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.core import jobs
from dianliang.domain.relief import operations
from dianliang.domain.relief.models import Judgement, Screening
from dianliang.domain.relief.operations import Screened, UnableToRelieveError
from dianliang.engines.loading import (
    DEFAULT_RULES,
    NO_DV,
    Line,
    Network,
    Run,
    Span,
    TransformerLoad,
    carried,
)
from dianliang.flows.energy import judging, running, spans
from dianliang.flows.energy.lines import told
from dianliang.flows.relief import curves
from dianliang.integrations.curve_store import CurveStoreError, Kept, keep_carried, register
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase, kept

SCREEN = "relief.screen"
ENGINE = "loading-2"
"""Raised when the same curves would be judged otherwise."""
MOST_RUNS = 40
"""Runs of a transformer that are kept word by word, worst first; all of them are counted."""
LEAST_KNOWN = 0.5
"""With fewer points than this share nobody is called fine."""
DV_PER_V = 10
RANK = {Line.OVER: 0, Line.HEAVY: 1, Line.UNEVEN: 2}
Ints16 = npt.NDArray[np.int16]


def order(*, month: str, by: Actor, at: datetime) -> None:
    """Ask for the transformers of a month to be judged (判定); one is judged at a time.

    Raises:
        UnableToRelieveError: it is no month, nothing is stored of it, no register of meters is
            there, or a month is being judged already.
        CurveStoreError: the store is damaged.
    """
    first = month_of(month)
    if register(curves.store().root) is None:
        words = "还没有户变关系。请先用 dianliang energy import --meters 导入，再来判定。"
        raise UnableToRelieveError(words, field="month")
    if curves.store().stored(_span(first)) is None:
        there = "、".join(curves.store().months()) or Phrase("还没有任何月份")
        words = Phrase("%(month)s 没有曲线；已导入：%(there)s。", month=month, there=there)
        raise UnableToRelieveError(words, field="month")
    payload = {"month": f"{first:%Y-%m}", "by": by.name}
    if jobs.enqueue_alone(SCREEN, payload, by=by, at=at, max_attempts=2) is None:
        raise UnableToRelieveError("正在判定一个月份，请等它完成。", field="month")


def month_of(text: str) -> date:
    """Return the first day of a month such as ``2026-07``.

    Raises:
        UnableToRelieveError: it is none.
    """
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        message = Phrase("“%(month)s”不是月份，应如 2026-07。", month=text[:12])
        raise UnableToRelieveError(message, field="month") from error
    return found


@jobs.handler(SCREEN)
def screen_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Judge a month and store the result."""
    by = Actor(id=context.created_by, name=context.payload["by"], role=SYSTEM.role)
    try:
        made = screen(month_of(context.payload["month"]), by=by, at=context.clock())
    except (UnableToRelieveError, CurveStoreError) as refusal:
        return {"error": kept(refusal.message)}
    return {"screening": made.number, "transformers": made.transformers}


def screen(first: date, *, by: Actor, at: datetime, is_generated: bool = False) -> Screening:
    """Judge the transformers of a month, keep the verdicts and what they carried.

    Days of the month that are over and were not imported count as not read. Three passes over the
    month's files; memory: ten bytes for each transformer, phase and point.

    Raises:
        UnableToRelieveError: nothing is stored of the month, or there is no register of meters.
        CurveStoreError: the store is damaged.
    """
    store = curves.store()
    today = at.astimezone(SHANGHAI).date()
    network, span = register(store.root), spans.due(store, _span(first), today=today)
    if network is None or span is None:
        words = Phrase("%(month)s 没有曲线或户变关系。", month=f"{first:%Y-%m}")
        raise UnableToRelieveError(words, field="month")
    voltages = Voltages(network, span)
    loads = running.summed(store, network, span, on_features=voltages.add)
    verdicts = judging.judged(store, network, span)
    judged = {
        one.number: _fields(one, voltages, place)
        for place, one in enumerate(verdicts)
        if one.capacity_kva > 0
    }
    made = operations.keep_screening(
        found=Screened(
            month=first,
            from_on=span.from_on,
            until_on=span.until_on,
            rules=told(DEFAULT_RULES),
            engine=ENGINE,
            judged=judged,
        ),
        by=by,
        at=at,
        is_generated=is_generated,
    )

    def rows() -> Iterator[Kept]:
        for place in range(len(network.transformers)):
            yield Kept(
                carried=carried(loads, place),
                least_dv=voltages.least[place],
                most_dv=voltages.most[place],
            )

    keep_carried(curves.carried_file(made.number), rows())
    return made


@dataclass
class Voltages:
    """The voltages at a transformer's meters: by day the least and greatest, and its worst meter.

    `minutes` has the shape (2, meters): how long each meter was too low and too high.
    """

    network: Network
    span: Span
    least: Ints16 = field(init=False)
    most: Ints16 = field(init=False)
    minutes: npt.NDArray[np.int64] = field(init=False)
    meters: dict[str, tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        n = len(self.network.transformers)
        place = {one.number: i for i, one in enumerate(self.network.transformers)}
        self.least = np.full((n, self.span.days), np.iinfo(np.int16).max, np.int16)
        self.most = np.full((n, self.span.days), NO_DV, np.int16)
        self.minutes = np.full((2, len(self.network.meters)), -1, np.int64)
        self.meters = {
            number: (i, place[meter.transformer])
            for i, (number, meter) in enumerate(self.network.meters.items())
        }

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the features of a batch of meter-days; meters of no transformer are passed over."""
        numbers = batch.column("meter").dictionary_encode()
        spots = [self.meters.get(number, (-1, -1)) for number in numbers.dictionary.to_pylist()]
        where = np.array(spots, np.int64).reshape(-1, 2)[numbers.indices.to_numpy()]
        day = batch.column("day").cast(pa.int32()).to_numpy() - self.span.first
        points = batch.column("voltage_points").to_numpy()
        told = (where[:, 0] >= 0) & (points > 0) & (day >= 0) & (day < self.span.days)
        meter, place, day = where[told, 0], where[told, 1], day[told]
        for kind, name in enumerate(("low_minutes", "high_minutes")):
            self.minutes[kind, meter] = np.maximum(self.minutes[kind, meter], 0)
            np.add.at(self.minutes[kind], meter, batch.column(name).to_numpy()[told])
        least = batch.column("least_dv").to_numpy(zero_copy_only=False)[told].astype(np.int16)
        most = batch.column("most_dv").to_numpy(zero_copy_only=False)[told].astype(np.int16)
        np.minimum.at(self.least, (place, day), least)
        np.maximum.at(self.most, (place, day), most)

    @cached_property
    def worst_minutes(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return how long the worst meter of each transformer was too low, and too high."""
        found: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for meter, place in self.meters.values():
            for kind in (0, 1):
                minutes = int(self.minutes[kind, meter])
                if minutes >= 0:
                    found[kind][place] = max(found[kind].get(place, 0), minutes)
        return found


def _fields(one: TransformerLoad, voltages: Voltages, place: int) -> dict[str, Any]:
    lines = [run.line for run in one.runs]
    known_share = one.known_points / one.points if one.points else 0.0
    worst_first = sorted(one.runs, key=lambda run: (RANK[run.line], -run.minutes, run.on))
    least, most = voltages.least[place], voltages.most[place]
    has_volt = bool((most != NO_DV).any())
    return {
        "capacity_kva": one.capacity_kva,
        "meters": one.meters,
        "known_share": known_share,
        "unbelieved_points": one.unbelieved_points,
        "line": _line(one, known_share),
        "peak_kw": None if one.peak_w is None else one.peak_w / 1000,
        "peak_share": one.peak_share,
        "peak_at": _instant(one.peak_on, one.peak_minute),
        "over_minutes": one.beyond_minutes.get(Line.OVER, 0),
        "heavy_minutes": one.beyond_minutes.get(Line.HEAVY, 0),
        "over_runs": lines.count(Line.OVER),
        "heavy_runs": lines.count(Line.HEAVY),
        "uneven_runs": lines.count(Line.UNEVEN) if one.phases_judged else None,
        "low_minutes": voltages.worst_minutes[0].get(place) if has_volt else None,
        "high_minutes": voltages.worst_minutes[1].get(place) if has_volt else None,
        "least_v": float(least.min()) / DV_PER_V if has_volt else None,
        "most_v": float(most.max()) / DV_PER_V if has_volt else None,
        "runs": [_run(run) for run in worst_first[:MOST_RUNS]],
    }


def _line(one: TransformerLoad, known_share: float) -> str:
    if one.worst is not None:
        return str(one.worst.value)
    is_unsure = known_share < LEAST_KNOWN or one.unbelieved_points > 0
    return Judgement.Line.UNKNOWN if is_unsure else Judgement.Line.NONE


def _run(run: Run) -> dict[str, Any]:
    return {
        "line": run.line.value,
        "on": run.on.isoformat(),
        "minutes": run.minutes,
        "most": run.most,
        "words": kept(run.words),
    }


def _instant(on: date | None, minute: int | None) -> datetime | None:
    if on is None or minute is None:
        return None
    return datetime(on.year, on.month, on.day, tzinfo=SHANGHAI) + timedelta(minutes=minute)


def _span(first: date) -> Span:
    return Span(first, (first + timedelta(days=31)).replace(day=1))
