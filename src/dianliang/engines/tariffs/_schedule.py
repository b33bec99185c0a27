"""Which price holds in which quarter hour: a tariff's versions laid over a calendar."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from dianliang.engines.tariffs._check import BadTariffError, Problem, points, problems_of
from dianliang.engines.tariffs._model import POINTS, Period, Schedule, Tariff
from dianliang.kernel.phrases import Phrase


def schedule(
    tariffs: Sequence[Tariff], *, code: str, days: Sequence[date], kinds: Sequence[int]
) -> Schedule:
    """Lay the versions of a tariff over some days, each of a `DayKind`. Cost: O(days).

    Raises:
        BadTariffError: the tariff is not known, is wrong, or does not hold on all of the days;
            it lists everything that is wrong.
    """
    mine = sorted((one for one in tariffs if one.code == code), key=lambda one: one.valid_from)
    if not mine:
        known = "、".join(sorted({one.code for one in tariffs})) or Phrase("一个也没有")
        words = Phrase("没有这个电价。已有：%(known)s。", known=known)
        raise BadTariffError([Problem(code, "unknown", words)])
    months = sorted({f"{day:%Y-%m}" for day in days})
    wrong = problems_of(mine)
    versions = [_of_month(mine, month) for month in months]
    out = [month for month, one in zip(months, versions, strict=True) if one is None]
    if out:
        words = Phrase("%(months)s 没有生效的版本。", months="、".join(out))
        wrong.append(Problem(code, "not-valid", words))
    if wrong or not months:
        raise BadTariffError(wrong or [Problem(code, "no-days", Phrase("没有一天要计费。"))])
    return _laid([one for one in versions if one is not None], months, days, kinds)


def _of_month(versions: Sequence[Tariff], month: str) -> Tariff | None:
    first = date.fromisoformat(f"{month}-01")
    return next(
        (
            one
            for one in versions
            if one.valid_from <= first and (one.valid_until is None or first < one.valid_until)
        ),
        None,
    )


def _laid(
    versions: Sequence[Tariff], months: Sequence[str], days: Sequence[date], kinds: Sequence[int]
) -> Schedule:
    place = {month: i for i, month in enumerate(months)}
    month = np.array([place[f"{day:%Y-%m}"] for day in days], np.int64)
    rows: dict[tuple[int, int], npt.NDArray[np.int8]] = {}
    period = np.empty((len(days), POINTS), np.int8)
    for i, (at, kind) in enumerate(zip(month.tolist(), kinds, strict=True)):
        if (at, kind) not in rows:
            rows[at, kind] = _day(versions[at], days[i].month, kind)
        period[i] = rows[at, kind]
    return Schedule(
        days=np.array(days, "datetime64[D]"),
        month=month,
        months=tuple(months),
        period=period,
        price=np.array([[one.prices.get(p, 0.0) for p in Period] for one in versions]),
        levy=np.array([one.levy_cny_kwh for one in versions]),
        demand=np.array([one.demand_cny_kw or 0.0 for one in versions]),
        capacity=np.array([one.capacity_cny_kva or 0.0 for one in versions]),
        versions=tuple(versions),
    )


def _day(tariff: Tariff, month: int, kind: int) -> npt.NDArray[np.int8]:
    made = np.full(POINTS, Period.FLAT, np.int8)
    for band in tariff.bands:
        if month in band.months and kind in band.days:
            made[points(band)] = band.period
    return made
