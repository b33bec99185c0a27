"""Propose what relieves most overloaded transformers for the money, in the background."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dianliang.core import jobs
from dianliang.domain.network.models import Transformer
from dianliang.domain.relief import built_queries, load_queries, operations
from dianliang.domain.relief.load_queries import LoadRow, ScreeningRow
from dianliang.domain.relief.models import Proposal, ProposedArea
from dianliang.domain.relief.operations import MOST_CNY, UnableToRelieveError
from dianliang.engines import relief
from dianliang.engines.loading import Span
from dianliang.engines.relief import Finding, Plan, Problem
from dianliang.flows.relief import curves, meters, pricing
from dianliang.flows.relief.loading_page import POWER_FACTOR
from dianliang.flows.relief.options import (
    MOST_CUSTOMERS,
    Offer,
    Scene,
    area_of,
    offers,
)
from dianliang.flows.relief.screening import month_of
from dianliang.integrations.curve_store import CurveStoreError, register
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase, in_a_row, kept

PROPOSE = "relief.propose"
ENGINE = "relief-2"
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of what everything would cost: the budgets that a proposal is compared with."""
MOST_UNITS = 10_000
OUTCOMES = {
    relief.Outcome.RELIEVED: ProposedArea.Outcome.RELIEVED,
    relief.Outcome.NOT_CHOSEN: ProposedArea.Outcome.NOT_CHOSEN,
    relief.Outcome.NO_MEANS: ProposedArea.Outcome.NO_MEANS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a proposal may cost; None for no limit."""

    month: date
    budget_cny: float | None
    most_units: int | None


def order(*, wanted: Wanted, by: Actor, at: datetime) -> None:
    """Ask for a proposal (生成方案); one is made at a time.

    Raises:
        UnableToRelieveError: the month was not judged, nothing of the actor's is overloaded in it,
            a limit cannot be, a price is missing, or a proposal is being made already.
    """
    _check(wanted)
    pricing.current(pricing.table())
    screening = load_queries.screening(wanted.month)
    if screening is None:
        words = "%(month)s 还没有判定，请先在“重过载”里判定。"
        message = Phrase(words, month=f"{wanted.month:%Y-%m}")
        raise UnableToRelieveError(message, field="month")
    rows = load_queries.judgements(screening=screening.number, areas=curves.areas_of(by))
    if not any(row.line == "over" for row in rows):
        words = "%(month)s 没有过载的变压器，不用治理。"
        message = Phrase(words, month=f"{wanted.month:%Y-%m}")
        raise UnableToRelieveError(message, field="month")
    payload = {
        "month": f"{wanted.month:%Y-%m}",
        "budget_cny": wanted.budget_cny,
        "most_units": wanted.most_units,
        "by": {"name": by.name, "unit_path": by.unit_path, "area_path": by.area_path},
    }
    if jobs.enqueue_alone(PROPOSE, payload, by=by, at=at, max_attempts=2) is None:
        raise UnableToRelieveError("正在生成一份方案，请等它完成。", field="month")


def _check(wanted: Wanted) -> None:
    if wanted.budget_cny is not None and not 0 <= wanted.budget_cny <= MOST_CNY:
        raise UnableToRelieveError("预算应是不小于 0 的数（元）。", field="budget_cny")
    if wanted.most_units is not None and not 0 <= wanted.most_units <= MOST_UNITS:
        raise UnableToRelieveError("台数上限应是不小于 0 的整数。", field="most_units")


@jobs.handler(PROPOSE)
def propose_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Make a proposal and store it."""
    asked = context.payload
    by = Actor(id=context.created_by, role=Role.DISPATCHER, **asked["by"])
    wanted = Wanted(
        month=month_of(asked["month"]),
        budget_cny=asked["budget_cny"],
        most_units=asked["most_units"],
    )
    try:
        made = propose(wanted, by=by, at=context.clock())
    except (UnableToRelieveError, CurveStoreError) as refusal:
        return {"error": kept(refusal.message)}
    return {"proposal": made.number}


def propose(wanted: Wanted, *, by: Actor, at: datetime, is_generated: bool = False) -> Proposal:
    """Choose measures for the actor's overloaded transformers and store what was chosen and why.

    What was relieved since the month's first day is left out: it would be counted twice.

    Raises:
        UnableToRelieveError: the month was not judged, nothing of the actor's is overloaded or
            all of it was relieved since, or a price is missing.
        CurveStoreError: the curves are damaged or gone.
    """
    screening = load_queries.screening(wanted.month)
    if screening is None:
        words = Phrase("%(month)s 还没有判定。", month=f"{wanted.month:%Y-%m}")
        raise UnableToRelieveError(words, field="month")
    rows = pricing.table()
    prices = pricing.current(rows)
    relieved = built_queries.relieved_since(screening.from_on, areas=curves.areas_of(by))
    scenes = scenes_of(screening, by=by, relieved=relieved.keys())
    if not any(scene.is_wanting for scene in scenes):
        words = Phrase("没有用电过载的变压器，不用治理；反向送电过载的不在这里的措施之内。")
        built = Phrase("已投运、不重复计：%(numbers)s。", numbers="、".join(sorted(relieved)[:5]))
        raise UnableToRelieveError(in_a_row((words, built if relieved else "")), field="month")
    offered = offers(scenes, prices)
    problem = Problem(
        areas=tuple(area_of(scene, prices) for scene in scenes),
        measures=tuple(offer.measure for offer in offered),
        budget_cny=wanted.budget_cny,
        most_units=wanted.most_units,
    )
    plan = relief.solve(problem)
    told = {offer.measure.id: offer for offer in offered}
    usual = {area.id: area.enlarging_cny for area in problem.areas}
    lines = [
        _line(plan.by_area[scene.number], told) | {"usual_cny": usual[scene.number]}
        for scene in scenes
        if scene.is_wanting
    ]
    numbers = [line["transformer"] for line in lines]
    known = {row.number: row for row in Transformer.objects.filter(number__in=numbers)}
    return operations.propose(
        fields=_fields(wanted, screening, plan, len(lines), is_generated=is_generated)
        | {
            "by_budget": by_budget(problem),
            "prices": pricing.kept(rows),
            "left_out": sorted(relieved),
        },
        lines=[line | {"transformer": known[line["transformer"]]} for line in lines],
        by=by,
        at=at,
    )


def scenes_of(screening: ScreeningRow, *, by: Actor, relieved: Collection[str] = ()) -> list[Scene]:
    """Return the overloaded transformers of a screening, and those beside them on their lines.

    What was `relieved` since is no part of it, neither to be relieved nor to take over load.

    Raises:
        CurveStoreError: the curves are damaged or gone.
    """
    areas = curves.areas_of(by)
    rows = [
        row
        for row in load_queries.judgements(screening=screening.number, areas=areas)
        if row.number not in relieved
    ]
    stored = built_queries.storage_before(screening.from_on, areas=areas)
    wanting = {row.number for row in rows if draws_too_much(row)}
    if not wanting:
        return []
    lines = {row.feeder_code for row in rows if row.number in wanting}
    beside = [
        row for row in rows if row.number in wanting or (row.feeder_code in lines and not row.line)
    ]
    kept = curves.carried(screening.number, [row.number for row in beside])
    store, network = curves.store(), register(curves.store().root)
    own: Mapping[str, Sequence[str]] = {}
    span = Span(screening.from_on, screening.until_on)
    if network is not None:
        own = meters.greatest(store, network, span, transformers=wanting, most=MOST_CUSTOMERS)
    drawn = meters.curves_of(store, span, {meter for names in own.values() for meter in names})
    return [
        Scene(
            number=row.number,
            name=row.name,
            capacity_kva=row.capacity_kva,
            power_factor=POWER_FACTOR,
            feeder=row.feeder_code,
            at=_place(row),
            carried=kept[row.number].carried,
            is_wanting=row.number in wanting,
            customers={meter: drawn[meter] for meter in own.get(row.number, ())},
            storage=stored.get(row.number, ""),
        )
        for row in beside
        if row.number in kept
    ]


def draws_too_much(row: LoadRow) -> bool:
    """Tell whether it is overloaded by what is drawn: no measure here takes back-feed away."""
    return row.line == "over" and any(
        run["line"] == "over" and run["most"] >= 0 for run in row.runs
    )


def _place(row: LoadRow) -> GeoPoint | None:
    return None if row.lat is None or row.lon is None else GeoPoint(row.lat, row.lon)


def by_budget(problem: Problem) -> list[dict[str, float]]:
    """Return what other budgets would reach, from nothing to all that could be spent."""
    whole = relief.solve(replace(problem, budget_cny=None))
    asked = [] if problem.budget_cny is None else [problem.budget_cny]
    found = []
    for budget in sorted({round(share * whole.cost_cny, 2) for share in SHARES} | {*asked}):
        plan = relief.solve(replace(problem, budget_cny=budget))
        found.append(
            {
                "budget_cny": budget,
                "relieved": len(plan.relieved),
                "bound": plan.bound,
                "cost_cny": plan.cost_cny,
            }
        )
    return found


def _fields(
    wanted: Wanted, screening: ScreeningRow, plan: Plan, areas: int, *, is_generated: bool
) -> dict[str, Any]:
    return {
        "screening": load_queries.screening_model(screening.number),
        "budget_cny": wanted.budget_cny,
        "most_units": wanted.most_units,
        "areas": areas,
        "relieved": len(plan.relieved),
        "bound": plan.bound,
        "cost_cny": plan.cost_cny,
        "units": plan.units,
        "avoided_cny": plan.avoided_cny,
        "engine": ENGINE,
        "is_generated": is_generated,
    }


def _line(finding: Finding, told: Mapping[str, Offer]) -> dict[str, Any]:
    return {
        "transformer": finding.area_id,
        "outcome": OUTCOMES.get(finding.outcome, ProposedArea.Outcome.NO_MEANS),
        "words": str(finding.words),
        "told": kept(finding.words),
        "measures": [told[name].told for name in finding.measures],
        "cheapest": [told[name].told for name in finding.cheapest],
        "cost_cny": finding.cost_cny,
        "units": finding.units,
        "lacking_cny": finding.lacking_cny,
        "before_share": finding.before.highest,
        "after_share": finding.after.highest,
        "before_kwh": finding.before.above_kwh,
        "after_kwh": finding.after.above_kwh,
    }
