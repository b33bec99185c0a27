"""Forecast the next season: ``dianliang energy forecast``."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from math import exp
from pathlib import Path

from dianliang.cli.energy import tables
from dianliang.cli.parsing import Formatter, Parser
from dianliang.engines.forecasting import ASSUMED_SPREAD
from dianliang.flows.energy import seasons
from dianliang.integrations.curve_store import CurveStore, register
from dianliang.kernel.errors import InvalidInputError

EXAMPLES = """例如：
  dianliang energy forecast --starts 2023-03-01,2024-03-01,2025-03-01 --next 2026-03-01 \\
      --days 75 --machines 炒茶机.xlsx --out 茶季预测.xlsx
  dianliang energy forecast --starts 2024-02-10,2025-01-29 --next 2026-02-17 --days 15

每一季写一个起始日期：茶季都从 3 月 1 日数起，春节从正月初一数起，同一天才可比。
炒茶机表一行一台变压器一年：变压器编号、年份、功率(kW)；要预测的那一年也写上登记的功率。
区间的宽窄由逐年留出验证得到；只有一季可用时宽窄是假定的，会写明，不列可能性。

退出码：0 完成；1 文件或日期有问题；2 用法不对。"""
HEADINGS = {
    "zh": [
        *("变压器", "容量(kVA)", "过去几季", "登记设备(kW)", "预计最大(kW)", "九成不超过(kW)"),
        *("最吃紧的一天", "重载可能", "过载可能"),
    ],
    "en": [
        *("transformer", "capacity (kVA)", "past seasons", "machines (kW)", "expected peak (kW)"),
        *("nine of ten below (kW)", "tightest day", "chance of heavy load", "chance of overload"),
    ],
}
SAID = {
    "zh": {
        "all": "{all} 台变压器，过载可能在一半以上的 {likely} 台；没有历史曲线的 {left} 台未预测。",
        "assumed": "只有一季可用，没有经过验证：宽窄按标准差 {spread:.0%} 假定"
        "（九成不超过预计的 {times:.2f} 倍），不列重载、过载的可能。",
        "alone": "{all} 台变压器；没有历史曲线的 {left} 台未预测。",
        "learned": "区间由 {years} 个留出的年份得到；每年增长 {growth:+.1%}。",
    },
    "en": {
        "all": "Transformers: {all}; overload more likely than not: {likely}; without past curves, "
        "not forecast: {left}.",
        "assumed": "Only one season is known, nothing is validated: the width is assumed from a "
        "standard deviation of {spread:.0%} (nine of ten below {times:.2f} times what is "
        "expected); chances are not told.",
        "alone": "Transformers: {all}; without past curves, not forecast: {left}.",
        "learned": "Intervals from years held out: {years}; growth a year {growth:+.1%}.",
    },
}
MOST_DAYS = 75
NINE_OF_TEN = 1.2816
"""Standard deviations above the middle that nine of ten stay below."""


def run(words: Sequence[str]) -> int:
    """Forecast; return 0.

    Raises:
        DomainError: dates, a file or the store cannot be used.
    """
    found = _parser().parse_args(words)
    tables.check(found.out)
    home = Path(found.home or os.environ.get("DIANLIANG_HOME") or "var").expanduser()
    store = CurveStore(home.resolve() / "curves")
    network = register(store.root)
    if network is None:
        raise InvalidInputError(
            "没有户变关系。请先 dianliang energy import --meters 户变关系文件。"
        )
    told = seasons.outlook(
        store,
        network,
        starts=found.starts,
        next_start=found.next,
        days=found.days,
        machines=seasons.read_machines(found.machines) if found.machines else {},
    )
    years = told.outlook.held_out
    rows = [
        [
            risk.number,
            risk.capacity_kva,
            risk.seasons,
            risk.machines_kw,
            risk.expected_kw,
            risk.high_kw,
            risk.worst_on.isoformat(),
            risk.heavy if years else None,
            risk.over if years else None,
        ]
        for risk in told.risks
    ]
    tables.tell(HEADINGS[found.language], rows, found.out, language=found.language)
    said = SAID[found.language]
    counts = {"all": len(rows), "left": len(told.left_out)}
    if not years:
        _say(said["alone"].format(**counts))
        times = exp(ASSUMED_SPREAD * NINE_OF_TEN)
        _say(said["assumed"].format(spread=ASSUMED_SPREAD, times=times))
        return 0
    likely = sum(2 * risk.over > 1 for risk in told.risks)
    _say(said["all"].format(likely=likely, **counts))
    _say(said["learned"].format(years=years, growth=told.outlook.growth - 1))
    return 0


def _days(word: str) -> list[date]:
    try:
        return [date.fromisoformat(one.strip()) for one in word.split(",")]
    except ValueError as error:
        words = f"“{word}”应是日期，如 2025-03-01，多个用逗号分开"
        raise argparse.ArgumentTypeError(words) from error


def _day(word: str) -> date:
    (day,) = _days(word)[:1]
    return day


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang energy forecast",
        description="由过去几季的曲线和登记的设备，预测下一季每台变压器重载、过载的可能。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage="dianliang energy forecast --starts 日期,日期 --next 日期 [选项]",
    )
    add = parser.add_argument
    add("verb", choices=("forecast",), metavar="forecast", help="季节预测")
    add("--starts", type=_days, required=True, metavar="日期", help="过去各季从哪天起，逗号分开")
    add("--next", type=_day, required=True, metavar="日期", help="要预测的一季从哪天起")
    add("--days", type=int, default=MOST_DAYS, metavar="天", help="一季多少天，默认 75")
    add("--machines", type=Path, metavar="文件", help="炒茶机等设备：变压器编号、年份、功率(kW)")
    add("--out", type=Path, metavar="文件", help="写成 .csv、.xlsx 或 .parquet；默认显示表格")
    add("--home", metavar="目录", help="数据目录；默认 DIANLIANG_HOME 或 ./var")
    add("--language", choices=("zh", "en"), default="zh", help="表头和结论用中文还是英文")
    add("-h", "--help", action="help", help="显示用法")
    return parser


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
