"""When a firm works, told from its own readings."""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.enterprise._model import POINTS, Bools, Floats, Ints, Ints32, Shape

RUNNING = 0.25
"""A firm runs where it draws more than its base and a quarter of the way to its usual top."""
FLAT = 1.25
"""A top below so many times the base is a load that never stops."""
USUAL = 0.5
NIGHT = np.r_[0 : 7 * 4, 22 * 4 : POINTS]


@dataclass(frozen=True, kw_only=True, eq=False)
class Hours:
    """Base and top in W, and the quarter hours (96,) in which the firm usually runs, by day."""

    base_w: float
    top_w: float
    workday: Bools
    rest_day: Bools

    @property
    def line_w(self) -> float:
        """Above this the firm runs."""
        return self.base_w + RUNNING * (self.top_w - self.base_w)

    def running(self, kinds: Ints) -> Bools:
        """Return for each day of a kind (D,) which of its quarter hours are usual: (D, 96)."""
        return np.where((kinds == 0)[:, None], self.workday, self.rest_day)


def hours_of(power_w: Ints32, kinds: Ints) -> Hours:
    """Tell when a firm runs from readings without gaps (D, 96).

    Base is the tenth, top the ninety-fifth percentile; a quarter hour is usual if on half of the
    days of its kind the firm draws more than the line between.
    """
    base, top = np.percentile(power_w, [10, 95])
    made = Hours(
        base_w=float(base),
        top_w=float(top),
        workday=np.ones(POINTS, np.bool_),
        rest_day=np.ones(POINTS, np.bool_),
    )
    if top < FLAT * base or top <= 0:
        return made
    runs = power_w > made.line_w
    usual = [
        runs[chosen].mean(axis=0) >= USUAL if chosen.any() else np.zeros(POINTS, np.bool_)
        for chosen in (kinds == 0, kinds > 0)
    ]
    return Hours(base_w=float(base), top_w=float(top), workday=usual[0], rest_day=usual[1])


def shape_of(hours: Hours) -> Shape:
    """Name the working day: how long, and whether mostly at night."""
    quarters = int(hours.workday.sum())
    if quarters >= 22 * 4:
        return Shape.CONTINUOUS
    if quarters < 4 * 4:
        return Shape.IRREGULAR
    if hours.workday[NIGHT].sum() > quarters / 2:
        return Shape.NIGHT
    return Shape.TWO_SHIFTS if quarters > 11 * 4 else Shape.ONE_SHIFT


def mean_kw(power_w: Ints32, chosen: Bools) -> Floats:
    """Return the mean day (96,) of some days, zero if there are none."""
    if not chosen.any():
        return np.zeros(POINTS)
    return np.asarray(power_w[chosen].mean(axis=0) / 1000.0, np.float64)
