"""Analyse firms from the store under tariffs; one that cannot be analysed does not stop others."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from dianliang.engines import enterprise, tariffs
from dianliang.engines.enterprise import NO_W, Analysis, Firm, Market, Options, filled
from dianliang.engines.loading import Span
from dianliang.engines.tariffs import (
    CERTAINTY_WORDS,
    BadTariffError,
    Bills,
    Schedule,
    Tariff,
    Terms,
)
from dianliang.flows.enterprises.curves import AT_ONCE, curves_of
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.firm_files import Supply
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

LEAST_READ = 0.9
"""A month of which less was read makes no bill."""
TOO_MUCH = 1.3
"""A demand beyond so many times the transformers' capacity is a wrong multiplier, not a demand."""
TOO_LITTLE = 0.005
GROUP = 64
"""Firms whose bills are made together."""
READING_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A firm's bill of a month in CNY, by its parts."""

    month: str
    kwh: float
    most_kw: float
    energy_cny: float
    basic_cny: float
    adjustment_cny: float
    total_cny: float
    factor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a firm: an analysis with its bills, or the words why there is none."""

    supply: Supply
    analysis: Analysis | None = None
    months: tuple[Month, ...] = ()
    lines: tuple[tariffs.Line, ...] = ()
    period_cny: tuple[float, ...] = ()
    versions: tuple[str, ...] = ()
    problem: str = ""

    @property
    def total_cny(self) -> float:
        """What the firm paid in the days analysed."""
        return sum(month.total_cny for month in self.months)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Tells whoever waits how far it is."""

    tell: Callable[[float, str], object] = field(default=lambda _share, _words: None)


def analysed(
    store: CurveStore,
    supplies: Sequence[Supply],
    *,
    tariffs_known: Sequence[Tariff],
    span: Span,
    options: Options | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Analyse firms in whole months; outcomes in the order of `supplies`. Cost: 7 ms CPU a firm.

    Raises:
        InvalidInputError: the span is not of whole months, or its holidays are not known.
        CurveStoreError: the store is damaged.
    """
    told = progress or Progress()
    days = whole_months(span)
    kinds = kinds_of(days)
    made: list[Outcome] = []
    for start in range(0, len(supplies), AT_ONCE):
        part = supplies[start : start + AT_ONCE]
        share = len(part) / len(supplies)
        before = start / len(supplies)

        def reading(done: float, before: float = before, share: float = share) -> None:
            told.tell(before + share * READING_SHARE * done, "读取曲线")

        power = curves_of(store, part, span, progress=reading)
        known = _schedules(part, tariffs_known, days, kinds)
        done = _of_part(part, power, known, kinds, options, told, (before, share))
        made += [done[one.number] for one in part]
    return made


def whole_months(span: Span) -> list[date]:
    """Return the days of a span of whole months.

    Raises:
        InvalidInputError: it begins or ends within a month, or is longer than two years.
    """
    days = (span.until_on - span.from_on).days
    if span.from_on.day != 1 or span.until_on.day != 1 or not 0 < days <= 731:
        raise InvalidInputError(
            Phrase(
                "%(from_on)s 至 %(until_on)s 不是整月：电费按月算，请从某月 1 日起，"
                "到某月 1 日前止，最多两年。",
                from_on=f"{span.from_on}",
                until_on=f"{span.until_on}",
            ),
            field="from_on",
        )
    return [span.from_on + timedelta(days=n) for n in range(days)]


def _schedules(
    supplies: Sequence[Supply], known: Sequence[Tariff], days: Sequence[date], kinds: Sequence[int]
) -> dict[str, Schedule | str]:
    """Return for each tariff that firms name its schedule, or the words why there is none."""
    found: dict[str, Schedule | str] = {}
    for code in {one.tariff for one in supplies}:
        try:
            found[code] = tariffs.schedule(known, code=code, days=days, kinds=kinds)
        except BadTariffError as error:
            found[code] = error.words
    return found


def _of_part(
    supplies: Sequence[Supply],
    power: npt.NDArray[np.int32],
    known: Mapping[str, Schedule | str],
    kinds: Sequence[int],
    options: Options | None,
    told: Progress,
    place: tuple[float, float],
) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    groups: dict[str, list[int]] = defaultdict(list)
    for f, one in enumerate(supplies):
        problem = problem_of(one, power[f], known[one.tariff])
        if problem:
            found[one.number] = Outcome(supply=one, problem=problem)
        else:
            groups[one.tariff].append(f)
    for code, members in groups.items():
        laid = known[code]
        assert isinstance(laid, Schedule)  # noqa: S101 (the others have a problem)
        market = market_of(laid, kinds)
        for start in range(0, len(members), GROUP):
            chosen = members[start : start + GROUP]
            mine = [supplies[f] for f in chosen]
            for made in _of_group(mine, power[chosen], laid, market, options):
                found[made.supply.number] = made
            share = READING_SHARE + (1 - READING_SHARE) * len(found) / len(supplies)
            told.tell(place[0] + place[1] * share, f"已分析 {len(found)} 户")
    return found


def problem_of(one: Supply, power: npt.NDArray[np.int32], laid: Schedule | str) -> str:
    """Say why a firm cannot be analysed; an empty string if it can."""
    if isinstance(laid, str):
        return Phrase("电价用不了：%(words)s", words=laid)
    return _wrong_way(one, laid) or _wrong_readings(one, power, laid)


def _wrong_way(one: Supply, laid: Schedule) -> str:
    if one.way is not tariffs.Way.NONE and not laid.demand.all():
        return Phrase("%(code)s 是单一制电价，没有基本电费，请核对计收方式。", code=one.tariff)
    if one.way is tariffs.Way.NONE and laid.demand.any():
        return Phrase("%(code)s 是两部制电价，请填基本电费的计收方式。", code=one.tariff)
    return ""


def _wrong_readings(one: Supply, power: npt.NDArray[np.int32], laid: Schedule) -> str:
    read = power != NO_W
    if not read.any():
        return Phrase("没有读数：请核对表号，或先导入曲线。")
    by_month = np.bincount(laid.month, read.mean(axis=1)) / np.bincount(laid.month)
    worst = int(by_month.argmin())
    if by_month[worst] < LEAST_READ:
        return Phrase(
            "%(month)s 只读到 %(share)s，不足 %(least)s，算不出电费。",
            month=laid.months[worst],
            share=f"{by_month[worst]:.0%}",
            least=f"{LEAST_READ:.0%}",
        )
    most_kw = float(power.max()) / 1000
    if most_kw > TOO_MUCH * one.capacity_kva or most_kw < TOO_LITTLE * one.capacity_kva:
        return Phrase(
            "最大需量 %(kw)s kW，变压器容量 %(kva)s kVA，对不上，请核对倍率和容量。",
            kw=f"{most_kw:.1f}",
            kva=f"{one.capacity_kva:g}",
        )
    return ""


def _of_group(
    supplies: Sequence[Supply],
    power: npt.NDArray[np.int32],
    laid: Schedule,
    market: Market,
    options: Options | None,
) -> list[Outcome]:
    bills = billed(supplies, power, laid, market)
    versions = tuple(dict.fromkeys(map(_version, laid.versions)))
    return [
        Outcome(
            supply=one,
            analysis=enterprise.analyse(
                power_w=power[f], firm=_firm(one, laid.months), market=market, options=options
            ),
            months=_months(bills, f),
            lines=tuple(bills.lines(f, len(laid.months) - 1)),
            period_cny=tuple(bills.energy_cny[f].sum(axis=0).tolist()),
            versions=versions,
        )
        for f, one in enumerate(supplies)
    ]


def billed(
    supplies: Sequence[Supply], power: npt.NDArray[np.int32], laid: Schedule, market: Market
) -> Bills:
    """Make the bills of firms that can be billed; what was not read is filled in first."""
    whole = np.stack([filled(one, month=market.month, kinds=market.kinds)[0] for one in power])
    terms = [_terms(one, laid.months) for one in supplies]
    return tariffs.bills(power_w=whole, schedule=laid, terms=terms)


def _version(one: Tariff) -> str:
    """Say which version was used, from which document, and whether anybody compared it."""
    return Phrase(
        "%(code)s 第 %(version)s 版（%(source)s，%(year)s；%(certainty)s）",
        code=one.code,
        version=one.version,
        source=one.source,
        year=one.year,
        certainty=Phrase(CERTAINTY_WORDS[one.certainty]),
    )


def _terms(one: Supply, months: Sequence[str]) -> Terms:
    return Terms(
        way=one.way,
        capacity_kva=one.capacity_kva,
        contract_kw=one.contract_kw,
        standard=one.standard,
        kvarh=tuple(one.kvarh.get(month) for month in months),
    )


def _firm(one: Supply, months: Sequence[str]) -> Firm:
    return Firm(
        number=one.number,
        way=enterprise.Way(one.way),
        capacity_kva=one.capacity_kva,
        contract_kw=one.contract_kw,
        standard=one.standard,
        kvarh=tuple(one.kvarh.get(month) for month in months),
        roof_kwp=one.roof_kwp,
    )


def _months(bills: Bills, f: int) -> tuple[Month, ...]:
    return tuple(
        Month(
            month=month,
            kwh=float(bills.kwh[f, m]),
            most_kw=float(bills.most_kw[f, m]),
            energy_cny=float(bills.energy_cny[f, m].sum() + bills.levy_cny[f, m]),
            basic_cny=float(bills.basic_cny[f, m]),
            adjustment_cny=float(bills.adjustment_cny[f, m]),
            total_cny=float(bills.total_cny[f, m]),
            factor=None if np.isnan(bills.factor[f, m]) else float(bills.factor[f, m]),
        )
        for m, month in enumerate(bills.schedule.months)
    )


def market_of(laid: Schedule, kinds: Sequence[int]) -> Market:
    """Hand a schedule of the tariffs' engine to the enterprise's: they do not know each other."""
    rule = laid.versions[-1].basic
    steps = np.arange(101) / 100
    return Market(
        kinds=np.array(kinds, np.int64),
        month=laid.month,
        months=laid.months,
        days=tuple(np.datetime_as_string(laid.days)),
        period=laid.period,
        price=laid.price_by_point,
        levy=laid.levy,
        demand=laid.demand,
        capacity=laid.capacity,
        rates={
            standard: tariffs.adjustment_rate(factor=steps, standard=standard)
            for standard in tariffs.STANDARDS
        },
        floor_share=rule.floor_share,
        over_share=rule.over_share,
        over_times=rule.over_times,
        choice_months=rule.choice_months,
        load_kwh_kva=rule.load_kwh_kva,
        load_factor=rule.load_factor,
    )
