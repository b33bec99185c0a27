"""Add meters up to the load of their transformers, in pieces that can be put together."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from dianliang.engines.loading import _kernel
from dianliang.engines.loading._curves import POINTS, Ints16, Ints32, Ints64, rows_of
from dianliang.engines.loading._network import Network

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to before the last."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return (self.until_on - self.from_on).days

    @property
    def first(self) -> int:
        """Return the first day, counted from 1970 as Arrow counts."""
        return (self.from_on - EPOCH).days

    def on(self, point: int) -> date:
        """Return the day of a point that is counted from the span's begin."""
        return self.from_on + timedelta(days=point // POINTS)


@dataclass(frozen=True, slots=True)
class Loads:
    """Sums in watts by slot and point; how many meters told something by day, and what lacks."""

    network: Network
    span: Span
    load: Ints64
    read: Ints32
    missed: Ints16

    @classmethod
    def empty(cls, network: Network, span: Span) -> "Loads":
        """Return sums of nothing: 10 bytes for each slot and point."""
        n, points = len(network.slots), span.days * POINTS
        return cls(
            network,
            span,
            np.zeros((n, points), np.int64),
            np.zeros((n, span.days), np.int32),
            np.zeros((n, points), np.int16),
        )

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a batch of readings; days outside and meters that count nowhere are passed over."""
        rows = rows_of(batch)
        slot = self.network.slots_for(rows.numbers)[rows.meter]
        day = rows.day - np.int32(self.span.first)
        _kernel.add(rows.power, slot, day, self.load, self.read, self.missed)

    def packed(self) -> pa.RecordBatch:
        """Return the slots that something was added to, to be sent."""
        slots = np.flatnonzero(self.read.any(axis=1))
        columns: dict[str, Any] = {"slot": pa.array(slots, pa.int32())}
        for name in ("load", "read", "missed"):
            values = getattr(self, name)[slots]
            flat = pa.array(values.ravel())
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
        return pa.RecordBatch.from_pydict(columns)

    def merge(self, packed: pa.RecordBatch) -> None:
        """Add what others have added up for the same network and span.

        Raises:
            ValueError: it is of another span or another network.
        """
        slots = packed.column("slot").to_numpy()
        if slots.size and not 0 <= slots.min() <= slots.max() < len(self.network.slots):
            raise ValueError("sums of another network")
        for name in ("load", "read", "missed"):
            own, column = getattr(self, name), packed.column(name)
            if column.type.list_size != own.shape[1]:
                raise ValueError("sums of another span")
            own[slots] += column.flatten().to_numpy().reshape(-1, own.shape[1])

    def present(self, slots: slice) -> Ints64:
        """Return how many meters of these slots were read at each point."""
        rows = np.repeat(self.read[slots], POINTS, axis=1).astype(np.int64)
        counted: Ints64 = (rows - self.missed[slots]).sum(axis=0)
        return counted
