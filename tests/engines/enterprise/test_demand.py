"""The cheapest lawful way to pay for demand, against every way there is."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.enterprise import Way, cheapest_ways, now_cny
from dianliang.engines.tariffs import Terms, bills, schedule
from dianliang.engines.tariffs import Way as BillWay
from tests.engines.enterprise.examples import firm, market
from tests.engines.tariffs.examples import days_of, flat, tariff

months = st.integers(3, 7).flatmap(lambda n: st.lists(st.integers(0, 400), min_size=n, max_size=n))


def short_market(n):
    return market(demand=np.full(n, 40.0), capacity=np.full(n, 30.0))


def brute_force(demands, kva):
    """Try every way of every month, every contract of a fine grid, and keep what is lawful."""
    n, best = len(demands), float("inf")
    contracts = sorted({max(d / 1.05, 0.4 * kva) for d in demands} | set(range(0, 401, 5)))
    for cuts in product([False, True], repeat=n - 1):
        edges = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), n]
        parts = list(pairwise(edges))
        if any(b - a < 3 for a, b in parts):
            continue
        total = 0.0
        for a, b in parts:
            block = demands[a:b]
            by_contract = min(
                sum(max(c, 0.4 * kva) + 2 * max(0, d - 1.05 * max(c, 0.4 * kva)) for d in block)
                for c in contracts
            )
            total += min(40 * by_contract, 40 * sum(block), 30 * kva * len(block))
        best = min(best, total)
    return best


@given(demands=months, kva=st.sampled_from([100.0, 315.0, 500.0]))
@settings(deadline=None, max_examples=40)
def test_nothing_lawful_is_cheaper(demands, kva):
    found = cheapest_ways(
        firm(capacity_kva=kva),
        most_kw=np.array(demands, float),
        kwh=np.zeros(len(demands)),
        market=short_market(len(demands)),
    )

    assert sum(one.cny for one in found) == pytest.approx(brute_force(demands, kva))
    assert all(one.end - one.first >= 3 for one in found)
    assert [one.first for one in found[1:]] == [one.end for one in found[:-1]]


def test_a_firm_that_fills_its_transformer_pays_by_capacity():
    found = cheapest_ways(firm(), most_kw=np.full(12, 400.0), kwh=np.zeros(12), market=market())

    assert [(one.way, one.cny) for one in found] == [(Way.CAPACITY, 400 * 30 * 12)]


def test_a_season_is_paid_in_its_own_way():
    most = np.array([400.0] * 6 + [100.0] * 6)
    found = cheapest_ways(firm(), most_kw=most, kwh=np.zeros(12), market=market())

    assert [(one.first, one.end, one.way) for one in found] == [
        (0, 6, Way.CAPACITY),
        (6, 12, Way.ACTUAL),
    ]


@pytest.mark.parametrize("way", ["capacity", "contract", "actual"])
@pytest.mark.parametrize("kva", [200.0, 300.0])
def test_what_is_paid_now_is_what_the_bill_says(way, kva):
    from datetime import date

    days = days_of(date(2025, 1, 1), date(2025, 1, 31))
    laid = schedule([tariff()], code="DEMO-10KV", days=days, kinds=[0] * 31)
    terms = Terms(way=BillWay(way), capacity_kva=kva, contract_kw=90.0)
    bill = bills(power_w=flat(100, days), schedule=laid, terms=[terms])
    now = now_cny(
        firm(way=Way(way), capacity_kva=kva, contract_kw=90.0),
        most_kw=bill.most_kw[0],
        kwh=bill.kwh[0],
        market=market(demand=np.array([40.0]), capacity=np.array([30.0])),
    )

    np.testing.assert_allclose(now, bill.basic_cny[0])
