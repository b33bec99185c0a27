"""Judge the load of transformers: which run beyond which line, when, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from dianliang.engines.loading import _kernel
from dianliang.engines.loading._carried import (
    known_points,
    names_its_phases,
    thrice_by_phase,
    unbelieved_points,
)
from dianliang.engines.loading._curves import MINUTES, POINTS, Ints64
from dianliang.engines.loading._loads import Loads, Span
from dianliang.engines.loading._rules import DEFAULT_RULES, LINE_LABELS, Line, Rules
from dianliang.kernel.phrases import Phrase, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Quarter hours in a row beyond a line.

    `points` were at or beyond it; `bridged` between them are not known. `most` is the greatest
    load in W, below zero where the transformer fed back, or the greatest unevenness in thousandths,
    and where it stands. `partial` points were beyond the line though not every meter was read. The
    run may have begun before, or gone on after, where the neighbouring points are unknown or
    outside.
    """

    line: Line
    on: date
    minute: int
    points: int
    bridged: int
    partial: int
    most: int
    most_on: date
    most_minute: int
    may_begin_before: bool
    may_go_on: bool

    @property
    def minutes(self) -> int:
        """Return how long the load was beyond the line for certain."""
        return self.points * MINUTES

    @property
    def is_reverse(self) -> bool:
        """Tell whether the greatest load flowed from the low-voltage side up (反向送电)."""
        return self.line is not Line.UNEVEN and self.most < 0

    @property
    def last_on(self) -> date:
        """Return the day of the last point."""
        last = self.minute + (self.points + self.bridged) * MINUTES - 1
        return self.on + timedelta(days=last // (POINTS * MINUTES))

    @property
    def end(self) -> tuple[date, int]:
        """Return when it ended: the day, and the minute of it."""
        until = self.minute + (self.points + self.bridged) * MINUTES
        days, minute = divmod(until, POINTS * MINUTES)
        return self.on + timedelta(days=days), minute

    @property
    def words(self) -> str:
        """Say in Chinese what was seen."""
        end, minute = self.end
        said = Phrase(
            "%(begin)s 至 %(end)s %(line)s %(minutes)d 分钟",
            begin=f"{self.on} {clock(self.minute)}",
            end=f"{end} {clock(minute)}",
            line=Phrase(LINE_LABELS[self.line]),
            minutes=self.minutes,
        )
        notes = [
            (self.is_reverse, Phrase("反向送电，最大 %(kw)s kW", kw=f"{-self.most / 1000:g}")),
            (self.bridged, Phrase("中间 %(n)d 点缺数，未计入", n=self.bridged)),
            (self.partial, Phrase("%(n)d 点有表缺数，已读到的就已达到", n=self.partial)),
            (self.may_begin_before, Phrase("之前没有读到数，可能更早开始")),
            (self.may_go_on, Phrase("之后没有读到数，可能还在持续")),
        ]
        told = joined("；", (words for holds, words in notes if holds))
        return Phrase("%(said)s（%(notes)s）", said=said, notes=told) if told else said


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerLoad:
    """What is known of one transformer: its peak, its runs, and how much was read.

    `peak_w` is below zero where it fed back; `peak_share` is its size against the rated load.
    """

    number: str
    capacity_kva: float
    meters: int
    known_points: int
    points: int
    peak_w: int | None
    peak_share: float | None
    peak_on: date | None
    peak_minute: int | None
    beyond_minutes: dict[Line, int]
    runs: tuple[Run, ...]
    phases_judged: bool
    unbelieved_points: int = 0
    """Points at which more was read than it can carry: multiplier, reading or rating is wrong."""

    @property
    def worst(self) -> Line | None:
        """Return the most serious line that a run of load went beyond."""
        seen = {run.line for run in self.runs}
        return next((line for line in (Line.OVER, Line.HEAVY) if line in seen), None)


def clock(minute: int) -> str:
    """Return a time of day: ``23:15``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def judge(
    loads: Loads, *, rules: Rules = DEFAULT_RULES, of: Span | None = None
) -> list[TransformerLoad]:
    """Judge every transformer by its added-up load. Peaks and minutes are of known points.

    With `of`, what is told is of those days only, and of the runs that touch them: whoever adds up
    a day more on either side sees runs across the border whole.

    A run crosses midnight and the borders of months as if they were not there. A point with load
    at or beyond a line counts though some meters were not read: theirs would come on top. What is
    fed back heats a transformer as what is drawn does, and counts by its size, at known points
    only: meters that were not read would take some of it.
    """
    network = loads.network
    of = of or loads.span
    return [_judge_one(loads, place, rules, of) for place in range(len(network.transformers))]


def _judge_one(loads: Loads, place: int, rules: Rules, of: Span) -> TransformerLoad:
    network = loads.network
    transformer = network.transformers[place]
    slots = slice(*network.first_slot[place : place + 2])
    unbelieved = unbelieved_points(loads, slots, rules)
    total: Ints64 = np.where(unbelieved, 0, loads.load[slots].sum(axis=0))
    expected = int(network.expected[slots].sum())
    known = known_points(loads, slots, rules)
    partial = loads.present(slots) < expected
    carried = _carried(total, known)
    first = (of.first - loads.span.first) * POINTS
    told = slice(first, first + of.days * POINTS)
    found: list[Run] = []
    beyond: dict[Line, int] = {}
    for rule in rules.loads:
        line = rule.from_w(capacity_kva=transformer.capacity_kva, power_factor=rules.power_factor)
        beyond[rule.line] = int((carried[told] >= line).sum()) * MINUTES
        counted = partial & (carried >= line)
        raw = _runs(carried, known, line, rule.points, rules)
        found += [_run(rule.line, one, total, known, counted, loads.span) for one in raw]
    judged = names_its_phases(network, slots)
    if judged:
        found += _uneven(loads, slots, known, transformer.capacity_kva, rules)
    peak = _peak(carried[told], known[told])
    rated_w = transformer.capacity_kva * 1000 * float(rules.power_factor)
    return TransformerLoad(
        number=transformer.number,
        capacity_kva=transformer.capacity_kva,
        meters=expected,
        known_points=int(known[told].sum()),
        points=of.days * POINTS,
        peak_w=None if peak is None else int(total[told][peak]),
        peak_share=None if peak is None else int(carried[told][peak]) / rated_w,
        peak_on=None if peak is None else of.on(peak),
        peak_minute=None if peak is None else peak % POINTS * MINUTES,
        beyond_minutes=beyond,
        runs=tuple(run for run in found if run.on < of.until_on and run.last_on >= of.from_on),
        phases_judged=judged,
        unbelieved_points=int(unbelieved[told].sum()),
    )


def _carried(total: Ints64, known: Any) -> Ints64:
    """Return the size of the load, whichever way it flows; nothing where back-feed is unsure."""
    sized: Ints64 = np.where(known, np.abs(total), np.maximum(total, 0))
    return sized


def _peak(carried: Ints64, known: Any) -> int | None:
    """Return where the greatest known load stands."""
    if not known.any():
        return None
    return int(np.argmax(np.where(known, carried, -1)))


def _uneven(
    loads: Loads, slots: slice, known: Any, capacity_kva: float, rules: Rules
) -> Iterator[Run]:
    """Find runs of uneven phases."""
    rule = rules.phases
    by_phase = thrice_by_phase(loads, slots)
    # Thrice a phase's load, so all whole. The phase that carries most may be one that feeds back.
    most, spread = np.abs(by_phase).max(axis=0), np.ptp(by_phase, axis=0)
    floor = float(rule.least_share * rules.power_factor) * capacity_kva * 1000
    share = np.where(known & (most >= floor), spread * 1000 // np.maximum(most, 1), -1)
    line = -(-rule.share.numerator * 1000 // rule.share.denominator)
    raw = _runs(share, known, line, rule.points, rules)
    whole = np.zeros(known.size, bool)
    return (_run(Line.UNEVEN, one, share, known, whole, loads.span) for one in raw)


def _runs(series: Ints64, known: Any, line: int, points: int, rules: Rules) -> Ints64:
    out = np.empty((series.size // points + 1, 4), np.int64)
    if series.max(initial=line - 1) < line:
        return out[:0]
    return out[: _kernel.runs(series, known, line, points, rules.bridged_points, out)]


def _run(
    line: Line, raw: Sequence[int], series: Ints64, known: Any, partial: Any, span: Span
) -> Run:
    first, end, points, at = (int(value) for value in raw)
    return Run(
        line=line,
        on=span.on(first),
        minute=first % POINTS * MINUTES,
        points=points,
        bridged=end - first - points,
        partial=int(partial[first:end].sum()),
        most=int(series[at]),
        most_on=span.on(at),
        most_minute=at % POINTS * MINUTES,
        may_begin_before=first == 0 or not known[first - 1],
        may_go_on=end == series.size or not known[end],
    )
