"""Bring new rows beside old ones: what is the same, what is new, what takes another's place."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.loading import METER, NO_DV, NO_W, Rows, batch_of, rows_of
from dianliang.integrations.curve_store._files import batches, slices

Flags = npt.NDArray[np.bool_]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The rows of an import that fall in one month, in the order of meter and day."""

    rows: Rows
    keys: npt.NDArray[np.int64]
    is_same: Flags

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> "Fresh":
        """Sort rows by meter and day, in arrays of their own.

        Raises:
            ValueError: a meter has two rows for one day.
        """
        meter = batch.column(METER)
        ranks = pa.compute.sort_indices(meter.dictionary).to_numpy()
        rank = np.empty(len(ranks), np.int64)
        rank[ranks] = np.arange(len(ranks))
        told = rows_of(batch)
        order = np.lexsort((told.day, rank[told.meter]))
        rows = Rows(
            numbers=told.numbers,
            meter=told.meter[order],
            day=told.day[order],
            power=told.power[order],
            voltage=told.voltage[order],
        )
        keys = _keys(rows, {number: i for i, number in enumerate(rows.numbers)})
        found = np.sort(keys)
        if (found[1:] == found[:-1]).any():
            raise ValueError("two rows for one meter and day")
        return cls(rows, keys, np.zeros(len(keys), bool))

    @property
    def digest(self) -> str:
        """Number the content: rows are in order, so the same rows have the same number."""
        digest = hashlib.sha256("\n".join(self.rows.numbers[i] for i in self.rows.meter).encode())
        for values in (self.rows.day, self.rows.power, self.rows.voltage):
            digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()

    @property
    def ends(self) -> tuple[date, date]:
        """Return the first and the last day."""
        days = self.rows.day
        return EPOCH + timedelta(days=int(days.min())), EPOCH + timedelta(days=int(days.max()))

    @property
    def kept(self) -> pa.RecordBatch:
        """Return the rows that are not there yet as they are."""
        new = ~self.is_same
        return batch_of(
            numbers=pa.array(self.rows.numbers, pa.string()),
            meter=self.rows.meter[new],
            day=self.rows.day[new],
            power=self.rows.power[new],
            voltage=self.rows.voltage[new],
        )


def told_something(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows in which at least one point was read."""
    rows = rows_of(batch)
    told = (rows.power != NO_W).any(axis=1) | (rows.voltage != NO_DV).any(axis=1)
    return batch if told.all() else batch.filter(pa.array(told))


def _keys(rows: Rows, place: dict[str, int]) -> npt.NDArray[np.int64]:
    """Number meter and day; −1 for a meter that has no place."""
    meters = np.array([place.get(number, -1) for number in rows.numbers], np.int64)[rows.meter]
    return np.where(meters < 0, -1, meters * 100_000 + rows.day)


def compare(fresh: Fresh, path: Path) -> Flags:
    """Find in a file the rows whose place is taken; mark in `fresh` those that are there already.

    A point that the import does not tell stays as it was: exports hold part of a day, or only one
    quantity. So a row of `fresh` is filled up first, then told from the one that it replaces.

    Raises:
        CurveStoreError: the file cannot be read.
    """
    order = np.argsort(fresh.keys)
    keys = fresh.keys[order]
    place = {number: i for i, number in enumerate(fresh.rows.numbers)}
    taken: list[Any] = [np.zeros(0, bool)]
    for batch in _all(path):
        old = rows_of(batch)
        found = _keys(old, place)
        at = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
        both = np.flatnonzero(keys[at] == found)
        mine = order[at[both]]
        equal = _fill(fresh.rows.power, mine, old.power[both], NO_W)
        equal &= _fill(fresh.rows.voltage, mine, old.voltage[both], NO_DV)
        fresh.is_same[mine[equal]] = True
        lost = np.zeros(batch.num_rows, bool)
        lost[both[~equal]] = True
        taken.append(lost)
    return np.concatenate(taken)


def _fill(values: Any, mine: Any, old: Any, nothing: int) -> Flags:
    """Take the old value where a row tells none; return which rows are then as the old ones."""
    new = values[mine]
    holes = (new == nothing) & (old != nothing)
    if holes.any():
        new = np.where(holes, old, new)
        values[mine] = new
    same: Flags = (new == old).all(axis=1)
    return same


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
