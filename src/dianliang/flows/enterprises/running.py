"""An analysis of all firms of a unit, done in the background and stored once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from dianliang.core import jobs
from dianliang.domain.customers.access import within
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises import operations
from dianliang.domain.enterprises.models import AnalysisRun, SupplyContract
from dianliang.engines.enterprise import ENGINE_VERSION, Options
from dianliang.engines.loading import Span
from dianliang.flows.enterprises.analysing import Outcome, Progress, analysed, whole_months
from dianliang.flows.enterprises.bodies import body_of, findings_of, stored
from dianliang.flows.enterprises.books import known_tariffs, supply_of
from dianliang.flows.enterprises.sunshine import sun_of
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import kept

ANALYSE = "enterprises.analyse"


def store() -> CurveStore:
    """Return where this installation keeps readings."""
    return CurveStore(Path(settings.HOME) / "curves")


def contracts_of(unit: Unit) -> list[SupplyContract]:
    """Return the contracts of a unit's firms, in the order of their numbers."""
    mine = within(replace(SYSTEM, unit_path=unit.path), prefix="customer__")
    rows = SupplyContract.objects.filter(mine).select_related("customer")
    return list(rows.order_by("customer__number"))


@transaction.atomic
def ask(*, from_on: date, until_on: date, by: Actor, at: datetime) -> AnalysisRun:
    """Ask for an analysis of the firms of one's unit over whole months; it goes on in a job.

    Raises:
        InvalidInputError: the span is not of whole months, or lies ahead.
        UnableToAnalyseError: no firm has a contract, or one is going on.
    """
    span = Span(from_on, until_on)
    whole_months(span)
    if until_on > at.astimezone(SHANGHAI).date():
        raise InvalidInputError("不能分析还没有过完的月份。", field="until_on")
    unit = Unit.objects.get(path=by.unit_path) if by.unit_path != "/" else _root()
    run = operations.ask(
        unit=unit,
        from_on=from_on,
        until_on=until_on,
        firms=len(contracts_of(unit)),
        by=by,
        at=at,
    )
    jobs.enqueue(ANALYSE, {"run": run.number}, by=by, at=at, key=f"{ANALYSE}:{run.number}")
    return run


def _root() -> Unit:
    return Unit.objects.order_by("path")[0]


def _given_up(context: jobs.JobContext) -> None:
    run = AnalysisRun.objects.filter(number=context.payload["run"]).first()
    if run is not None and run.status in {"WAITING", "RUNNING"}:
        words = "后台分析多次出错，请看日志后重新发起。"
        operations.give_up(run=run, words=words, by=SYSTEM, at=context.clock())


@jobs.handler(ANALYSE, given_up=_given_up)
def analyse_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Analyse, report how far, and store the result once."""
    run = AnalysisRun.objects.select_related("unit").get(number=context.payload["run"])
    if run.status not in {"WAITING", "RUNNING"}:
        return {"skipped": run.status}
    operations.begin(run=run, by=SYSTEM, at=context.clock())

    def tell(share: float, words: str) -> None:
        context.progress(share, words)
        operations.tell(run=run, share=share, words=words)

    try:
        done = finish(run=run, progress=Progress(tell=tell), at=context.clock)
    except DomainError as refusal:
        operations.give_up(run=run, words=refusal.message, by=SYSTEM, at=context.clock())
        return {"error": refusal.message}
    return {"firms": done}


def finish(*, run: AnalysisRun, progress: Progress, at: jobs.Clock) -> int:
    """Do the work of a run that has begun, and store it; return how many firms it has.

    Raises:
        DomainError: the store or the days cannot be used; nothing is stored.
    """
    rows = contracts_of(run.unit)
    span = Span(run.from_on, run.until_on)
    outcomes = analysed(
        store(),
        [supply_of(row) for row in rows],
        tariffs_known=known_tariffs(),
        span=span,
        options=Options(sun=sun_of(whole_months(span))),
        progress=progress,
    )
    results = _results(rows, outcomes)
    operations.finish(run=run, results=results, engine_version=ENGINE_VERSION, by=SYSTEM, at=at())
    return len(results)


def _results(
    rows: Sequence[SupplyContract], outcomes: Sequence[Outcome]
) -> list[operations.Result]:
    found = []
    for contract, one in zip(rows, outcomes, strict=True):
        row: dict[str, Any] = {
            "tariff_code": contract.tariff_code,
            "way": contract.way,
            "capacity_kva": contract.capacity_kva,
        }
        if one.analysis is None:
            row["problem"] = kept(one.problem)
            found.append(operations.Result(customer=contract.customer, row=row))
            continue
        body = body_of(one)
        row |= {name: body[name] for name in ("shape", "total_cny", "low_cny", "high_cny")}
        findings = [
            {"standing" if name == "status" else name: value for name, value in each.items()}
            for each in findings_of(one.analysis)
        ]
        found.append(
            operations.Result(
                customer=contract.customer, row={**row, "body": stored(body)}, findings=findings
            )
        )
    return found
