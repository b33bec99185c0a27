"""What firms would pay under another version or another tariff, by their own readings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from dianliang.domain.enterprises import access
from dianliang.domain.enterprises.models import SupplyContract, TariffVersion
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.engines import tariffs
from dianliang.engines.loading import Span
from dianliang.engines.tariffs import BadTariffError, Schedule, Tariff
from dianliang.flows.enterprises import tariff_files
from dianliang.flows.enterprises.analysing import billed, market_of, problem_of
from dianliang.flows.enterprises.books import supply_of
from dianliang.flows.enterprises.curves import curves_of
from dianliang.flows.enterprises.days import kinds_of
from dianliang.flows.enterprises.firm_files import Supply
from dianliang.flows.enterprises.running import store
from dianliang.flows.enterprises.tariff_page import ABSENT
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

MOST_FIRMS = 200
"""Firms that a page compares while its reader waits: 3 s."""
LOOKED_BACK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A firm's bills of the same months by both; or why it has none."""

    number: str
    name: str
    old_cny: float = 0.0
    new_cny: float = 0.0
    problem: str = ""

    @property
    def more_cny(self) -> float:
        """Return how much more the new one costs."""
        return self.new_cny - self.old_cny

    @property
    def share(self) -> float:
        """Return `more_cny` as a share of the old bill."""
        return self.more_cny / self.old_cny if self.old_cny else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Both versions, the months whose readings were billed, the firms, the dearest change first."""

    old: Tariff
    new: Tariff
    from_on: date
    last_on: date
    rows: tuple[Row, ...]
    left_out: int

    @property
    def old_cny(self) -> float:
        """Return what all firms pay by the old one."""
        return sum(row.old_cny for row in self.rows)

    @property
    def new_cny(self) -> float:
        """Return what all firms would pay by the new one."""
        return sum(row.new_cny for row in self.rows)


def compared(*, old: str, new: str, by: Actor, at: datetime) -> Compared:
    """Bill the readings of the last whole months, a year at most, by two versions (新旧电价对比).

    The firms are those of the actor whose contract names the code of either; each version is taken
    as if it held in all of the months. Both are named ``code.version``.

    Raises:
        NotVisibleError: a version is not in the library.
        UnableToAnalyseError: no firm has such a contract, or nothing was read.
    """
    before, after = _tariff(old), _tariff(new)
    rows = SupplyContract.objects.filter(
        customer__in=access.firms(by), tariff_code__in={before.code, after.code}
    ).select_related("customer")
    contracts = list(rows.order_by("-capacity_kva", "pk")[:MOST_FIRMS])
    if not contracts:
        raise UnableToAnalyseError(Phrase("没有企业的合同用这个电价，没有可比的。"))
    days = _days(at.astimezone(SHANGHAI).date())
    kinds = kinds_of(days)
    laid = [_laid(one, days, kinds) for one in (before, after)]
    supplies = [supply_of(one) for one in contracts]
    span = Span(days[0], days[-1] + timedelta(days=1))
    power = curves_of(store(), supplies, span)
    totals, problems = _totals(supplies, power, laid, kinds)
    told = [
        Row(
            number=one.customer.number,
            name=one.customer.name,
            old_cny=totals[0].get(f, 0.0),
            new_cny=totals[1].get(f, 0.0),
            problem=problems.get(f, ""),
        )
        for f, one in enumerate(contracts)
    ]
    told.sort(key=lambda row: (bool(row.problem), -abs(row.more_cny)))
    return Compared(
        old=before,
        new=after,
        from_on=days[0],
        last_on=days[-1],
        rows=tuple(told),
        left_out=rows.count() - len(contracts),
    )


def _totals(
    supplies: Sequence[Supply],
    power: npt.NDArray[np.int32],
    laid: Sequence[Schedule],
    kinds: Sequence[int],
) -> tuple[list[dict[int, float]], dict[int, str]]:
    """Return by place of a firm its bills by each schedule, and why others have none."""
    problems = {
        f: found
        for f, one in enumerate(supplies)
        if (found := next(filter(None, (problem_of(one, power[f], by) for by in laid)), ""))
    }
    fit = [f for f in range(len(supplies)) if f not in problems]
    if not fit:
        return [{}, {}], problems
    totals = [
        billed([supplies[f] for f in fit], power[fit], by, market_of(by, kinds)).total_cny
        for by in laid
    ]
    return [dict(zip(fit, one.sum(axis=1).tolist(), strict=True)) for one in totals], problems


def _tariff(name: str) -> Tariff:
    code, _, version = name.rpartition(".")
    found = None
    if version.isdecimal() and len(version) < 5 and "\0" not in code:
        found = TariffVersion.objects.filter(code=code, version=int(version)).first()
    if found is None:
        raise NotVisibleError(ABSENT)
    return tariff_files.of_body(found.body)


def _days(today: date) -> list[date]:
    """Return the days of the last whole months that were read, a year at most."""
    until = today.replace(day=1)
    stored = store().stored(Span(until - timedelta(days=LOOKED_BACK), until))
    if stored is None:
        raise UnableToAnalyseError(Phrase("近一年没有读数，请先导入曲线。"))
    end = min(until, stored.until_on.replace(day=1))
    start = stored.from_on
    first = start if start.day == 1 else (start.replace(day=1) + timedelta(days=31)).replace(day=1)
    first = max(first, end.replace(year=end.year - 1))
    if first >= end:
        raise UnableToAnalyseError(Phrase("近一年没有一个整月的读数，请先导入曲线。"))
    return [first + timedelta(days=n) for n in range((end - first).days)]


def _laid(one: Tariff, days: Sequence[date], kinds: Sequence[int]) -> Schedule:
    """Lay one version over all of the days, whenever it holds."""
    alone = replace(one, valid_from=days[0], valid_until=None)
    try:
        return tariffs.schedule([alone], code=one.code, days=days, kinds=kinds)
    except BadTariffError as wrong:
        raise UnableToAnalyseError(wrong.words) from wrong
