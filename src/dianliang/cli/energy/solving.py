"""``dianliang energy relief|zone|coverage``: a file in, a proven answer out."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from dianliang.cli.energy import answers
from dianliang.cli.parsing import Formatter, Parser
from dianliang.core import blanks
from dianliang.flows.energy import inputs, reach, relieving, zoning
from dianliang.flows.energy.inputs import JSON, XLSX, Row, Sheet
from dianliang.kernel.errors import InvalidInputError, reason

Rows = Mapping[str, list[Row]]
EXAMPLES = """例如：
  dianliang energy {verb} --template 样例.xlsx       写一份样例，填好再算（也可 .json）
  dianliang energy {verb} --check 我的.xlsx          只检查，逐行说明哪里不对
  dianliang energy {verb} 我的.xlsx --out 结果.xlsx  结果写成 Excel 或 .json；不写就打印 JSON

退出码：0 完成；1 文件有问题；2 用法不对。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A computation: what it is called, its file, how it is checked and done."""

    words: str
    sheets: tuple[Sheet, ...]
    check: Callable[[Rows], None]
    answer: Callable[[Rows], dict[str, Any]]


def _reach(rows: Rows) -> dict[str, Any]:
    places, sites, limits = reach.asked(rows)
    return reach.told(reach.reach(places, sites, limits), places)


VERBS = {
    "relief": Verb(
        words="过载台区治理：预算内治理最多的台区，附最优证明",
        sheets=relieving.SHEETS,
        check=lambda rows: relieving.checked(relieving.asked(rows)),
        answer=lambda rows: relieving.told(relieving.planned(relieving.asked(rows))),
    ),
    "zone": Verb(
        words="光储直柔：一年或日前的最省运行",
        sheets=zoning.SHEETS,
        check=lambda rows: zoning.checked(zoning.asked(rows)),
        answer=lambda rows: zoning.told(zoning.scheduled(zoning.asked(rows))),
    ),
    "coverage": Verb(
        words="充电覆盖：谁在范围外，下一座建在哪里",
        sheets=reach.SHEETS,
        check=lambda rows: reach.checked(*reach.asked(rows)),
        answer=_reach,
    ),
}


def run(words: Sequence[str]) -> int:
    """Do what was asked for; return 0.

    Raises:
        DomainError: the file cannot be read, or what it asks for cannot be computed.
    """
    name, verb = words[0], VERBS[words[0]]
    found = _parser(name, verb).parse_args(words[1:])
    for path in (found.template, found.out):
        if path is not None and path.suffix not in {JSON, XLSX}:
            raise InvalidInputError(f"{path.name} 应以 .json 或 .xlsx 结尾。")
    if found.template is not None:
        _write(found.template, inputs.template(verb.sheets, suffix=found.template.suffix))
        return 0
    if found.file is None:
        _parser(name, verb).error("请给出输入文件，或用 --template 写一份样例")
    rows = inputs.read(_content(found.file), name=found.file.name, sheets_of=verb.sheets)
    if found.check:
        verb.check(rows)
        sys.stdout.write("检查通过。\n")
        return 0
    answer = verb.answer(rows)
    if found.out is None:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
        return 0
    is_json = found.out.suffix == JSON
    text = json.dumps(answer, ensure_ascii=False, indent=2).encode()
    _write(found.out, text if is_json else _book(answer))
    return 0


def _parser(name: str, verb: Verb) -> Parser:
    parser = Parser(
        prog=f"dianliang energy {name}",
        description=verb.words,
        epilog=EXAMPLES.format(verb=name),
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage=f"dianliang energy {name} [文件] [选项]",
    )
    add = parser.add_argument_group("选项").add_argument
    add("file", nargs="?", type=Path, metavar="文件", help="输入：.json 或 .xlsx")
    add("--out", type=Path, metavar="文件", help="结果写成 .json 或 .xlsx；默认打印 JSON")
    add("--template", type=Path, metavar="文件", help="写一份样例，不计算")
    add("--check", action="store_true", help="只检查输入")
    add("-h", "--help", action="help", help="显示用法")
    return parser


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(f"写不了 {path}：{reason(error)}。") from error
    sys.stdout.write(f"已写入 {path}\n")


def _book(answer: Mapping[str, Any]) -> bytes:
    """Return the answer as a workbook: a sheet for each of its lists."""
    out = BytesIO()
    book = blanks.workbook(out)
    bold = book.add_format(blanks.HEADING)
    for title, rows in answer.items():
        listed = [rows] if isinstance(rows, dict) else rows
        sheet = book.add_worksheet(answers.SHEETS[title])
        headings = list(listed[0]) if listed else []
        sheet.write_row(0, 0, [answers.HEADINGS[heading] for heading in headings], bold)
        for number, row in enumerate(listed, start=1):
            sheet.write_row(number, 0, [answers.cell(one, row.get(one)) for one in headings])
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
