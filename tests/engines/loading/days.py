"""Readings for tests, made of plain arrays."""

from datetime import date

import numpy as np
import pyarrow as pa

from dianliang.engines.loading import NO_DV, POINTS, batch_of

FIRST_ON = date(2026, 6, 30)
FIRST = (FIRST_ON - date(1970, 1, 1)).days


def readings(power, voltage=None, *, first=FIRST):
    """Return a batch: `power` by meter, day and point; meters are called M0, M1 …"""
    power = np.asarray(power, np.int32)
    meters, days, _ = power.shape
    if voltage is None:
        voltage = np.full(power.shape, NO_DV)
    return batch_of(
        numbers=pa.array([f"M{i}" for i in range(meters)]),
        meter=np.repeat(np.arange(meters, dtype=np.int32), days),
        day=np.tile(np.arange(first, first + days, dtype=np.int32), meters),
        power=power.reshape(-1, POINTS),
        voltage=np.asarray(voltage, np.int16).reshape(-1, POINTS),
    )
