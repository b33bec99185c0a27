"""Tariffs in files: JSON whole, or a table with a row for each stretch of the day."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks, InvalidRowsError
from dianliang.core.sheets import SheetRow
from dianliang.engines.tariffs import (
    DAY_WORDS,
    PERIOD_WORDS,
    BadTariffError,
    Band,
    BasicRule,
    Certainty,
    DayKind,
    Period,
    Tariff,
    problems_of,
    problems_of_each,
)
from dianliang.flows.enterprises.tariff_json import body, minute_of, of_body, of_json, told
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import decoded

__all__ = ["HEADINGS", "body", "demo", "of_body", "read", "template", "told"]
DEMO = Path(__file__).parent / "data" / "demo_tariffs.json"
MOST_BYTES = 1_000_000
"""Thousands of stretches: more than any province has tariffs."""
CODE, VERSION, TITLE, REGION, CLASS, VOLTAGE = (
    "电价编码",
    "版本",
    "名称",
    "地区",
    "用户类别",
    "电压等级",
)
FROM, UNTIL, MONTHS, DAYS, START, END = ("生效日", "失效日", "月份", "日类型", "开始", "结束")
PERIOD, PRICE, LEVY, DEMAND, CAPACITY = (
    "时段",
    "电价（元/kWh）",
    "基金及附加（元/kWh）",
    "需量电价（元/kW·月）",
    "容量电价（元/kVA·月）",
)
SOURCE, YEAR, CERTAINTY = ("来源", "来源年份", "依据")
CERTAINTIES = {
    "已对照文件": Certainty.PUBLISHED,
    "按理解录入": Certainty.AS_UNDERSTOOD,
    "演示": Certainty.GENERATED,
}
NEEDED = (
    *(CODE, VERSION, TITLE, REGION, CLASS, VOLTAGE, FROM, MONTHS, DAYS, START, END),
    *(PERIOD, PRICE, SOURCE, YEAR, CERTAINTY),
)
OPTIONAL = (UNTIL, LEVY, DEMAND, CAPACITY)
HEADINGS: tuple[Heading, ...] = (
    (CODE, "同一电价的各版本编码相同", ()),
    (VERSION, "从 1 数起", ()),
    (TITLE, "", ()),
    (REGION, "", ()),
    (CLASS, "例如 工商业两部制", ()),
    (VOLTAGE, "例如 1-10kV", ()),
    (FROM, "某月 1 日", ()),
    (UNTIL, "某月 1 日（不含）；仍有效就留空", ()),
    (MONTHS, "例如 1、7、8、12；全年写 全年", ()),
    (DAYS, "工作日、休息日、节假日；都一样写 每天", ()),
    (START, "例如 8:00", ()),
    (END, "例如 11:00；到午夜写 24:00；早于开始表示跨午夜", ()),
    (PERIOD, "", tuple(PERIOD_WORDS.values())),
    (PRICE, "该时段的电度电价，不含基金及附加", ()),
    (LEVY, "", ()),
    (DEMAND, "两部制才填", ()),
    (CAPACITY, "两部制才填", ()),
    (SOURCE, "文件名和文号", ()),
    (YEAR, "四位年份", ()),
    (CERTAINTY, "", tuple(CERTAINTIES)),
)
EXAMPLES = tuple(
    (
        *("SL-10KV", "1", "示例两部制", "演示县", "工商业两部制", "1-10kV", "2025-01-01", ""),
        *("全年", "每天", *stretch, "0.03", "40", "30", "演示数据", "2025", "演示"),
    )
    for stretch in (
        ("0:00", "8:00", "低谷", "0.3"),
        ("8:00", "11:00", "高峰", "0.9"),
        ("11:00", "24:00", "平段", "0.6"),
    )
)
"""A whole day; its code is its own, so that no real or demonstration tariff is taken for it."""
ADVICE = (
    "一行是一个时段；同一电价同一版本写多行，名称、日期、来源等各行写得一样。",
    "每个月、每类日子的 24 小时都要有时段，不多不少；有错会一次全部列出，什么都不写入。",
)


def template() -> bytes:
    """Return the table to fill in."""
    first, *further = EXAMPLES
    return blanks.template(HEADINGS, example=first, further=further, title="电价", advice=ADVICE)


def read(content: bytes, *, name: str) -> list[Tariff]:
    """Return the tariffs of a file, JSON or a table, whole and sound.

    Raises:
        InvalidInputError: it cannot be understood, or a tariff is wrong; everything is told.
        UnreadableSheetError, InvalidRowsError: the same of a table.
    """
    if len(content) > MOST_BYTES:
        words = Phrase("%(name)s 超过 1 MB，电价文件不会这么大，请拆分后再导入。", name=name)
        raise InvalidInputError(words, field="file")
    text = None if content[:4] in {sheets.ZIP_MAGIC, sheets.OLE_MAGIC} else decoded(content)
    if text is not None and text.lstrip()[:1] in {"[", "{"}:
        found = of_json(text, name=name)
    else:
        found = _of_table(content, name=name)
    if not found:
        raise InvalidInputError(Phrase("%(name)s 里没有电价。", name=name), field="file")
    wrong = problems_of(found)
    if wrong:
        words = Phrase(
            "%(name)s 有 %(n)d 处需要改正：\n%(words)s",
            name=name,
            n=len(wrong),
            words=BadTariffError(wrong).words,
        )
        raise InvalidInputError(words, field="file")
    return found


def demo() -> list[Tariff]:
    """Return the tariffs that ship for trying out; they are in force nowhere."""
    return of_json(DEMO.read_text(encoding="utf-8"), name=DEMO.name)


def _of_table(content: bytes, *, name: str) -> list[Tariff]:
    rows = sheets.read(content, name=name, headings=NEEDED, optional=OPTIONAL)
    checks = Checks(name)
    groups: dict[tuple[str, int], list[SheetRow]] = {}
    for row in rows:
        code = checks.key(row, CODE, needed=True)
        version = checks.number(row, VERSION, least=1, most=999)
        groups.setdefault((code, int(version or 0)), []).append(row)
    sound = []
    for (code, version), mine in groups.items():
        before = len(checks.found)
        one = _of_rows(code, version, mine, checks)
        if one is not None and len(checks.found) == before:
            sound.append(one)
    if checks.found:  # what can be said of the sound ones is said now, not after the next try
        whole = [f"{name} {one.tariff}：{one.words}" for one in problems_of_each(sound)]
        raise InvalidRowsError([*checks.found, *whole])
    return sound


def _of_rows(code: str, version: int, rows: list[SheetRow], checks: Checks) -> Tariff | None:
    """Put the rows of one version together; what they all say must be the same."""
    first = rows[0]
    same = (TITLE, REGION, CLASS, VOLTAGE, FROM, UNTIL, LEVY, DEMAND, CAPACITY, SOURCE, YEAR)
    for row in rows[1:]:
        for heading in (*same, CERTAINTY):
            if row.get(heading) != first.get(heading):
                checks.add(
                    row,
                    Phrase(
                        "“%(heading)s”与同一版本第 %(number)s 行不同。",
                        heading=heading,
                        number=first.number,
                    ),
                    heading,
                )
    prices: dict[Period, float] = {}
    bands = []
    for row in rows:
        band, price = _band(row, checks), checks.number(row, PRICE, least=0, most=20)
        if band is None or price is None:
            if price is None and not row.get(PRICE):
                checks.add(row, Phrase("“%(heading)s”不能为空。", heading=PRICE), PRICE)
            continue
        if prices.setdefault(band.period, price) != price:
            checks.add(
                row,
                Phrase(
                    "%(period_words)s电价前后不同。", period_words=Phrase(PERIOD_WORDS[band.period])
                ),
                PRICE,
            )
        bands.append(band)
    starts, year = checks.day(first, FROM), checks.number(first, YEAR, least=1949, most=2200)
    if starts is None or year is None:
        checks.add(first, "生效日和来源年份都要填。", FROM)
        return None
    return Tariff(
        code=code,
        version=version,
        title=checks.text(first, TITLE, 80, needed=True),
        region=checks.text(first, REGION, 40, needed=True),
        customer_class=checks.text(first, CLASS, 40, needed=True),
        voltage=checks.text(first, VOLTAGE, 40, needed=True),
        valid_from=starts,
        valid_until=checks.day(first, UNTIL),
        bands=tuple(bands),
        prices=prices,
        levy_cny_kwh=checks.number(first, LEVY, least=0, most=1) or 0.0,
        demand_cny_kw=checks.number(first, DEMAND, least=0, most=1000),
        capacity_cny_kva=checks.number(first, CAPACITY, least=0, most=1000),
        basic=BasicRule(),
        source=checks.text(first, SOURCE, 200, needed=True),
        year=int(year),
        certainty=Certainty(checks.choice(first, CERTAINTY, _PLAIN, Certainty.AS_UNDERSTOOD)),
    )


_PLAIN = {words: str(value) for words, value in CERTAINTIES.items()}
_PERIODS = {words: period for period, words in PERIOD_WORDS.items()}
_DAYS = {words: day for day, words in DAY_WORDS.items()}


def _band(row: SheetRow, checks: Checks) -> Band | None:
    readers: tuple[tuple[str, Callable[[str], Any]], ...] = (
        (MONTHS, _months),
        (DAYS, _days),
        (START, minute_of),
        (END, minute_of),
        (PERIOD, _period),
    )
    values = []
    for heading, reader in readers:
        try:
            values.append(reader(row.get(heading)))
        except ValueError as error:
            checks.add(row, f"{error}。", heading)
    if len(values) < len(readers):
        return None
    months, days, starts, ends, period = values
    return Band(
        months=months, days=days, from_minute=starts, until_minute=ends, period=Period(period)
    )


def _months(text: str) -> tuple[int, ...]:
    if text == "全年":
        return tuple(range(1, 13))
    parts = text.replace(",", "、").replace("，", "、").split("、")
    if not all(part.strip().isdecimal() for part in parts):
        raise ValueError(Phrase("“%(text)s”不是月份，应如 1、7、8、12 或 全年", text=text))
    return tuple(int(part) for part in parts)


def _days(text: str) -> tuple[DayKind, ...]:
    if text == "每天":
        return tuple(DayKind)
    parts = [part.strip() for part in text.split("、")]
    if not all(part in _DAYS for part in parts):
        raise ValueError(
            Phrase("“%(text)s”应是 %(days)s 或 每天", text=text, days=joined("、", _DAYS))
        )
    return tuple(_DAYS[part] for part in parts)


def _period(text: str) -> Period:
    if text not in _PERIODS:
        raise ValueError(
            Phrase("“%(text)s”应是 %(periods)s 之一", text=text, periods=joined("、", _PERIODS))
        )
    return _PERIODS[text]
