"""What a claim's figures may be: units that fit the kind, sane signs, activity times its factor."""

from dianliang.domain.energy.models import Claim, Factor
from dianliang.domain.energy.shapes import ClaimDraft
from dianliang.kernel.phrases import Phrase

_KIND, _MEASURE = Claim.Kind, Claim.Measure
MEASURED_IN: dict[str, set[str]] = {
    _KIND.SAVING: {_MEASURE.KWH, _MEASURE.TCE, _MEASURE.PERCENT, _MEASURE.KWH_PER_KG},
    _KIND.CARBON: {_MEASURE.T_CO2},
    _KIND.EMISSION: {_MEASURE.T_CO2},
    _KIND.COST: {_MEASURE.CNY, _MEASURE.CNY_PER_KWH},
    _KIND.INVESTMENT: {_MEASURE.CNY},
    _KIND.RELIEF: {
        *(_MEASURE.KW, _MEASURE.KVA, _MEASURE.KWH, _MEASURE.PERCENT),
        *(_MEASURE.HOUR, _MEASURE.COUNT),
    },
    _KIND.DEMAND: {_MEASURE.KW, _MEASURE.KVA, _MEASURE.PERCENT, _MEASURE.HOUR},
    _KIND.GENERATION: {_MEASURE.KWH, _MEASURE.KW, _MEASURE.PERCENT, _MEASURE.HOUR},
    _KIND.COVERAGE: {_MEASURE.PERCENT, _MEASURE.COUNT, _MEASURE.KM, _MEASURE.HOUR},
    _KIND.EFFICIENCY: {_MEASURE.PERCENT, _MEASURE.KWH_PER_KG},
}
"""In what each kind is stated; only then may figures of one kind stand side by side."""
LEVELS = frozenset({_KIND.EMISSION, _KIND.DEMAND, _KIND.GENERATION, _KIND.COVERAGE})
"""Kinds that are amounts; the others are differences, where less than zero is a loss."""
PARTS = frozenset({_KIND.SAVING, _KIND.COVERAGE, _KIND.EFFICIENCY})
"""Kinds of which a percentage is a part of a whole."""
GIVES = {
    "kgCO2": (_MEASURE.T_CO2, 1e-3),
    "tCO2": (_MEASURE.T_CO2, 1.0),
    "kgce": (_MEASURE.TCE, 1e-3),
    "tce": (_MEASURE.TCE, 1.0),
}
"""What a factor yields by the numerator of its unit: the measure, and how many of it one is."""
MOST_APART = 0.01
"""How far a number may be from activity × factor: three figures, rounded by hand twice."""
APART = "数值与活动数据 × 因子对不上"
"""How the reason begins that keeps such a number from being verified."""


def wrongs(draft: ClaimDraft) -> list[tuple[str, str, bool]]:
    """Return what may be wrong with a draft's figures: words, field, and whether it is."""
    is_part = draft.measure == _MEASURE.PERCENT and draft.kind in PARTS
    is_amount = draft.kind in LEVELS or draft.measure == _MEASURE.COUNT
    has_fit = draft.measure in MEASURED_IN.get(draft.kind, {draft.measure})
    return [
        (Phrase("这个类型不用这个计量单位，请改类型或单位。"), "measure", not has_fit),
        (Phrase("这个类型的数不能小于零。"), "value", is_amount and draft.value < 0),
        (Phrase("占比、效率、节能率不能超过 100%。"), "value", is_part and draft.value > 100),
        (Phrase("活动数据不能小于零。"), "activity", (draft.activity or 0) < 0),
    ]


def does_fit(factor: Factor, measure: str) -> bool:
    """Tell whether a factor yields this unit of measure."""
    return GIVES.get(factor.unit.partition("/")[0], ("", 1.0))[0] == measure


def apart(draft: ClaimDraft, factor: Factor | None) -> str:
    """Say how far a number is from its activity times its factor; nothing where they agree."""
    if factor is None or draft.activity is None:
        return ""
    _, scale = GIVES[factor.unit.partition("/")[0]]
    product = draft.activity * float(factor.value) * scale
    if abs(draft.value - product) <= MOST_APART * abs(product):
        return ""
    return Phrase(
        "数值与活动数据 × 因子对不上：%(activity)s × %(factor)s = %(product)s，"
        "声明的是 %(value)s；说明清楚或更正后才能核证。",
        activity=f"{draft.activity:g} {draft.activity_unit}",
        factor=f"{factor.value.normalize():f} {factor.unit}",
        product=f"{product:.6g} {draft.measure}",
        value=f"{draft.value:.6g}",
    )
