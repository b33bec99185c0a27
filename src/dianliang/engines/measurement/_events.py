"""What changed besides the measure: found in residuals, adjusted for, or a reason to start anew.

A lasting step in the difference between measured and expected energy is a non-routine event until
somebody says what it is: a new line, a closed shop, another meter. Sources: IPMVP Application Guide
on Non-Routine Events and Adjustments, 2020 (as facts); Ploberger and Kraemer, Econometrica 60
(1992) 271 (cumulative sums of residuals); Kovacs, Buehlmann, Li and Munk, Biometrika 110 (2023) 249
(steps sought in overlapping spells).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import sqrt
from statistics import NormalDist

import numpy as np

from dianliang.engines.measurement._checks import (
    LARGEST,
    BadFiguresError,
    confidence,
    day,
    series,
    within,
)
from dianliang.engines.measurement._daily import DailyBaselines, fit_daily, readings
from dianliang.engines.measurement._days import Flags, Floats, Times, Weather
from dianliang.engines.measurement._findings import (
    OUTCOMES,
    Code,
    Finding,
    found,
    outcome,
    status_of,
)
from dianliang.engines.measurement._savings import MeterSavings
from dianliang.engines.measurement._uncertainty import noise
from dianliang.kernel.phrases import Phrase

CRITICAL = 1.95
"""A Brownian bridge goes further once in a thousand times; some thirty spells are looked at."""
LOCAL_DAYS = 60
FEWEST_DAYS = 14
"""A step shorter than two weeks is a spell, not a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A lasting step: from which day, and by how many kWh a day more (or, below zero, less)."""

    on: str
    kwh_per_day: float
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A confirmed event: first and last day (ISO), and what it added to measured energy each day.

    `kwh_per_day` is known (a meter of its own, a rating); None: reckoned from the days themselves,
    against the days without any event.
    """

    name: str
    first: str
    last: str
    kwh_per_day: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What confirmed events did to one meter's saving: add `kwh` to it, and its error's square."""

    kwh: float
    variance: float
    days: int
    by_event: dict[str, float]
    findings: tuple[Finding, ...]


def suspects(times: Times, residuals_kwh: Floats) -> tuple[Suspect, ...]:
    """Find lasting steps in one meter's measured less expected energy (n,), NaN where missing.

    The largest cumulative sum of any spell marks a step if it passes what correlated noise hardly
    ever reaches; both sides are then searched alone. Cost: n log n.

    Raises:
        BadFiguresError: times and residuals differ in number, or one is infinite.
    """
    residuals_kwh = _residuals(times, residuals_kwh)
    known = np.isfinite(residuals_kwh)
    left = residuals_kwh[known]
    found_: list[Suspect] = []
    if len(left) >= 2 * FEWEST_DAYS:
        _search(times[known], left, _per_day(left), found_)
    return tuple(sorted(found_, key=lambda suspect: suspect.on))


def _residuals(times: Times, residuals_kwh: Floats) -> Floats:
    name = ("实测与期望之差", "measured less expected energy")
    held = series(residuals_kwh, name, fewest=0, may_miss=True)
    if held.shape != times.shape or bool(np.isnat(times).any()):
        raise BadFiguresError(
            "日期缺失，或与差值的个数不一致。",
            "a day is missing, or days and residuals differ in number",
        )
    return held


def _per_day(left: Floats) -> float:
    """Return the error that a day adds to a long sum: the median of what spells of it say.

    Most spells have no step in them, so that a step does not hide in the noise it is held against.
    """
    spells = np.array_split(left, max(1, len(left) // LOCAL_DAYS))
    rows = min(len(spell) for spell in spells)
    table = np.stack([spell[:rows] - spell[:rows].mean() for spell in spells], axis=1)
    told = noise(table, np.ones(len(spells)))
    return float(np.median(told.sigma * np.sqrt(told.inflation)))


def _search(times: Times, left: Floats, per_day: float, found_: list[Suspect]) -> None:
    n = len(left)
    strength, step, size = 0.0, 0, 0.0
    for first, last in _spells(n):
        own = _strongest(left[first:last], per_day)
        if own[0] > strength:
            strength, step, size = own[0], first + own[1], own[2]
    if strength <= CRITICAL:
        return
    found_.append(Suspect(on=str(times[step]), kwh_per_day=size, strength=strength))
    _search(times[:step], left[:step], per_day, found_)
    _search(times[step:], left[step:], per_day, found_)


def _spells(n: int) -> list[tuple[int, int]]:
    """Return overlapping spells of halving length: a passing change shows in some of them."""
    spells, length = [], n
    while length >= 2 * FEWEST_DAYS:
        count = max(1, round(2 * n / length) - 1)
        starts = np.linspace(0, n - length, count).astype(int)
        spells += [(int(start), int(start) + length) for start in starts]
        length //= 2
    return spells


def _strongest(left: Floats, per_day: float) -> tuple[float, int, float]:
    """Return how strong the strongest step is, before which day it lies, and its size."""
    n = len(left)
    path = np.abs(np.cumsum(left - left.mean()))[FEWEST_DAYS - 1 : n - FEWEST_DAYS]
    if not len(path):
        return 0.0, 0, 0.0
    step = int(np.argmax(path)) + FEWEST_DAYS
    size = float(left[step:].mean() - left[:step].mean())
    return float(path.max()) / max(per_day * n**0.5, 1e-12), step, size


def adjustment(times: Times, residuals_kwh: Floats, events: Sequence[Event]) -> Adjustment:
    """Reckon what events added to measured less expected energy (n,) of one meter.

    An event whose size is not known is the mean of its days less the mean of days without one.

    Raises:
        BadFiguresError: two events share a day, an unknown one has no day, no day is left over, an
            event ends before it begins, or a figure is infinite or (an event's) not a number.
    """
    residuals_kwh = _residuals(times, residuals_kwh)
    known = np.isfinite(residuals_kwh)
    spans = [_span(times, event) for event in events]
    if len(spans) > 1 and int(np.sum(spans, axis=0).max()) > 1:
        raise BadFiguresError(
            "两件事有同一天：请合并，或让前一件先结束。",
            "two events share a day: join them, or end one before the other",
        )
    quiet = known & ~np.any(spans, axis=0) if spans else known
    kwh, variance = 0.0, 0.0
    by_event: dict[str, float] = {}
    for event, span in zip(events, spans, strict=True):
        days = int(span.sum())
        if event.kwh_per_day is not None:
            own_kwh = days * event.kwh_per_day
        else:
            own = known & span
            if not own.any() or quiet.sum() < FEWEST_DAYS:
                raise BadFiguresError(
                    Phrase("%(name)s：天数太少，算不出大小，请直接填写。", name=event.name),
                    f"{event.name}: too few days to tell its size; give it",
                )
            level = float(residuals_kwh[quiet].mean())
            own_kwh = days * (float(residuals_kwh[own].mean()) - level)
            told = noise(residuals_kwh[quiet][:, None], np.ones(1))
            each = float(told.sigma[0] ** 2 * told.inflation[0])
            variance += days**2 * each * (1 / float(own.sum()) + 1 / float(quiet.sum()))
        by_event[event.name] = by_event.get(event.name, 0.0) + own_kwh
        kwh += own_kwh
    total = int(np.any(spans, axis=0).sum()) if spans else 0
    findings = (found(Code.EVENT_ADJUSTED, n=total, kwh=kwh),) if events else ()
    return Adjustment(kwh=kwh, variance=variance, days=total, by_event=by_event, findings=findings)


def adjusted(meter: MeterSavings, by: Adjustment, *, said: Sequence[Finding] = ()) -> MeterSavings:
    """Return a meter's saving with its events taken out, and with what else is to be said of it.

    What events added to measured energy was not wasted: it is given back to the saving. `said` are
    findings from elsewhere (open events, a mechanism's bound); the status follows from all.

    Raises:
        BadFiguresError: a figure of the meter or of the adjustment is not a number.
    """
    confidence(meter.level)
    within(by.variance, ("调整的方差", "the adjustment's variance"), low=0, high=LARGEST**4)
    for value in (by.kwh, *(getattr(meter, one.name) for one in fields(meter))):
        if isinstance(value, float):
            within(
                value, ("电量或其误差", "energy or its error"), low=-(LARGEST**2), high=LARGEST**2
            )
    findings = [*meter.findings, *by.findings, *said]
    low = high = None
    if meter.low_kwh is not None and meter.high_kwh is not None:
        reach = (meter.high_kwh - meter.low_kwh) / 2
        quantile = NormalDist().inv_cdf(0.5 + meter.level / 2)
        reach = sqrt(reach**2 + quantile**2 * by.variance)
        saved = meter.saved_kwh + by.kwh
        low, high = saved - reach, saved + reach
        findings = [one for one in findings if one.code not in OUTCOMES]
        findings += outcome(saved=saved, expected=meter.expected_kwh, reach=reach, is_refused=False)
    return replace(
        meter,
        saved_kwh=meter.saved_kwh + by.kwh,
        measured_kwh=meter.measured_kwh - by.kwh,
        low_kwh=low,
        high_kwh=high,
        findings=tuple(findings),
        status=status_of(findings),
    )


def open_events(suspected: Sequence[Suspect], events: Sequence[Event]) -> tuple[Finding, ...]:
    """Return a finding for steps that no confirmed event explains within two weeks.

    Raises:
        BadFiguresError: an event's or a step's day is none.
    """
    reach = np.timedelta64(FEWEST_DAYS, "D")
    edges = [edge for event in events for edge in _edges(event)]
    left = [
        one
        for one in suspected
        if not any(abs(day(one.on, ("疑似变化日", "a step")) - edge) <= reach for edge in edges)
    ]
    return (found(Code.EVENT_OPEN, n=len(left)),) if left else ()


def rebased(
    days: Weather, kwh: Floats, *, changed_on: str
) -> tuple[DailyBaselines, tuple[Finding, ...]]:
    """Fit anew on the days (n, M) from a lasting change on: what comes later is held against them.

    Raises:
        BadFiguresError: no day lies on or after the change, or see `fit_daily`.
    """
    kwh = readings(kwh, days, "day")
    later = days.times >= day(changed_on, ("变化日期", "the day of the change"))
    if not later.any():
        raise BadFiguresError(
            Phrase("%(changed_on)s 起没有数据。", changed_on=changed_on),
            f"no day lies on or after {changed_on}",
        )
    fits = fit_daily(days.only(later), kwh[later])
    return fits, (found(Code.REBASED, n=int(later.sum())),)


def _span(times: Times, event: Event) -> Flags:
    first, last = _edges(event)
    if event.kwh_per_day is not None:
        name = (f"{event.name}：每天电量", f"{event.name}: energy a day")
        within(event.kwh_per_day, name, low=-LARGEST)
    return (times >= first) & (times <= last)


def _edges(event: Event) -> tuple[np.datetime64, np.datetime64]:
    first = day(event.first, (f"{event.name}：开始日", f"{event.name}: its first day"))
    last = day(event.last, (f"{event.name}：结束日", f"{event.name}: its last day"))
    if not first <= last:
        raise BadFiguresError(
            Phrase("%(name)s：结束日早于开始日。", name=event.name),
            f"{event.name} ends before it begins",
        )
    return first, last
