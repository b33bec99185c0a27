"""Bring new rows beside old ones: what is the same, what is new, what takes another's place."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.loading import DAY, METER, Rows, rows_of
from dianliang.integrations.curve_store._files import batches, slices

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fresh:
    """The rows of an import that fall in one month, in the order of meter and day."""

    batch: pa.RecordBatch
    rows: Rows
    keys: npt.NDArray[np.int64]
    is_same: Flags

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> "Fresh":
        """Sort rows by meter and day.

        Raises:
            ValueError: a meter has two rows for one day.
        """
        meter = batch.column(METER)
        ranks = pa.compute.sort_indices(meter.dictionary).to_numpy()
        rank = np.empty(len(ranks), np.int64)
        rank[ranks] = np.arange(len(ranks))
        day = batch.column(DAY).cast(pa.int32()).to_numpy()
        order = np.lexsort((day, rank[meter.indices.to_numpy()]))
        batch = batch.take(pa.array(order))
        rows = rows_of(batch)
        keys = _keys(rows, {number: i for i, number in enumerate(rows.numbers)})
        found = np.sort(keys)
        if (found[1:] == found[:-1]).any():
            raise ValueError("two rows for one meter and day")
        return cls(batch, rows, keys, np.zeros(len(keys), bool))

    @property
    def digest(self) -> str:
        """Number the content: rows are in order, so the same rows have the same number."""
        digest = hashlib.sha256("\n".join(self.rows.numbers[i] for i in self.rows.meter).encode())
        for values in (self.rows.day, self.rows.power, self.rows.voltage):
            digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()

    @property
    def kept(self) -> pa.RecordBatch:
        """Return the rows that are not there yet as they are."""
        return self.batch.filter(pa.array(~self.is_same))


def _keys(rows: Rows, place: dict[str, int]) -> npt.NDArray[np.int64]:
    """Number meter and day; −1 for a meter that has no place."""
    meters = np.array([place.get(number, -1) for number in rows.numbers], np.int64)[rows.meter]
    return np.where(meters < 0, -1, meters * 100_000 + rows.day)


def compare(fresh: Fresh, path: Path) -> Flags:
    """Find in a file the rows whose place is taken; mark in `fresh` those that are there already.

    Raises:
        CurveStoreError: the file cannot be read.
    """
    place = {number: i for i, number in enumerate(fresh.rows.numbers)}
    order = np.argsort(fresh.keys)
    keys = fresh.keys[order]
    taken: list[Any] = [np.zeros(0, bool)]
    for batch in _all(path):
        old = rows_of(batch)
        found = _keys(old, place)
        at = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
        both = np.flatnonzero(keys[at] == found)
        mine = order[at[both]]
        equal = (fresh.rows.power[mine] == old.power[both]).all(axis=1) & (
            fresh.rows.voltage[mine] == old.voltage[both]
        ).all(axis=1)
        fresh.is_same[mine[equal]] = True
        lost = np.zeros(batch.num_rows, bool)
        lost[both[~equal]] = True
        taken.append(lost)
    return np.concatenate(taken)


def picked(path: Path, flags: Flags) -> Iterator[pa.RecordBatch]:
    """Return the rows of a file that are flagged.

    Raises:
        CurveStoreError: the file cannot be read.
    """
    at = 0
    for batch in _all(path):
        yield batch.filter(pa.array(flags[at : at + batch.num_rows]))
        at += batch.num_rows


def _all(path: Path) -> Iterator[pa.RecordBatch]:
    for part in slices(path, groups=1):
        yield from batches(part)
