"""``dianliang energy measure``: savings from curves or a table, and the size of a trial."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dianliang.cli.energy import tables as output
from dianliang.cli.energy.arguments import day
from dianliang.cli.parsing import Formatter, Parser
from dianliang.engines.loading import Span
from dianliang.engines.measurement import BadFiguresError, MeterSavings, Spread, planned
from dianliang.flows.energy import comparing, hourly, options
from dianliang.flows.energy.hourly import HourlyRow
from dianliang.flows.energy.measuring import measured
from dianliang.flows.measuring import computing, tables
from dianliang.flows.measuring.temperatures import hourly_temperatures, temperatures
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.errors import InvalidInputError, reason

HEADINGS = ("表号", "节能量(kWh)", "下限", "上限", "节能率", "状态", "说明")
STATES = {"estimated": "工程估算", "screened": "初步筛查", "measured": "实测", "verified": "实测"}
OPTIONS = ("samples", "bills")
"""Tables of IPMVP's options A and D, which are no projects of days or trials."""
SPREADS = {
    "machine": (100 * Spread().machine, "机器之间（%）"),
    "day": (100 * Spread().day, "同一台机器逐日（%）"),
    "reading": (100 * Spread().reading, "15 分钟读数之间（%）"),
    "rho": (Spread().rho, "相邻读数的相关系数"),
    "effect": (100 * Spread().effect, "措施效果在机器之间（%）"),
}
"""What a plan assumes when nothing else is said, in the unit that is typed."""
EXAMPLES = """例如：
  dianliang energy measure 表1 表2 --temperature 气温.csv \\
      --from 2025-01-01 --measure-on 2026-01-01 --until 2026-10-01
  dianliang energy measure --table 产量.csv --design production --measure-on 2026-01-01
  dianliang energy measure 表1 --hourly --temperature 逐时气温.csv \\
      --from 2025-01-01 --measure-on 2026-01-01 --until 2026-10-01
  dianliang energy measure 表1 表2 --against 表7 表8 表9 --temperature 气温.csv \\
      --from 2025-01-01 --measure-on 2026-01-01 --until 2026-10-01
  dianliang energy measure --table 对照.csv --design trial --before 85 --after 99.8
  dianliang energy measure --table 样本.csv --design samples --hours 6000 --hours-error 300
  dianliang energy measure --table 账单.csv --design bills
  dianliang energy measure --plan --wanted 5 --machines 30

气温文件（.csv 或 .xlsx）两列，第一行是表头：日期、平均气温（℃），如 2026-01-01,4.2；
按小时（--hourly）时是时刻、气温（℃），如 2026-01-01 08:00,4.2。
samples 是 IPMVP 选项 A：表头 改造前功率（kW）、改造后功率（kW），一行一个样本，运行小时数约定；
bills 是选项 D（简）：月份、账单电量（kWh）、模型电量（kWh）、带措施模型电量（kWh），至少 12 个月。
表号不写就算全部。
区间按 90% 置信；设计给不出区间的只列范围并写明原因。"""


def run(words: Sequence[str]) -> int:
    """Do what was asked for; return 0.

    Raises:
        DomainError: a file or the store cannot be used, or the figures carry no result.
    """
    parser = _parser()
    wish = parser.parse_args(words[1:])
    output.check(wish.out)
    if wish.plan:
        _plan(wish)
    elif wish.table and wish.design in OPTIONS:
        _option(wish, parser)
    elif wish.table:
        if wish.measure_on is None and wish.design != "trial":
            parser.error("请用 --measure-on 给出措施投用日期")
        _table(wish)
    else:
        needed = ("temperature", "from_on", "until_on", "measure_on")
        if any(getattr(wish, name) is None for name in needed):
            parser.error(
                "请给出 --temperature、--from、--until、--measure-on；或用 --table、--plan"
            )
        if wish.against and not wish.meters:
            parser.error("用 --against 时请写明措施户的表号")
        if wish.hourly and (wish.against or wish.changed_on):
            parser.error("--against、--changed-on 按天算，不与 --hourly 同用")
        _store(wish)
    return 0


def _store(wish: argparse.Namespace) -> None:
    home = Path(wish.home or os.environ.get("DIANLIANG_HOME") or "var").expanduser()
    store = CurveStore(home.resolve() / "curves")
    span = Span(wish.from_on, wish.until_on)
    if wish.against:
        _against(wish, store, span)
        return
    found: Mapping[str, MeterSavings | HourlyRow]
    if wish.hourly:
        found = hourly.measured(
            store,
            meters=wish.meters,
            span=span,
            measure_on=wish.measure_on,
            temperature_c=hourly_temperatures(
                content_of(wish.temperature), name=wish.temperature.name
            ),
        )
    else:
        found = measured(
            store,
            meters=wish.meters,
            span=span,
            measure_on=wish.measure_on,
            temperature_c=temperatures(content_of(wish.temperature), name=wish.temperature.name),
            changed_on=wish.changed_on,
        )
    rows = [_row(name, one) for name, one in found.items()]
    output.tell(HEADINGS, rows, wish.out, language="zh")


def _against(wish: argparse.Namespace, store: CurveStore, span: Span) -> None:
    """Tell what the meters saved beside others that had no measure."""
    told = comparing.against(
        store,
        meters=wish.meters,
        pool=wish.against,
        span=span,
        measure_on=wish.measure_on,
        temperature_c=temperatures(content_of(wish.temperature), name=wish.temperature.name),
    )
    found = told.found
    sure: list[object] = ["不给区间", "—"]
    if found.low is not None and found.high is not None:
        sure = [f"{found.level:.0%} 区间", f"{found.low:.1%}–{found.high:.1%}"]
    rows: list[list[object]] = [
        ["方法", "措施户与对照户各按自己的基线，节能率相减"],
        ["节能率", f"{found.fraction:.1%}"],
        sure,
        ["措施户", f"{found.treated:.1%}"],
        ["对照户", f"{found.compared:.1%}"],
        ["状态", STATES[found.status]],
    ]
    rows += [["说明", finding.words] for finding in found.findings]
    rows += [["配对", f"{a} – {b}"] for a, b in zip(told.treated, told.matches, strict=True)]
    output.tell(("项目", "内容"), rows, wish.out, language="zh")


def _row(name: str, one: MeterSavings | HourlyRow) -> list[object]:
    share = None if one.fraction is None else round(one.fraction, 4)
    ends = [None if end is None else round(end, 1) for end in (one.low_kwh, one.high_kwh)]
    told = " ".join(finding.words for finding in one.findings)
    return [name, round(one.saved_kwh, 1), *ends, share, STATES[one.status], told]


def _table(wish: argparse.Namespace) -> None:
    brought = tables.read(content_of(wish.table), name=wish.table.name, design=wish.design)
    asked = computing.Asked(
        design=wish.design,
        measure_on=str(wish.measure_on),
        before=None if wish.before is None else wish.before / 100,
        after=None if wish.after is None else wish.after / 100,
        share=wish.share / 100,
    )
    found = computing.computed(asked, brought.rows)
    ends = [None if end is None else round(end, 2) for end in (found.low, found.high)]
    sure = f"{found.level:.0%} 区间" if found.level else "不给区间，只列范围"
    said = (("结果", f"{found.value:.4g} {found.measure}"), ("方法", found.method))
    rows: list[list[object]] = [[name, words] for name, words in said]
    rows.append([sure, "–".join("—" if end is None else str(end) for end in ends)])
    rows += [["不给区间的原因", words] for words in found.refusals]
    rows += [["说明", words] for words in found.findings]
    rows += [["请核对", words] for words in found.to_check]
    output.tell(("项目", "内容"), rows, wish.out, language="zh")


def _option(wish: argparse.Namespace, parser: Parser) -> None:
    """Tell a saving by option A or D."""
    name = wish.table.name
    if wish.design == "bills":
        found = options.of_bills(content_of(wish.table), name=name)
    else:
        if wish.hours is None or wish.hours_error is None:
            parser.error("选项 A 请给出约定的运行小时数 --hours 和它的标准误差 --hours-error")
        hours = options.Hours(hours=wish.hours, error=wish.hours_error)
        found = options.of_samples(content_of(wish.table), name=name, hours=hours)
    ends = [None if end is None else round(end, 1) for end in (found.low_kwh, found.high_kwh)]
    sure = f"{found.level:.0%} 区间" if found.low_kwh is not None else "不给区间"
    rows: list[list[object]] = [
        ["方法", found.method],
        ["节能量（kWh）", round(found.saved_kwh, 1)],
        [sure, "–".join("—" if end is None else str(end) for end in ends)],
        ["状态", STATES[found.status]],
    ]
    rows += [["说明", finding.words] for finding in found.findings]
    output.tell(("项目", "内容"), rows, wish.out, language="zh")


def _plan(wish: argparse.Namespace) -> None:
    given = {name: getattr(wish, f"spread_{name}") for name in SPREADS}
    shares = {name: given[name] / (1 if name == "rho" else 100) for name in SPREADS}
    spread = Spread(**shares)
    try:
        plans = planned(
            wanted=wish.wanted / 100,
            spread=spread,
            machines=wish.machines,
            most_days=wish.most_days,
        )
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
    if not plans:
        size = f"{wish.machines} 台机器、每段最多 {wish.most_days} 天"
        raise InvalidInputError(f"{size}，做不到 ±{wish.wanted:g} 个百分点。")
    rows = [
        [
            "交叉试验" if plan.is_crossover else "成对对照",
            plan.units,
            plan.spells,
            plan.days,
            f"±{plan.half_width * 100:.1f}",
        ]
        for plan in plans
    ]
    headings = ("设计", "单元", "时段", "每段天数", "半宽（百分点）")
    output.tell(headings, rows, wish.out, language="zh")
    assumed = "，".join(f"{words} {given[name]:g}" for name, (_, words) in SPREADS.items())
    sys.stdout.write(
        f"假设的离散程度（没有本地数据时的谨慎估计，可用 --spread-… 改）：{assumed}。\n"
    )


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang energy measure",
        description="节能量：由曲线库和气温，或由产量、对照试验的表；也算试验要多大。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
    )
    add = parser.add_argument
    add("meters", nargs="*", metavar="表号", help="曲线库里的表；不写就算全部")
    add("--temperature", type=Path, metavar="文件", help="日期、平均气温（℃）")
    add("--from", dest="from_on", type=day, metavar="日期", help="基准期从哪天起")
    add("--measure-on", type=day, metavar="日期", help="措施投用日期：之前是基准期")
    add("--until", dest="until_on", type=day, metavar="日期", help="报告期到哪天之前")
    add("--changed-on", type=day, metavar="日期", help="措施前有过持久变化：基线从这天起重建")
    add("--against", nargs="+", metavar="表号", help="没上措施的备选对照户：配对后相减")
    add("--table", type=Path, metavar="文件", help="不用曲线库，用一张表")
    designs = [*tables.DESIGNS, *OPTIONS]
    add("--design", choices=designs, default="weather", help="表是哪种设计")
    add("--hourly", action="store_true", help="按小时建基线；气温文件要逐时")
    add("--hours", type=float, metavar="小时", help="选项 A：约定的一年运行小时数")
    add("--hours-error", type=float, metavar="小时", help="选项 A：小时数的标准误差")
    add("--before", type=float, metavar="%", help="改造前效率")
    add("--after", type=float, metavar="%", help="改造后效率")
    add("--share", type=float, default=100.0, metavar="%", help="受影响部分占能耗")
    add("--plan", action="store_true", help="算试验要多大")
    add("--wanted", type=float, default=5.0, metavar="百分点", help="想要的半宽")
    add("--machines", type=int, default=30, metavar="台", help="最多几台机器")
    add("--most-days", type=int, default=14, metavar="天", help="每段最多几天")
    for name, (default, words) in SPREADS.items():
        add(f"--spread-{name}", type=float, default=default, metavar="数", help=f"假设：{words}")
    add("--out", type=Path, metavar="文件", help="写成 .csv、.xlsx 或 .parquet；默认显示表格")
    add("--home", metavar="目录", help="数据目录；默认 DIANLIANG_HOME 或 ./var")
    add("-h", "--help", action="help", help="显示用法")
    return parser


def content_of(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error
