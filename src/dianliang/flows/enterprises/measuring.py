"""What was saved after a finding was acted upon, by the firm's meters, stated as a claim."""

from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from dianliang.domain.energy.shapes import ClaimDraft, ClaimRow, EvidenceDraft
from dianliang.domain.enterprises import access
from dianliang.domain.enterprises.models import FindingDecision, SupplyContract
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.engines.enterprise import NO_W, POINTS, Kind
from dianliang.engines.loading import Span
from dianliang.engines.measurement import MeterSavings, Weather, fit_daily, savings
from dianliang.flows.claims import restate_claim
from dianliang.flows.enterprises.books import supply_of
from dianliang.flows.enterprises.curves import curves_of
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.running import store
from dianliang.flows.enterprises.words import TITLES
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

MEASURED_IN_KWH = frozenset({Kind.STANDBY, Kind.STANDBY_STEP, Kind.REST_DAYS, Kind.SUN})
"""Findings that change how much is drawn; the others change the bill at the same energy."""
BASE_DAYS = REPORT_DAYS = 365
FEWEST_BASE_DAYS, FEWEST_REPORT_DAYS = 60, 28
LEAST_POINTS = round(0.9 * POINTS)
PLAIN_C = 15.0
"""One temperature for all days: nobody brought the weather, so the calendar alone explains."""
METHOD = (
    "IPMVP 选项 C：全户电表，措施前最多 365 天为基准，按工作日、休息日、节假日和季节建立日基准；"
    "没有气温数据，未按气温修正，故只作初步筛查"
)
REASON = "重新核实"


def key_of(number: str) -> str:
    """Return the key that the effect of a finding is stated under."""
    return f"enterprise-finding:{number}"


def measure(*, number: str, acted_on: date, by: Actor, at: datetime) -> ClaimRow:
    """Measure what was saved since the day a measure was done, and state it (核实效果).

    Raises:
        NotVisibleError: the finding is absent, or not the actor's to decide.
        UnableToAnalyseError: it was not accepted, changes no energy, or too few days were read.
        UnableToClaimError: see `restate_claim`.
    """
    finding = access.finding_to_decide(number, by=by)
    last = finding.decisions.order_by("-pk").first()
    if last is None or last.verdict != FindingDecision.Verdict.ACCEPTED:
        raise UnableToAnalyseError("先采纳这项发现，再核实效果。")
    if finding.kind not in MEASURED_IN_KWH:
        raise UnableToAnalyseError("这项发现改变的是电费，不是电量：请用实施后的账单核对。")
    if acted_on >= at.astimezone(SHANGHAI).date():
        raise UnableToAnalyseError("措施完成日应早于今天。", field="acted_on")
    firm = finding.analysis.customer
    contract = SupplyContract.objects.select_related("customer").filter(customer=firm).first()
    if contract is None:
        raise UnableToAnalyseError("这户企业没有登记用电合同，找不到它的电表。")
    found = _measured(contract, acted_on)
    until = date.fromisoformat(found.report[1]) + timedelta(days=1)
    is_sure = found.low_kwh is not None
    draft = ClaimDraft(
        title=f"{TITLES[finding.kind]}：措施后的节电",
        kind="saving",
        value=found.saved_kwh,
        measure="kWh",
        option="C",
        method=METHOD,
        boundary=f"客户 {firm.number} 的全部电表 {'、'.join(contract.meters)}"[:400],
        subject_name=firm.number,
        subject_kind="firm",
        subject_number=firm.number,
        status="SCREENED" if is_sure else "ESTIMATED",
        low=found.low_kwh,
        high=found.high_kwh,
        confidence=found.level if is_sure else None,
        no_interval="" if is_sure else _why(found),
        engine="engines.measurement",
        base_from_on=date.fromisoformat(found.base[0]),
        base_until_on=acted_on,
        from_on=acted_on,
        until_on=until,
        findings=tuple(one.words for one in found.findings),
        evidence=(EvidenceDraft(kind="firm", number=firm.number, words=f"发现 {number}"),),
        unit_code=firm.unit.code if firm.unit else "",
        key=key_of(number),
        is_generated=firm.is_generated,
    )
    return restate_claim(draft=draft, reason=REASON, by=by, at=at)


def _why(found: MeterSavings) -> str:
    words = [one.words for one in found.findings if one.is_refusal]
    return "；".join(words)[:300] or "设计不足以给出区间"


def _measured(contract: SupplyContract, acted_on: date) -> MeterSavings:
    """Hold the days after a measure against the calendar's expectation from those before."""
    wide = Span(acted_on - timedelta(days=BASE_DAYS), acted_on + timedelta(days=REPORT_DAYS))
    stored = store().stored(wide)
    if stored is None:
        raise UnableToAnalyseError("措施前后都没有读数，请先导入曲线。")
    power = curves_of(store(), [supply_of(contract)], stored)[0]
    days = [stored.from_on + timedelta(days=n) for n in range(len(power))]
    kwh = _daily(power)
    cut = max(0, min(len(days), (acted_on - stored.from_on).days))
    for words, least, part in (
        ("措施前", FEWEST_BASE_DAYS, kwh[:cut]),
        ("措施后", FEWEST_REPORT_DAYS, kwh[cut:]),
    ):
        count = int(np.isfinite(part).sum())
        if count < least:
            told = Phrase(
                "%(when)s只读到 %(n)d 天，至少要 %(least)d 天，再等等或先导入曲线。",
                when=words,
                n=count,
                least=least,
            )
            raise UnableToAnalyseError(told, field="acted_on")
    weather = _weather(days)
    base = fit_daily(_part(weather, slice(0, cut)), kwh[:cut, None])
    return savings(base, _part(weather, slice(cut, None)), kwh[cut:, None]).meter(0)


def _daily(power: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Return kWh of each day, NaN where too little of it was read."""
    read = power != NO_W
    count = read.sum(axis=1)
    total = np.where(read, power, 0).sum(axis=1, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count >= LEAST_POINTS, total / count * 24 / 1000, np.nan)


def _weather(days: list[date]) -> Weather:
    return Weather(
        times=np.array(days, "datetime64[D]"),
        temperature_c=np.full(len(days), PLAIN_C),
        kinds=np.array(kinds_of(days), np.int8),
    )


def _part(weather: Weather, chosen: slice) -> Weather:
    return Weather(
        times=weather.times[chosen],
        temperature_c=weather.temperature_c[chosen],
        kinds=weather.kinds[chosen],
    )
