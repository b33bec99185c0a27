"""A roll-up from one machine to a county, with the factors that its figures imply."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from dianliang.engines.measurement._findings import Code, Finding, Status, found

COLUMNS = ("year", "level", "area", "kind", "kg_co2_per_kwh", "notice", "seen_in")


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
            ValueError: a column is missing, or a figure is not one; the row is named.
        """
        kept: list[Factor] = []
        for number, row in enumerate(rows, start=1):
            if number == 1:
                if tuple(row) != COLUMNS:
                    raise ValueError(f"row 1: the columns must be {', '.join(COLUMNS)}")
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
                raise ValueError(f"row {number}: {error}") from error
            if not isfinite(factor.kg_per_kwh) or factor.kg_per_kwh < 0:
                raise ValueError(f"row {number}: a factor is a number of at least zero")
            kept.append(factor)
        return cls(version=1, factors=tuple(kept))

    def find(self, *, area: str, year: int | None = None, kind: str = "average") -> Factor | None:
        """Return an area's factor for a year, or its latest; None where there is none."""
        fits = [f for f in self.factors if (f.area, f.kind) == (area, kind)]
        if year is not None:
            fits = [factor for factor in fits if factor.year == year]
        return max(fits, key=lambda factor: factor.year, default=None)

    def edited(self, factor: Factor) -> "FactorTable":
        """Return the next version, with one factor added or replaced."""
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
    """What the claimed energy weighs by an official factor, and how often the claim holds that."""

    factor: Factor
    co2_t: float
    times: float


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
        ValueError: a figure is not more than zero.
    """
    if min(claim.machines, claim.fraction, claim.saved_kwh, claim.co2_t, claim.cost_cny) <= 0:
        raise ValueError("every figure of a roll-up must be more than zero")
    implied = claim.co2_t * 1000 / claim.saved_kwh
    beside = tuple(
        Beside(
            factor=factor,
            co2_t=claim.saved_kwh * factor.kg_per_kwh / 1000,
            times=implied / factor.kg_per_kwh if factor.kg_per_kwh else float("inf"),
        )
        for factor in factors
    )
    findings = [
        found(
            Code.ABOVE_FACTORS,
            implied=implied,
            official=one.factor.kg_per_kwh,
            times=one.times,
        )
        for one in beside
        if one.times > 1
    ]
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
