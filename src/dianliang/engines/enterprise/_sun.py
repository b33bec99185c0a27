"""How much sun a firm would use itself, and the largest roof that does not mostly feed in."""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.enterprise._model import Firm, Floats, Market, Sun


@dataclass(frozen=True, slots=True, kw_only=True)
class SunFit:
    """A size and what it would give in the days analysed."""

    kwp: float
    kwh: float
    self_kwh: float
    cny: float

    @property
    def self_share(self) -> float:
        """Share of the sun's energy that the firm uses itself."""
        return self.self_kwh / self.kwh if self.kwh else 0.0


def sun_fit(kw: Floats, *, firm: Firm, market: Market, sun: Sun) -> SunFit | None:
    """Return the largest size with enough self-use, within roof and transformer.

    `kw` (D, 96) is the firm's load. The share falls as the size grows: bisection, to 0.1 %.
    """
    most = min(firm.capacity_kva, firm.roof_kwp if firm.roof_kwp is not None else np.inf)
    shine = sun.kw_per_kwp > 0
    load, gain, price = kw[shine], sun.kw_per_kwp[shine], market.price[shine]
    if most <= 0 or not gain.size:
        return None
    low, high = 0.0, float(most)
    if _share(high, load, gain) >= sun.least_self_use:
        low = high
    while high - low > 1e-3 * most:
        middle = (low + high) / 2
        if _share(middle, load, gain) >= sun.least_self_use:
            low = middle
        else:
            high = middle
    return valued(low, load, gain, price, sun.feed_in_cny_kwh) if low > 0 else None


def valued(kwp: float, load: Floats, gain: Floats, price: Floats, feed_in: float) -> SunFit:
    """Return what a size gives: what is used itself at its price, the rest fed in."""
    made = kwp * gain
    used = np.minimum(load, made)
    cny = (used * price).sum() + (made - used).sum() * feed_in
    return SunFit(
        kwp=kwp, kwh=float(made.sum() / 4), self_kwh=float(used.sum() / 4), cny=float(cny / 4)
    )


def _share(kwp: float, load: Floats, gain: Floats) -> float:
    made = kwp * gain
    return float(np.minimum(load, made).sum() / made.sum())
