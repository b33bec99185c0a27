"""A roll-up from one machine to a county, taken apart and held against today's factors.

What seed row 004-18 reports is such a roll-up; every figure of it is an input, none a constant.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.domain.energy.queries import claims as claim_book
from dianliang.domain.energy.queries.factors import FactorRow, official
from dianliang.domain.energy.shapes import ClaimRow, EvidenceDraft
from dianliang.engines import measurement
from dianliang.engines.measurement import BadFiguresError, Code
from dianliang.flows import claims
from dianliang.flows.claims import ClaimDraft
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.quantities import Quantity

ENGINE, VERSION = "engines.measurement", "1"
POWER = "电力"
OF_FACTORS = frozenset({Code.ABOVE_FACTORS, Code.ABOVE_ZERO})
WHY_NOT = Phrase("由一台机器推到全县，没有测量设计能给出区间。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A roll-up as it is reported: machines, share saved, kWh, t of CO2 and CNY a year.

    `before` and `after` are the efficiencies of what was changed, `share` its part of the
    machine's energy; all as shares.
    """

    title: str
    machines: int
    fraction: float
    measured_fraction: float
    saved_kwh: float
    co2_t: float
    cost_cny: float
    before: float
    after: float
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The roll-up's energy by an official factor; `times` is how often the roll-up holds that."""

    factor: FactorRow
    co2: Quantity
    times: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUp:
    """What a roll-up implies, and what the mechanism and today's factors make of it."""

    scenario: Scenario
    kg_per_kwh: float
    cny_per_kwh: float
    saved_per_machine: Quantity
    whole_per_machine: Quantity
    most_fraction: float
    unexplained: float
    within: Quantity
    beside: tuple[Compared, ...]
    findings: tuple[str, ...]
    of_factors: tuple[str, ...]
    to_check: tuple[str, ...]


def rolled_up(scenario: Scenario) -> RolledUp:
    """Take a roll-up apart.

    Raises:
        InvalidInputError: a figure of it cannot be.
    """
    rows = {
        (row.year, row.region, row.kind): row for row in official(POWER) if row.unit == "kgCO2/kWh"
    }
    try:
        bound = measurement.efficiency_bound(
            before=scenario.before,
            after=scenario.after,
            share=scenario.share,
            claimed=scenario.measured_fraction,
        )
        found = measurement.roll_up(
            measurement.Claim(
                machines=scenario.machines,
                fraction=scenario.fraction,
                saved_kwh=scenario.saved_kwh,
                co2_t=scenario.co2_t,
                cost_cny=scenario.cost_cny,
            ),
            factors=[_factor(row) for row in rows.values()],
            most_fraction=bound.most_of_whole,
        )
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
    beside = tuple(
        Compared(
            factor=rows[one.factor.year, one.factor.area, one.factor.kind],
            co2=Quantity(value=one.co2_t, unit="tCO2"),
            times=one.times,
        )
        for one in found.beside
    )
    above = iter([one.factor for one in beside if one.times is None or one.times > 1])
    told = [
        _named(one.words, next(above)) if one.code in OF_FACTORS else one.words
        for one in found.findings
    ]
    of_factors = tuple(
        words for one, words in zip(found.findings, told, strict=True) if one.code in OF_FACTORS
    )
    return RolledUp(
        scenario=scenario,
        kg_per_kwh=found.kg_co2_per_kwh,
        cny_per_kwh=found.cny_per_kwh,
        saved_per_machine=Quantity(value=found.saved_kwh_per_machine, unit="kWh"),
        whole_per_machine=Quantity(value=found.baseline_kwh_per_machine, unit="kWh"),
        most_fraction=bound.most_of_whole,
        unexplained=bound.unexplained,
        within=Quantity(value=found.within_kwh or 0.0, unit="kWh"),
        beside=beside,
        findings=(*(one.words for one in bound.findings), *told),
        of_factors=of_factors,
        to_check=tuple(chinese for chinese, _ in bound.to_check),
    )


def _named(words: str, factor: FactorRow) -> str:
    """Say which official factor a finding speaks of, with its unit."""
    value = f"{factor.value:.4f}"
    words = words.replace("官方因子", f"官方因子“{factor.name}”")
    return words.replace(f"”{'' if '为零' in words else ' '}{value}", f"” {value} {factor.unit}")


@transaction.atomic
def state(
    *, scenario: Scenario, by: Actor, at: datetime, is_generated: bool = False
) -> tuple[ClaimRow, ...]:
    """State the roll-up's energy, carbon and money as engineering estimates (登记推算).

    Again only where a figure has changed. The carbon carries the energy it was reckoned of, so
    that its claim shows today's factors beside it.

    Raises:
        InvalidInputError, UnableToClaimError, NotVisibleError: see `rolled_up`, `claims`.
    """
    found = rolled_up(scenario)
    figures = (
        ("saving", "kWh", scenario.saved_kwh, Phrase("年节电量"), _per_machine(scenario)),
        ("carbon", "tCO2", scenario.co2_t, Phrase("年减碳量"), Phrase("节电量 × 报道所用因子")),
        ("cost", "CNY", scenario.cost_cny, Phrase("年节省电费"), Phrase("节电量 × 报道所用电价")),
    )
    of_mechanism = [words for words in found.findings if words not in found.of_factors]
    made = []
    for kind, measure, value, what, method in figures:
        is_carbon = kind == "carbon"
        draft = ClaimDraft(
            title=Phrase("%(title)s%(what)s", title=scenario.title, what=what),
            kind=kind,
            value=value,
            measure=measure,
            no_interval=WHY_NOT,
            option="formula",
            method=Phrase(
                "%(method)s；节能率 %(share)s。", method=method, share=f"{scenario.fraction:.0%}"
            ),
            engine=ENGINE,
            engine_version=VERSION,
            boundary=Phrase("全县 %(n)d 台机器一年的电量，未逐台测量。", n=scenario.machines),
            subject_kind="rollup",
            subject_name=scenario.title,
            activity=scenario.saved_kwh if is_carbon else None,
            activity_unit="kWh" if is_carbon else "",
            findings=found.of_factors if is_carbon else of_mechanism,
            evidence=[EvidenceDraft(kind="note", words=_said(scenario))],
            key=f"rollup:{by.unit_code}:{scenario.title}:{kind}"[:120],
            is_generated=is_generated,
        )
        made.append(claims.restate_claim(draft=draft, reason="推算参数有变化。", by=by, at=at))
    return tuple(made)


def stated(scenario: Scenario, *, by: Actor) -> tuple[ClaimRow, ...]:
    """Return what of a roll-up is stated now."""
    kinds = ("saving", "carbon", "cost")
    keys = [f"rollup:{by.unit_code}:{scenario.title}:{kind}"[:120] for kind in kinds]
    return tuple(claim_book.by_key(keys, by=by).values())


def _said(scenario: Scenario) -> str:
    return Phrase(
        "%(n)d 台，节能率 %(share)s（单机实测 %(measured)s），热效率 %(before)s → %(after)s",
        n=scenario.machines,
        share=f"{scenario.fraction:.0%}",
        measured=f"{scenario.measured_fraction:.0%}",
        before=f"{scenario.before:.1%}",
        after=f"{scenario.after:.1%}",
    )


def _per_machine(scenario: Scenario) -> str:
    return Phrase("%(n)d 台 × 每台节电量", n=scenario.machines)


def _factor(row: FactorRow) -> measurement.Factor:
    return measurement.Factor(
        year=row.year,
        level=row.level,
        area=row.region,
        kind=row.kind,
        kg_per_kwh=float(row.value),
        source=row.source,
        seen_in=row.seen_in,
        is_transcribed=row.is_transcribed,
    )
