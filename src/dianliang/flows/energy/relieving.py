"""Relief of transformers from a file: loads and measures in, a proven choice out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dianliang.engines import relief as engine
from dianliang.engines.relief import Area, Kind, Measure, Plan, Problem, Profile
from dianliang.flows.energy.inputs import Field, Row, Sheet, UnusableInputError
from dianliang.flows.energy.inputs import Kind as Holds

KINDS = {
    "专变": Kind.DEDICATED,
    "转移": Kind.TRANSFER,
    "平衡": Kind.BALANCE,
    "储能": Kind.STORAGE,
    "增容": Kind.ENLARGE,
    **{kind.value: kind for kind in Kind},
}
SHEETS = (
    Sheet(
        key="settings",
        title="设置",
        is_one=True,
        fields=(
            Field(name="budget_cny", heading="预算（元）", kind=Holds.NUMBER, example="100000"),
            Field(name="most_units", heading="变压器台数上限", kind=Holds.WHOLE),
        ),
    ),
    Sheet(
        key="areas",
        title="台区",
        fields=(
            Field(name="id", heading="变压器编号", is_needed=True, example="B1|B2"),
            Field(
                name="capacity_kva",
                heading="额定容量（kVA）",
                kind=Holds.NUMBER,
                is_needed=True,
                example="100|200",
            ),
            Field(
                name="loads_kw",
                heading="负荷（kW，逐 15 分钟）",
                kind=Holds.NUMBERS,
                is_needed=True,
                example=" ".join(["60"] * 8 + ["110"] * 12) + "|" + " ".join(["80"] * 20),
            ),
            Field(name="power_factor", heading="功率因数", kind=Holds.NUMBER, default=0.95),
            Field(name="value", heading="权重", kind=Holds.WHOLE, default=1),
            Field(
                name="enlarging_cny", heading="换大变压器（元）", kind=Holds.NUMBER, example="90000"
            ),
        ),
    ),
    Sheet(
        key="measures",
        title="措施",
        fields=(
            Field(name="id", heading="措施编号", is_needed=True, example="M1|M2"),
            Field(name="area_id", heading="变压器编号", is_needed=True, example="B1|B1"),
            Field(
                name="kind",
                heading="类型",
                is_needed=True,
                example="专变|转移",
                note="专变、转移、平衡、储能、增容",
            ),
            Field(
                name="relief_kw",
                heading="减载（kW，一个数或逐点）",
                kind=Holds.NUMBERS,
                is_needed=True,
                example="50|40",
            ),
            Field(
                name="cost_cny",
                heading="费用（元）",
                kind=Holds.NUMBER,
                default=0.0,
                example="30000|50000",
            ),
            Field(
                name="units", heading="用变压器（台）", kind=Holds.WHOLE, default=0, example="1|0"
            ),
            Field(name="to_area", heading="转到变压器", example="|B2"),
            Field(name="group", heading="同一用户"),
            Field(name="to_capacity_kva", heading="换成容量（kVA）", kind=Holds.NUMBER),
        ),
    ),
)


def asked(rows: Mapping[str, list[Row]]) -> Problem:
    """Return what a file asks for.

    Raises:
        UnusableInputError: it names no transformers, or a kind of measure that is not known.
    """
    if not rows["areas"]:
        raise UnusableInputError("至少要有一行“台区”（areas）。")
    points = max(len(row["loads_kw"] or ()) for row in rows["areas"])
    settings = (rows["settings"] or [{}])[0]
    unknown = [
        f"{row['place']}：类型“{row['kind']}”不认识，可填专变、转移、平衡、储能、增容。"
        for row in rows["measures"]
        if row["kind"] not in KINDS
    ]
    if unknown:
        raise UnusableInputError("\n".join(unknown))
    return Problem(
        areas=tuple(
            Area(
                id=row["id"],
                capacity_kva=row["capacity_kva"],
                loads_kw=np.array(row["loads_kw"], float),
                power_factor=row["power_factor"],
                value=row["value"],
                enlarging_cny=row["enlarging_cny"],
            )
            for row in rows["areas"]
        ),
        measures=tuple(_measure(row, points) for row in rows["measures"]),
        budget_cny=settings.get("budget_cny"),
        most_units=settings.get("most_units"),
    )


def _measure(row: Row, points: int) -> Measure:
    return Measure(
        id=row["id"],
        area_id=row["area_id"],
        kind=KINDS[row["kind"]],
        relief_kw=_relief(row["relief_kw"], points),
        cost_cny=row["cost_cny"],
        units=row["units"],
        to_area=row["to_area"] or None,
        group=row["group"] or None,
        to_capacity_kva=row["to_capacity_kva"],
    )


def _relief(values: Sequence[float], points: int) -> Profile:
    """Return the relief at each point; a single number holds at all of them."""
    if len(values) == 1:
        return np.full(points, values[0])
    return np.array(values, float)


def checked(problem: Problem) -> None:
    """Say what is wrong with a problem without solving it.

    Raises:
        UnusableInputError: everything that is wrong is named.
    """
    errors = engine.validate(problem)
    if errors:
        raise UnusableInputError("\n".join(error.words for error in errors))


def planned(problem: Problem) -> Plan:
    """Return the proven choice.

    Raises:
        UnusableInputError: the problem contradicts itself; everything that is wrong is named.
    """
    checked(problem)
    return engine.solve(problem)


def told(plan: Plan) -> dict[str, Any]:
    """Return the answer as JSON and workbooks hold it."""
    return {
        "summary": {
            "relieved": len(plan.relieved),
            "relieved_at_most": plan.bound,
            "is_proven": plan.is_proven,
            "cost_cny": plan.cost_cny,
            "units": plan.units,
            "avoided_cny": plan.avoided_cny,
        },
        "areas": [
            {
                "id": one.area_id,
                "outcome": one.outcome.value,
                "words": str(one.words),
                "measures": list(one.measures),
                "cheapest": list(one.cheapest),
                "cost_cny": one.cost_cny,
                "lacking_cny": one.lacking_cny,
                "before_share": one.before.highest,
                "after_share": one.after.highest,
            }
            for one in plan.findings
        ],
    }
