"""Trials on machines: before and after, one beside another, or to and fro in drawn order.

A trial's unit is what differs by chance: a pair of machines, or a machine that is crossed over.
Readings within a unit follow each other and never count as independent. From each unit comes one
difference of logarithms of energy per output, or as many as it has changes; machines differ in
what a measure brings them (a hierarchical effect), so the spread between units carries the
interval, never the number of readings.

Sources: Jones and Kenward, Design and Analysis of Cross-Over Trials, 2nd ed. 2003; DerSimonian and
Laird, Controlled Clinical Trials 7 (1986) 177 (spread between units); Hartung and Knapp,
Statistics in Medicine 20 (2001) 3875 (interval for few units).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from scipy.special import stdtrit

from dianliang.engines.measurement._checks import (
    SMALLEST,
    BadFiguresError,
    confidence,
    count,
    distinct,
    series,
    within,
)
from dianliang.engines.measurement._days import Floats
from dianliang.engines.measurement._findings import Code, Finding, Status, found, status_of
from dianliang.engines.measurement._uncertainty import noise

FEWEST_UNITS = 3
FEWEST_SPELL_DAYS = 2
READINGS_A_DAY = 96
MOST_DAYS, MOST_SPELLS, MOST_UNITS = 3660, 366, 10_000
MOST_SPREAD, HIGHEST_RHO = 100.0, 0.999
FARTHEST = 10.0
"""An interval that reaches e to this power, 22,000 times the energy, says nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Unit:
    """Two series to compare: energy per output (kWh per kg, per shot) with and without a measure.

    Both in order of time, `before` (n,) and `after` (m,), more than zero. `is_pair` says that they
    come from two machines, else both from one. `spells` is how many times one machine changed over
    in all, `days` how many days one spell has. `is_random`: the order was drawn.
    """

    name: str
    without: Floats
    measured: Floats
    is_pair: bool
    days: float
    spells: int = 1
    is_random: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEffect:
    """What one unit shows: its saving as a share, the error of its own readings (log scale)."""

    name: str
    fraction: float
    error: float
    effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What a trial shows: shares of the energy without the measure, None where refused.

    `low` and `high` are an interval at `level`; `least` and `most` the units' own range, shown in
    any case; `between` is the spread of the effect from machine to machine (log scale, standard
    deviation), None for fewer than two units.
    """

    fraction: float
    low: float | None
    high: float | None
    level: float
    least: float
    most: float
    between: float | None
    units: tuple[UnitEffect, ...]
    status: Status
    findings: tuple[Finding, ...]


def trial(units: Sequence[Unit], *, level: float = 0.9) -> TrialResult:
    """Judge a trial; refuses an interval for one pair, and for fewer than three units.

    A single crossed-over machine carries an interval for itself only with at least three changes
    each way, given as one unit per change.

    Raises:
        BadFiguresError: no units, energy that is not there, not a number or not more than zero, or
            days or spells of zero or less; the unit is named.
    """
    confidence(level)
    if not units:
        raise BadFiguresError("试验至少要有一个单元。", "a trial needs at least one unit")
    for unit in units:
        _check(unit)
    effects = tuple(_effect(unit) for unit in units)
    logs = np.array([log(unit.measured.mean()) - log(unit.without.mean()) for unit in units])
    errors = np.array([effect.error for effect in effects]) ** 2
    findings = list(_findings(units))
    between = None
    middle, error = float(logs.mean()), float("nan")
    if len(units) > 1:
        between, middle, error = _combined(logs, errors)
    low = high = None
    if not any(finding.is_refusal for finding in findings):
        reach = float(stdtrit(len(units) - 1, 0.5 + level / 2)) * error
        if not abs(middle) + reach < FARTHEST:
            findings.append(found(Code.UNBOUNDED))
        else:
            low, high = 1 - exp(middle + reach), 1 - exp(middle - reach)
            if low <= 0:
                findings.append(found(Code.NOT_SHOWN))
    return TrialResult(
        fraction=1 - exp(middle),
        low=low,
        high=high,
        level=level,
        least=min(effect.fraction for effect in effects),
        most=max(effect.fraction for effect in effects),
        between=between,
        units=effects,
        status=status_of(findings),
        findings=tuple(findings),
    )


def _check(unit: Unit) -> None:
    name = (f"{unit.name}：单位产量能耗", f"{unit.name}: energy per output")
    for readings in (unit.without, unit.measured):
        series(readings, name, low=SMALLEST)
    within(unit.days, (f"{unit.name}：每段天数", f"{unit.name}: days"), high=MOST_DAYS)
    spells = (f"{unit.name}：切换次数", f"{unit.name}: spells")
    count(unit.spells, spells, low=1, high=MOST_SPELLS)


def _effect(unit: Unit) -> UnitEffect:
    """Return a unit's saving and the error that its own readings leave, correlation included."""
    variance, effective = 0.0, 0.0
    for readings in (unit.without, unit.measured):
        left = np.log(readings) - np.log(readings).mean()
        if len(readings) > 2:
            told = noise(left[:, None], np.ones(1))
            variance += float(told.sum_variance(np.array([float(len(left))]))[0]) / len(left) ** 2
            effective += float(told.effective[0])
    # Means of energy, not of logarithms: a saving is about kWh.
    ratio = float(unit.measured.mean() / unit.without.mean())
    return UnitEffect(name=unit.name, fraction=1 - ratio, error=sqrt(variance), effective=effective)


def _combined(logs: Floats, errors: Floats) -> tuple[float, float, float]:
    """Return the spread between units, the mean effect, and its error, all on the log scale."""
    weight = 1 / np.maximum(errors, 1e-12)
    fixed = float((weight * logs).sum() / weight.sum())
    q = float((weight * (logs - fixed) ** 2).sum())
    # The sum of weights less that of their squares over it, where one weighs all but nothing else.
    others = (1 - np.eye(len(weight))) @ weight
    scale = float((weight * others).sum() / weight.sum())
    between = max(0.0, (q - (len(logs) - 1)) / scale)
    weight = 1 / (errors + between + 1e-12)
    middle = float((weight * logs).sum() / weight.sum())
    spread = float((weight * (logs - middle) ** 2).sum() / (len(logs) - 1))
    return sqrt(between), middle, sqrt(spread / float(weight.sum()))


def _findings(units: Sequence[Unit]) -> list[Finding]:
    said: list[Finding] = []
    if len(units) == 1 and units[0].is_pair:
        said.append(found(Code.ONE_PAIR))
    elif len(units) < FEWEST_UNITS:
        said.append(found(Code.FEW_BLOCKS, n=len(units), least=FEWEST_UNITS))
    elif len({unit.name for unit in units}) == 1:
        said.append(found(Code.ONE_MACHINE))
    if not all(unit.is_random for unit in units):
        said.append(found(Code.NOT_RANDOM))
    shortest = min(unit.days for unit in units)
    if shortest < FEWEST_SPELL_DAYS:
        said.append(found(Code.FEW_PER_BLOCK, n=shortest))
    return said


def drawn_order(machines: Sequence[str], *, spells: int, seed: int) -> dict[str, tuple[bool, ...]]:
    """Draw who runs with the measure (True) when: balanced by machine and, but for one, by spell.

    Every machine changes over in pairs of spells, of which chance puts one first; in each pair of
    spells half the machines start with the measure, so that a drift hits both alike.

    Raises:
        BadFiguresError: spells are not an even number of at least two, a machine comes twice, or
            the seed is below zero.
    """
    count(spells, ("时段数", "spells, which come in pairs,"), low=2, high=MOST_SPELLS)
    count(seed, ("随机种子", "the seed"), low=0, high=2**63)
    distinct(machines, ("机器", "machine"))
    if spells % 2:
        raise BadFiguresError(
            "时段须成对：一段带措施，一段不带。",
            "spells come in pairs: with the measure and without",
        )
    rng = np.random.default_rng(seed)
    order: dict[str, list[bool]] = {machine: [] for machine in machines}
    for _ in range(spells // 2):
        first = np.arange(len(machines)) % 2 == int(rng.integers(2))
        for machine, starts in zip(machines, rng.permutation(first), strict=True):
            order[machine] += [bool(starts), not bool(starts)]
    return {machine: tuple(plan) for machine, plan in order.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How energy per output scatters, as shares: from past readings, or a cautious guess.

    `machine` between machines, `day` from day to day of one machine, `reading` between readings of
    15 minutes with their correlation `rho`, `effect` of the measure from machine to machine.
    """

    machine: float = 0.12
    day: float = 0.05
    reading: float = 0.25
    rho: float = 0.8
    effect: float = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A trial that should do: machines (or pairs), days per spell, spells, and its half-width."""

    units: int
    days: int
    spells: int
    is_crossover: bool
    half_width: float


def half_width(
    *, units: int, days: int, spells: int, is_crossover: bool, spread: Spread, level: float = 0.9
) -> float:
    """Return how far the interval will reach to each side, as a share of energy.

    For pairs `spells` counts as more days. The variance of one unit's difference is its machines'
    (pairs only), its days', its readings' and that of the effect; Student's quantile has one
    degree of freedom less than units. Infinite for one unit, which tells nothing of others.

    Raises:
        BadFiguresError: a number is zero or less (a spread: below zero, or a correlation of one),
            or the level is not between 0 and 1.
    """
    _check_plan(spread, level)
    count(units, ("单元数", "units"), low=1, high=MOST_UNITS)
    count(spells, ("时段数", "spells"), low=1, high=MOST_SPELLS)
    within(days, ("每段天数", "days"), high=MOST_DAYS)
    return _half_width(units, days, spells, is_crossover, spread, level)


def _check_plan(spread: Spread, level: float) -> None:
    confidence(level)
    for value in (spread.machine, spread.day, spread.reading, spread.effect):
        within(value, ("离散程度", "a spread"), low=0, high=MOST_SPREAD)
    within(spread.rho, ("读数相关系数", "the readings' correlation"), low=0, high=HIGHEST_RHO)


def _half_width(
    units: int, days: float, spells: int, is_crossover: bool, spread: Spread, level: float
) -> float:
    if units < 2:
        return float("inf")
    whole = days * (spells / 2 if is_crossover else 1)
    worth = READINGS_A_DAY * whole * (1 - spread.rho) / (1 + spread.rho)
    one_side = spread.day**2 / whole + spread.reading**2 / worth
    one_side += 0.0 if is_crossover else spread.machine**2
    variance = (2 * one_side + spread.effect**2) / units
    return float(stdtrit(units - 1, 0.5 + level / 2)) * sqrt(variance)


def planned(
    *, wanted: float, spread: Spread, machines: int, level: float = 0.9, most_days: int = 14
) -> tuple[Plan, ...]:
    """Return the smallest trials that reach a half-width: the one of fewest machine-days per kind.

    First a crossover with two to six spells, then pairs, each only if it can be done with so many
    machines and at most `most_days` a spell; empty when nothing will do.

    Raises:
        BadFiguresError: the wanted half-width is not more than zero, or a number is out of range.
    """
    _check_plan(spread, level)
    within(wanted, ("期望的半宽", "the wanted half-width"))
    count(machines, ("机器台数", "machines"), low=0, high=MOST_UNITS)
    count(most_days, ("每段最多天数", "the most days"), low=0, high=MOST_DAYS)
    plans: list[Plan] = []
    for is_crossover in (True, False):
        best: tuple[float, Plan] | None = None
        most = machines if is_crossover else machines // 2
        for spells in (2, 4, 6) if is_crossover else (1,):
            for days in range(FEWEST_SPELL_DAYS, most_days + 1):
                for units in range(FEWEST_UNITS, most + 1):
                    reach = _half_width(units, days, spells, is_crossover, spread, level)
                    if reach <= wanted:
                        cost = units * days * (spells if is_crossover else 2)
                        if best is None or cost < best[0]:
                            plan = Plan(
                                units=units,
                                days=days,
                                spells=spells,
                                is_crossover=is_crossover,
                                half_width=reach,
                            )
                            best = (cost, plan)
                        break
        if best is not None:
            plans.append(best[1])
    return tuple(plans)
