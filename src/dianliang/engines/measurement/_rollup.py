"""A roll-up from one machine to a county, with the factors that its figures imply."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dianliang.engines.measurement._checks import SMALLEST, BadFiguresError, count, within
from dianliang.engines.measurement._findings import Code, Finding, Status, found
from dianliang.kernel.phrases import Phrase, joined

FACTOR = ("排放因子", "a factor")
COLUMNS = ("year", "level", "area", "kind", "kg_co2_per_kwh", "notice", "seen_in")
MOST_KG_PER_KWH = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """An emission factor of electricity: kg CO2 per kWh, whose, of which year and kind, from where.

    `source` names the notice, `seen_in` where it was read; `is_transcribed` says that it was copied
    from secondary sources and not compared with the notice itself.
    """

    year: int
    level: str
    area: str
    kind: str
    kg_per_kwh: float
    source: str
    seen_in: str
    is_transcribed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorTable:
    """A version of the library. Changing a factor makes another version; what was said stays."""

    version: int
    factors: tuple[Factor, ...]

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> "FactorTable":
        """Read rows of text, the header first, as the shipped file has them.

        Raises:
            BadFiguresError: a column is missing, or a figure is not one; the row is named.
        """
        kept: list[Factor] = []
        for number, row in enumerate(rows, start=1):
            if number == 1:
                if tuple(row) != COLUMNS:
                    raise BadFiguresError(
                        Phrase("第 1 行：表头应为 %(columns)s。", columns=joined("、", COLUMNS)),
                        f"row 1: the columns must be {', '.join(COLUMNS)}",
                    )
                continue
            try:
                year, level, area, kind, value, source, seen = row
                factor = Factor(
                    year=int(year),
                    level=level,
                    area=area,
                    kind=kind,
                    kg_per_kwh=float(value),
                    source=source,
                    seen_in=seen,
                )
            except ValueError as error:
                raise BadFiguresError(
                    Phrase("第 %(number)s 行：列数不对，或年份、因子不是数。", number=number),
                    f"row {number}: {error}",
                ) from error
            _check(factor, (f"第 {number} 行：排放因子", f"row {number}: a factor"))
            kept.append(factor)
        return cls(version=1, factors=tuple(kept))

    def find(self, *, area: str, year: int | None = None, kind: str = "average") -> Factor | None:
        """Return an area's factor for a year, or its latest; None where there is none."""
        fits = [f for f in self.factors if (f.area, f.kind) == (area, kind)]
        if year is not None:
            fits = [factor for factor in fits if factor.year == year]
        return max(fits, key=lambda factor: factor.year, default=None)

    def edited(self, factor: Factor) -> "FactorTable":
        """Return the next version, with one factor added or replaced.

        Raises:
            BadFiguresError: the factor is not a number, or below zero.
        """
        _check(factor, FACTOR)
        key = (factor.year, factor.area, factor.kind)
        others = tuple(f for f in self.factors if (f.year, f.area, f.kind) != key)
        return FactorTable(version=self.version + 1, factors=(*others, factor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A county's claim: machines, share saved, and what it adds up to a year."""

    machines: int
    fraction: float
    saved_kwh: float
    co2_t: float
    cost_cny: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the claimed energy weighs by an official factor, and how often the claim holds that.

    `times` is None where the official factor is zero.
    """

    factor: Factor
    co2_t: float
    times: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """What a claim implies: per kWh, per machine and year; and by official factors beside it."""

    kg_co2_per_kwh: float
    cny_per_kwh: float
    saved_kwh_per_machine: float
    baseline_kwh_per_machine: float
    within_kwh: float | None
    beside: tuple[Beside, ...]
    status: Status
    findings: tuple[Finding, ...]


def roll_up(
    claim: Claim, *, factors: Sequence[Factor], most_fraction: float | None = None
) -> RollUp:
    """Take a roll-up apart: it is an engineering estimate, whatever was measured on one machine.

    `most_fraction` is what the mechanism allows (see `efficiency_bound`): `within_kwh` is then what
    the same machines would save by it.

    Raises:
        BadFiguresError: a figure is not a number, not more than zero, or a share above 1.
    """
    _check_claim(claim, most_fraction)
    for factor in factors:
        _check(factor, FACTOR)
    implied = claim.co2_t * 1000 / claim.saved_kwh
    beside = tuple(
        Beside(
            factor=factor,
            co2_t=claim.saved_kwh * factor.kg_per_kwh / 1000,
            times=implied / factor.kg_per_kwh if factor.kg_per_kwh else None,
        )
        for factor in factors
    )
    findings = _beside(beside, implied)
    whole = claim.saved_kwh / claim.fraction
    if most_fraction is not None and claim.fraction > most_fraction:
        over = claim.fraction - most_fraction
        findings.append(
            found(Code.BEYOND_MECHANISM, claimed=claim.fraction, most=most_fraction, over=over)
        )
    return RollUp(
        kg_co2_per_kwh=implied,
        cny_per_kwh=claim.cost_cny / claim.saved_kwh,
        saved_kwh_per_machine=claim.saved_kwh / claim.machines,
        baseline_kwh_per_machine=whole / claim.machines,
        within_kwh=None if most_fraction is None else whole * most_fraction,
        beside=beside,
        status=Status.ESTIMATED,
        findings=tuple(findings),
    )


def _check(factor: Factor, name: tuple[str, str]) -> None:
    """Hold a factor against what it may be: zero is one, of energy without any emission."""
    count(factor.year, (f"{name[0]}的年份", f"{name[1]}: the year"), low=1900, high=2200)
    low = SMALLEST if factor.kg_per_kwh else 0.0
    within(factor.kg_per_kwh, name, low=low, high=MOST_KG_PER_KWH)


def _check_claim(claim: Claim, most_fraction: float | None) -> None:
    count(claim.machines, ("汇总的机器台数", "machines of a roll-up"), low=1, high=10**12)
    within(claim.fraction, ("汇总的节能率", "the share of a roll-up"), high=1)
    within(claim.saved_kwh, ("汇总的节电量", "energy of a roll-up"))
    within(claim.co2_t, ("汇总的减排量", "carbon of a roll-up"))
    within(claim.cost_cny, ("汇总的金额", "cost of a roll-up"))
    if most_fraction is not None:
        within(most_fraction, ("机理上限", "the mechanism's bound"), low=0, high=1)


def _beside(beside: Sequence[Beside], implied: float) -> list[Finding]:
    """Say which official factors the claim's own exceeds."""
    said: list[Finding] = []
    for one in beside:
        if one.times is None:
            said.append(found(Code.ABOVE_ZERO, implied=implied))
        elif one.times > 1:
            official = one.factor.kg_per_kwh
            said.append(
                found(Code.ABOVE_FACTORS, implied=implied, official=official, times=one.times)
            )
    return said
