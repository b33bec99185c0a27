"""One firm after the other: readings in, ranked findings out, nothing counted twice."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dianliang.engines.enterprise import _findings
from dianliang.engines.enterprise._filling import filled
from dianliang.engines.enterprise._findings import Seen
from dianliang.engines.enterprise._hours import hours_of, mean_kw, shape_of
from dianliang.engines.enterprise._model import (
    KWH,
    NO_W,
    POINTS,
    Analysis,
    Finding,
    Firm,
    Floats,
    Ints32,
    Kind,
    Market,
    Options,
)

PERIODS = 5
EXPLAINED = 0.8
SEEKERS = (
    _findings.basic_charge,
    _findings.power_factor,
    _findings.shift,
    _findings.standby,
    _findings.rest_days,
    _findings.sun,
    _findings.stuck,
)


def analyse(
    *, power_w: Ints32, firm: Firm, market: Market, options: Options | None = None
) -> Analysis:
    """Analyse one firm's readings (D, 96) in W, `NO_W` where none was read.

    Money is that of the days analysed; negative power is fed in, and no negative use. Findings
    below `least_cny` and `least_share` of what the firm pays are left out; of findings about the
    same kWh only one counts, and the power factor's low is taken of the bill that the others
    leave. Cost: 5 ms CPU for a year.

    Raises:
        ValueError: the readings are not of the market's days, or none was read.
    """
    if power_w.shape != market.period.shape:
        raise ValueError(f"readings {power_w.shape} and days {market.period.shape} differ")
    if not (power_w != NO_W).any():
        raise ValueError("no reading at all")
    options = options or Options()
    power, read = filled(power_w, month=market.month, kinds=market.kinds)
    power = np.maximum(power, 0)  # what is fed in is no negative use
    seen = _seen(power, firm, market, options)
    pays = float(seen.month_energy_cny.sum() + seen.demand_cny.sum())
    found = [finding for seek in SEEKERS for finding in seek(seen)]
    worth = max(options.least_cny, options.least_share * pays)
    told = _counted([one for one in found if one.high_cny >= worth or one.kind is Kind.STUCK])
    return _told(seen, read, (power_w != NO_W).mean(), _less_the_others(told, pays))


def analyse_all(
    *, power_w: Ints32, firms: Sequence[Firm], market: Market, options: Options | None = None
) -> list[Analysis | None]:
    """Analyse firms (F, D, 96) of one tariff; None for a firm of which nothing was read.

    Raises:
        ValueError: the readings are not of these firms and days.
    """
    if len(firms) != len(power_w):
        raise ValueError(f"{len(power_w)} firms' readings, {len(firms)} firms")
    return [
        analyse(power_w=power, firm=firm, market=market, options=options)
        if (power != NO_W).any()
        else None
        for power, firm in zip(power_w, firms, strict=True)
    ]


def _seen(power: Ints32, firm: Firm, market: Market, options: Options) -> Seen:
    months = len(market.months)
    hours = hours_of(power, market.kinds)
    day_cny = (power * market.price).sum(axis=1) / KWH
    day_kwh = power.sum(axis=1, dtype=np.int64) / KWH
    running = (power > hours.line_w).sum(axis=1) / 4
    most = np.zeros(months)
    np.maximum.at(most, market.month, power.max(axis=1))
    return Seen(
        power_w=power,
        firm=firm,
        market=market,
        options=options,
        hours=hours,
        month_kwh=_by_month(day_kwh, market),
        month_most_w=most,
        month_energy_cny=_by_month(day_cny, market),
        month_running_hours=_by_month(running, market),
    )


def _by_month(values: Floats, market: Market) -> Floats:
    return np.bincount(market.month, values, len(market.months)).astype(np.float64)


def _counted(findings: list[Finding]) -> list[Finding]:
    """Count the dearest finding of each group, and rank: what counts first, the dearest ahead.

    A step that explains most of what a spread of nights comes to is counted in its place.
    """
    taken: set[str] = set()
    found: list[Finding] = []
    for one in sorted(findings, key=lambda one: (-_weight(one), one.kind)):
        found.append(replace(one, is_counted=one.is_counted and one.group not in taken))
        taken.add(one.group)
    return sorted(found, key=lambda one: (not one.is_counted, -one.high_cny, one.kind))


def _weight(one: Finding) -> float:
    return one.high_cny * (EXPLAINED if one.kind is Kind.STANDBY else 1.0)


def _less_the_others(findings: list[Finding], pays: float) -> tuple[Finding, ...]:
    """Take the power factor's low of what is left of the bill when all others are done."""
    others = sum(
        one.high_cny for one in findings if one.is_counted and one.kind is not Kind.POWER_FACTOR
    )
    left = max(0.0, 1 - others / pays) if pays else 0.0
    return tuple(
        replace(one, low_cny=one.low_cny * left) if one.kind is Kind.POWER_FACTOR else one
        for one in findings
    )


def _told(seen: Seen, read: Floats, read_share: float, findings: tuple[Finding, ...]) -> Analysis:
    power, market = seen.power_w, seen.market
    at = int(power.argmax())
    work = market.kinds == 0
    workday, rest_day = mean_kw(power, work), mean_kw(power, ~work)
    mean = float(workday.mean())
    by_period = np.bincount(market.period.ravel(), power.ravel(), PERIODS) / KWH
    return Analysis(
        number=seen.firm.number,
        shape=shape_of(seen.hours),
        read_share=float(read_share),
        worst_month_read=float(read.min()),
        kwh=float(seen.month_kwh.sum()),
        most_kw=float(seen.month_most_w.max()) / 1000,
        most_at=seen.point(at // POINTS, at % POINTS),
        mean_kw=float(power.mean()) / 1000,
        base_kw=seen.hours.base_w / 1000,
        running_hours=float(seen.month_running_hours.sum()),
        rest_ratio=float(rest_day.mean()) / mean if mean else 0.0,
        period_kwh=by_period,
        month_kwh=seen.month_kwh,
        month_most_kw=seen.month_most_w / 1000,
        workday_kw=workday,
        rest_day_kw=rest_day,
        findings=findings,
    )
