"""How much could move from dear to cheap hours without working at other times."""

from typing import Any

import numpy as np

from dianliang.engines.enterprise._filling import compiled
from dianliang.engines.enterprise._hours import Hours
from dianliang.engines.enterprise._model import KWH, POINTS, Floats, Ints32, Market

PERIODS = 5


@compiled
def _move(
    power: Any, usual: Any, period: Any, price: Any, cap: Any, base: float, share: float, out: Any
) -> None:
    """Move within each day, dearest first to cheapest; exact, as only periods' sums count."""
    for d in range(power.shape[0]):
        can, room = np.zeros(PERIODS), np.zeros(PERIODS)
        cost = np.zeros(PERIODS)
        for j in range(POINTS):
            p = period[d, j]
            cost[p] = price[d, j]
            if usual[d, j]:
                can[p] += share * max(0.0, power[d, j] - base)
                room[p] += max(0.0, cap[d] - power[d, j])
        for s in range(PERIODS):
            for t in range(PERIODS - 1, s, -1):
                gain = cost[s] - cost[t]
                if gain > 0 and cost[t] > 0:
                    moved = min(can[s], room[t])
                    can[s], room[t] = can[s] - moved, room[t] - moved
                    out[d, 0] += moved
                    out[d, 1] += moved * gain


def shifted(
    power_w: Ints32, *, hours: Hours, market: Market, month_most_w: Floats, share: float
) -> tuple[Floats, Floats]:
    """Return kWh moved and CNY saved on each day (D,), if `share` of the load above base can wait.

    Only quarter hours in which the firm usually runs give or take, and none goes beyond the
    month's greatest power, so that demand costs no more.
    """
    out = np.zeros((power_w.shape[0], 2))
    _move(
        power_w,
        hours.running(market.kinds),
        market.period,
        market.price,
        month_most_w[market.month],
        hours.base_w,
        share,
        out,
    )
    return out[:, 0] / KWH, out[:, 1] / KWH
