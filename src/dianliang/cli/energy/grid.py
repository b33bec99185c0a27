"""Check a grid, write a template, compute what it carries: part of ``dianliang energy``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dianliang.cli.energy import tables
from dianliang.cli.parsing import Formatter, Parser
from dianliang.engines.powerflow import QUANTITY_LABELS, Grid, Phase, Quantity, Summary, Worst
from dianliang.flows.energy import grids
from dianliang.kernel.errors import InvalidInputError

EXAMPLES = """例如：
  dianliang energy grid template 台区.xlsx            写一份模板：里面是一个能算的小例子
  dianliang energy grid check 台区.xlsx               逐表逐行检查：孤岛、环、零阻抗、接反的变压器……
  dianliang energy grid convert simbench/ 台区.json   表格文件夹、Excel、JSON 互相转换
  dianliang energy powerflow 台区.xlsx                按模型里的负荷算一个时刻
  dianliang energy powerflow 台区.xlsx --curves 曲线.csv --out 结果.xlsx   按曲线逐点算

模型可以是我们的 Excel 模板、JSON，或装着 simbench、pandapower 的 CSV 的文件夹。
曲线是 CSV：一行一个时刻，一列一个负荷（列名为负荷编号，kW；“编号 kvar”列为无功）。
限值：GB/T 12325 电压偏差、GB/T 15543 电压不平衡、线路和变压器额定值、三相负荷不平衡。

退出码：0 完成；1 模型或曲线有问题（逐条列出），或有时刻算不出来；2 用法不对。"""
COUNTED = ("nodes", "lines", "transformers", "loads")
GRID_VERBS = ("check", "template", "convert")
HEADINGS = {
    "zh": [
        *("区域", "类别", "编号", "相", "最严重", "限值", "用去限值", "时刻", "超限时刻数"),
        *("说明", "依据"),
    ],
    "en": [
        *("area", "quantity", "id", "phase", "worst", "limit", "used", "at", "steps beyond"),
        *("in words", "clause"),
    ],
}
SAID = {
    "zh": {
        "sound": "{name}：{nodes} 个节点、{lines} 条线路、{transformers} 台变压器、{loads} 个负荷，"
        "没有问题。",
        "written": "已写入 {out}",
        "area": "{area}：用电 {drawn:.1f} kWh，损耗 {loss:.1f} kWh；最紧的是{what}：{words}",
        "area_now": "{area}：用电 {drawn:.1f} kW，损耗 {loss:.1f} kW；最紧的是{what}：{words}",
        "alone": "全部",
        "nothing": "没有超过限值的。",
        "solved": "算得出来的时刻没有超过限值的；算不出来的不能算合格。",
        "unsolved": "有 {n} 个时刻算不出来（负荷太大，电压崩溃），第一个是 {at}。",
        "steps": "{steps} 个时刻，{hours:g} 小时。",
        "now": "按模型里的负荷算了一个时刻。",
    },
    "en": {
        "sound": "{name}: nodes {nodes}, lines {lines}, transformers {transformers}, "
        "loads {loads}; nothing wrong.",
        "written": "Written to {out}",
        "area": "{area}: drawn {drawn:.1f} kWh, lost {loss:.1f} kWh; what binds: {what}: {words}",
        "area_now": "{area}: drawn {drawn:.1f} kW, lost {loss:.1f} kW; what binds: {what}: {words}",
        "alone": "all",
        "nothing": "Nothing is beyond its limit.",
        "solved": "Nothing is beyond its limit at the steps that have a solution; "
        "the others are not fine.",
        "unsolved": "Steps that have no solution (too much load, the voltage collapses): {n}; "
        "the first is {at}.",
        "steps": "Steps: {steps}, hours: {hours:g}.",
        "now": "One moment, with the loads of the model.",
    },
}
QUANTITIES = {"zh": QUANTITY_LABELS, "en": {one: one.value for one in Quantity}}


def run(words: Sequence[str]) -> int:
    """Do what was asked for; return 0, or 1 where a moment has no solution.

    Raises:
        DomainError: a model, curves or an output cannot be used.
    """
    found = _parser().parse_intermixed_args(words)
    if found.verb == "powerflow":
        return _powerflow(found)
    _grid(found)
    return 0


def _grid(found: argparse.Namespace) -> None:
    said = SAID[found.language]
    if found.what[0] == "template":
        _need(found, 2, "grid template 文件.xlsx")
        grids.write_template(Path(found.what[1]))
        _say(said["written"].format(out=found.what[1]))
        return
    is_convert = found.what[0] == "convert"
    _need(found, 3 if is_convert else 2, "grid check 模型，或 grid convert 模型 文件")
    grid = grids.opened(Path(found.what[1]), is_radial=found.radial)
    if is_convert:
        grids.write(grid, Path(found.what[2]))
        _say(said["written"].format(out=found.what[2]))
        return
    counts = {name: len(getattr(grid, name)) for name in COUNTED}
    _say(said["sound"].format(name=grid.name, **counts))


def _need(found: argparse.Namespace, count: int, usage: str) -> None:
    if len(found.what) != count or found.what[0] not in GRID_VERBS:
        _parser().error(f"用法：dianliang energy {usage}")


def _powerflow(found: argparse.Namespace) -> int:
    if len(found.what) != 1:
        _parser().error("用法：dianliang energy powerflow 模型 [--curves 曲线.csv]")
    tables.check(found.out)
    if not 0 < found.power_factor <= 1:
        raise InvalidInputError("--power-factor 应大于 0、不大于 1。")
    if not 0 < found.minutes <= 24 * 60:
        raise InvalidInputError("--minutes 应大于 0、不大于 1440。")
    grid = grids.opened(Path(found.what[0]), is_radial=found.radial)
    computed = grids.computed(
        grid,
        curves=found.curves,
        power_factor=found.power_factor,
        hours=found.minutes / 60,
        is_by_phase=True if found.by_phase else None,
    )
    language, summary = found.language, computed.summary
    rows = [
        [area.area or grid.name, *_row(each, computed.moments, language)]
        for area in summary.areas
        for each in (area.worst if found.all else area.beyond)
    ]
    if rows or found.out:
        tables.tell(HEADINGS[language], rows, found.out, language=language)
    is_moment = found.curves is None
    _tell_areas(grid, summary, language, is_moment=is_moment)
    unsolved = len(summary.unsolved)
    if not any(area.beyond for area in summary.areas) and unsolved < summary.steps:
        _say(SAID[language]["solved" if unsolved else "nothing"])
    if unsolved:
        at = computed.moments[summary.unsolved[0]]
        _say(SAID[language]["unsolved"].format(n=unsolved, at=at))
    hours = summary.steps * computed.hours
    _say(SAID[language]["now" if is_moment else "steps"].format(steps=summary.steps, hours=hours))
    return 1 if unsolved else 0


def _tell_areas(grid: Grid, summary: Summary, language: str, *, is_moment: bool) -> None:
    """Say what each area draws: energy over steps, or power where one moment was computed.

    The engine counts a moment as an hour, so that its kWh are the kW of the moment.
    """
    for area in summary.areas:
        if (binding := area.binding) is not None:
            said = SAID[language]["area_now" if is_moment else "area"].format(
                area=area.area or grid.name or SAID[language]["alone"],
                drawn=area.drawn_kwh,
                loss=area.loss_kwh,
                what=QUANTITIES[language][binding.quantity],
                words=_words(binding, language),
            )
            _say(said)


def _row(each: Worst, moments: Sequence[str], language: str) -> list[Any]:
    phase = "" if each.phase is Phase.ALL else each.phase.name
    return [
        QUANTITIES[language][each.quantity],
        each.id,
        phase,
        each.value,
        each.limit,
        each.used,
        moments[each.step],
        each.steps,
        _words(each, language),
        each.clause,
    ]


def _words(each: Worst, language: str) -> str:
    if language == "zh":
        return each.words
    is_volts = each.quantity in (Quantity.LOW_VOLTAGE, Quantity.HIGH_VOLTAGE)
    value, limit = (
        (f"{each.value:.1f} V", f"{each.limit:.1f} V")
        if is_volts
        else (f"{each.value:.1%}", f"{each.limit:.1%}")
    )
    return f"{each.id}: {value} of {limit}; steps beyond it: {each.steps}"


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang energy",
        description="电网模型：检查、模板、转换、潮流；不用安装数据库。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage="dianliang energy grid check|template|convert … ；dianliang energy powerflow 模型 …",
    )
    add = parser.add_argument
    add("verb", choices=("grid", "powerflow"), metavar="命令", help="grid 模型；powerflow 潮流")
    add("what", nargs="+", metavar="文件", help="check、template、convert 和文件，或模型")
    add("--curves", type=Path, metavar="文件", help="逐点的负荷曲线（CSV）；没有就算一个时刻")
    add("--out", type=Path, metavar="文件", help="写成 .csv、.xlsx 或 .parquet；默认显示表格")
    add("--all", action="store_true", help="没有超限的也列出")
    add("--radial", action="store_true", help="按辐射状检查：成环就指出")
    add("--by-phase", action="store_true", help="分相计算；有单相负荷时自动分相")
    add(
        "--power-factor",
        type=float,
        default=0.95,
        metavar="数",
        help="没有无功时按它，默认 0.95",
    )
    add("--minutes", type=float, default=15.0, metavar="分钟", help="曲线每点多长，默认 15")
    add("--language", choices=("zh", "en"), default="zh", help="表头和结论用中文还是英文")
    add("-h", "--help", action="help", help="显示用法")
    return parser


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
