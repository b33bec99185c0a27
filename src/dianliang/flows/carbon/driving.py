"""What an electric vehicle centre says that it has avoided, with what that takes (row 000-12)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.energy.queries import carbon as accounts
from dianliang.domain.energy.queries import claims as claim_book
from dianliang.domain.energy.queries.factors import FactorRow, latest, official
from dianliang.domain.energy.queries.factors import factor as factor_of
from dianliang.domain.energy.shapes import ClaimDraft, ClaimRow, EvidenceDraft
from dianliang.engines import carbon
from dianliang.engines.carbon import BadAccountError, Driving, EmissionFactor
from dianliang.flows import claims
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.quantities import Quantity

KWH_PER_100_KM, LITRES_PER_100_KM, KG_PER_LITRE = 15.0, 7.0, 0.74
"""Middle of what compact cars are rated at; density within GB 17930 (0.720 to 0.775)."""
ENGINE, VERSION = "engines.carbon", "1"
KG_PER_T = 1000.0
UNIT = "kgCO2/kWh"
GREEN = "green"
"""Stands for electricity that certificates cover whole."""
GREEN_NAME = Phrase("全部用绿证核销的绿电")
BOUNDARY = Phrase("中心充电的车辆替代同里程燃油车；不含车辆和电池制造。")
CHANGED = Phrase("因子或假设有变化。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What is assumed of the cars: electricity and fuel per 100 km, the fuel's density and factor.

    `fuel` is the code of a factor per kg; nothing for the latest of petrol.
    """

    kwh_per_100_km: float = KWH_PER_100_KM
    litres_per_100_km: float = LITRES_PER_100_KM
    kg_per_litre: float = KG_PER_LITRE
    fuel: str = ""

    @property
    def words(self) -> str:
        """Return the figures as a method names them."""
        return Phrase(
            "百公里电耗 %(kwh)s kWh、油耗 %(litres)s L，燃油密度 %(density)s kg/L",
            kwh=f"{self.kwh_per_100_km:g}",
            litres=f"{self.litres_per_100_km:g}",
            density=f"{self.kg_per_litre:g}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What charging comes to by one factor of the grid.

    `avoided` is what the electricity charged avoids, `needed` the electricity that the reported
    figure takes; None where it was not said, or where charging avoids nothing.
    """

    code: str
    name: str
    kg_per_kwh: float
    avoided: Quantity | None
    needed: Quantity | None


def worlds_of(
    *, assumed: Assumed, charged_kwh: float | None = None, avoided_t: float | None = None
) -> tuple[World, ...]:
    """Return by green power and by each official factor what charging avoids, or has to be.

    Raises:
        InvalidInputError: the library lacks the fuel, or a figure cannot be; it is named.
    """
    fuel = _fuel(assumed)
    grids = [(row.code, row.name, _factor(row)) for row in official("电力") if row.unit == UNIT]
    green = EmissionFactor(code=GREEN, kg_per_unit=0.0, unit="kWh")
    return tuple(
        _world(code, name, grid, fuel, assumed, charged_kwh, avoided_t)
        for code, name, grid in ((GREEN, GREEN_NAME, green), *grids)
    )


def worlds(avoided_t: float) -> tuple[tuple[str, Quantity | None], ...]:
    """Return how much charging makes so many tonnes, by green power and each official factor.

    None where charging avoids nothing by that factor.

    Raises:
        InvalidInputError: the library lacks petrol, or the figure is none.
    """
    if not avoided_t > 0:
        raise InvalidInputError(Phrase("减排量应大于零。"), field="avoided_t")
    found = worlds_of(assumed=Assumed(), avoided_t=avoided_t)
    return tuple((one.name, one.needed) for one in found)


def _world(
    code: str,
    name: str,
    grid: EmissionFactor,
    fuel: EmissionFactor,
    assumed: Assumed,
    charged_kwh: float | None,
    avoided_t: float | None,
) -> World:
    figures = {key: value for key, value in asdict(assumed).items() if key != "fuel"}
    driving = Driving(**figures, fuel=fuel, power=grid)
    try:
        found = carbon.substitution(charged_kwh or 0.0, driving=driving)
    except BadAccountError as wrong:
        raise InvalidInputError(wrong.words) from wrong
    is_less = found.kg_per_kwh > 0
    avoided = None
    if charged_kwh is not None:
        avoided = Quantity(value=found.avoided_kg / KG_PER_T, unit="tCO2")
    needed = None
    if avoided_t is not None and is_less:
        needed = Quantity(value=found.kwh_for(avoided_t * KG_PER_T), unit="kWh")
    return World(code=code, name=name, kg_per_kwh=grid.kg_per_unit, avoided=avoided, needed=needed)


@transaction.atomic
def state_charged(
    *,
    account: str,
    assumed: Assumed,
    grid: str,
    charged_kwh: float,
    from_on: date,
    until_on: date,
    reported_t: float | None,
    document: str,
    by: Actor,
    at: datetime,
) -> ClaimRow:
    """State what the electricity that a centre charged has avoided, by one factor of the grid.

    What was reported stands beside it in the findings: how often it holds what was reckoned.

    Raises:
        InvalidInputError: a figure cannot be, or the factor is none of the official ones.
        NotVisibleError: the account is absent or another's.
        UnableToClaimError: see `claims.restate_claim`.
    """
    centre = accounts.account(account, by=by)
    found = {one.code: one for one in worlds_of(assumed=assumed, charged_kwh=charged_kwh)}
    chosen = found.get(grid)
    if chosen is None or chosen.avoided is None:
        raise InvalidInputError(Phrase("请选择电网因子。"), field="grid")
    draft = ClaimDraft(
        title=Phrase("%(name)s充电替代燃油的减排", name=centre.name),
        kind="carbon",
        value=chosen.avoided.value,
        measure="tCO2",
        no_interval=Phrase("百公里电耗、油耗是假设，没有测量，不能给区间。"),
        option="formula",
        method=Phrase(
            "AMS-III.C：里程 × 百公里油耗 × 燃油因子（%(fuel)s）− 充电量 × 电力因子"
            "（%(name)s，%(kg)s kgCO2/kWh）；%(assumed)s。",
            fuel=_fuel(assumed).code,
            name=chosen.name,
            kg=f"{chosen.kg_per_kwh:g}",
            assumed=assumed.words,
        ),
        engine=ENGINE,
        engine_version=VERSION,
        boundary=BOUNDARY,
        from_on=from_on,
        until_on=until_on,
        activity=charged_kwh,
        activity_unit="kWh",
        subject_kind="carbon_account",
        subject_number=centre.number,
        subject_name=centre.name,
        findings=_beside(found, chosen, reported_t),
        evidence=[EvidenceDraft(kind="note", words=_charged(charged_kwh, document))],
        unit_code=centre.unit_code,
        key=f"driving:{centre.number}:{from_on}:{until_on}",
        is_generated=centre.is_generated,
    )
    return claims.restate_claim(draft=draft, reason=CHANGED, by=by, at=at)


def _beside(found: Mapping[str, World], chosen: World, reported_t: float | None) -> list[str]:
    """Say how often the reported figure holds what was reckoned, and what other factors give."""
    told: list[str] = [
        Phrase("按%(name)s，减排 %(figure)s。", name=one.name, figure=one.avoided.figure())
        for one in found.values()
        if one.avoided is not None and one is not chosen
    ]
    if reported_t is None or chosen.avoided is None or chosen.avoided.value <= 0:
        return told
    words = Phrase(
        "报道 %(t)s 吨，是按充电量算出的 %(times)s 倍。",
        t=f"{reported_t:,.0f}",
        times=f"{reported_t / chosen.avoided.value:.2f}",
    )
    return [words, *told]


@transaction.atomic
def state_reported(
    *,
    name: str,
    subject_number: str,
    avoided_t: float,
    unit_code: str,
    by: Actor,
    at: datetime,
    assumed: Assumed | None = None,
    is_generated: bool = False,
) -> ClaimRow:
    """State what a centre reports as avoided, as an estimate, with what it would take.

    Raises:
        InvalidInputError, UnableToClaimError, NotVisibleError: see `worlds_of`, `claims`.
    """
    known = assumed or Assumed()
    if not avoided_t > 0:
        raise InvalidInputError(Phrase("减排量应大于零。"), field="avoided_t")
    told = [
        Phrase("按%(name)s，需累计充电 %(figure)s。", name=one.name, figure=one.needed.figure())
        if one.needed
        else Phrase("按%(name)s，充电并不减排。", name=one.name)
        for one in worlds_of(assumed=known, avoided_t=avoided_t)
    ]
    draft = ClaimDraft(
        title=Phrase("%(name)s累计减排", name=name),
        kind="carbon",
        value=avoided_t,
        measure="tCO2",
        no_interval=Phrase("报道没有给出充电量和方法，不能给区间。"),
        option="formula",
        method=Phrase(
            "替代燃油：里程 × 百公里油耗 × 汽油因子 − 充电量 × 电力因子；%(assumed)s。",
            assumed=known.words,
        ),
        engine=ENGINE,
        engine_version=VERSION,
        boundary=BOUNDARY,
        subject_kind="carbon_account",
        subject_number=subject_number,
        subject_name=name,
        findings=told,
        evidence=[EvidenceDraft(kind="note", words=_reported(avoided_t))],
        unit_code=unit_code,
        key=f"driving:{subject_number}",
        is_generated=is_generated,
    )
    return claims.restate_claim(draft=draft, reason=CHANGED, by=by, at=at)


def _charged(kwh: float, document: str) -> str:
    return Phrase("充电量 %(kwh)s kWh：%(document)s", kwh=f"{kwh:,.0f}", document=document)


def _reported(avoided_t: float) -> str:
    return Phrase("报道：累计减排 %(t)s 吨", t=f"{avoided_t:,.0f}")


def centres(*, by: Actor) -> tuple[accounts.AccountRow, ...]:
    """Return the carbon accounts of electric vehicle centres that the actor sees."""
    return tuple(one for one in accounts.accounts(by=by) if one.kind == "ev_centre")


def stated(account: str, *, by: Actor) -> tuple[ClaimRow, ...]:
    """Return the current claims about what a centre has avoided."""
    rows = claim_book.of_subject("carbon_account", account, by=by)
    return tuple(row for row in rows if row.kind == "carbon")


def _fuel(assumed: Assumed) -> EmissionFactor:
    try:
        row = factor_of(assumed.fuel) if assumed.fuel else latest("汽油", kind="fuel")
    except NotVisibleError:
        row = None
    if row is None or row.kind != "fuel" or row.unit != "kgCO2/kg":
        raise InvalidInputError(Phrase("因子库里没有这种燃油每千克的因子。"), field="fuel")
    return _factor(row)


def _factor(row: FactorRow) -> EmissionFactor:
    return EmissionFactor(
        code=row.code, kg_per_unit=float(row.value), unit=row.unit.partition("/")[2]
    )
