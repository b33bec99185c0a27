"""The cheapest way to pay for demand in some months, exactly.

As understood: a firm chooses capacity, contract demand or actual demand and keeps to it for
`choice_months` at least (发改办价格〔2016〕1583号, 发改价格〔2018〕500号); a contract counts as at
least `floor_share` of the capacity, what the demand exceeds `over_share` of it is charged
`over_times` on top; from `load_kwh_kva` a month on demand costs `load_factor` of its price
(发改价格〔2023〕526号). Hindsight: the months' demands are known.
"""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.enterprise._model import Firm, Floats, Market, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Months from one to before another that are paid in one way."""

    first: int
    end: int
    way: Way
    contract_kw: float | None
    cny: float


def contract_kw_charged(
    most_kw: Floats, contract_kw: Floats, *, capacity_kva: float, market: Market
) -> Floats:
    """Return the kW that are charged for months (M,) under contracts (C,): (C, M)."""
    agreed = np.maximum(contract_kw, market.floor_share * capacity_kva)[:, None]
    over = np.maximum(0.0, most_kw - market.over_share * agreed)
    charged: Floats = agreed + market.over_times * over
    return charged


def demand_price(kwh: Floats, *, capacity_kva: float, market: Market) -> Floats:
    """Return CNY a kW of each month (M,), less where the capacity is well used."""
    is_full = kwh >= market.load_kwh_kva * capacity_kva
    share: Floats = np.where(is_full & (capacity_kva > 0), market.load_factor, 1.0)
    price: Floats = market.demand * share
    return price


def now_cny(firm: Firm, *, most_kw: Floats, kwh: Floats, market: Market) -> Floats:
    """Return what the firm pays for demand in each month as things are: (M,)."""
    if firm.way is Way.NONE:
        return np.zeros(len(most_kw))
    if firm.way is Way.CAPACITY:
        return firm.capacity_kva * market.capacity
    price = demand_price(kwh, capacity_kva=firm.capacity_kva, market=market)
    if firm.way is Way.ACTUAL:
        return most_kw * price
    agreed = np.array([firm.contract_kw or 0.0])
    charged = contract_kw_charged(most_kw, agreed, capacity_kva=firm.capacity_kva, market=market)
    paid: Floats = charged[0] * price
    return paid


def cheapest_ways(
    firm: Firm, *, most_kw: Floats, kwh: Floats, market: Market
) -> tuple[Stretch, ...]:
    """Return the stretches that cost least together; each keeps to the choice period.

    Exact: in a stretch the cost of a contract is convex and piecewise linear with its corners
    where a month's demand is just `over_share` of it, so one of those is best; the stretches are
    put together by dynamic programming. Cost: O(months⁴), 1 ms for a year.
    """
    months = len(most_kw)
    price = demand_price(kwh, capacity_kva=firm.capacity_kva, market=market)
    floor = market.floor_share * firm.capacity_kva
    corners = np.unique(np.maximum(most_kw / market.over_share, floor))
    by_contract = np.zeros((len(corners), months + 1))
    by_contract[:, 1:] = np.cumsum(
        price
        * contract_kw_charged(most_kw, corners, capacity_kva=firm.capacity_kva, market=market),
        axis=1,
    )
    plain = {
        Way.CAPACITY: np.concatenate([[0.0], np.cumsum(firm.capacity_kva * market.capacity)]),
        Way.ACTUAL: np.concatenate([[0.0], np.cumsum(most_kw * price)]),
    }
    least = min(market.choice_months, months)
    nothing: tuple[float, tuple[Stretch, ...]] = (0.0, ())
    best: list[tuple[float, tuple[Stretch, ...]] | None] = [nothing, *[None] * months]
    for end in range(least, months + 1):
        for first in range(end - least + 1):
            before = best[first]
            if before is None:
                continue
            stretch = _cheapest(first, end, plain, by_contract, corners)
            cost = before[0] + stretch.cny
            known = best[end]
            if known is None or cost < known[0] - 1e-9:
                best[end] = (cost, (*before[1], stretch))
    found = best[months]
    return found[1] if found else ()


def _cheapest(
    first: int, end: int, plain: dict[Way, Floats], by_contract: Floats, corners: Floats
) -> Stretch:
    costs = by_contract[:, end] - by_contract[:, first]
    at = int(costs.argmin())
    found = [(float(sums[end] - sums[first]), way, None) for way, sums in plain.items()] + [
        (float(costs[at]), Way.CONTRACT, float(corners[at]))
    ]
    cny, way, contract = min(found, key=lambda one: one[0])
    return Stretch(first=first, end=end, way=way, contract_kw=contract, cny=cny)


def plain_ways_cny(firm: Firm, *, most_kw: Floats, kwh: Floats, market: Market) -> dict[Way, float]:
    """Return what all months cost by each way that needs no forecast."""
    price = demand_price(kwh, capacity_kva=firm.capacity_kva, market=market)
    return {
        Way.CAPACITY: float((firm.capacity_kva * market.capacity).sum()),
        Way.ACTUAL: float((most_kw * price).sum()),
    }
