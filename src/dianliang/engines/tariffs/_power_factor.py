"""The adjustment of a bill for its power factor (功率因数调整电费).

Table of the notice 水电财字〔1983〕215号, standards 0.90, 0.85 and 0.80. The factor is rounded to
hundredths, half up; each hundredth below the standard adds 0.5 % down to twenty hundredths below,
then 1 % for five, then 2 %; above it takes off by the steps printed there, up to a limit.
"""

from collections.abc import Mapping

import numpy as np

from dianliang.engines.tariffs._model import Floats

STANDARDS = (0.90, 0.85, 0.80)
_REBATES: Mapping[int, tuple[float, ...]] = {
    90: (0.15, 0.30, 0.45, 0.60, 0.75),
    85: (0.10, 0.20, 0.30, 0.40, 0.50, 0.65, 0.80, 0.95, 1.10),
    80: (0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90, 1.00, 1.15, 1.30),
}
"""Percent off for each hundredth above the standard; the last holds up to 1."""
SMALL, MIDDLE = 20, 5


def power_factor(*, kwh: Floats, kvarh: Floats) -> Floats:
    """Return the average power factor of months; NaN where nothing was used or read."""
    apparent = np.hypot(kwh, kvarh)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(apparent > 0, kwh / apparent, np.nan)


def adjustment_rate(*, factor: Floats, standard: float) -> Floats:
    """Return what is added to a bill as a share of it, less than zero for a rebate; 0 for NaN.

    Raises:
        ValueError: the notice has no table for such a standard.
    """
    table = _table(standard)
    with np.errstate(invalid="ignore"):
        hundredths = np.clip(np.floor(np.nan_to_num(factor) * 100 + 0.5 + 1e-9), 0, 100)
    return np.where(np.isnan(factor), 0.0, table[hundredths.astype(np.int64)])


def best_factor(standard: float) -> float:
    """Return the least power factor that earns the whole rebate."""
    at = round(standard * 100)
    return (at + len(_REBATES[at])) / 100


def _table(standard: float) -> Floats:
    at = round(standard * 100)
    if at not in _REBATES:
        raise ValueError(f"no table for a standard of {standard}")
    table = np.empty(101)
    for hundredth in range(101):
        below = at - hundredth
        if below > 0:
            middle = max(0, min(below - SMALL, MIDDLE))
            steep = max(0, below - SMALL - MIDDLE)
            table[hundredth] = 0.5 * min(below, SMALL) + middle + 2.0 * steep
        else:
            off = _REBATES[at]
            table[hundredth] = -off[min(-below, len(off)) - 1] if below else 0.0
    return table / 100
