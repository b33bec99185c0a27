"""Results as a table to look at, or as CSV, Excel, Parquet."""

import csv
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dianliang.cli.energy.words import SAID
from dianliang.kernel.errors import InvalidInputError, reason

MOST_SHOWN = 40
MOST_ROWS = 1_048_575
KINDS = (".csv", ".xlsx", ".parquet")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check(out: Path | None) -> None:
    """Refuse a file that could not be written, before anything is computed.

    Raises:
        InvalidInputError: of an unknown kind, or its folder is not there.
    """
    if out is None:
        return
    if out.suffix.lower() not in KINDS:
        raise InvalidInputError(f"{out} 的扩展名应是 {'、'.join(KINDS)} 之一。")
    if not out.parent.is_dir():
        raise InvalidInputError(f"文件夹 {out.parent} 不存在。")


def tell(
    headings: Sequence[str], rows: Sequence[Sequence[Any]], out: Path | None, *, language: str
) -> None:
    """Show a table, or write it.

    Raises:
        InvalidInputError: the file cannot be written.
    """
    if out is None:
        sys.stdout.write(shown(headings, rows, language=language))
        return
    try:
        {".csv": _csv, ".xlsx": _excel, ".parquet": _parquet}[out.suffix.lower()](
            out, headings, rows
        )
    except OSError as error:
        raise InvalidInputError(f"写不了 {out}：{reason(error)}。") from error
    _say_written(out, len(rows), language)


def stream(
    headings: Sequence[str], batches: Iterable[Any], out: Path | None, *, language: str
) -> None:
    """Show or write record batches; to CSV and Parquet as they come, however many there are.

    Raises:
        InvalidInputError: the file cannot be written, or a sheet cannot take so many rows.
    """
    kind = "" if out is None else out.suffix.lower()
    if out is None or kind == ".xlsx":
        rows: list[Sequence[Any]] = []
        for batch in batches:
            rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
            if len(rows) > MOST_ROWS:
                raise InvalidInputError("行数太多，请用 --out 写成 .csv 或 .parquet。")
        rows.sort(key=lambda row: (row[0], row[1]))
        tell(headings, rows, out, language=language)
        return
    try:
        count = _streamed(headings, batches, out, is_csv=kind == ".csv")
    except OSError as error:
        raise InvalidInputError(f"写不了 {out}：{reason(error)}。") from error
    _say_written(out, count, language)


def _say_written(out: Path, rows: int, language: str) -> None:
    sys.stdout.write(SAID[language]["written"].format(out=out, rows=rows) + "\n")


def _streamed(headings: Sequence[str], batches: Iterable[Any], out: Path, *, is_csv: bool) -> int:
    import pyarrow as pa  # noqa: PLC0415 (only when asked for)
    import pyarrow.csv as arrow_csv  # noqa: PLC0415 (only when asked for)
    import pyarrow.parquet as pq  # noqa: PLC0415 (only when asked for)

    count, writer = 0, None
    with _draft(out).open("wb") as file:
        if is_csv:
            file.write(b"\xef\xbb\xbf")
        for batch in batches:
            table = pa.Table.from_batches([batch]).rename_columns(list(headings))
            if is_csv:
                column = table.column(0)
                is_formula = pa.compute.match_substring_regex(column, r"^[=+\-@\t\r]")
                quoted = pa.compute.binary_join_element_wise("'", column, "")
                safe = pa.compute.if_else(is_formula, quoted, column)
                table = table.set_column(0, headings[0], safe)
            if writer is None:
                make = arrow_csv.CSVWriter if is_csv else pq.ParquetWriter
                writer = make(file, table.schema)
            (writer.write if is_csv else writer.write_table)(table)
            count += table.num_rows
        if writer is not None:
            writer.close()
    _draft(out).replace(out)
    return count


def shown(headings: Sequence[str], rows: Sequence[Sequence[Any]], *, language: str) -> str:
    """Return a table in which columns stand straight, Chinese or not; the first rows of it."""
    cells = [[*headings], *([_text(cell) for cell in row] for row in rows[:MOST_SHOWN])]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(headings))]
    lines = [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in cells
    ]
    if len(rows) > MOST_SHOWN:
        lines.append(SAID[language]["more"].format(rows=len(rows) - MOST_SHOWN))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _text(cell: Any) -> str:
    if cell is None:
        return "—"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _safe(cell: Any) -> Any:
    """Return a cell that no program takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _csv(out: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with _draft(out).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([_safe(cell) for cell in row] for row in rows)
    _draft(out).replace(out)


def _excel(out: Path, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import xlsxwriter  # noqa: PLC0415 (only when asked for)

    if len(rows) > MOST_ROWS:
        raise InvalidInputError(f"共 {len(rows)} 行，一张表放不下，请写成 .csv 或 .parquet。")
    with xlsxwriter.Workbook(_draft(out), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for i, heading in enumerate(headings):
            sheet.write_string(0, i, heading, bold)
        for number, row in enumerate(rows, start=1):
            for i, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, i, cell)
                elif cell is not None:
                    sheet.write_string(number, i, str(cell))
    _draft(out).replace(out)


def _parquet(out: Path, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 (only when asked for)
    import pyarrow.parquet as pq  # noqa: PLC0415 (only when asked for)

    columns = list(zip(*rows, strict=True)) or [()] * len(headings)
    pq.write_table(pa.table(dict(zip(headings, map(list, columns), strict=True))), _draft(out))
    _draft(out).replace(out)


def _draft(out: Path) -> Path:
    return out.with_name(f".{out.name}.draft")
