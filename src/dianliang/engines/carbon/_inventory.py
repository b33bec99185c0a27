"""Sum an account by scope, by place and by market, with its uncertainty.

Approach 1 of IPCC 2006, volume 1, section 3.2.3.1: errors of lines that share a factor are one
error and add up, and so are those of one carrier at one place, whose meter errs alike in every
month. Other errors are independent. Approach 2 (Monte Carlo, 3.2.3.2) for spreads that are wide or
skew: `simulated`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.carbon._checks import BadAccountError
from dianliang.engines.carbon._lines import Activity, Basis, Certificate, EmissionFactor
from dianliang.kernel.phrases import Phrase

LEVEL = 0.95
"""Uncertainties of inventories are 95 % intervals (IPCC 2006, volume 1, 3.1.3)."""
Z = 1.959964
ELECTRICITY = "电力"
WIDE = 0.3
"""Beyond this share IPCC's approach 1 is rough (3.2.3.1): simulate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Emissions in kilograms of CO2 with a 95 % interval."""

    co2_kg: float
    low_kg: float
    high_kg: float

    @property
    def share(self) -> float:
        """Return half of the interval as a share; 0 of nothing."""
        return (self.high_kg - self.low_kg) / 2 / self.co2_kg if self.co2_kg else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one account comes to: by scope and basis, and as a whole by either basis.

    `certified_kwh` is what certificates cover, `left_kwh` what of them found no electricity to
    cover; it counts for nothing. `is_wide`: simulate instead of trusting these intervals.
    """

    account: str
    scopes: Mapping[tuple[int, Basis], Sum]
    totals: Mapping[Basis, Sum]
    certified_kwh: float
    left_kwh: float
    is_wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All accounts, by name."""

    accounts: Mapping[str, Account]


def inventory(
    activities: Sequence[Activity],
    *,
    certificates: Sequence[Certificate] = (),
    residual: EmissionFactor | None = None,
) -> Inventory:
    """Sum accounts by place and by market.

    By market, electricity bought in the days of a certificate counts nothing as far as it covers
    it, and what is left counts by the `residual` factor, else by its own (Scope 2 Guidance, table
    6.3). A line longer than the certificate is covered by no more than its share of those days. A
    certificate covers each kWh once.

    Cost: lines × days on which a certificate begins or ends within them, of an account.

    Raises:
        BadAccountError: one certificate is redeemed twice, or factors of one code differ.
    """
    _check(activities, certificates, residual)
    names = dict.fromkeys(line.account for line in activities)
    found = {}
    for name in names:
        own = [line for line in activities if line.account == name]
        redeemed = [one for one in certificates if one.account == name]
        found[name] = _account(name, own, redeemed, residual)
    return Inventory(accounts=found)


def simulated(
    lines: Sequence[Activity], *, seed: int, draws: int = 20_000, share: float = LEVEL
) -> Sum:
    """Sum lines by Monte Carlo: factors drawn once for all that share them, meters for all months.

    A factor with an interval is drawn from two half normals that meet at its value: sources give
    skew intervals. Nothing falls below zero.

    Raises:
        BadAccountError: fewer than 1000 draws, or a share that is none.
    """
    if draws < 1000 or not 0 < share < 1:
        raise BadAccountError(
            Phrase("模拟至少 1000 次，置信水平在 0 到 1 之间。"), "draws or share"
        )
    chance = np.random.default_rng(seed)
    total = np.zeros(draws)
    meters = {meter: chance.standard_normal(draws) / Z for meter in map(_meter, lines)}
    for factor in {line.factor.code: line.factor for line in lines}.values():
        drawn = _drawn(factor, chance, draws)
        for line in lines:
            if line.factor.code == factor.code:
                error = meters[_meter(line)] * line.share
                total += line.quantity * np.maximum(0, 1 + error) * drawn
    low, high = np.quantile(total, [(1 - share) / 2, (1 + share) / 2])
    return Sum(co2_kg=sum(line.co2_kg for line in lines), low_kg=float(low), high_kg=float(high))


def _drawn(factor: EmissionFactor, chance: np.random.Generator, draws: int) -> NDArray[np.float64]:
    value = factor.kg_per_unit
    if factor.low is None or factor.high is None:
        return np.full(draws, value)
    side = chance.standard_normal(draws)
    arm = np.where(side < 0, value - factor.low, factor.high - value) / Z
    return np.asarray(np.maximum(0, value + side * arm))


def _check(
    activities: Sequence[Activity],
    certificates: Sequence[Certificate],
    residual: EmissionFactor | None,
) -> None:
    seen: set[str] = set()
    for one in certificates:
        if one.number in seen:
            raise BadAccountError(
                Phrase("绿证“%(number)s”用了两次。", number=one.number),
                f"certificate {one.number} is redeemed twice",
            )
        seen.add(one.number)
    known: dict[str, EmissionFactor] = {residual.code: residual} if residual else {}
    for line in activities:
        if known.setdefault(line.factor.code, line.factor) != line.factor:
            raise BadAccountError(
                Phrase("因子“%(code)s”前后不一致。", code=line.factor.code),
                f"factor {line.factor.code} differs",
            )


def _account(
    name: str,
    lines: Sequence[Activity],
    certificates: Sequence[Certificate],
    residual: EmissionFactor | None,
) -> Account:
    covered, left = _covered(lines, certificates)
    market = [_by_market(line, covered.get(line.number, 0.0), residual) for line in lines]
    bases = {Basis.LOCATION: list(lines), Basis.MARKET: market}
    scopes = {
        (scope, basis): summed(line for line in own if line.scope == scope)
        for basis, own in bases.items()
        for scope in sorted({line.scope for line in lines})
    }
    totals = {basis: summed(own) for basis, own in bases.items()}
    return Account(
        account=name,
        scopes=scopes,
        totals=totals,
        certified_kwh=sum(covered.values()),
        left_kwh=left,
        is_wide=any(total.share > WIDE for total in totals.values()),
    )


def _covered(
    lines: Sequence[Activity], certificates: Sequence[Certificate]
) -> tuple[dict[str, float], float]:
    """Return how many kWh of each line certificates cover, and what of them is left over.

    Lines are cut where a certificate begins or ends, evenly by day; each piece is covered by the
    certificate of its days that ends first, which leaves the least over (Glover 1967).
    """
    cuts = sorted({day for one in certificates for day in (one.from_on, one.until_on)})
    pieces = _pieces(lines, cuts)
    rest = {one.number: one.kwh for one in certificates}
    covered: dict[str, float] = {}
    by_end = sorted(certificates, key=lambda one: (one.until_on, one.from_on, one.number))
    for first_on in sorted(pieces):
        fitting = [one for one in by_end if one.from_on <= first_on < one.until_on]
        for number, kwh in pieces[first_on]:
            free = kwh
            while fitting and free > 0:
                taken = min(free, rest[fitting[0].number])
                covered[number] = covered.get(number, 0.0) + taken
                rest[fitting[0].number] -= taken
                free -= taken
                if free > 0:
                    fitting.pop(0)
    return covered, sum(rest.values())


def _pieces(lines: Sequence[Activity], cuts: Sequence[date]) -> dict[date, list[tuple[str, float]]]:
    """Return the kWh of bought lines between two cuts, by the first day of them."""
    found: dict[date, list[tuple[str, float]]] = {}
    for line in sorted(filter(_is_bought, lines), key=lambda one: one.from_on):
        inside = cuts[bisect_right(cuts, line.from_on) : bisect_left(cuts, line.until_on)]
        days = (line.until_on - line.from_on).days
        for first, until in pairwise((line.from_on, *inside, line.until_on)):
            place = bisect_right(cuts, first)
            if 0 < place < len(cuts):
                kwh = line.quantity * (until - first).days / days
                found.setdefault(cuts[place - 1], []).append((line.number, kwh))
    return found


def _is_bought(line: Activity) -> bool:
    return line.scope == 2 and line.carrier == ELECTRICITY and line.factor.unit == "kWh"


def _by_market(line: Activity, covered: float, residual: EmissionFactor | None) -> Activity:
    if not _is_bought(line):
        return line
    return Activity(
        number=line.number,
        account=line.account,
        place=line.place,
        carrier=line.carrier,
        scope=line.scope,
        from_on=line.from_on,
        until_on=line.until_on,
        quantity=max(0.0, line.quantity - covered),
        factor=residual or line.factor,
        share=line.share,
    )


def _meter(line: Activity) -> tuple[str, str]:
    return line.place, line.carrier


def summed(lines: Iterable[Activity]) -> Sum:
    """Sum lines and their errors: by factor and by meter what is shared, each as one error."""
    total = 0.0
    meters: dict[tuple[str, str], float] = {}
    factors: dict[str, float] = {}
    for line in lines:
        total += line.co2_kg
        meter = _meter(line)
        meters[meter] = meters.get(meter, 0.0) + line.co2_kg * line.share
        error = line.quantity * line.factor.half_kg
        factors[line.factor.code] = factors.get(line.factor.code, 0.0) + error
    half = sqrt(sum(error**2 for error in (*meters.values(), *factors.values())))
    return Sum(co2_kg=total, low_kg=max(0.0, total - half), high_kg=total + half)
