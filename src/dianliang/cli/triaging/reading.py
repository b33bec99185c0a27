"""Read needs from files: one after the other, each with its place, a broken one by itself.

Text is UTF-8 (with or without a mark) or GB 18030, strictly. Of a file that is neither, most lines
tell which it is, and the lines that do not fit are refused one by one: read in the other encoding
they would be words that nobody wrote.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dianliang.core import sheets
from dianliang.kernel.text import decoded

TEXT_HEADINGS = ("内容", "诉求内容", "需求内容", "text")
TITLE_HEADINGS = ("标题", "title")
ID_HEADINGS = ("编号", "需求编号", "id")
UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
MOST_ID_CHARS = 200
UNREADABLE = "这一行不是 UTF-8 也不是 GB 18030 文字，请改正编码"


class Kind(StrEnum):
    """What a file may be."""

    LINES = "lines"
    JSONL = "jsonl"
    JSON = "json"
    TABLE = "table"


_BY_SUFFIX = {
    ".txt": Kind.LINES,
    ".jsonl": Kind.JSONL,
    ".ndjson": Kind.JSONL,
    ".json": Kind.JSON,
    ".csv": Kind.TABLE,
    ".xlsx": Kind.TABLE,
    ".xlsm": Kind.TABLE,
    ".xls": Kind.TABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A need as it was brought; `line` counts lines, rows or entries of the file from 1."""

    line: int
    text: str
    title: str = ""
    id: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A line that is no need; without a number it is the file as a whole."""

    line: int | None
    error: str
    id: str | int | None = None


Entry = Item | Unread


def entries(content: bytes, *, name: str, kind: Kind | None = None) -> Iterator[Entry]:
    """Yield what a file holds, in its order."""
    known = kind or _BY_SUFFIX.get("." + name.rpartition(".")[2].lower())
    if known is Kind.TABLE or content.startswith((sheets.ZIP_MAGIC, sheets.OLE_MAGIC)):
        return _table(content, name=name)
    if content.startswith(UTF16_MARKS):
        return iter([Unread(line=None, error=f"{name} 是 UTF-16 编码，请另存为 UTF-8。")])
    if known is Kind.JSON and not content.removeprefix(UTF8_MARK).lstrip().startswith(b"["):
        known = Kind.JSONL
    if known is Kind.JSON:
        return _array(content, name=name)
    return _lines(content, is_json=(known or _guessed(content)) is Kind.JSONL)


def _guessed(content: bytes) -> Kind:
    """Return JSON lines where the first line that says anything is an object, else plain lines."""
    first = content.removeprefix(UTF8_MARK).lstrip().partition(b"\n")[0]
    is_object = first.startswith(b"{") and isinstance(_parsed(decoded(first) or ""), dict)
    return Kind.JSONL if is_object else Kind.LINES


def _lines(content: bytes, *, is_json: bool) -> Iterator[Entry]:
    for number, line in enumerate(_decoded_lines(content), start=1):
        if line is None:
            yield Unread(line=number, error=UNREADABLE)
        elif line.strip():
            yield _read(_parsed(line), number) if is_json else Item(line=number, text=line)


def _decoded_lines(content: bytes) -> Iterator[str | None]:
    """Yield the lines, None for one that is not in the encoding of the file."""
    encoding = "utf-8" if _is_mostly_utf8(content) else "gb18030"
    for line in content.removeprefix(UTF8_MARK).split(b"\n"):
        try:
            yield line.decode(encoding).removesuffix("\r")
        except UnicodeDecodeError:
            yield None


def _is_mostly_utf8(content: bytes) -> bool:
    """Tell whether more of the lines that tell are UTF-8 than are not, or a mark says so."""
    if content.startswith(UTF8_MARK):
        return True
    telling = [line for line in content.split(b"\n") if not line.isascii()]
    fitting = sum(_is_utf8(line) for line in telling)
    return 2 * fitting > len(telling)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _array(content: bytes, *, name: str) -> Iterator[Entry]:
    found = _parsed(decoded(content) or "")
    if not isinstance(found, list):
        yield Unread(line=None, error=f"{name} 不是完整的 JSON，请检查它是否完整、编码是否 UTF-8。")
        return
    for number, one in enumerate(found, start=1):
        yield _read(one, number)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read(one: Any, number: int) -> Entry:
    if not isinstance(one, Mapping):
        return Unread(line=number, error='这一行不是 JSON 对象，应为 {"text": "…"}')
    known = one.get("id")
    if isinstance(known, bool) or not isinstance(known, str | int | None):
        return Unread(line=number, error="id 应为文字或整数")
    if len(str(known)) > MOST_ID_CHARS:
        return Unread(line=number, error=f"id 最多 {MOST_ID_CHARS} 字")
    text, title = one.get("text"), one.get("title")
    known = _whole(known) if isinstance(known, str) else known
    if not isinstance(text, str):
        return Unread(line=number, error="text 应为文字", id=known)
    if not isinstance(title, str | None):
        return Unread(line=number, error="title 应为文字", id=known)
    return Item(line=number, text=_whole(text), title=_whole(title or ""), id=known)


def _whole(text: str) -> str:
    """Return a text that can be written: halves of characters become marks, places stay."""
    return "".join("\N{REPLACEMENT CHARACTER}" if "\ud800" <= c <= "\udfff" else c for c in text)


def _table(content: bytes, *, name: str) -> Iterator[Entry]:
    try:
        rows, heading = _headed(content, name=name)
    except sheets.UnreadableSheetError as refusal:
        yield Unread(line=None, error=refusal.message)
        return
    for row in rows:
        yield Item(
            line=row.number,
            text=row.get(heading),
            title=_first(row, TITLE_HEADINGS),
            id=_first(row, ID_HEADINGS)[:MOST_ID_CHARS] or None,
        )


def _headed(content: bytes, *, name: str) -> tuple[list[sheets.SheetRow], str]:
    """Return the rows below the headings, and which of them holds the text.

    Raises:
        UnreadableSheetError: damaged, too large, or no column holds a text.
    """
    for heading in TEXT_HEADINGS:
        try:
            others = (*TITLE_HEADINGS, *ID_HEADINGS)
            return sheets.read(content, name=name, headings=[heading], optional=others), heading
        except sheets.MissingHeadingError:
            continue
    missing = f"{name} 没有“{'”“'.join(TEXT_HEADINGS)}”中的一列，请给内容一列加上表头。"
    raise sheets.UnreadableSheetError(missing)


def _first(row: sheets.SheetRow, headings: tuple[str, ...]) -> str:
    return next((found for heading in headings if (found := row.get(heading))), "")
