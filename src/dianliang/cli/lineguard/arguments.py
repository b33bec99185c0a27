"""What somebody asks of ``dianliang lineguard``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dianliang.cli.parsing import Formatter, Parser

EPILOG = """例：
  dianliang lineguard example > 摄像机.json     写一份配置样例，再改地址和区域
  dianliang lineguard run 摄像机.json --out 证据  看守，事件逐条写 JSON，画面人头已遮
  dianliang lineguard eval 摄像机.json 标注.json   按事件算查准、查全、误报、延迟、算力
  dianliang lineguard calibrate 录像.json 标注.json  每段录像一个 camera，选阈值

画面从不识别任何人；存下的画面里每个人头都打了码。模型和来历见 model-card.md。
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One wish."""

    verb: str
    cameras: Path | None = None
    labels: Path | None = None
    out: Path | None = None
    weights: Path | None = None
    is_json: bool = False


def asked(words: Sequence[str]) -> Asked:
    """Read the options; end with an explanation where they cannot be."""
    parser = Parser(
        prog="dianliang lineguard",
        description="线路守护：看守摄像机画面，有人在线路下停留就预警。",
        epilog=EPILOG,
        formatter_class=Formatter,
    )
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar="run | eval | calibrate | example"
    )
    verbs.add_parser("example", help="写出配置样例")
    run = verbs.add_parser("run", help="看守，事件逐条写成 JSON")
    measure = verbs.add_parser("eval", help="在有标注的画面上量一量")
    fit = verbs.add_parser("calibrate", help="用自己标注的录像选阈值，并在没参与选择的录像上量")
    for one in (run, measure, fit):
        one.add_argument("cameras", type=Path, help="摄像机配置（JSON）")
        one.add_argument("--weights", type=Path, help="自己的模型（ONNX，NanoDet 416）")
    for one in (run, measure):
        one.add_argument("--out", type=Path, help="放证据画面的目录（没有就建）")
    for one in (measure, fit):
        one.add_argument("labels", type=Path, help="标注（JSON）：谁在哪个区域从几秒到几秒")
    measure.add_argument("--json", dest="is_json", action="store_true", help="结果写成 JSON")
    return Asked(**vars(parser.parse_args(words)))
