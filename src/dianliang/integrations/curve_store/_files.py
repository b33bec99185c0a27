"""Files of readings: integers as differences, packed; the smallest that was measured."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dianliang.engines.loading import DAY, METER, POWER, SCHEMA, VOLTAGE
from dianliang.integrations.curve_store._parts import CurveStoreError

GROUP_ROWS = 40_000
"""Rows that are packed together: 23 MB in memory."""
BATCH_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A stretch of a file that can be worked on by itself."""

    path: str
    first_group: int
    end_group: int
    rows: int


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Say which file it is that cannot be read or written.

    Raises:
        CurveStoreError: the system or Arrow refused.
    """
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        words = getattr(error, "strerror", None) or error
        raise CurveStoreError(
            f"曲线文件 {path} 读写失败：{words}。请检查磁盘，或从备份恢复。"
        ) from error


def write(path: Path, batches: Iterable[pa.RecordBatch]) -> int:
    """Write a file under a draft name, then give it its own; return how many rows it has.

    Raises:
        CurveStoreError: it cannot be written; nothing is left.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    rows = 0
    try:
        with naming(path), draft.open("wb") as file:
            with pq.ParquetWriter(
                file,
                SCHEMA,
                compression="zstd",
                use_dictionary=[METER],
                column_encoding={
                    DAY: "DELTA_BINARY_PACKED",
                    f"{POWER}.list.element": "DELTA_BINARY_PACKED",
                    f"{VOLTAGE}.list.element": "DELTA_BINARY_PACKED",
                },
            ) as writer:
                for batch in _even(batches):
                    writer.write_table(_compact(batch), row_group_size=GROUP_ROWS)
                    rows += batch.num_rows
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return rows


def _even(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Gather small batches and part large ones, so that groups are of one size."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            piece = batch.slice(start, GROUP_ROWS - count)
            held.append(piece)
            start, count = start + piece.num_rows, count + piece.num_rows
            if count == GROUP_ROWS:
                yield pa.Table.from_batches(held)
                held, count = [], 0
    if held:
        yield pa.Table.from_batches(held)


def _compact(table: pa.Table) -> pa.Table:
    """Leave in a group's dictionary only the meters that it has: readers unpack all of them."""
    meter = table.column(METER).cast(pa.string()).combine_chunks().dictionary_encode()
    place = table.schema.get_field_index(METER)
    return table.set_column(place, SCHEMA.field(METER), meter)


def slices(path: Path, *, groups: int) -> list[Slice]:
    """Cut a file into stretches of so many groups.

    Raises:
        CurveStoreError: it cannot be read.
    """
    with naming(path):
        meta = pq.read_metadata(path)
    cut = range(0, meta.num_row_groups, groups)
    ends = [min(first + groups, meta.num_row_groups) for first in cut]
    return [
        Slice(
            path=str(path),
            first_group=first,
            end_group=end,
            rows=sum(meta.row_group(group).num_rows for group in range(first, end)),
        )
        for first, end in zip(cut, ends, strict=True)
    ]


def batches(part: Slice, *, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Read a stretch, a batch at a time.

    Raises:
        CurveStoreError: it cannot be read, or is not of our making.
    """
    path = Path(part.path)
    with naming(path), pq.ParquetFile(path, read_dictionary=[METER]) as file:
        if file.schema_arrow.names != SCHEMA.names:
            raise CurveStoreError(f"{path} 不是点亮写的曲线文件。")
        groups = range(part.first_group, part.end_group)
        yield from file.iter_batches(
            BATCH_ROWS, row_groups=groups, columns=columns, use_threads=False
        )
