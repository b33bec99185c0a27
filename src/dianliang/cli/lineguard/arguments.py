"""What somebody asks of ``dianliang lineguard``."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dianliang.cli.parsing import Formatter, Parser

EPILOG = """例：
  dianliang lineguard example > 摄像机.json     写一份配置样例，再改地址和区域
  dianliang lineguard run 摄像机.json --out 证据  看守，事件逐条写 JSON，画面人头已遮
  dianliang lineguard eval 摄像机.json 标注.json   按事件算查准、查全、误报、延迟、算力
  dianliang lineguard calibrate 录像.json 标注.json  每段录像一个 camera，选阈值
  dianliang lineguard train --pictures 画面 --labels 标注.json --out 新.onnx  训练最后一层
  dianliang lineguard model import 新.onnx   核验、登记；use M001 启用，use shipped 退回自带的

画面从不识别任何人；存下的画面里每个人头都打了码。模型和来历见 model-card.md。
"""
MINIMUMS = (
    "至少要 3 段录像（各一个文件夹）：训练部分 100 个、验证部分 30 个、评判部分 60 个标注框。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One wish."""

    verb: str
    cameras: Path | None = None
    labels: Path | None = None
    out: Path | None = None
    weights: Path | None = None
    is_json: bool = False
    pictures: Path | None = None
    films: Path | None = None
    judge_by: Sequence[str] | None = None
    seed: int = 1
    licence: str = ""
    trained_by: str = ""
    trained_on: str = ""
    what: str = ""
    file: Path | None = None
    number: str = ""


def asked(words: Sequence[str]) -> Asked:
    """Read the options; end with an explanation where they cannot be."""
    parser = Parser(
        prog="dianliang lineguard",
        description="线路守护：看守摄像机画面，有人在线路下停留就预警。",
        epilog=EPILOG,
        formatter_class=Formatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作")
    verbs.add_parser("example", help="写出配置样例")
    run = verbs.add_parser("run", help="看守，事件逐条写成 JSON")
    measure = verbs.add_parser("eval", help="在有标注的画面上量一量")
    fit = verbs.add_parser("calibrate", help="用自己标注的录像选阈值，并在没参与选择的录像上量")
    for one in (run, measure, fit):
        one.add_argument("cameras", type=Path, help="摄像机配置（JSON）")
        one.add_argument("--weights", type=Path, help="自己的模型（ONNX，NanoDet 416）")
    for one in (run, measure):
        one.add_argument("--out", type=Path, help="放证据画面（eval 还有报告）的目录，没有就建")
    for one in (measure, fit):
        one.add_argument("labels", type=Path, help="标注（JSON）：谁在哪个区域从几秒到几秒")
    measure.add_argument("--json", dest="is_json", action="store_true", help="结果写成 JSON")
    does = "用自己标注的画面训练检测模型的最后一层，并老实评判"
    _train(verbs.add_parser("train", help=does, description=f"{does}。{MINIMUMS}"))
    _model(verbs.add_parser("model", help="登记、启用、导出模型"))
    return Asked(**vars(parser.parse_args(words)))


def _train(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--pictures", type=Path, required=True, help="画面目录：每段录像（每天）一个文件夹")
    add(
        "--labels",
        type=Path,
        required=True,
        help="COCO（.json）、MOT（.csv、.txt）或 YOLO 标注目录",
    )
    add("--out", type=Path, required=True, help="写到哪里（.onnx），旁边写模型卡（.md）")
    add("--weights", type=Path, help="从哪个模型开始；不写就从在用的开始")
    films = "没参与训练的录像目录（cameras.json、labels.json 同 eval）：按事件评判"
    add("--films", type=Path, metavar="目录", help=films)
    add("--judge-by", nargs="+", metavar="片段", help="留作评判的片段；不写就留最后三成")
    add("--seed", type=int, default=1, help="随机数种子")
    _origin(parser)


def _model(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True, metavar="动作")
    take = verbs.add_parser("import", help="核验并登记一个模型文件")
    take.add_argument("file", type=Path, help="ONNX 文件；旁边同名的 .md 作模型卡")
    _origin(take)
    use = verbs.add_parser("use", help="启用一个登记过的模型；shipped 是自带的")
    hand = verbs.add_parser("export", help="写出一个登记过的模型（或 shipped）和它的卡")
    for one in (use, hand):
        one.add_argument("number", metavar="登记号", help="如 M001，或 shipped")
    hand.add_argument("file", type=Path, help="写到哪里（.onnx）")
    verbs.add_parser("list", help="登记簿和在用的模型")


def _origin(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--licence", default="未写明", help="许可")
    add("--by", dest="trained_by", default="未写明", help="谁训练的")
    add("--on", dest="trained_on", default="未写明", help="用什么画面训练的")
