"""Hold tariffs against what a tariff must be; everything that is wrong is told at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import isfinite

import numpy as np

from dianliang.engines.tariffs._model import (
    DAY_MINUTES,
    DAY_WORDS,
    MINUTES,
    PERIOD_WORDS,
    POINTS,
    Band,
    DayKind,
    Period,
    Tariff,
)
from dianliang.kernel.phrases import Phrase, joined

MOST_CNY_KWH, MOST_CNY_KW = 20.0, 1000.0
EVERY_MONTH = range(1, 13)
MOST_BANDS = 500
"""96 quarter hours of 3 kinds of day in a few seasons; 500 are more than any notice lists."""
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a version of a tariff: a code for programs, words for the person."""

    tariff: str
    code: str
    words: str


class BadTariffError(ValueError):
    """Tariffs that no bill can be made of; `problems` lists everything that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        self.words = listed(problems)
        super().__init__(self.words)


def listed(problems: Sequence[Problem]) -> str:
    """Return what is wrong line by line, so that a page can say it in its reader's language.

    No more than `MOST_TOLD` lines: each holds those before it.
    """
    lines = [
        Phrase("%(tariff)s：%(words)s", tariff=one.tariff, words=one.words)
        for one in problems[:MOST_TOLD]
    ]
    if len(problems) > MOST_TOLD:
        lines.append(Phrase("……另有 %(n)d 处", n=len(problems) - MOST_TOLD))
    return joined("\n", lines)


def problems_of(tariffs: Sequence[Tariff]) -> list[Problem]:
    """List everything that is wrong with tariffs and with how their versions follow."""
    found = problems_of_each(tariffs)
    by_code: dict[str, list[Tariff]] = defaultdict(list)
    for tariff in tariffs:
        by_code[tariff.code].append(tariff)
    for code, versions in by_code.items():
        found += _of_versions(code, sorted(versions, key=lambda one: one.valid_from))
    return found


def problems_of_each(tariffs: Sequence[Tariff]) -> list[Problem]:
    """List what is wrong with each tariff alone, where not all versions are known yet."""
    return [problem for tariff in tariffs for problem in _of_one(tariff)]


def _of_one(tariff: Tariff) -> list[Problem]:
    name = Phrase("%(code)s 第 %(version)s 版", code=tariff.code, version=tariff.version)
    told = [*_facts(tariff), *_prices(tariff), *_charges(tariff), *_bands(tariff)]
    return [Problem(name, code, words) for code, words in told]


def _facts(tariff: Tariff) -> list[tuple[str, str]]:
    wanted = {
        "编码": tariff.code,
        "名称": tariff.title,
        "地区": tariff.region,
        "用户类别": tariff.customer_class,
        "电压等级": tariff.voltage,
        "来源": tariff.source,
    }
    found: list[tuple[str, str]] = [
        ("missing", Phrase("没有填%(name)s。", name=Phrase(name)))
        for name, value in wanted.items()
        if not value.strip()
    ]
    if tariff.version < 1:
        words = Phrase("版本是 %(version)s，应从 1 数起。", version=tariff.version)
        found.append(("version", words))
    ends = [tariff.valid_from, *([tariff.valid_until] if tariff.valid_until else [])]
    found += [
        ("mid-month", Phrase("%(day)s 不是 1 日：一个月只能有一个电价版本。", day=f"{day}"))
        for day in ends
        if day.day != 1
    ]
    if len(ends) == 2 and ends[1] <= ends[0]:
        words = Phrase(
            "失效日 %(until)s 不晚于生效日 %(first)s。", until=f"{ends[1]}", first=f"{ends[0]}"
        )
        found.append(("validity", words))
    if not 1949 <= tariff.year <= 2200:
        words = Phrase("来源年份是 %(year)s，应是四位年份。", year=tariff.year)
        found.append(("year", words))
    return found


def _prices(tariff: Tariff) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    used = sorted({band.period for band in tariff.bands})
    for period in used:
        price = tariff.prices.get(period)
        if price is None:
            words = Phrase("时段里有%(period)s，却没有%(period)s电价。", period=_word(period))
            found.append(("price-missing", words))
    for period, price in tariff.prices.items():
        if not (isfinite(price) and 0 < price <= MOST_CNY_KWH):
            words = Phrase(
                "%(period)s电价是 %(price)s，应大于 0 元、不超过 %(most)s 元。",
                period=_word(period),
                price=price,
                most=f"{MOST_CNY_KWH:g}",
            )
            found.append(("price-range", words))
    told = sorted(tariff.prices.items())
    for (dear, high), (cheap, low) in pairwise(told):
        if high < low:
            words = Phrase(
                "%(dear)s电价 %(high)s 低于%(cheap)s电价 %(low)s，请核对是否填反。",
                dear=_word(dear),
                high=f"{high:g}",
                cheap=_word(cheap),
                low=f"{low:g}",
            )
            found.append(("price-order", words))
    if not (isfinite(tariff.levy_cny_kwh) and 0 <= tariff.levy_cny_kwh <= 1):
        words = Phrase("基金及附加是 %(levy)s，应在 0 到 1 元之间。", levy=tariff.levy_cny_kwh)
        found.append(("levy", words))
    return found


def _word(period: int) -> str:
    return Phrase(PERIOD_WORDS[Period(period)])


def _charges(tariff: Tariff) -> list[tuple[str, str]]:
    pair = {"需量电价": tariff.demand_cny_kw, "容量电价": tariff.capacity_cny_kva}
    found: list[tuple[str, str]] = []
    if len([value for value in pair.values() if value is None]) == 1:
        words = Phrase("需量电价和容量电价要么都有（两部制），要么都没有（单一制）。")
        found.append(("half-basic", words))
    for name, value in pair.items():
        if value is not None and not (isfinite(value) and 0 < value <= MOST_CNY_KW):
            words = Phrase(
                "%(name)s是 %(value)s，应大于 0、不超过 %(most)s 元。",
                name=Phrase(name),
                value=value,
                most=f"{MOST_CNY_KW:g}",
            )
            found.append(("basic-range", words))
    rule = tariff.basic
    sound = (
        0 <= rule.floor_share <= 1
        and 1 <= rule.over_share <= 2
        and 1 <= rule.over_times <= 5
        and 1 <= rule.choice_months <= 12
        and rule.load_kwh_kva > 0
        and 0 < rule.load_factor <= 1
    )
    if not sound:
        found.append(("basic-rule", Phrase("基本电费规则里有超出范围的数，请对照文件。")))
    return found


def _bands(tariff: Tariff) -> list[tuple[str, str]]:
    if len(tariff.bands) > MOST_BANDS:
        words = Phrase(
            "有 %(n)d 个时段，最多 %(most)d 个；请把价格相同、首尾相接的时段合并。",
            n=len(tariff.bands),
            most=MOST_BANDS,
        )
        return [("band-many", words)]
    found: list[tuple[str, str]] = []
    for band in tariff.bands:
        is_off = any(minute % MINUTES for minute in (band.from_minute, band.until_minute))
        inside = 0 <= band.from_minute < DAY_MINUTES and 0 < band.until_minute <= DAY_MINUTES
        if is_off or not inside or band.from_minute == band.until_minute:
            words = Phrase(
                "时段 %(first)s–%(last)s 应落在整刻钟上。",
                first=_clock(band.from_minute),
                last=_clock(band.until_minute),
            )
            found.append(("band-time", words))
        if not band.months or not band.days or not set(band.months) <= set(EVERY_MONTH):
            told = "、".join(map(str, band.months))
            words = Phrase("月份 %(months)s 应是 1 到 12，日类型不能空。", months=told)
            found.append(("band-months", words))
    return found or _cover(tariff)


def _cover(tariff: Tariff) -> list[tuple[str, str]]:
    """Find the stretches of the year that no band or more than one band holds."""
    count = np.zeros((len(DayKind), 12, POINTS), np.int64)
    for band in tariff.bands:
        held = points(band)
        for day in set(band.days):
            for month in set(band.months):
                count[day, month - 1, held] += 1
    found: list[tuple[str, str]] = []
    for code, word, wrong in (
        ("gap", "%(months)s%(day)s %(stretches)s 没有定时段。", count == 0),
        ("overlap", "%(months)s%(day)s %(stretches)s 定了不止一个时段。", count > 1),
    ):
        for months, day, stretches in _alike(wrong):
            words = Phrase(
                word, months=_months(months), day=Phrase(DAY_WORDS[day]), stretches=stretches
            )
            found.append((code, words))
    return found


def _alike(wrong: np.ndarray) -> list[tuple[list[int], DayKind, str]]:
    told: dict[tuple[DayKind, str], list[int]] = defaultdict(list)
    for day in DayKind:
        for month in range(12):
            if wrong[day, month].any():
                told[day, _stretches(wrong[day, month])].append(month + 1)
    return [(months, day, stretches) for (day, stretches), months in told.items()]


def _stretches(marks: np.ndarray) -> str:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]])))
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return "、".join(f"{_clock(a * MINUTES)}–{_clock(b * MINUTES)}" for a, b in pairs)


def _months(months: Sequence[int]) -> str:
    if len(months) == 12:
        return Phrase("全年")
    return Phrase("%(months)s 月", months="、".join(map(str, months)))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def points(band: Band) -> np.ndarray:
    """Return which quarter hours of the day a band holds: (96,) of truth."""
    at = np.arange(POINTS) * MINUTES
    if band.from_minute < band.until_minute:
        return (band.from_minute <= at) & (at < band.until_minute)
    return (band.from_minute <= at) | (at < band.until_minute)


def _of_versions(code: str, versions: Sequence[Tariff]) -> list[Problem]:
    numbers = [one.version for one in versions]
    found = [
        Problem(code, "version-twice", Phrase("第 %(n)s 版出现了不止一次。", n=number))
        for number in sorted({one for one in numbers if numbers.count(one) > 1})
    ]
    for before, after in pairwise(versions):
        end = before.valid_until or date.max
        told = {
            "before": before.version,
            "until": f"{before.valid_until}" if before.valid_until else Phrase("今后"),
            "first": f"{after.valid_from}",
            "after": after.version,
        }
        if end > after.valid_from:
            words = Phrase(
                "第 %(before)s 版到 %(until)s，与从 %(first)s 起的第 %(after)s 版重叠。", **told
            )
            found.append(Problem(code, "versions-overlap", words))
        elif end < after.valid_from:
            words = Phrase(
                "第 %(before)s 版到 %(until)s，到 %(first)s 第 %(after)s 版生效之间没有电价。",
                **told,
            )
            found.append(Problem(code, "versions-gap", words))
    return found
