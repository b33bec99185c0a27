"""Rows of a table with their cells read as what they must be; what is not is noted."""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TypeVar

from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError
from dianliang.kernel.errors import reason
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import decoded

MOST_BYTES = 200 * 1024 * 1024
MOST_ROWS = 500_000
EMPTY = frozenset(["", "NULL", "null", "nan", "NaN", "None"])
YES = frozenset(["1", "1.0", "true", "yes", "是", "合", "闭合", "合上", "投运"])
NO = frozenset(["0", "0.0", "false", "no", "否", "分", "断开", "拉开", "停运"])
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `number` is the one that a person sees."""

    table: str
    number: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(repr=False, compare=False)

    def wrong(self, column: str, words: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(self.table, self.number, column, words))

    def told(self, column: str) -> str:
        """Return a cell; empty where nothing is told."""
        cell = self.cells.get(column, "").strip()
        return "" if cell in EMPTY else cell

    def text(self, column: str) -> str:
        """Return a cell that must not be empty."""
        cell = self.told(column)
        if not cell:
            self.wrong(column, Phrase("没有填写。"))
        return cell

    def number_of(self, column: str, default: float | None = None, *, scale: float = 1.0) -> float:
        """Return a cell as a number times `scale`; without a default it must not be empty."""
        cell = self.told(column)
        if not cell:
            if default is None:
                self.wrong(column, Phrase("没有填写，应是数字。"))
                return 1.0
            return default
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.wrong(column, Phrase("“%(cell)s”不是能用的数字。", cell=cell))
            return 1.0
        return value * scale

    def maybe(self, column: str, *, scale: float = 1.0) -> float | None:
        """Return a cell as a number; None where nothing is told."""
        return self.number_of(column, scale=scale) if self.told(column) else None

    def must_be(self, column: str, value: float) -> None:
        """Note a cell that says anything but this: what it asks for is not computed here."""
        if self.number_of(column, value) != value:
            told = self.told(column)
            self.wrong(
                column,
                Phrase(
                    "“%(told)s”算不了，这里只认识 %(value)s，请换算后再导入。",
                    told=told,
                    value=f"{value:g}",
                ),
            )

    def whole(self, column: str, default: int) -> int:
        """Return a cell as a whole number."""
        value = self.number_of(column, float(default))
        if value != int(value):
            self.wrong(column, Phrase("“%(value)s”应是整数。", value=f"{value:g}"))
        return int(value)

    def truth(self, column: str, *, default: bool = True) -> bool:
        """Return a cell as yes or no."""
        cell = self.told(column).lower()
        if not cell:
            return default
        if cell not in YES | NO:
            self.wrong(column, Phrase("“%(cell)s”应是 1 或 0（是或否）。", cell=cell))
        return cell in YES

    def choice(self, column: str, options: Mapping[str, Value], default: Value) -> Value:
        """Return what a word stands for."""
        cell = self.told(column).upper()
        if not cell:
            return default
        if cell not in options:
            self.wrong(
                column,
                Phrase(
                    "“%(cell)s”不认识，可用：%(options)s。",
                    cell=cell,
                    options="、".join(dict.fromkeys(options)),
                ),
            )
            return default
        return options[cell]


def csv_rows(path: Path, *, problems: list[Problem], needed: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a CSV file by its headings; semicolon, comma or tab.

    Raises:
        UnreadableGridError: the file cannot be read, is too large or no text.
    """
    for number, cells in csv_lines(path, problems=problems, needed=needed):
        yield Row(path.name, number, cells, problems)


def csv_lines(
    path: Path, *, problems: list[Problem], needed: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line numbers and cells by heading.

    Raises:
        UnreadableGridError: the file cannot be read, is too large or no text.
    """
    text = _text(path)
    mark = max(";,\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(StringIO(text), delimiter=mark, strict=True)
    names: list[str] = []
    try:
        for row in reader:
            if not names:
                names = [cell.strip() for cell in row]
                problems += [
                    Problem(path.name, 1, name, Phrase("有两列同名，只会算一列，请改名或合并。"))
                    for name, times in Counter(names).items()
                    if name and times > 1
                ]
                lacking = [name for name in needed if name not in names]
                if lacking:
                    words = Phrase("缺少表头：%(lacking)s。", lacking="、".join(lacking))
                    problems.append(Problem(path.name, 1, "", words))
                    return
                continue
            if reader.line_num > MOST_ROWS:
                raise UnreadableGridError(
                    Phrase(
                        "%(name)s 超过 %(most)d 行，请拆分后再导入。",
                        name=path.name,
                        most=MOST_ROWS,
                    )
                )
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                words = Phrase(
                    "有 %(cells)d 格，表头有 %(headings)d 格，请检查分隔符和引号。",
                    cells=len(row),
                    headings=len(names),
                )
                problems.append(Problem(path.name, reader.line_num, "", words))
                continue
            yield reader.line_num, dict(zip(names, row, strict=True))
    except csv.Error as error:
        words = Phrase("读不下去：%(error)s。请检查引号。", error=str(error))
        problems.append(Problem(path.name, reader.line_num, "", words))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableGridError(
                Phrase("%(name)s 超过 200 MB，请拆分后再导入。", name=path.name)
            )
        text = decoded(path.read_bytes())
    except OSError as error:
        words = Phrase(
            "读不了 %(name)s：%(error)s。请检查文件名和权限。", name=path.name, error=reason(error)
        )
        raise UnreadableGridError(words) from error
    if text is None or "\0" in text:
        raise UnreadableGridError(
            Phrase("%(name)s 不是可识别的文本，请另存为 UTF-8 的 CSV。", name=path.name)
        )
    return text
