"""A zone runs at least cost, within what physics and its meter allow."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.zone import (
    Battery,
    ErrorCode,
    Flexible,
    InvalidZoneError,
    Tariff,
    Zone,
    check,
    solve,
    validate,
    without_battery,
)

POINTS = 6
FACTOR = np.full(POINTS, 0.5)


def profiles(low, high):
    return st.lists(st.integers(low, high), min_size=POINTS, max_size=POINTS).map(
        lambda values: np.array(values, float)
    )


@st.composite
def zones(draw):
    flexible = []
    for n in range(draw(st.integers(0, 2))):
        first = draw(st.integers(0, POINTS - 1))
        end = draw(st.integers(first + 1, POINTS))
        most = float(draw(st.integers(1, 20)))
        energy = most * (end - first) * draw(st.sampled_from([0, 0.3, 0.5, 1]))
        flexible.append(Flexible(id=f"F{n}", first=first, end=end, energy_kwh=energy, most_kw=most))
    battery = Battery(
        power_kw=float(draw(st.integers(0, 30))),
        energy_kwh=float(draw(st.integers(0, 60))),
        efficiency=draw(st.sampled_from([0.7, 0.9, 1])),
        wear_cny_per_kwh=draw(st.sampled_from([0, 0.02])),
    )
    return Zone(
        load_kw=draw(profiles(0, 50)),
        sun_kw=draw(profiles(0, 80)),
        month=np.array([0] * 3 + [1] * 3),
        battery=draw(st.none() | st.just(battery)),
        flexible=tuple(flexible),
        most_import_kw=500.0,
        most_export_kw=float(draw(st.integers(0, 60))),
        converter=draw(st.sampled_from([0.95, 1])),
        peaks_kw=draw(st.sampled_from([(), (20.0, 0.0)])),
    )


@st.composite
def tariffs(draw, least=0):
    buy = draw(profiles(least, 9)) / 10
    return Tariff(
        buy_cny_per_kwh=buy,
        sell_cny_per_kwh=np.minimum(buy, draw(profiles(least, 9)) / 10),
        demand_cny_per_kw=draw(st.sampled_from([0.0, 2.0])),
    )


@settings(max_examples=150, deadline=None)
@given(zones(), tariffs(least=-2), st.sampled_from([0.0, 100.0]))
def test_flows_obey_physics_and_cost_no_more_than_doing_nothing(zone, tariff, price):
    schedule = solve(zone, tariff, carbon_kg_per_kwh=FACTOR, carbon_cny_per_t=price)
    told = schedule.balance

    assert check(zone, schedule.flows) == ()
    carbon = price / 1000
    plain = schedule.plain.cost_cny + schedule.plain.carbon_kg * carbon
    assert told.cost_cny + told.carbon_kg * carbon <= plain + 0.01
    assert told.consumed_kwh == pytest.approx(schedule.plain.consumed_kwh)
    lost_in_battery = told.import_kwh * zone.converter + told.sun_kwh - told.lost_sun_kwh
    lost_in_battery -= told.consumed_kwh + told.export_kwh / zone.converter
    assert lost_in_battery >= -0.01


@settings(max_examples=150, deadline=None)
@given(zones(), tariffs())
def test_more_patience_and_a_larger_battery_never_cost_more(zone, tariff):
    schedule = solve(zone, tariff, carbon_kg_per_kwh=FACTOR)
    bare = solve(without_battery(zone), tariff, carbon_kg_per_kwh=FACTOR)
    assert schedule.balance.cost_cny <= bare.balance.cost_cny + 0.01
    if zone.battery:
        more = replace(zone.battery, power_kw=zone.battery.power_kw + 1)
        larger = solve(replace(zone, battery=more), tariff, carbon_kg_per_kwh=FACTOR)
        saved = schedule.balance.cost_cny - larger.balance.cost_cny
        assert -0.01 <= saved <= schedule.worth_kw_cny + 0.01


def test_a_battery_does_the_best_that_trying_everything_finds():
    """Steps of 10 kW, no losses: all that a battery of 20 kWh can do in five hours is tried."""
    load, sun = np.array([10.0, 30, 0, 20, 40]), np.array([0.0, 0, 30, 10, 0])
    buy = np.array([0.3, 0.9, 0.5, 0.6, 1.1])
    battery = Battery(power_kw=20, energy_kwh=20, efficiency=1, wear_cny_per_kwh=0, begins_kwh=10)
    zone = Zone(
        load_kw=load,
        sun_kw=sun,
        month=np.zeros(5, int),
        battery=battery,
        most_import_kw=100,
        most_export_kw=100,
    )
    tariff = Tariff(buy_cny_per_kwh=buy, sell_cny_per_kwh=buy - 0.2, demand_cny_per_kw=0.35)
    best = np.inf
    for moves in product((-20, -10, 0, 10, 20), repeat=5):
        stored = 10 + np.cumsum(moves)
        if stored.min() < 0 or stored.max() > 20 or stored[-1] < 10:
            continue
        net = load - sun + np.array(moves)
        bought, sold = np.clip(net, 0, None), np.clip(-net, 0, None)
        best = min(best, bought @ buy - sold @ (buy - 0.2) + 0.35 * bought.max())

    schedule = solve(zone, tariff, carbon_kg_per_kwh=np.zeros(5))
    assert schedule.balance.cost_cny == pytest.approx(best, abs=0.02)
    assert schedule.saved_cny > 0


def test_cars_wait_for_the_sun_and_the_month_keeps_its_peak():
    """Seven cars that stand all day charge at noon for nothing, below what was drawn before."""
    hours = np.arange(24)
    sun = np.where((hours >= 10) & (hours < 15), 60.0, 0.0)
    cars = tuple(
        Flexible(id=f"car {n}", first=8, end=18, energy_kwh=30, most_kw=7) for n in range(7)
    )
    zone = Zone(
        load_kw=np.full(24, 10.0),
        sun_kw=sun,
        month=np.zeros(24, int),
        flexible=cars,
        most_import_kw=100,
        most_export_kw=0,
        peaks_kw=(25.0,),
    )
    tariff = Tariff(
        buy_cny_per_kwh=np.full(24, 0.7),
        sell_cny_per_kwh=np.zeros(24),
        demand_cny_per_kw=40,
    )
    schedule = solve(zone, tariff, carbon_kg_per_kwh=np.full(24, 0.5))

    assert schedule.balance.import_kwh == pytest.approx(190)
    assert schedule.balance.peaks_kw == (25.0,)
    assert schedule.balance.lost_sun_kwh == pytest.approx(300 - 50 - 210)
    assert schedule.avoided_kg == pytest.approx(0.5 * (schedule.plain.import_kwh - 190))
    assert schedule.plain.peaks_kw[0] == pytest.approx(59)
    assert schedule.balance.self_use == pytest.approx(260 / 300)


def test_all_that_is_wrong_is_told_at_once():
    nan = np.array([1.0, np.nan])
    zone = Zone(
        load_kw=nan,
        sun_kw=np.zeros(3),
        month=np.zeros(3, int),
        battery=Battery(power_kw=-1, energy_kwh=5, efficiency=2, begins_kwh=9),
        flexible=(Flexible(id="车", first=0, end=2, energy_kwh=99, most_kw=1),) * 2,
        most_import_kw=-1,
        most_export_kw=0,
    )
    tariff = Tariff(buy_cny_per_kwh=np.zeros(2), sell_cny_per_kwh=np.ones(2))
    words = [error.words for error in validate(zone, tariff, np.zeros(2))]

    assert any("负荷的第 2 个点" in each for each in words)
    assert any("光伏应有 2 个点" in each for each in words)
    assert any("用不完 99 千瓦时" in each for each in words)
    sold_dear = replace(zone, load_kw=np.ones(2), sun_kw=np.ones(2))
    codes = {error.code for error in validate(sold_dear, tariff, np.zeros(2))}
    assert ErrorCode.BAD_TARIFF in codes
    starved = Zone(
        load_kw=np.full(2, 50.0),
        sun_kw=np.zeros(2),
        month=np.zeros(2, int),
        most_import_kw=10,
        most_export_kw=0,
    )
    flat = Tariff(buy_cny_per_kwh=np.ones(2), sell_cny_per_kwh=np.zeros(2))
    with pytest.raises(InvalidZoneError, match="购电上限 10 千瓦不够"):
        solve(starved, flat, carbon_kg_per_kwh=np.zeros(2))


@pytest.mark.parametrize("number", [-1.0, float("nan"), float("inf")])
def test_numbers_that_no_zone_has_are_refused(number):
    zone = Zone(
        load_kw=np.ones(2),
        sun_kw=np.ones(2),
        month=np.zeros(2, int),
        battery=Battery(power_kw=1, energy_kwh=1),
        most_import_kw=10,
        most_export_kw=0,
        peaks_kw=(1.0,),
    )
    tariff = Tariff(buy_cny_per_kwh=np.ones(2), sell_cny_per_kwh=np.zeros(2))
    worn = replace(zone, battery=Battery(power_kw=1, energy_kwh=1, wear_cny_per_kwh=number))
    far = replace(zone, month=np.array([0, 10**9]))

    assert validate(zone, tariff, np.zeros(2)) == ()
    assert validate(zone, replace(tariff, demand_cny_per_kw=number), np.zeros(2))
    for broken in (worn, far, replace(zone, peaks_kw=(number,))):
        assert validate(broken, tariff, np.zeros(2))
