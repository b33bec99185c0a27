"""How good a forecast by quantiles was."""

import numpy as np

from dianliang.engines.forecasting._model import LEVELS, Floats


def pinball(quantiles: Floats, came: Floats, *, levels: tuple[float, ...] = LEVELS) -> float:
    """Return the mean pinball loss of (levels, n) quantiles of n values that came.

    The proper score of quantiles (Koenker and Bassett 1978); NaN of what came does not count.
    """
    known = np.isfinite(came)
    off = came[known] - quantiles[:, known]
    level = np.array(levels)[:, None]
    return float(np.maximum(level * off, (level - 1) * off).mean())


def coverage(quantiles: Floats, came: Floats, *, least: int = 0, most: int = -1) -> float:
    """Return the share of what came that lies between two rows of quantiles."""
    known = np.isfinite(came)
    inside = (quantiles[least, known] <= came[known]) & (came[known] <= quantiles[most, known])
    return float(inside.mean())
