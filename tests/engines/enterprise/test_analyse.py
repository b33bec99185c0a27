"""Planted faults are found and priced; a firm without them hears nothing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.enterprise import (
    NO_W,
    Confidence,
    Kind,
    Options,
    Shape,
    Sun,
    Way,
    analyse,
    analyse_all,
)
from tests.engines.enterprise.examples import (
    KINDS,
    MONTH,
    PEAK,
    VALLEY,
    firm,
    kinds_of,
    market,
    shop,
)

MARKET = market()
NOBODY_SHIFTS = Options(shift_low=0.0, shift_high=0.0)


def look(power, *, options=NOBODY_SHIFTS, market=MARKET, **terms):
    return analyse(power_w=power, firm=firm(**terms), market=market, options=options)


def test_a_firm_without_faults_hears_nothing():
    found = look(shop(), way=Way.CONTRACT, contract_kw=200 / 1.05, standard=0.9)

    assert found.findings == ()
    assert found.shape is Shape.ONE_SHIFT
    assert found.base_kw == 20
    assert found.most_kw == 200
    assert found.kwh == pytest.approx(found.period_kwh.sum())


def test_who_pays_by_capacity_and_draws_half_of_it_is_told_the_difference():
    found = kinds_of(look(shop(), way=Way.CAPACITY, capacity_kva=400.0))

    basic = found[Kind.BASIC_CHARGE]
    assert basic.low_cny == pytest.approx(12 * (400 * 30 - 200 * 40))
    assert basic.high_cny == pytest.approx(12 * (400 * 30 - 200 / 1.05 * 40))
    assert basic.facts["plain_way"] == "actual"
    assert basic.points[0].kw == 200


def test_who_already_pays_the_plainest_way_hears_of_hindsight_as_such():
    found = kinds_of(look(shop(), way=Way.ACTUAL, capacity_kva=400.0))

    basic = found[Kind.BASIC_CHARGE]
    assert (basic.facts["plain_way"], basic.low_cny) == ("actual", 0)
    assert basic.high_cny > 0
    assert basic.confidence is Confidence.LOW


def test_what_is_fed_in_is_not_taken_off_what_is_drawn():
    power = shop()
    power[KINDS != 0, 40:60] = -50_000

    assert look(power).kwh == look(np.maximum(power, 0)).kwh


def test_a_poor_power_factor_is_priced_by_the_table_and_sized():
    power = shop()
    kwh = np.bincount(MONTH, power.sum(axis=1)) / 4000
    kvarh = tuple((kwh * np.sqrt(1 / 0.8**2 - 1)).tolist())
    found = kinds_of(look(power, standard=0.9, kvarh=kvarh))[Kind.POWER_FACTOR]

    energy = float((power * MARKET.price).sum() / 4000)
    rates = MARKET.rates[0.9]
    assert found.high_cny == pytest.approx(energy * (rates[80] + 0.0075))
    assert found.low_cny == pytest.approx(energy * rates[80])
    assert found.facts["target"] == 0.91
    running = 10 * (KINDS == 0)[MONTH == 0].sum()
    need = (kvarh[0] - kwh[0] * np.sqrt(1 / 0.91**2 - 1)) / running
    assert 0 <= found.facts["kvar"] - need < 20


def test_lights_left_on_after_a_day_in_june_are_found_and_dated():
    power = shop()
    power[170:, :32] += 15_000
    power[170:, 72:] += 15_000
    found = kinds_of(look(power))[Kind.STANDBY_STEP]

    assert abs((np.datetime64(found.facts["since"]) - np.datetime64("2025-06-20")).astype(int)) <= 3
    assert found.facts["after_kw"] - found.facts["before_kw"] == pytest.approx(15)
    nights = np.r_[0:32, 72:96]
    by_hand = 15 / 4 * MARKET.price[170:][KINDS[170:] == 0][:, nights].sum()
    assert found.high_cny == pytest.approx(by_hand, rel=0.01)


def test_nights_count_once_whether_as_step_or_as_spread():
    power = shop()
    power[170:, :32] += 15_000
    power[170:, 72:] += 15_000
    both = [one for one in look(power).findings if one.group == "standby"]

    assert len(both) == 2
    assert sum(one.is_counted for one in both) == 1
    assert [one.kind for one in both if one.is_counted] == [Kind.STANDBY_STEP]


def test_rest_days_with_the_machines_on_are_listed():
    power = shop()
    sundays = np.flatnonzero(KINDS == 1)[::10]
    power[sundays] += 100_000
    found = kinds_of(look(power))[Kind.REST_DAYS]

    assert found.facts["days"] == len(sundays)
    assert found.high_cny == pytest.approx(100 / 4 * MARKET.price[sundays].sum(), rel=1e-6)


def test_what_can_move_stays_within_hours_and_below_the_peak():
    everything = Options(shift_low=1.0, shift_high=1.0)
    assert Kind.SHIFT not in kinds_of(look(shop(), options=everything))

    power = shop()
    power[KINDS == 0, 44:52] = 100_000
    found = kinds_of(look(power, options=everything))[Kind.SHIFT]
    days = (KINDS == 0).sum()
    room = 8 * 100 / 4
    assert found.facts["high_kwh"] == pytest.approx(days * room)
    assert found.high_cny == pytest.approx(days * room * (1.2 - 0.3))


def test_a_reading_that_stands_for_two_days_is_doubted_not_priced():
    power = shop() + np.random.default_rng(1).integers(0, 500, (365, 96)).astype(np.int32)
    power[100:102] = 77_000
    found = kinds_of(look(power))[Kind.STUCK]

    assert found.facts["hours"] >= 48
    assert found.high_cny == 0
    assert not found.is_counted


def test_a_roof_is_as_large_as_the_firm_uses_most_of_and_stands_beside_the_total():
    gain = np.zeros((365, 96))
    gain[:, 32:64] = 0.5
    sun = Sun(kw_per_kwp=gain, cny_per_kwp=3000.0, feed_in_cny_kwh=0.4, least_self_use=0.75)
    found = look(shop(), options=replace(NOBODY_SHIFTS, sun=sun))
    fit = kinds_of(found)[Kind.SUN]

    assert fit.facts["self_share"] == pytest.approx(0.75, abs=0.01)
    assert fit.low_cny < fit.high_cny
    assert found.high_cny == 0
    small = look(shop(), options=replace(NOBODY_SHIFTS, sun=sun), roof_kwp=30.0)
    assert kinds_of(small)[Kind.SUN].facts["kwp"] == 30.0


def test_a_gap_takes_the_usual_and_is_told():
    power = shop()
    power[5, 40:60] = NO_W
    found = look(power)

    assert found.kwh == pytest.approx(shop().sum() / 4000)
    assert found.read_share == pytest.approx(1 - 20 / (365 * 96))
    assert found.worst_month_read == pytest.approx(1 - 20 / (31 * 96))


def test_a_firm_without_readings_does_not_stop_the_others():
    power = np.stack([shop(), np.full((365, 96), NO_W, np.int32)])
    found = analyse_all(power_w=power, firms=[firm(), firm(number="QY-2")], market=MARKET)

    assert found[1] is None
    assert found[0] is not None
    with pytest.raises(ValueError, match="no reading"):
        look(power[1])
    with pytest.raises(ValueError, match="differ"):
        look(shop()[:-1])


@st.composite
def years(draw):
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    power = shop(work_kw=float(rng.integers(50, 300)), base_kw=float(rng.integers(1, 40)))
    power = (power * rng.uniform(0.6, 1.4, (365, 1)) * rng.uniform(0.9, 1.1, (365, 96))).astype(
        np.int32
    )
    power[rng.integers(200, 300) :, :32] += np.int32(rng.integers(0, 30_000))
    return power


@given(power=years(), times=st.sampled_from([2, 5]))
@settings(deadline=None, max_examples=8)
def test_twice_the_firm_is_twice_the_money(power, times):
    terms = {"way": Way.CONTRACT, "standard": 0.9}
    options = Options(least_cny=0.0)
    kvarh = tuple([5_000.0] * 12)
    once = look(power, options=options, contract_kw=150.0, kvarh=kvarh, **terms)
    more = look(
        power * np.int32(times),
        options=options,
        contract_kw=150.0 * times,
        capacity_kva=400.0 * times,
        kvarh=tuple(one * times for one in kvarh),
        **terms,
    )

    assert [one.kind for one in more.findings] == [one.kind for one in once.findings]
    for a, b in zip(once.findings, more.findings, strict=True):
        assert b.high_cny == pytest.approx(times * a.high_cny, rel=1e-6)


@given(power=years())
@settings(deadline=None, max_examples=8)
def test_low_is_never_above_high_and_savings_never_above_the_bill(power):
    found = look(power, options=Options(least_cny=0.0), way=Way.CAPACITY, standard=0.9)

    pays = float((power * MARKET.price).sum() / 4000 + 12 * 400 * 30)
    assert found.low_cny <= found.high_cny <= pays
    for one in found.findings:
        assert 0 <= one.low_cny <= one.high_cny
    counted = [one.group for one in found.findings if one.is_counted]
    assert len(counted) == len(set(counted))


def test_the_order_of_firms_does_not_matter():
    years_of = np.stack([shop(), shop(work_kw=90), shop(base_kw=60)])
    firms = [firm(number=str(n), way=Way.CAPACITY) for n in range(3)]
    ahead = analyse_all(power_w=years_of, firms=firms, market=MARKET)
    back = analyse_all(power_w=years_of[::-1], firms=firms[::-1], market=MARKET)

    assert [(a.number, a.high_cny) for a in ahead] == [(a.number, a.high_cny) for a in back[::-1]]


def test_periods_keep_their_places():
    found = look(shop())

    assert found.period_kwh[PEAK] > 0
    assert found.period_kwh[VALLEY] > 0
    assert found.period_kwh[0] == 0
