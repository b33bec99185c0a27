"""What measures take off a load, where that is not simply a customer's own load."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.relief._judging import HOURS_A_POINT
from dianliang.engines.relief._model import Profile

HALVINGS = 40


def balance_relief(phases_kw: NDArray[np.float64], *, left: float = 0.1) -> Profile:
    """Return what balancing the three phases takes off a transformer that its worst phase fills.

    `phases_kw` has the shape (3, points). A transformer is as full as three times its worst phase;
    after balancing the worst phase is still `left` above the mean of the three. Nothing is taken
    off where phases are already that even.

    Raises:
        ValueError: there are not three phases of numbers, or `left` is negative.
    """
    if phases_kw.ndim != 2 or phases_kw.shape[0] != 3 or not 0 <= left < np.inf:
        raise ValueError("three phases, and a share of imbalance that is not negative")
    if not np.isfinite(phases_kw).all():
        raise ValueError("loads are numbers")
    as_full_kw = 3 * phases_kw.max(axis=0)
    relief: Profile = np.clip(as_full_kw - phases_kw.sum(axis=0) * (1 + left), 0, None)
    return relief


def storage_relief(
    loads_kw: Profile,
    *,
    power_kw: float,
    energy_kwh: float,
    efficiency: float = 0.9,
    begins: tuple[int, ...] = (0,),
) -> Profile:
    """Return what a battery takes off a load that it keeps as low as it can, stretch by stretch.

    It begins each stretch full, gives off what lies above a level and charges below it; the level
    is the lowest that it can hold (found by halving). Charging takes 1/`efficiency` of what is
    given off (round trip) and shows as negative relief, never above the level.

    Raises:
        ValueError: power or energy is negative, the efficiency is not in (0, 1], or a load is no
            number.
    """
    is_sound = 0 <= power_kw < np.inf and 0 <= energy_kwh < np.inf and 0 < efficiency <= 1
    if not is_sound or not np.isfinite(loads_kw).all():
        raise ValueError("power and energy are not negative, efficiency lies in (0, 1]")
    edges = [*sorted(begins), len(loads_kw)]
    parts = [
        _held(loads_kw[begin:end], power_kw, energy_kwh, efficiency)
        for begin, end in pairwise(edges)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def _held(loads_kw: Profile, power_kw: float, energy_kwh: float, efficiency: float) -> Profile:
    """Return the relief at the lowest level that the battery can hold."""
    if not loads_kw.size:
        return loads_kw
    low, high = float(loads_kw.max()) - power_kw, float(loads_kw.max())
    best = np.zeros_like(loads_kw)
    for _ in range(HALVINGS):
        level = (low + high) / 2
        relief = _at_level(loads_kw, level, power_kw, energy_kwh, efficiency)
        if relief is None:
            low = level
        else:
            high, best = level, relief
    return best


def _at_level(
    loads_kw: Profile, level: float, power_kw: float, energy_kwh: float, efficiency: float
) -> Profile | None:
    """Return the relief that holds a level, None if the battery runs empty before."""
    stored, relief = energy_kwh, np.zeros_like(loads_kw)
    for point, load in enumerate(loads_kw):
        if load > level:
            given = float(load - level)
            stored -= given * HOURS_A_POINT
            if stored < 0 or given > power_kw:
                return None
            relief[point] = given
        else:
            room_kw = (energy_kwh - stored) / HOURS_A_POINT / efficiency
            taken = min(power_kw, float(level - load), room_kw)
            stored += taken * HOURS_A_POINT * efficiency
            relief[point] = -taken
    return relief
