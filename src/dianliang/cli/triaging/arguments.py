"""What can be asked of ``dianliang triage``."""

from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dianliang.cli.parsing import Formatter, Parser
from dianliang.cli.triaging.reading import Kind

EXAMPLES = """例如：
  dianliang triage --text 余村村电线断了冒火花
  dianliang triage 需求.xlsx > 结果.jsonl             表里要有“内容”一列，可以有“标题”“编号”
  cat 需求.jsonl | dianliang triage -                 每行一个 {"text": …, "title": …, "id": …}
  dianliang triage 需求.txt --format text             给人看
  dianliang triage 需求.csv --services 事项.xlsx --areas 区域.xlsx    用自己的事项和区域
  dianliang triage --addresses 标注.jsonl --save-addresses 地址.npz   学会照自己的办法拆地址
  dianliang triage 需求.csv --addresses 地址.npz

有安装（DIANLIANG_HOME 或 --home 里有数据库）就用它的事项、区域、词语和学到的；没有就用随程序的服务
事项和演示县的区域，--shipped 强制这样。用的是哪一份写在标准错误里。

个人信息默认不写进结果：不带原文、电话、门牌，引用的话里姓名和长号码以 * 代替，只给出位置和种类。
  --masked    另带原文，其中的姓名、电话、证件号、长号码、门牌以 * 代替
  --personal  原文、电话、完整地址照写；结果请按个人信息保管

一行读不了就写一行 {"line": …, "error": …}，其余照常；有这样的行时退出码为 1。"""


class Privacy(StrEnum):
    """How much of a person goes into the output."""

    WITHHELD = "withheld"
    MASKED = "masked"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    sources: tuple[str, ...]
    texts: tuple[str, ...]
    kind: Kind | None
    is_for_people: bool
    privacy: Privacy
    home: Path | None
    is_shipped: bool
    services: Path | None
    areas: Path | None
    addresses: Path | None
    save_addresses: Path | None
    schema: bool


def asked(words: Sequence[str]) -> Asked:
    """Return what was asked for; leave with 2 when nobody can tell."""
    parser = _parser()
    found = parser.parse_args(words)
    if not (found.sources or found.texts or found.schema or found.save_addresses):
        parser.error("请给出文件，或用 - 读标准输入，或用 --text 给出一句话")
    if found.save_addresses and not found.addresses:
        parser.error("--save-addresses 要和 --addresses 一起用")
    if found.sources.count("-") > 1:
        parser.error("标准输入（-）只能读一次")
    own = found.services or found.areas
    if sum(map(bool, (found.home, found.is_shipped, own))) > 1:
        parser.error("--home、--shipped 与 --services/--areas 只能用一种")
    if found.masked and found.personal:
        parser.error("--masked 与 --personal 只能用一个")
    privacy = Privacy.PERSONAL if found.personal else Privacy.WITHHELD
    return Asked(
        sources=tuple(found.sources),
        texts=tuple(found.texts),
        kind=found.kind,
        is_for_people=found.format == "text",
        privacy=Privacy.MASKED if found.masked else privacy,
        home=found.home,
        is_shipped=found.is_shipped,
        services=found.services,
        areas=found.areas,
        addresses=found.addresses,
        save_addresses=found.save_addresses,
        schema=found.schema,
    )


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang triage",
        description="研判需求：事项、缓急、险情、地点、提示，各有依据；每条一行 JSON。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage="dianliang triage [文件 … | - | --text 话] [选项]",
    )
    add = parser.add_argument_group("选项").add_argument
    add("sources", nargs="*", metavar="文件", help="文本、JSON 行、CSV 或 Excel；- 为标准输入")
    add("--text", dest="texts", action="append", default=[], metavar="话", help="可以写几个")
    add(
        "--input",
        dest="kind",
        type=_kind,
        metavar="格式",
        help="lines、jsonl、json 或 table；默认看扩展名和开头",
    )
    add("--format", choices=("jsonl", "text"), default="jsonl", help="jsonl 给程序，text 给人看")
    add("--masked", action="store_true", help="带上遮掩过的原文")
    add("--personal", action="store_true", help="原文、电话、地址照写")
    add("--home", type=Path, metavar="目录", help="用这个安装；默认 DIANLIANG_HOME 或 ./var")
    add("--shipped", dest="is_shipped", action="store_true", help="不看安装，用随程序的事项和区域")
    add("--services", type=Path, metavar="文件", help="服务事项：JSON、CSV 或 Excel")
    add("--areas", type=Path, metavar="文件", help="区域：JSON，或按导入模板填的 CSV、Excel")
    add(
        "--addresses",
        type=Path,
        metavar="文件",
        help="拆好的地址：JSON 行、CSV、Excel；或学好的 .npz",
    )
    add("--save-addresses", type=Path, metavar="文件", help="把从地址里学到的存为 .npz")
    add("--schema", action="store_true", help="打印结果的说明（JSON Schema）")
    add("-h", "--help", action="help", help="显示用法")
    return parser


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError as error:
        raise ArgumentTypeError(f"应为 {'、'.join(Kind)} 之一") from error
