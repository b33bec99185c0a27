"""What a baseline is asked that it never saw: seasons, temperatures, kinds of days."""

import numpy as np

from dianliang.engines.measurement._days import HOLIDAY, Weather
from dianliang.engines.measurement._findings import Code, Finding, found

UNSEEN = 0.1
"""More of the reporting period than this outside what the baseline saw refuses an interval."""
FEWEST_IN_MONTH = 10
MARGIN_C = 2.0


def unseen(base: Weather, asked: Weather) -> tuple[Finding, ...]:
    """Return what of the asked days or hours the base period never saw: the same for all meters.

    A month was seen when the base holds ten days of it or more, in whichever year.
    """
    days = np.unique(base.times.astype("datetime64[D]"))
    seen, counts = np.unique(days.astype("datetime64[M]").astype(int) % 12, return_counts=True)
    often = seen[counts >= FEWEST_IN_MONTH]
    month = asked.times.astype("datetime64[M]").astype(int) % 12
    warm, known = asked.temperature_c, base.temperature_c
    outside = (warm < known.min() - MARGIN_C) | (warm > known.max() + MARGIN_C)
    new_kind = (asked.kinds >= HOLIDAY) & ~np.isin(asked.kinds, base.kinds)
    shares = {
        Code.SEASON_UNSEEN: float((~np.isin(month, often)).mean()),
        Code.TEMPERATURE_UNSEEN: float(outside.mean()),
        Code.KIND_UNSEEN: float(new_kind.mean()),
    }
    return tuple(found(code, share=share) for code, share in shares.items() if share > UNSEEN)
