"""What a computation is given, as JSON or as a workbook with one sheet for each list.

Both say the same under the same rules: every field has a Chinese heading and an English name, and
every complaint names the list, the row and the field.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from math import isfinite
from typing import Any

from dianliang.core import blanks, sheets
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import decoded

MOST_TOLD = 20
MOST_NUMBERS = 400 * 96
YES, NO = ("是", "yes", "true", "1"), ("否", "no", "false", "0", "")
JSON, XLSX = ".json", ".xlsx"
Row = dict[str, Any]


class UnusableInputError(DomainError):
    """The file cannot be computed with; the message lists what is wrong, row by row."""

    code = "energy.unusable-input"


class Kind(StrEnum):
    """What a field holds; `NUMBERS` are separated by spaces or commas in a cell."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    NUMBERS = "numbers"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column: its name in JSON, its heading, what stands there when it is left out."""

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    default: Any = None
    is_needed: bool = False
    example: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list of rows; one that `is_one` holds a single row, of settings."""

    key: str
    title: str
    fields: tuple[Field, ...]
    is_one: bool = False


def read(content: bytes, *, name: str, sheets_of: Sequence[Sheet]) -> dict[str, list[Row]]:
    """Return the rows of each list by its key; a list that is not there is empty.

    Raises:
        UnusableInputError: it is neither JSON nor a workbook, or rows are wrong; all are named.
        UnreadableSheetError: the workbook is damaged, too large, or lacks a heading.
    """
    if content.startswith((sheets.ZIP_MAGIC, sheets.OLE_MAGIC)):
        raw = _of_book(content, name, sheets_of)
    else:
        raw = _of_json(content, name, sheets_of)
    wrong: list[str] = []
    found = {
        sheet.key: [
            _row(cells, sheet, place, wrong) for place, cells in raw.get(sheet.key, {}).items()
        ]
        for sheet in sheets_of
    }
    if wrong:
        told = joined("\n", wrong[:MOST_TOLD])
        if len(wrong) > MOST_TOLD:
            told = Phrase("%(told)s\n……另有 %(n)d 处", told=told, n=len(wrong) - MOST_TOLD)
        raise UnusableInputError(Phrase("%(name)s 有问题：\n%(told)s", name=name, told=told))
    return found


def _of_book(
    content: bytes, name: str, sheets_of: Sequence[Sheet]
) -> dict[str, dict[str, Mapping[str, Any]]]:
    needed = {s.title: [f.heading for f in s.fields if f.is_needed] for s in sheets_of}
    others = {s.title: [f.heading for f in s.fields if not f.is_needed] for s in sheets_of}
    book = sheets.read_book(content, name=name, headings=needed, optional=others)
    return {
        sheet.key: {
            f"“{sheet.title}”第 {row.number} 行": {
                one.name: row.get(one.heading) for one in sheet.fields if row.get(one.heading)
            }
            for row in book.rows.get(sheet.title, [])
        }
        for sheet in sheets_of
    }


def _of_json(
    content: bytes, name: str, sheets_of: Sequence[Sheet]
) -> dict[str, dict[str, Mapping[str, Any]]]:
    try:
        body = json.loads(decoded(content) or "")
    except ValueError as error:
        raise UnusableInputError(
            Phrase("%(name)s 不是 JSON，也不是 Excel 文件：%(why)s。", name=name, why=str(error))
        ) from error
    if not isinstance(body, dict):
        raise UnusableInputError(
            Phrase("%(name)s 应是一个 JSON 对象；可用 --template 写一份样例。", name=name)
        )
    known = {sheet.key for sheet in sheets_of}
    if unknown := sorted(body.keys() - known):
        raise UnusableInputError(
            Phrase(
                "%(name)s 里的 %(unknown)s 不认识；可用：%(allowed)s。",
                name=name,
                unknown=joined("、", unknown),
                allowed=joined("、", sorted(known)),
            )
        )
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for key, rows in body.items():
        listed = [rows] if isinstance(rows, dict) else rows
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            raise UnusableInputError(
                Phrase("%(name)s 里的 %(key)s 应是对象的列表。", name=name, key=key)
            )
        found[key] = {
            Phrase("%(key)s 第 %(n)d 项", key=key, n=n): row
            for n, row in enumerate(listed, start=1)
        }
    return found


def _row(cells: Mapping[str, Any], sheet: Sheet, place: str, wrong: list[str]) -> Row:
    known = {one.name for one in sheet.fields}
    unknown = sorted(cells.keys() - known)
    wrong += [Phrase("%(place)s：“%(name)s”不认识。", place=place, name=name) for name in unknown]
    found: Row = {"place": place}
    for one in sheet.fields:
        told = {"place": place, "heading": Phrase(one.heading)}
        value = cells.get(one.name)
        if value is None or value == "":
            if one.is_needed:
                wrong.append(Phrase("%(place)s：请填“%(heading)s”。", **told))
            found[one.name] = one.default
            continue
        try:
            found[one.name] = _value(value, one.kind)
        except (ValueError, TypeError):
            wrong.append(
                Phrase(
                    "%(place)s：“%(heading)s”应填%(kind)s，现在是“%(value)s”。",
                    **told,
                    kind=Phrase(KIND_WORDS[one.kind]),
                    value=f"{value!s:.20}",
                )
            )
            found[one.name] = one.default
    return found


KIND_WORDS = {
    Kind.TEXT: "文字",
    Kind.NUMBER: "数字",
    Kind.WHOLE: "不小于 0 的整数",
    Kind.NUMBERS: "数字（多个用空格或逗号隔开）",
    Kind.YES: "是或否",
}


def _value(value: Any, kind: Kind) -> Any:
    if kind is Kind.TEXT:
        return str(value).strip()
    if kind is Kind.YES:
        word = str(value).strip().lower()
        if word not in YES + NO:
            raise ValueError(word)
        return word in YES
    if kind is Kind.NUMBERS:
        parts = value if isinstance(value, list) else str(value).replace(",", " ").split()
        if len(parts) > MOST_NUMBERS:
            raise ValueError(len(parts))
        return [_number(part) for part in parts]
    number = _number(value)
    if kind is Kind.WHOLE:
        if number < 0 or number != int(number):
            raise ValueError(value)
        return int(number)
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    number = float(value)
    if not isfinite(number):
        raise ValueError(value)
    return number


def template(sheets_of: Sequence[Sheet], *, suffix: str) -> bytes:
    """Return a file to fill in, with an example row in each list, as JSON or as a workbook."""
    if suffix == JSON:
        body = {sheet.key: _examples(sheet) for sheet in sheets_of}
        return json.dumps(body, ensure_ascii=False, indent=2).encode()
    out = BytesIO()
    book = blanks.workbook(out)
    for sheet in sheets_of:
        headings = [(one.heading, one.note, ()) for one in sheet.fields]
        blanks.add_table(book, sheet.title, headings, examples=list(_example_rows(sheet)))
    book.close()
    return out.getvalue()


def _example_rows(sheet: Sheet) -> Iterator[list[str]]:
    """Yield rows whose examples are separated by a bar: as many as the longest has."""
    parts = [one.example.split("|") for one in sheet.fields]
    for i in range(max(len(part) for part in parts)):
        yield [part[min(i, len(part) - 1)] for part in parts]


def _examples(sheet: Sheet) -> list[Row] | Row:
    rows = [
        {
            one.name: _value(text, one.kind)
            for one, text in zip(sheet.fields, cells, strict=True)
            if text
        }
        for cells in _example_rows(sheet)
    ]
    return rows[0] if sheet.is_one else rows
