"""Addresses that an operator's people took apart: read from a file, learnt from, kept.

A file is JSON lines or a table. A table has a column 地址 and one for each part, named as in
`PART_COLUMNS`; a part stands in its cell as it stands in the address. Parts come in the order of
the address; what stands between them is taken for nothing in particular.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.engines.triage import (
    ADDRESS_KINDS,
    LEAST_ADDRESSES,
    AddressExample,
    AddressReader,
    NoSuchPartError,
    address_example,
    reader_from_bytes,
    reader_to_bytes,
    teach_addresses,
)
from dianliang.kernel.errors import DomainError
from dianliang.kernel.text import decoded

WHOLE = "地址"
PART_COLUMNS = {
    "country": "国家",
    "prov": "省",
    "city": "市",
    "district": "区县",
    "devZone": "开发区",
    "town": "乡镇街道",
    "community": "村社区",
    "road": "道路",
    "subRoad": "支路",
    "roadno": "门牌号",
    "subroadno": "支路门牌号",
    "poi": "小区单位",
    "subpoi": "分区",
    "houseno": "楼栋",
    "cellno": "单元",
    "floorno": "楼层",
    "roomno": "房号",
    "person": "收件人",
    "assist": "方位",
    "redundant": "其他",
}
KEPT = ".npz"
MOST_BYTES, MOST_ADDRESSES = 40 * 1024 * 1024, 20_000
LONGEST_ADDRESS, LONGEST_SHOWN = 200, 30
EXAMPLE = '{"text": "灵峰街道剑山路12号", "parts": [{"kind": "town", "text": "灵峰街道"}, …]}'
_KIND_OF = {label: kind for kind, label in PART_COLUMNS.items()} | {k: k for k in ADDRESS_KINDS}


class UnableToReadAddressesError(DomainError):
    """A file of addresses, or a kept reader, cannot be used."""

    code = "triage.addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A reader, what is to be told of it, and whether it is worth using."""

    reader: AddressReader
    words: str
    is_better: bool


def learnt(path: Path) -> Learnt:
    """Return a kept reader, or one that has just learnt from the examples of a file.

    Raises:
        UnableToReadAddressesError: the file is neither, or has too few examples.
        InvalidRowsError: lines of it are wrong; all are named.
    """
    content = _content(path)
    if path.suffix.lower() == KEPT:
        try:
            reader = reader_from_bytes(content)
        except ValueError as error:
            message = f"{path} 不是本版本保存的地址模型，请用带标注的地址重新学一次。"
            raise UnableToReadAddressesError(message) from error
        return _told(reader, path)
    examples = _examples(content, path.name)
    if not LEAST_ADDRESSES <= len(examples) <= MOST_ADDRESSES:
        raise UnableToReadAddressesError(
            f"{path.name} 里有 {len(examples)} 条带标注的地址；"
            f"应有 {LEAST_ADDRESSES} 到 {MOST_ADDRESSES} 条。"
        )
    return _told(teach_addresses(examples), path)


def _told(reader: AddressReader, path: Path) -> Learnt:
    words = f"地址：{path} 学自 {reader.addresses} 条"
    check = reader.check
    if check is None:
        return Learnt(reader=reader, words=words, is_better=True)
    words += (
        f"；在没见过的 {check.addresses} 条上，各部分 F1 为 {check.learnt:.3f}，"
        f"随程序的规则为 {check.by_rules:.3f}"
    )
    if not check.is_better:
        words += "，不如规则，仍用规则"
    return Learnt(reader=reader, words=words, is_better=check.is_better)


def keep(reader: AddressReader, path: Path) -> None:
    """Write a reader to a file.

    Raises:
        UnableToReadAddressesError: it cannot be written, or the name is of another kind.
    """
    if path.suffix.lower() != KEPT:
        raise UnableToReadAddressesError(f"地址模型的文件名应以 {KEPT} 结尾，现为 {path}。")
    try:
        path.write_bytes(reader_to_bytes(reader))
    except OSError as error:
        message = f"写不了 {path}：{error.strerror}。请检查目录和权限。"
        raise UnableToReadAddressesError(message) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"读不了 {path}：{error.strerror}。请检查文件名和权限。"
        raise UnableToReadAddressesError(message) from error
    if len(content) > MOST_BYTES:
        raise UnableToReadAddressesError(f"{path} 超过 40 MB，请拆分。")
    return content


def _examples(content: bytes, name: str) -> list[AddressExample]:
    checks = Checks(name)
    is_table = content.startswith((sheets.ZIP_MAGIC, sheets.OLE_MAGIC)) or name.lower().endswith(
        ".csv"
    )
    rows = _of_table(content, name) if is_table else _of_lines(content, name, checks)
    found = [example for row, one in rows if (example := _example(row, one, checks)) is not None]
    checks.raise_if_any()
    return found


_Told = tuple[str, Sequence[tuple[str, str]]]


def _example(row: sheets.SheetRow, told: _Told, checks: Checks) -> AddressExample | None:
    text, parts = told
    if len(text) > LONGEST_ADDRESS:
        checks.add(row, f"地址最多 {LONGEST_ADDRESS} 字，现有 {len(text)} 字。")
        return None
    try:
        return address_example(text, parts)
    except NoSuchPartError as missing:
        kind, words = parts[missing.number]
        checks.add(
            row,
            f"地址里找不到{PART_COLUMNS[kind]}“{words[:LONGEST_SHOWN]}”："
            "各部分要照原样写，并按在地址里的先后排列。",
        )
        return None


def _of_table(content: bytes, name: str) -> Iterator[tuple[sheets.SheetRow, _Told]]:
    columns = [*PART_COLUMNS.values()]
    for row in sheets.read(content, name=name, headings=[WHOLE], optional=columns):
        whole = row.get(WHOLE)
        cells = [(_KIND_OF[column], row.get(column)) for column in columns if row.get(column)]
        yield row, (whole, sorted(cells, key=lambda cell: whole.find(cell[1])))


def _of_lines(content: bytes, name: str, checks: Checks) -> Iterator[tuple[sheets.SheetRow, _Told]]:
    text = decoded(content)
    if text is None:
        raise UnableToReadAddressesError(f"{name} 不是 UTF-8 也不是 GB 18030 文字，请另存后再试。")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            row = sheets.SheetRow(number, {})
            told = _of_line(line, row, checks)
            if told is not None:
                yield row, told


def _of_line(line: str, row: sheets.SheetRow, checks: Checks) -> _Told | None:
    try:
        one = json.loads(line)
    except (ValueError, RecursionError):
        checks.add(row, f"不是 JSON，应为 {EXAMPLE}")
        return None
    listed = one.get("parts") if isinstance(one, Mapping) else None
    if not isinstance(listed, list) or not listed:
        checks.add(row, f"没有 parts 一列，应为 {EXAMPLE}")
        return None
    parts = [_of_part(part, row, checks) for part in listed]
    sure = [part for part in parts if part is not None]
    text = one.get("text", "".join(words for _, words in sure))
    if not isinstance(text, str):
        checks.add(row, "text 应为文字。")
        return None
    return (text, sure) if len(sure) == len(parts) else None


def _of_part(part: Any, row: sheets.SheetRow, checks: Checks) -> tuple[str, str] | None:
    kind, words = (part.get("kind"), part.get("text")) if isinstance(part, Mapping) else (None, "")
    if not isinstance(kind, str) or kind not in _KIND_OF:
        shown = json.dumps(kind, ensure_ascii=False)[:LONGEST_SHOWN]
        checks.add(row, f"没有 {shown} 这种部分，应为 {'、'.join(ADDRESS_KINDS)} 之一。")
        return None
    if not isinstance(words, str) or not words.strip():
        checks.add(row, f"{kind} 的 text 应为地址里的文字。")
        return None
    return _KIND_OF[kind], words
