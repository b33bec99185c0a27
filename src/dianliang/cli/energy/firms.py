"""Analyse firms and check tariffs: ``dianliang energy enterprises`` and ``… tariff check``."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dianliang.cli.clock import now
from dianliang.cli.energy import tables
from dianliang.cli.energy.arguments import day
from dianliang.cli.parsing import Formatter, Parser
from dianliang.engines.enterprise import ENGINE_VERSION, Options
from dianliang.engines.loading import Span
from dianliang.engines.tariffs import CERTAINTY_WORDS, Tariff
from dianliang.flows.enterprises import (
    analysing,
    bodies,
    firm_files,
    papers,
    sunshine,
    tariff_files,
    words,
)
from dianliang.flows.enterprises.analysing import Outcome
from dianliang.integrations.curve_store import CurveStore
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.errors import InvalidInputError, reason

EXAMPLES = """例如：
  dianliang energy enterprises 企业.xlsx --tariff 电价.xlsx --from 2025-01-01 --until 2026-01-01
  dianliang energy enterprises 企业.xlsx --tariff 电价.json … --out 发现.xlsx --reports 报告
  dianliang energy tariff check 电价.xlsx        查电价：缺口、重叠、填反、版本，一次全部列出
  dianliang energy tariff template 电价.xlsx     写一份电价的空表
  dianliang energy tariff demo 电价.json         写一份演示电价（不是任何地方的执行价）
  dianliang energy enterprises --template 企业.xlsx

退出码：0 完成；1 文件有问题；2 用法不对。算不了的企业写明原因，其余照算。"""
HEADINGS = ("客户编号", "名称", "发现", "低（元）", "高（元）", "计入合计", "把握", "说明", "规则")


def run(asked: Sequence[str]) -> int:
    """Do what was asked for; return 0.

    Raises:
        DomainError: a file or the store cannot be used.
    """
    if asked[0] == "tariff":
        return _tariff(asked[1:])
    parser = _parser()
    found = parser.parse_args(asked[1:])
    if found.template:
        _write(found.template, firm_files.template())
        return 0
    if not (found.firms and found.tariff and found.from_on and found.until_on):
        parser.error("请给出企业表、--tariff、--from 和 --until")
    _analyse(found)
    return 0


def _tariff(asked: Sequence[str]) -> int:
    parser = Parser(
        prog="dianliang energy tariff",
        description="检查电价文件，或写一份空表、演示电价。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
    )
    parser.add_argument("verb", choices=("check", "template", "demo"), metavar="命令")
    parser.add_argument("file", type=Path, metavar="文件")
    found = parser.parse_args(asked)
    if found.verb == "template":
        _write(found.file, tariff_files.template())
    elif found.verb == "demo":
        _write(found.file, tariff_files.told(tariff_files.demo()).encode())
    else:
        for one in tariff_files.read(_content(found.file), name=found.file.name):
            until = one.valid_until or "今后"
            _say(
                f"{one.code} 第 {one.version} 版 {one.title}（{one.region}，{one.voltage}）"
                f"{one.valid_from} 至 {until}：{CERTAINTY_WORDS[one.certainty]}"
            )
        _say("检查通过。")
    return 0


def _analyse(found: argparse.Namespace) -> None:
    out: Path | None = found.out
    is_json = out is not None and out.suffix.lower() == ".json"
    if not is_json:
        tables.check(out)
    supplies = firm_files.read(_content(found.firms), name=found.firms.name)
    known = tariff_files.read(_content(found.tariff), name=found.tariff.name)
    span = Span(found.from_on, found.until_on)
    days = analysing.whole_months(span)
    home = Path(found.home or os.environ.get("DIANLIANG_HOME") or "var").expanduser()
    outcomes = analysing.analysed(
        CurveStore(home.resolve() / "curves"),
        supplies,
        tariffs_known=known,
        span=span,
        options=Options(sun=sunshine.sun_of(days)),
    )
    ranked = sorted(outcomes, key=lambda one: -(one.analysis.high_cny if one.analysis else 0.0))
    if out is not None and is_json:
        _write(out, json.dumps(_whole(ranked), ensure_ascii=False, indent=1).encode())
    else:
        tables.tell(HEADINGS, _rows(ranked), out, language="zh")
    if found.reports is not None:
        _reports(ranked, found.reports, f"{span.from_on:%Y-%m} 至 {days[-1]:%Y-%m}", found.word)
    _sums(ranked, known)


def _rows(outcomes: Sequence[Outcome]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for one in outcomes:
        if one.analysis is None:
            head = [one.supply.number, one.supply.name, "未分析", None, None, "", ""]
            rows.append([*head, str(one.problem), ""])
            continue
        for finding in one.analysis.findings:
            said = words.told(finding.kind, finding.rule, finding.facts)
            rows.append(
                [
                    one.supply.number,
                    one.supply.name,
                    str(said.title),
                    round(finding.low_cny, 2),
                    round(finding.high_cny, 2),
                    "是" if finding.is_counted else "否",
                    str(words.CONFIDENCES[finding.confidence]),
                    str(said.words),
                    str(said.rule),
                ]
            )
    return rows


def _whole(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "engine_version": ENGINE_VERSION,
        "status": "engineering-estimate",
        "firms": [
            {
                "number": one.supply.number,
                "name": one.supply.name,
                **(
                    {"problem": str(one.problem)}
                    if one.analysis is None
                    else {
                        "analysis": bodies.body_of(one),
                        "findings": bodies.findings_of(one.analysis),
                    }
                ),
            }
            for one in outcomes
        ],
    }


def _reports(outcomes: Sequence[Outcome], folder: Path, period: str, is_word: bool) -> None:
    with suppress(FileExistsError):
        folder.mkdir()
    at, count = now(), 0
    for one in outcomes:
        if one.analysis is None:
            continue
        document = papers.paper(
            number=one.supply.number,
            name=one.supply.name,
            period=period,
            way=str(one.supply.way),
            capacity_kva=one.supply.capacity_kva,
            body=bodies.body_of(one),
            findings=bodies.findings_of(one.analysis),
            issuer="",
            is_generated=False,
        )
        printed = (word if is_word else pdf)([document], title=papers.TITLE, made_at=at)
        _write(folder / f"{one.supply.number}.{'docx' if is_word else 'pdf'}", printed, quiet=True)
        count += 1
    _say(f"已在 {folder} 写入 {count} 份报告。")


def _sums(outcomes: Sequence[Outcome], known: Sequence[Tariff]) -> None:
    done = [one.analysis for one in outcomes if one.analysis is not None]
    low, high = (sum(getattr(one, name) for one in done) for name in ("low_cny", "high_cny"))
    _say(
        f"分析 {len(done)} 户，未分析 {len(outcomes) - len(done)} 户；"
        f"可改进合计 {low:,.0f} 至 {high:,.0f} 元（工程估算，不重复计）。"
    )
    for words_of in sorted({CERTAINTY_WORDS[one.certainty] for one in known}):
        _say(f"电价依据：{words_of}。")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error


def _write(path: Path, content: bytes, *, quiet: bool = False) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(f"写不了 {path}：{reason(error)}。") from error
    if not quiet:
        _say(f"已写入 {path}。")


def _parser() -> Parser:
    parser = Parser(
        prog="dianliang energy enterprises",
        description="全部企业的用电分析：电费构成、可改进的钱、依据；不用安装数据库。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("firms", type=Path, nargs="?", metavar="企业表", help="客户编号、表号、电价、容量等")
    add("--tariff", type=Path, metavar="文件", help="电价：JSON、Excel 或 CSV，各版本写在一起")
    add("--from", dest="from_on", type=day, metavar="日期", help="从某月 1 日起")
    add("--until", dest="until_on", type=day, metavar="日期", help="到某月 1 日之前")
    add("--out", type=Path, metavar="文件", help="写成 .xlsx、.csv、.parquet 或 .json")
    add("--reports", type=Path, metavar="文件夹", help="每户一份两页报告")
    add("--word", action="store_true", help="报告写成 Word，默认 PDF")
    add("--template", type=Path, metavar="文件", help="写一份企业表的空表")
    add("--home", metavar="目录", help="数据目录；默认 DIANLIANG_HOME 或 ./var")
    return parser


def _say(said: str) -> None:
    sys.stdout.write(f"{said}\n")
