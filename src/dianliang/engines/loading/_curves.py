"""Readings of meters in columns: one row per meter and day, ninety-six quarter hours in each.

Whole watts and tenths of a volt, so that sums are exact in any order and on any machine. A point
that was not read holds a number that no meter can show; lists without nulls are read twice as fast.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints32 = npt.NDArray[np.int32]
Ints16 = npt.NDArray[np.int16]
Ints64 = npt.NDArray[np.int64]

POINTS = 96
"""Quarter hours of a day; point 0 is 00:00–00:15. China has no summer time: every day has all."""
MINUTES = 15
NO_W = int(np.iinfo(np.int32).min)
"""Stands where no power was read."""
NO_DV = int(np.iinfo(np.int16).min)
"""Stands where no voltage was read."""

METER, DAY, POWER, VOLTAGE = "meter", "day", "power_w", "voltage_dv"
SCHEMA = pa.schema(
    [
        pa.field(METER, pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field(DAY, pa.date32(), nullable=False),
        pa.field(POWER, pa.list_(pa.field("element", pa.int32(), nullable=False), POINTS), False),
        pa.field(VOLTAGE, pa.list_(pa.field("element", pa.int16(), nullable=False), POINTS), False),
    ],
    metadata={"points": "96 x 15 min from 00:00", "not_read": f"{POWER} {NO_W}, {VOLTAGE} {NO_DV}"},
)
"""What a batch of readings looks like, in memory and in files."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a batch as arrays: `meter` points into `numbers`, `day` counts from 1970."""

    numbers: list[str]
    meter: Ints32
    day: Ints32
    power: Ints32
    voltage: Ints16


def rows_of(batch: pa.RecordBatch) -> Rows:
    """Look at a batch without copying its readings.

    Raises:
        ValueError: a column is missing, is of another type, or has a hole.
    """
    meter = batch.column(METER)
    if not isinstance(meter, pa.DictionaryArray):
        meter = meter.dictionary_encode()
    for name in (POWER, VOLTAGE):
        if batch.column(name).type.list_size != POINTS or batch.column(name).null_count:
            raise ValueError(f"{name}: ninety-six values in each row are needed")
    return Rows(
        numbers=meter.dictionary.to_pylist(),
        meter=_plain(meter.indices).astype(np.int32, copy=False),
        day=_plain(batch.column(DAY).cast(pa.int32())),
        power=_plain(batch.column(POWER).flatten()).reshape(-1, POINTS),
        voltage=_plain(batch.column(VOLTAGE).flatten()).reshape(-1, POINTS),
    )


def batch_of(
    *, numbers: pa.Array, meter: Ints32, day: Ints32, power: Ints32, voltage: Ints16
) -> pa.RecordBatch:
    """Lay arrays out as a batch of `SCHEMA`; `meter` points into `numbers`."""
    columns: list[Any] = [
        pa.DictionaryArray.from_arrays(pa.array(meter, pa.int32()), numbers),
        pa.array(day, pa.int32()).cast(pa.date32()),
        pa.FixedSizeListArray.from_arrays(
            pa.array(power.ravel(), pa.int32()), type=SCHEMA.field(POWER).type
        ),
        pa.FixedSizeListArray.from_arrays(
            pa.array(voltage.ravel(), pa.int16()), type=SCHEMA.field(VOLTAGE).type
        ),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _plain(values: pa.Array) -> Any:
    return values.to_numpy(zero_copy_only=True)
