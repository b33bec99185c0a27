"""What transformers carried in some days: a row each in one file, found without the rest."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dianliang.engines.loading import Carried, Span
from dianliang.integrations.curve_store._files import naming

Ints16 = npt.NDArray[np.int16]
GROUP_ROWS = 64
"""Few rows are packed together, so that one transformer costs one small read."""
ROWS = pa.schema(
    [
        pa.field("number", pa.string(), False),
        pa.field("from_on", pa.date32(), False),
        pa.field("load_w", pa.list_(pa.int32()), False),
        pa.field("thrice_w", pa.list_(pa.int32())),
        pa.field("least_dv", pa.list_(pa.int16()), False),
        pa.field("most_dv", pa.list_(pa.int16()), False),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """What a transformer carried, and the least and greatest voltage of its meters on each day.

    Voltages are tenths of a volt, `NO_DV` where none was read.
    """

    carried: Carried
    least_dv: Ints16
    most_dv: Ints16


def keep_carried(path: Path, rows: Iterable[Kept]) -> None:
    """Write a file of rows, whole or not at all; they must come in the order of their numbers.

    Raises:
        CurveStoreError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    waiting = iter(rows)
    with naming(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with pq.ParquetWriter(draft, ROWS, compression="zstd") as writer:
                while group := [_packed(row) for row in islice(waiting, GROUP_ROWS)]:
                    writer.write_table(pa.Table.from_pylist(group, ROWS))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def read_carried(path: Path, numbers: Collection[str]) -> dict[str, Kept]:
    """Return the rows of some transformers by number; those that are not there are left out.

    Raises:
        CurveStoreError: the file is damaged or gone.
    """
    with naming(path):
        found = pq.read_table(path, filters=[("number", "in", sorted(numbers))])
    return {row["number"]: _kept(row) for row in found.to_pylist()}


def _packed(row: Kept) -> dict[str, object]:
    told = row.carried
    return {
        "number": told.number,
        "from_on": told.span.from_on,
        "load_w": told.load_w.astype(np.int32),
        "thrice_w": None if told.thrice_w is None else told.thrice_w.ravel().astype(np.int32),
        "least_dv": row.least_dv,
        "most_dv": row.most_dv,
    }


def _kept(row: dict[str, object]) -> Kept:
    least = np.array(row["least_dv"], np.int16)
    first = row["from_on"]
    thrice = row["thrice_w"]
    return Kept(
        carried=Carried(
            number=str(row["number"]),
            span=Span(first, first + timedelta(days=len(least))),  # type: ignore[arg-type, operator]  # a date
            load_w=np.array(row["load_w"], np.int64),
            thrice_w=None if thrice is None else np.array(thrice, np.int64).reshape(3, -1),
        ),
        least_dv=least,
        most_dv=np.array(row["most_dv"], np.int16),
    )
