"""What an electric vehicle centre says that it has avoided, with what that takes (row 000-12)."""

from datetime import datetime

from django.db import transaction

from dianliang.domain.energy.queries.factors import FactorRow, latest, official
from dianliang.domain.energy.shapes import ClaimDraft, ClaimRow, EvidenceDraft
from dianliang.engines import carbon
from dianliang.engines.carbon import BadAccountError, Driving, EmissionFactor
from dianliang.flows import claims
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.quantities import Quantity

KWH_PER_100_KM, LITRES_PER_100_KM, KG_PER_LITRE = 15.0, 7.0, 0.74
"""Middle of what compact cars are rated at; density within GB 17930 (0.720 to 0.775)."""
ENGINE, VERSION = "engines.carbon", "1"
KG_PER_T = 1000.0


def worlds(avoided_t: float) -> tuple[tuple[str, Quantity | None], ...]:
    """Return how much charging makes so many tonnes, by green power and each official factor.

    None where charging avoids nothing by that factor.

    Raises:
        InvalidInputError: the library lacks petrol, or the figure is none.
    """
    fuel = latest("汽油", kind="fuel")
    if fuel is None or not avoided_t > 0:
        raise InvalidInputError("因子库里没有汽油的因子，或减排量不大于零。", field="value")
    grids = [(row.name, _factor(row)) for row in official("电力") if row.unit == "kgCO2/kWh"]
    green = EmissionFactor(code="green", kg_per_unit=0.0, unit="kWh")
    return tuple(
        (name, _charged(avoided_t, grid, _factor(fuel)))
        for name, grid in (("全部用绿证核销的绿电", green), *grids)
    )


@transaction.atomic
def state_reported(
    *,
    name: str,
    subject_number: str,
    avoided_t: float,
    unit_code: str,
    by: Actor,
    at: datetime,
    is_generated: bool = False,
) -> ClaimRow:
    """State what a centre reports as avoided, as an estimate, with what it would take.

    Raises:
        InvalidInputError, UnableToClaimError, NotVisibleError: see `worlds`, `claims`.
    """
    told = [
        f"按{grid}，需累计充电 {kwh.figure()}。" if kwh else f"按{grid}，充电并不减排。"
        for grid, kwh in worlds(avoided_t)
    ]
    assumed = (
        f"百公里电耗 {KWH_PER_100_KM:g} kWh、油耗 {LITRES_PER_100_KM:g} L，"
        f"汽油密度 {KG_PER_LITRE:g} kg/L"
    )
    draft = ClaimDraft(
        title=f"{name}累计减排",
        kind="carbon",
        value=avoided_t,
        measure="tCO2",
        no_interval="报道没有给出充电量和方法，不能给区间。",
        option="formula",
        method=f"替代燃油：里程 × 百公里油耗 × 汽油因子 − 充电量 × 电力因子；{assumed}。",
        engine=ENGINE,
        engine_version=VERSION,
        boundary="中心充电的车辆替代同里程汽油车；不含车辆和电池制造。",
        subject_kind="carbon_account",
        subject_number=subject_number,
        subject_name=name,
        findings=told,
        evidence=[EvidenceDraft(kind="note", words=f"报道：累计减排 {avoided_t:,.0f} 吨")],
        unit_code=unit_code,
        key=f"driving:{subject_number}",
        is_generated=is_generated,
    )
    return claims.restate_claim(draft=draft, reason="因子或假设有变化。", by=by, at=at)


def _charged(avoided_t: float, grid: EmissionFactor, fuel: EmissionFactor) -> Quantity | None:
    driving = Driving(
        kwh_per_100_km=KWH_PER_100_KM,
        litres_per_100_km=LITRES_PER_100_KM,
        kg_per_litre=KG_PER_LITRE,
        fuel=fuel,
        power=grid,
    )
    try:
        kwh = carbon.substitution(1.0, driving=driving).kwh_for(avoided_t * KG_PER_T)
    except BadAccountError:
        return None
    return Quantity(value=kwh, unit="kWh")


def _factor(row: FactorRow) -> EmissionFactor:
    return EmissionFactor(
        code=row.code, kg_per_unit=float(row.value), unit=row.unit.partition("/")[2]
    )
