"""What changed between two versions of a tariff."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dianliang.engines.tariffs._check import points
from dianliang.engines.tariffs._model import (
    DAY_WORDS,
    PERIOD_WORDS,
    POINTS,
    DayKind,
    Period,
    Tariff,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that two versions say differently; empty where one of them says nothing.

    A change of hours also names its months and its kind of day.
    """

    name: str
    before: str
    after: str
    months: tuple[int, ...] = ()
    day: DayKind | None = None


def changes(before: Tariff, after: Tariff) -> list[Change]:
    """List what changed from one version to another: prices, charges, hours, where it is from."""
    pairs = [
        ("名称", before.title, after.title),
        ("来源", f"{before.source}（{before.year}）", f"{after.source}（{after.year}）"),
        *(
            (f"{PERIOD_WORDS[period]}电价", _price(before, period), _price(after, period))
            for period in Period
        ),
        ("基金及附加", f"{before.levy_cny_kwh:g}", f"{after.levy_cny_kwh:g}"),
        ("需量电价", _charge(before.demand_cny_kw), _charge(after.demand_cny_kw)),
        ("容量电价", _charge(before.capacity_cny_kva), _charge(after.capacity_cny_kva)),
        ("基本电费规则", str(before.basic), str(after.basic)),
    ]
    found = [Change(name, was, now) for name, was, now in pairs if was != now]
    return found + _hours(before, after)


def _price(tariff: Tariff, period: Period) -> str:
    return _charge(tariff.prices.get(period))


def _charge(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _hours(before: Tariff, after: Tariff) -> list[Change]:
    told: dict[tuple[DayKind, str, str], list[int]] = {}
    for day in DayKind:
        for month in range(1, 13):
            was, now = hours_of(before, month, day), hours_of(after, month, day)
            if was != now:
                told.setdefault((day, was, now), []).append(month)
    return [
        Change(
            f"{'、'.join(map(str, months))} 月{DAY_WORDS[day]}时段",
            was,
            now,
            months=tuple(months),
            day=day,
        )
        for (day, was, now), months in told.items()
    ]


def hours_of(tariff: Tariff, month: int, day: DayKind) -> str:
    """Say which periods a day of a month has, in order."""
    row = np.full(POINTS, -1)
    for band in tariff.bands:
        if month in band.months and day in band.days:
            row[points(band)] = band.period
    edges = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), POINTS]
    return "；".join(
        f"{_clock(a)}–{_clock(b)} {PERIOD_WORDS[Period(row[a])]}"
        for a, b in pairwise(edges)
        if row[a] >= 0
    )


def _clock(point: int) -> str:
    return f"{point // 4:02d}:{point % 4 * 15:02d}"
