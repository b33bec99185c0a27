"""A file as columns with the row numbers that its reader shows: CSV, Excel, Parquet."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from dianliang.core import sheets
from dianliang.integrations.meter_files._errors import UnreadableReadingsError
from dianliang.integrations.meter_files._headings import TRANSFORMER, WORDS, plain
from dianliang.integrations.meter_files._points import CLOCK, POINT
from dianliang.kernel.errors import reason
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import decoded

MOST_BYTES = 1024**3
MOST_CELLS = 40_000_000
"""Cells that are laid out at once, in about 4 GB: a day of 350 000 meters, 96 points in a row."""
HEAD_BYTES = 256 * 1024
HEAD_ROWS = 12
BLOCK_BYTES = 16 * 1024**2
EMPTY = (b"\n", b"\r\n")
PARQUET, EXCEL = b"PAR1", (sheets.ZIP_MAGIC, sheets.OLE_MAGIC)


Grid = Sequence[Sequence[str]]
OTHERS = TRANSFORMER.union(*(words for role, words in WORDS.items() if role != "meter"))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, and the number of the first row below the headings (1 = file's first).

    `lines` knows where the rows of a text really stand.
    """

    columns: dict[str, pa.Array]
    first_row: int
    kind: str
    lines: "Lines | None" = None

    def number(self, i: int) -> int:
        """Return where the row with an index stands in the file."""
        numbers = self.lines.numbers if self.lines else ()
        return numbers[i] if i < len(numbers) else i + self.first_row

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return len(next(iter(self.columns.values()), ()))


class Lines:
    """The lines of a text below its headings that hold something; looked at only for complaints."""

    def __init__(self, path: Path, skip: int) -> None:
        self.path, self.skip = path, skip

    @cached_property
    def numbers(self) -> Sequence[int]:
        """Return which lines are not empty: the reader of columns leaves the empty ones out."""
        with self.path.open("rb") as file:
            lines = enumerate(file, start=1)
            return [n for n, line in lines if n > self.skip and line not in EMPTY]


def read(path: Path) -> Table:
    """Lay a file out in columns; its size is looked at before.

    Raises:
        UnreadableReadingsError: it is too large, damaged, empty, or of an unknown kind.
        UnreadableSheetError: the same of a workbook.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        words = Phrase(
            "读不了 %(path)s：%(error)s。请检查文件名和权限。", path=str(path), error=reason(error)
        )
        raise UnreadableReadingsError(words) from error
    if size > MOST_BYTES:
        raise UnreadableReadingsError(
            Phrase("%(name)s 超过 1 GB，请按日或按台区拆分后再导入。", name=path.name)
        )
    if head.startswith(PARQUET):
        return _parquet(path)
    if head.startswith(EXCEL):
        return _excel(path)
    return _csv(path, head)


def _excel(path: Path) -> Table:
    def choose(tables: Mapping[str, Grid]) -> str:
        return _with_data(tables, name=path.name)

    table = sheets.grid(path.read_bytes(), name=path.name, choose=choose)
    return _headed(table, name=path.name, kind="Excel")


def _with_data(tables: Mapping[str, Grid], *, name: str) -> str:
    """Return which sheet holds meters; never leave one out without a word.

    Raises:
        UnreadableReadingsError: several hold meters.
    """
    found = [title for title, table in tables.items() if _holds_meters(table)]
    if len(found) > 1 and sheets.FILL_IN not in found:
        words = Phrase(
            "%(name)s 有 %(n)d 个工作表都有数据：%(found)s",
            name=name,
            n=len(found),
            found="、".join(found),
        )
        raise UnreadableReadingsError(
            Phrase("%(words)s。请各存成一个文件再导入，整份没有导入。", words=words)
        )
    first = sheets.FILL_IN if sheets.FILL_IN in tables else next(iter(tables))
    return first if first in found or not found else found[0]


def _holds_meters(table: Grid) -> bool:
    at = head_row(table)
    words = {plain(cell)[0] for cell in table[at]} if table else set()
    others = words & OTHERS or any(POINT.match(one) or CLOCK.match(one) for one in words)
    return bool(words & WORDS["meter"] and others and any(map(any, table[at + 1 :])))


def _headed(grid: Grid, *, name: str, kind: str) -> Table:
    """Take as headings the row among the first that has the most words and no number."""
    at = head_row(grid)
    names = _names(grid[at], name=name) if grid else []
    if not names:
        raise UnreadableReadingsError(Phrase("%(name)s 是空的。", name=name))
    body = list(grid[at + 1 :])
    while body and not any(body[-1]):
        body.pop()
    columns = {
        heading: pa.array([row[i] if i < len(row) else "" for row in body], pa.string())
        for i, heading in enumerate(names)
        if heading
    }
    return Table(columns, at + 2, kind)


def head_row(grid: Grid) -> int:
    """Return which of the first rows holds the headings: it names the meter, or is the widest."""
    for i, row in enumerate(grid[:HEAD_ROWS]):
        if any(plain(cell)[0] in WORDS["meter"] for cell in row):
            return i
    width = [sum(1 for cell in row if cell.strip()) for row in grid[:HEAD_ROWS]]
    return width.index(max(width)) if width else 0


def _names(row: Sequence[str], *, name: str) -> list[str]:
    names = [cell.strip().lstrip("\ufeff") for cell in row]
    twice = sorted({one for one in names if one and names.count(one) > 1})
    if twice:
        raise UnreadableReadingsError(
            Phrase(
                "%(name)s 表头重复：%(twice)s。每列只能出现一次。",
                name=name,
                twice="、".join(twice),
            )
        )
    return names


def _csv(path: Path, head: bytes) -> Table:
    """Read text as text: what a number is decides who knows the column."""
    encoding = "utf8"
    cut = head[: head.rfind(b"\n") + 1] or head
    text = decoded(cut)
    if text is None or "\0" in text:
        words = Phrase(
            "%(name)s 不是可识别的文本、Excel 或 Parquet，请另存为 UTF-8 的 CSV。", name=path.name
        )
        raise UnreadableReadingsError(words)
    try:
        cut.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "gb18030"
    mark = max(",\t;", key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(StringIO(text), delimiter=mark))
    at = head_row(rows)
    names = _names(rows[at], name=path.name) if rows else []
    if not any(names):
        raise UnreadableReadingsError(Phrase("%(name)s 是空的。", name=path.name))
    if len(cut) == path.stat().st_size and not any(map(any, rows[at + 1 :])):
        raise UnreadableReadingsError(
            Phrase("%(name)s 只有表头，没有数据行。%(hint)s", name=path.name, hint=_no_book(path))
        )
    shown = [one or f"\0{i}" for i, one in enumerate(names)]
    lines = sum(1 for _ in StringIO(text.split("\n", at + 1)[-1])) or 1
    if path.stat().st_size / len(cut) * lines * len(names) > MOST_CELLS:
        raise UnreadableReadingsError(
            Phrase("%(name)s 的单元格太多，请按日或按台区拆分后再导入。", name=path.name)
        )
    table = _parsed(path, names=shown, skip=at + 1, mark=mark, encoding=encoding)
    columns = {
        heading: column.combine_chunks()
        for heading, column in zip(names, table.columns, strict=True)
        if heading
    }
    kind = "CSV" if encoding == "utf8" else "CSV（GB18030）"
    return Table(columns, at + 2, kind, Lines(path, at + 1))


def _parsed(path: Path, *, names: list[str], skip: int, mark: str, encoding: str) -> pa.Table:
    """Parse the rows; Chinese that comes only far down the file shows its encoding only there."""
    for attempt in dict.fromkeys([encoding, "gb18030"]):
        try:
            return arrow_csv.read_csv(
                path,
                read_options=arrow_csv.ReadOptions(
                    column_names=names, skip_rows=skip, encoding=attempt, block_size=BLOCK_BYTES
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=mark),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            if attempt == "gb18030" or "UTF8" not in str(error):
                raise UnreadableReadingsError(_uneven(path, names, skip, attempt, mark)) from error
    raise UnreadableReadingsError(Phrase("%(name)s 读不出来。", name=path.name))


def _uneven(path: Path, names: list[str], skip: int, encoding: str, mark: str) -> str:
    """Say which row has another number of cells than the headings."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        try:
            for number, row in enumerate(csv.reader(file, delimiter=mark), start=1):
                if number > skip and row and len(row) != len(names):
                    words = Phrase(
                        "第 %(number)d 行有 %(cells)d 格，表头有 %(headings)d 格",
                        number=number,
                        cells=len(row),
                        headings=len(names),
                    )
                    return Phrase(
                        "%(name)s %(words)s，请检查逗号和引号。整份没有导入。",
                        name=path.name,
                        words=words,
                    )
        except csv.Error:
            pass
    return Phrase(
        "%(name)s 读不出来，请检查列数和引号。%(hint)s整份没有导入。",
        name=path.name,
        hint=_no_book(path),
    )


def _no_book(path: Path) -> str:
    """Point out that a file is named as a workbook and is none."""
    suffix = path.suffix.lower()
    if suffix not in {".xlsx", ".xlsm", ".xls"}:
        return ""
    return Phrase(
        "扩展名是 %(suffix)s，内容却不是 Excel 文件，请在 Excel 里重新另存。", suffix=suffix
    )


def _parquet(path: Path) -> Table:
    try:
        meta = pq.read_metadata(path)
        if meta.num_rows * meta.num_columns > MOST_CELLS:
            raise UnreadableReadingsError(
                Phrase("%(name)s 的数据太多，请按日或按台区拆分后再导入。", name=path.name)
            )
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableReadingsError(
            Phrase(
                "%(name)s 不是完好的 Parquet 文件：%(error)s。", name=path.name, error=str(error)
            )
        ) from error
    _names(table.column_names, name=path.name)
    columns = {name: table.column(name).combine_chunks() for name in table.column_names}
    return Table(columns, 1, "Parquet")
