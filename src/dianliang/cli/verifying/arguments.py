"""What can be asked of ``dianliang certificate``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dianliang.cli.parsing import Formatter, Parser

EXAMPLES = """例如：
  dianliang certificate verify "DLZM1.…" --keys keys.json       扫码所得的文字，或含有它的网址
  dianliang certificate verify 证明.pdf --keys keys.json         系统打印的 PDF
  dianliang certificate verify 扫码.txt --keys keys.json --revoked revoked.json
  pbpaste | dianliang certificate verify - --keys keys.json

keys.json 和 revoked.json 从签发单位的“核验证明”网页下载，之后不需要网络，也不需要安装数据库。

退出码：0 真实有效；1 不能认定为真、已撤销，或公钥文件、撤销名单不可信；2 用法不对。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    sources: tuple[str, ...]
    keys: Path
    revoked: Path | None
    is_json: bool


def asked(words: Sequence[str]) -> Asked:
    """Return what was asked for; leave with 2 when nobody can tell."""
    parser = Parser(
        prog="dianliang certificate",
        description="离线核验志愿服务记录证明：是不是这个单位签发的，内容有没有改动，有没有撤销。",
        epilog=EXAMPLES,
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
        usage="dianliang certificate verify 文件|文字|- … --keys 公钥文件 [--revoked 撤销名单]",
    )
    add = parser.add_argument_group("选项").add_argument
    add("verb", choices=("verify",), metavar="verify", help="核验")
    add("sources", nargs="+", metavar="文件|文字", help="PDF、文本文件、核验码文字；- 为标准输入")
    add("--keys", type=Path, required=True, metavar="文件", help="签发单位公布的公钥文件")
    add("--revoked", type=Path, metavar="文件", help="签发单位公布的撤销名单")
    add("--format", choices=("text", "json"), default="text", help="text 给人看，json 给程序")
    add("-h", "--help", action="help", help="显示用法")
    found = parser.parse_args(words)
    return Asked(
        sources=tuple(found.sources),
        keys=found.keys,
        revoked=found.revoked,
        is_json=found.format == "json",
    )
