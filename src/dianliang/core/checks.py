"""Checks of tables that people bring: every complaint names row and column, all at once."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isfinite
from typing import Any

from dianliang.core.sheets import SheetRow
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_key, clean_text

MOST_SHOWN = 50
MOST_DIGITS = 18
LOST_DIGITS = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
POINT_ZERO = re.compile(r"(?<=\d)\.0+$")
DAY = re.compile(
    r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*\(?(?:周|星期)[一二三四五六日天]\)?)?"
    r"(?:[\sT]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
"""A day as people and programs write it; its weekday and the time of day may stand after it."""
MOST_OF_DAY = 48
"""Characters that a day has at most, all of that included."""
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""1954 to 2119: what a whole number in a column of dates can mean."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Between them lies every day that a table of ours is about, birthdays included."""
FURTHEST_YEAR = 2200
"""Until then may lie a day of anything; later ones are slips of the keyboard."""
MOST_QUOTED = 200
"""A cell of Excel may hold 32 767 characters; nobody needs to read them again."""


class InvalidRowsError(DomainError):
    """Some rows cannot be imported; `rows` names each with its reason. Nothing was written."""

    code = "import.invalid-rows"

    def __init__(self, rows: Sequence[str]) -> None:
        told = [Phrase("有 %(n)d 处需要改正，什么都没有写入：", n=len(rows)), *rows[:MOST_SHOWN]]
        if len(rows) > MOST_SHOWN:
            told.append(Phrase("……另有 %(n)d 处", n=len(rows) - MOST_SHOWN))
        super().__init__(joined("\n", told))
        self.rows = tuple(rows)


@dataclass(slots=True)
class Checks:
    """Collect complaints with file and row, so that all are told at once."""

    name: str
    found: list[str] = field(default_factory=list)

    def add(self, row: SheetRow, words: str, heading: str = "") -> None:
        """Complain about a row, or about one cell of it; what it quotes of a cell is cut short."""
        told = Phrase(
            "%(name)s %(place)s：%(words)s",
            name=self.name,
            place=row.place(heading),
            words=_quoting_little(Phrase(words)),
        )
        self.found.append(told)

    def text(self, row: SheetRow, heading: str, most: int, *, needed: bool = False) -> str:
        """Return a cell as text that every database can keep."""
        value = row.get(heading)
        if needed and not value:
            self.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
        try:
            return clean_text(value, field=heading, label=f"“{heading}”", most=most)
        except InvalidInputError as refusal:
            self.add(row, refusal.message, heading)
            return ""

    def code(self, row: SheetRow, heading: str, most: int = 24, *, needed: bool = False) -> str:
        """Return a cell as a code: what Excel or a keyboard did to its digits is undone.

        Full-width digits become plain ones and ``330523.0`` becomes ``330523``. A number that
        lost its end in Excel is refused: nobody can tell what it was.
        """
        value = unicodedata.normalize("NFKC", self.text(row, heading, most, needed=needed)).strip()
        if LOST_DIGITS.fullmatch(value):
            words = Phrase(
                "“%(heading)s”现为“%(value)s”，Excel 已丢掉它的末尾数字。"
                "请把整列设为文本后重新填写完整编码。",
                heading=heading,
                value=value,
            )
            self.add(row, words, heading)
            return ""
        return POINT_ZERO.sub("", value)

    def key(self, row: SheetRow, heading: str, most: int = 24, *, needed: bool = False) -> str:
        """Return a cell as the code of something new: addresses and trees are made of it."""
        value = self.code(row, heading, most, needed=needed)
        try:
            return value and clean_key(value, field=heading, label=f"“{heading}”", most=most)
        except InvalidInputError as refusal:
            self.add(row, refusal.message, heading)
            return ""

    def choice(self, row: SheetRow, heading: str, labels: dict[str, str], default: str) -> str:
        """Return the value that a label stands for."""
        value = row.get(heading)
        if value in labels:
            return labels[value]
        if value:
            words = Phrase(
                "“%(heading)s”应为%(labels)s之一，现为“%(value)s”。",
                heading=heading,
                labels="、".join(labels),
                value=value,
            )
            self.add(row, words, heading)
        return default

    def degrees(self, row: SheetRow, heading: str, most: float) -> float | None:
        """Return a cell as degrees, or None."""
        return self.number(row, heading, least=-most, most=most)

    def number(self, row: SheetRow, heading: str, *, least: float, most: float) -> float | None:
        """Return a cell as a number, or None."""
        value = unicodedata.normalize("NFKC", row.get(heading))
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not isfinite(number) or not least <= number <= most:
            bounds = f"{least:.15g} 到 {most:.15g}".replace("-", "−")
            words = Phrase(
                "“%(heading)s”应为 %(bounds)s 之间的数字，现为“%(value)s”。",
                heading=heading,
                bounds=bounds,
                value=value,
            )
            self.add(row, words, heading)
            return None
        return number

    def whole(self, row: SheetRow, heading: str, most: int) -> int | None:
        """Return a cell as a whole number, or None."""
        value = row.get(heading)
        if not value:
            return None
        is_number = value.isdecimal() and len(value) <= MOST_DIGITS
        if not is_number or not 0 < int(value) <= most:
            words = Phrase(
                "“%(heading)s”应为 1 到 %(most)s 的整数，现为“%(value)s”。",
                heading=heading,
                most=most,
                value=value,
            )
            self.add(row, words, heading)
            return None
        return int(value)

    def day(self, row: SheetRow, heading: str) -> date | None:
        """Return a cell as a day, or None: a date of Excel, its serial number, or written out."""
        value = unicodedata.normalize("NFKC", row.get(heading))
        if not value:
            return None
        found = _written_day(value)
        if found is None:
            words = Phrase(
                "“%(heading)s”应形如 2026-11-01，现为“%(value)s”。", heading=heading, value=value
            )
            self.add(row, words, heading)
        elif not FIRST_YEAR <= found.year <= LAST_YEAR:
            words = Phrase(
                "“%(heading)s”应在 %(first)d 年到 %(last)d 年之间，现为“%(value)s”。",
                heading=heading,
                first=FIRST_YEAR,
                last=LAST_YEAR,
                value=value,
            )
            self.add(row, words, heading)
            return None
        return found

    def once(self, rows: Iterable[SheetRow], heading: str) -> None:
        """Complain about values that come twice."""
        seen: dict[str, int] = {}
        for row in rows:
            value = POINT_ZERO.sub("", unicodedata.normalize("NFKC", row.get(heading)))
            if value and value in seen:
                words = Phrase(
                    "“%(heading)s”%(value)s 与第 %(row)s 行重复，请删去其中一行。",
                    heading=heading,
                    value=value,
                    row=seen[value],
                )
                self.add(row, words, heading)
            seen.setdefault(value, row.number)

    def raise_if_any(self) -> None:
        """Raise everything that was found."""
        if self.found:
            raise InvalidRowsError(self.found)


def _quoting_little(words: Phrase) -> Phrase:
    if not words.values:  # made elsewhere: what it quotes is part of it
        return Phrase(_short(words.message, most=2 * MOST_QUOTED))
    return Phrase(words.message, **{name: _short(value) for name, value in words.values.items()})


def _short(value: Any, *, most: int = MOST_QUOTED) -> Any:
    if isinstance(value, Phrase):
        return _quoting_little(value)
    return f"{value[:most]}…" if isinstance(value, str) and len(value) > most else value


def parts_of(text: str) -> list[str]:
    """Return the parts of a cell that lists several codes."""
    parts = re.split("[、,;]", unicodedata.normalize("NFKC", text))
    return [POINT_ZERO.sub("", part.strip()) for part in parts if part.strip()]


def day_of(value: str) -> date | None:
    """Return the day that a cell means; None if it is none between 1900 and 2200."""
    found = _written_day(value)
    return found if found and FIRST_YEAR <= found.year <= FURTHEST_YEAR else None


def _written_day(value: str) -> date | None:
    """Return the day that a cell means, in whatever year, or None."""
    text = unicodedata.normalize("NFKC", value[:MOST_OF_DAY]).strip()
    if len(value) > MOST_OF_DAY:  # cut off, so that nobody reads thousands of digits
        return None
    if text.isdecimal() and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return EXCEL_EPOCH + timedelta(days=int(text))
    found = DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None
