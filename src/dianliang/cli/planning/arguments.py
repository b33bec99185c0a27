"""What can be asked of ``dianliang plan``."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dianliang.cli.parsing import Formatter, Parser
from dianliang.integrations.plan_files.files import WRITERS

MOST_SECONDS = 24 * 3600
MOST_WORKERS = 64
LARGEST_SEED = 2**32 - 1
EXAMPLES = """例如：
  dianliang plan --template 明天.xlsx            写出模板，每一列都有说明和例子
  dianliang plan 明天.xlsx -o 结果.xlsx          排 30 秒，写出线路、未排原因、各队工时
  dianliang plan 明天.xlsx -o 计划.json -o 地图.geojson --seconds 120 --workers 2
  dianliang plan 明天.xlsx --start 计划.json -o 新计划.json    从原计划接着改进
  dianliang plan 明天.xlsx --check 计划.json     逐条核对别处排的或改过的计划

按一次 Ctrl-C 提前结束，保留目前最好的方案；再按一次放弃。
输入有错时逐处说明，什么都不写，退出码为 1。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    source: Path | None
    outputs: tuple[Path, ...]
    seconds: float
    iterations: int | None
    seed: int
    workers: int
    start: Path | None
    check: Path | None
    problem: Path | None
    template: Path | None
    schema: bool


def asked(words: Sequence[str]) -> Asked:
    """Return what was asked for; leave with 2 when nobody can tell."""
    parser = _parser()
    found = parser.parse_args(words)
    if found.source is None and found.template is None and not found.schema:
        parser.error("请给出输入文件（.xlsx 或 .json），或用 --template 写出模板")
    strange = [str(path) for path in found.outputs if path.suffix.lower() not in WRITERS]
    if strange:
        parser.error(f"-o 的文件名应以 {'、'.join(WRITERS)} 结尾：{'、'.join(strange)}")
    for option, path, end in (
        ("--template", found.template, ".xlsx"),
        ("--problem", found.problem, ".json"),
        ("--start", found.start, ".json"),
        ("--check", found.check, ".json"),
    ):
        if path is not None and path.suffix.lower() != end:
            parser.error(f"{option} 的文件名应以 {end} 结尾：{path}")
    read = {path.resolve() for path in (found.source, found.start, found.check) if path}
    written = [*found.outputs, *(path for path in (found.problem, found.template) if path)]
    if len({path.resolve() for path in written} - read) < len(written):
        parser.error("输出文件不能与输入文件或别的输出文件相同")
    if found.check is not None and found.start is not None:
        parser.error("--check 只核对不编排，不能与 --start 同用")
    return Asked(**{**vars(found), "outputs": tuple(found.outputs)})


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang plan",
        description="把 Excel 或 JSON 里的工单排成各队每天的线路；不需要数据库和密钥。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage="dianliang plan 输入文件 [-o 输出文件 …] [选项]",
    )
    add = parser.add_argument_group("选项").add_argument
    add("source", nargs="?", type=Path, metavar="输入文件", help="按模板填好的 .xlsx，或 .json")
    add(
        *("-o", "--output"),
        dest="outputs",
        action="append",
        default=[],
        type=Path,
        metavar="文件",
        help="写出结果：.xlsx 看和打印，.geojson 上地图，.json 给程序；可以写几个 -o",
    )
    add("--seconds", type=_seconds, default=30, metavar="秒", help="搜索多久，默认 30")
    add(
        "--iterations", type=_count, metavar="轮", help="改为搜索若干轮：单路时同样的种子结果总相同"
    )
    add("--seed", type=_seed, default=1, metavar="数", help="随机种子，默认 1")
    add("--workers", type=_workers, default=1, metavar="数", help="几路并行，九百张以上才用得上")
    add("--start", type=Path, metavar="计划.json", help="从这个计划接着改进")
    add("--check", type=Path, metavar="计划.json", help="不编排，只核对这个计划；可以加 -o 转格式")
    add("--problem", type=Path, metavar="文件.json", help="把读到的输入另存为 JSON")
    add("--template", type=Path, metavar="文件.xlsx", help="写出空白模板")
    add("-h", "--help", action="help", help="显示用法")
    add("--schema", action="store_true", help="打印 JSON 格式的说明（JSON Schema）")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= MOST_SECONDS or math.isnan(seconds):
        raise argparse.ArgumentTypeError(f"应在 0 到 {MOST_SECONDS} 之间")
    return seconds


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("应为正整数")
    return count


def _workers(text: str) -> int:
    count = _count(text)
    if count > MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"最多 {MOST_WORKERS}")
    return count


def _seed(text: str) -> int:
    seed = int(text)
    if not 0 <= seed <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"应在 0 到 {LARGEST_SEED} 之间")
    return seed
