"""What was saved after a finding was acted upon, by the firm's meters: a project, then a claim."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction

from dianliang.domain.energy.models import MeasurementProject
from dianliang.domain.energy.operations import measuring as operations
from dianliang.domain.energy.shapes import ClaimRow, ProjectDraft
from dianliang.domain.enterprises import access
from dianliang.domain.enterprises.models import Finding, FindingDecision, SupplyContract
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.engines.enterprise import NO_W, POINTS, Kind
from dianliang.engines.loading import Span
from dianliang.flows.enterprises.books import supply_of
from dianliang.flows.enterprises.curves import curves_of
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.running import store
from dianliang.flows.enterprises.words import TITLES
from dianliang.flows.measuring import projects, weather
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

MEASURED_IN_KWH = frozenset({Kind.STANDBY, Kind.STANDBY_STEP, Kind.REST_DAYS, Kind.SUN})
"""Findings that change how much is drawn; the others change the bill at the same energy."""
BASE_DAYS = REPORT_DAYS = 365
FEWEST_BASE_DAYS, FEWEST_REPORT_DAYS = 60, 28
LEAST_POINTS = round(0.9 * POINTS)
SOURCE = "电表曲线"
REASON = "重新核实"
CALENDAR, WEATHER = "calendar", "weather"

Row = dict[str, Any]


def key_of(number: str) -> str:
    """Return the key that the effect of a finding is stated under."""
    return projects.claim_key("", finding=number)


@transaction.atomic
def measure(*, number: str, acted_on: date, by: Actor, at: datetime) -> ClaimRow:
    """Measure what was saved since the day a measure was done, and state it (核实效果).

    A measurement project holds the days by the firm's meters, computes and states them; measured
    again it is the same project, unless the day is another. The day itself counts on neither side.

    Raises:
        NotVisibleError: the finding is absent, or not the actor's to decide.
        UnableToAnalyseError: it was not accepted, changes no energy, or too few days were read, or
            nothing can be computed of them.
        UnableToMeasureError: the change of the firm's meters is stated by another project already.
        UnableToClaimError: see `restate_claim`.
    """
    finding = access.finding_to_decide(number, by=by)
    contract = _contract(finding, acted_on, at=at)
    rows, warm = _with_weather(_rows(contract, acted_on), acted_on, by=by)
    design = WEATHER if warm else CALENDAR
    project = _project(finding, contract, acted_on, design=design, by=by, at=at)
    agreed = {"weather": warm.project, "weather_source": warm.source} if warm else {}
    said = json.dumps([rows, agreed] if agreed else rows, sort_keys=True).encode()
    digest = hashlib.sha256(said).hexdigest()
    if (project.digest, project.status) != (digest, "STATED"):
        operations.take_in(
            project=project,
            rows=rows,
            source=SOURCE,
            digest=digest,
            agreed=agreed,
            by=by,
            at=at,
        )
        projects.compute(number=project.number, at=at)
        project.refresh_from_db()
        if project.result is None:
            raise UnableToAnalyseError(project.refusal, field="acted_on")
    return projects.state(number=project.number, reason=REASON, by=by, at=at)


def _contract(finding: Finding, acted_on: date, *, at: datetime) -> SupplyContract:
    """Return the contract of a firm whose finding can be measured now."""
    last = finding.decisions.order_by("-pk").first()
    if last is None or last.verdict != FindingDecision.Verdict.ACCEPTED:
        raise UnableToAnalyseError(Phrase("先采纳这项发现，再核实效果。"))
    if finding.kind not in MEASURED_IN_KWH:
        words = Phrase("这项发现改变的是电费，不是电量：请用实施后的账单核对。")
        raise UnableToAnalyseError(words)
    if acted_on >= at.astimezone(SHANGHAI).date():
        raise UnableToAnalyseError(Phrase("措施完成日应早于今天。"), field="acted_on")
    firm = finding.analysis.customer
    # Held until the claim is stated: two findings of one firm measured at once are one change.
    contracts = SupplyContract.objects.select_for_update(of=("self",)).select_related("customer")
    contract = contracts.filter(customer=firm).first()
    if contract is None:
        raise UnableToAnalyseError(Phrase("这户企业没有登记用电合同，找不到它的电表。"))
    return contract


def _project(
    finding: Finding,
    contract: SupplyContract,
    acted_on: date,
    *,
    design: str,
    by: Actor,
    at: datetime,
) -> MeasurementProject:
    """Return the open project of a finding; one of another day or design is closed and replaced."""
    own = MeasurementProject.objects.filter(finding_number=finding.number)
    standing = own.exclude(status="CLOSED").first()
    if standing is not None:
        if (standing.measure_on, standing.design) == (acted_on, design):
            return standing
        words = f"措施完成日或气温有变化：{acted_on}"
        operations.lead_on(project=standing, verb="close", reason=words, by=by, at=at)
    firm = finding.analysis.customer
    draft = ProjectDraft(
        title=f"{firm.number} {TITLES[finding.kind]}",
        subject_name=firm.number,
        subject_number=firm.number,
        finding_number=finding.number,
        boundary=f"客户 {firm.number} 的全部电表 {'、'.join(contract.meters)}"[:300],
        design=design,
        measure_on=acted_on,
        is_generated=firm.is_generated,
    )
    code = firm.unit.code if firm.unit else by.unit_code
    made = projects.open_project(draft=draft, unit_code=code, by=by, at=at)
    return MeasurementProject.objects.get(number=made.number)


def _rows(contract: SupplyContract, acted_on: date) -> list[Row]:
    """Return the days before and after a measure that were read, with their kWh and kind."""
    wide = Span(acted_on - timedelta(days=BASE_DAYS), acted_on + timedelta(days=REPORT_DAYS + 1))
    stored = store().stored(wide)
    if stored is None:
        raise UnableToAnalyseError(Phrase("措施前后都没有读数，请先导入曲线。"))
    power = curves_of(store(), [supply_of(contract)], stored)[0]
    days = [stored.from_on + timedelta(days=n) for n in range(len(power))]
    rows = [
        {"on": day.isoformat(), "kwh": round(kwh, 3), "kind": kind}
        for day, kwh, kind in zip(days, _daily(power).tolist(), kinds_of(days), strict=True)
        if day != acted_on and isfinite(kwh)
    ]
    _require_days(rows, acted_on.isoformat())
    return rows


def _with_weather(
    rows: list[Row], acted_on: date, *, by: Actor
) -> tuple[list[Row], weather.Series | None]:
    """Return the days with imported temperatures where enough have one; else as they are."""
    warm = weather.imported([date.fromisoformat(row["on"]) for row in rows], by=by)
    if warm is None:
        return rows, None
    known = [
        {"on": row["on"], "kwh": row["kwh"], "temperature_c": warm.by_day[row["on"]]}
        for row in rows
        if row["on"] in warm.by_day
    ]
    _require_days(known, acted_on.isoformat())
    return known, warm


def _require_days(rows: Sequence[Row], acted_on: str) -> None:
    before = sum(row["on"] < acted_on for row in rows)
    for words, least, count in (
        (Phrase("措施前"), FEWEST_BASE_DAYS, before),
        (Phrase("措施后"), FEWEST_REPORT_DAYS, len(rows) - before),
    ):
        if count < least:
            told = Phrase(
                "%(when)s只读到 %(n)d 天，至少要 %(least)d 天，再等等或先导入曲线。",
                when=words,
                n=count,
                least=least,
            )
            raise UnableToAnalyseError(told, field="acted_on")


def _daily(power: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Return kWh of each day, NaN where too little of it was read."""
    read = power != NO_W
    count = read.sum(axis=1)
    total = np.where(read, power, 0).sum(axis=1, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count >= LEAST_POINTS, total / count * 24 / 1000, np.nan)
