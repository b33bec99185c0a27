"""What can be asked of ``dianliang energy``."""

import argparse
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from dianliang.cli.parsing import Formatter, Parser
from dianliang.engines.loading import Span
from dianliang.integrations.meter_files import Hints

EXAMPLES = """例如：
  dianliang energy import --meters 户变关系.xlsx 7月曲线.csv     先认表，再导入；整份通过才写入
  dianliang energy import --check 7月曲线.xlsx                   只检查，看看读成了什么
  dianliang energy quality 2026-07                               缺数、突变、数值不变、时钟偏差
  dianliang energy features 2026-07 --out 日特征.csv             每表每日的电量、峰值、峰谷、电压
  dianliang energy loading 2026-07 --out 重过载.xlsx             变压器重载、过载、三相不平衡
  dianliang energy powerflow --help                              电网模型：grid 检查，powerflow 潮流
  dianliang energy relief --help（zone、coverage 同）              台区治理、光储直柔、充电覆盖
  dianliang energy forecast --help                               下一个茶季、春节的重过载可能
  dianliang energy measure --help                                节能量、试验要多大
  dianliang energy loading --from 2026-06-25 --until 2026-07-05  任意几天，跨午夜跨月照算
  dianliang energy enterprises --help                            全部企业的用电分析、电价检查

曲线文件可以是 CSV、Excel、Parquet：一行一个时刻（表号、时间、功率、电压），一行一天 96 点，
或 15 分钟累计示数（乘倍率，满码自动进位）。户变关系一行一只表：表号、变压器编号、额定容量(kVA)，
可有倍率、相别、用途（“总表”代表整台变压器）。曲线按月存在数据目录的 curves 里，
是 Parquet 文件，别的工具也能读。

退出码：0 完成；1 文件有问题（逐行列出，没有写入）；2 用法不对。"""
VERBS = {
    "import": "导入曲线文件和户变关系",
    "quality": "数据质量",
    "features": "每表每日特征",
    "loading": "变压器重载、过载、三相不平衡",
}
REPORTS = ("quality", "features", "loading")
USED_BY = {
    **dict.fromkeys(("meters", "check", "unit", "label", "secondary"), ("import",)),
    **dict.fromkeys(("digits", "accept_lost_hours"), ("import",)),
    **dict.fromkeys(("from_on", "until_on", "out", "workers", "language"), REPORTS),
    **dict.fromkeys(("rules", "print_rules"), ("features", "loading")),
    "all": ("quality", "loading"),
}
"""Which verbs heed an option."""
EARLIEST_ON, LATEST_ON = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    verb: str
    store: Path
    files: tuple[Path, ...] = ()
    meters: Path | None = None
    is_check: bool = False
    hints: Hints
    span: Span | None = None
    out: Path | None = None
    rules: Path | None = None
    prints_rules: bool = False
    is_all: bool = False
    workers: int = 1
    language: str = "zh"


def asked(words: Sequence[str], *, others: Collection[str] = ()) -> Asked:
    """Return what was asked for; leave with 2 when nobody can tell.

    `others` are commands that read options of their own: who mistypes one is told of them too.
    """
    parser = _parser()
    found = parser.parse_intermixed_args(words)
    if found.verb not in VERBS:
        parser.error(f"没有“{found.verb}”这个命令；可用：{'、'.join([*VERBS, *others])}")
    is_import = found.verb == "import"
    if is_import and not (found.what or found.meters):
        parser.error("请给出曲线文件，或用 --meters 给出户变关系")
    _refuse_unused(parser, found)
    if not is_import and len(found.what) > 1:
        parser.error("只能给一个月份，如 2026-07")
    span = None
    if not is_import and not found.print_rules:
        span = _span(parser, found)
    home = Path(found.home or os.environ.get("DIANLIANG_HOME") or "var").expanduser()
    return Asked(
        verb=found.verb,
        store=home.resolve() / "curves",
        files=tuple(Path(one) for one in found.what) if is_import else (),
        meters=found.meters,
        is_check=found.check,
        hints=Hints(
            unit=found.unit,
            label=found.label,
            is_secondary=found.secondary,
            digits=found.digits,
            accepts_lost_hours=found.accept_lost_hours,
        ),
        span=span,
        out=found.out,
        rules=found.rules,
        prints_rules=found.print_rules,
        is_all=found.all,
        workers=found.workers,
        language=found.language,
    )


def _refuse_unused(parser: Parser, found: argparse.Namespace) -> None:
    """Refuse an option that the verb would pass over: who gives it expects something of it."""
    for name, verbs in USED_BY.items():
        if found.verb not in verbs and getattr(found, name) != parser.get_default(name):
            option = f"--{name.removesuffix('_on').replace('_', '-')}"
            parser.error(f"{found.verb} 不用 {option}；用它的是 {'、'.join(verbs)}")


def _span(parser: Parser, found: argparse.Namespace) -> Span:
    if found.what and (found.from_on or found.until_on):
        parser.error("月份和 --from、--until 只给一种")
    if found.what:
        try:
            year, month = map(int, found.what[0].split("-"))
            first = date(year, month, 1)
        except ValueError:
            parser.error(f"“{found.what[0]}”不是月份，应如 2026-07")
        if not EARLIEST_ON <= first < LATEST_ON:
            parser.error(f"“{found.what[0]}”不在 {EARLIEST_ON:%Y-%m} 到 {LATEST_ON:%Y-%m} 之间")
        return Span(first, (first + timedelta(days=31)).replace(day=1))
    if not (found.from_on and found.until_on):
        parser.error("请给出月份，如 2026-07；或用 --from 和 --until 给出起止日期")
    if not 0 < (found.until_on - found.from_on).days <= MOST_DAYS:
        parser.error(f"--until 应在 --from 之后，最多 {MOST_DAYS} 天")
    return Span(found.from_on, found.until_on)


MOST_DAYS = 400
"""Longer spans take more memory than a month has given reason for."""


def day(word: str) -> date:
    """Return the day that a word on the command line means.

    Raises:
        argparse.ArgumentTypeError: it is none, or far from any reading.
    """
    try:
        found = date.fromisoformat(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{word}”不是日期，应如 2026-07-01") from error
    if not EARLIEST_ON <= found <= LATEST_ON:
        raise argparse.ArgumentTypeError(f"“{word}”不在 {EARLIEST_ON} 到 {LATEST_ON} 之间")
    return found


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang energy",
        description="电表曲线：导入、质量、特征、变压器负载；不用安装数据库。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage="dianliang energy import|quality|features|loading|… [文件 …|月份] [选项]",
    )
    verbs = parser.add_argument_group("做什么").add_argument
    told = "；".join(f"{verb} {words}" for verb, words in VERBS.items())
    verbs("verb", metavar="命令", help=told)
    verbs("what", nargs="*", metavar="文件|月份", help="import 的文件，或其余命令的月份如 2026-07")
    _importing(parser)
    _reporting(parser)
    add = parser.add_argument_group("共用").add_argument
    add("--home", metavar="目录", help="数据目录；默认 DIANLIANG_HOME 或 ./var")
    add("-h", "--help", action="help", help="显示用法")
    return parser


def _importing(parser: Parser) -> None:
    add = parser.add_argument_group("import 的选项").add_argument
    add("--meters", type=Path, metavar="文件", help="户变关系：表号、变压器编号、额定容量、倍率")
    add("--check", action="store_true", help="只检查，不写入")
    add("--unit", choices=("kW", "W", "MW"), default="", help="功率单位；默认看表头，没写算 kW")
    add("--label", choices=("start", "end"), default="", help="时刻是每 15 分钟的起点还是终点")
    add("--secondary", action="store_true", help="功率是二次侧的，要乘倍率（示数总是乘）")
    add("--digits", type=int, choices=range(3, 10), default=6, metavar="位", help="示数整数位数")
    add("--accept-lost-hours", action="store_true", help="凌晨整点缺一小时是缺数，不是夏令时")


def _reporting(parser: Parser) -> None:
    add = parser.add_argument_group("quality、features、loading 的选项").add_argument
    add("--from", dest="from_on", type=day, metavar="日期", help="从哪天起")
    add("--until", dest="until_on", type=day, metavar="日期", help="到哪天之前")
    add("--out", type=Path, metavar="文件", help="写成 .csv、.xlsx 或 .parquet；默认显示表格")
    add("--all", action="store_true", help="正常的也列出（quality、loading）")
    add("--rules", type=Path, metavar="文件", help="自己的规则（JSON），features、loading 用")
    add("--print-rules", action="store_true", help="打印现行规则，改好后给 --rules")
    cores = min(8, os.cpu_count() or 1)
    add("--workers", type=int, choices=range(1, 65), default=cores, metavar="数", help="线程数")
    add("--language", choices=("zh", "en"), default="zh", help="表头和结论用中文还是英文")
