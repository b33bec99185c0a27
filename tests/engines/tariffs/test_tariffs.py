"""A tariff that leaves a quarter hour without a price, or gives it two, is refused."""

from dataclasses import replace
from datetime import date
from math import nan

import numpy as np
import pytest

from dianliang.engines.tariffs import (
    BadTariffError,
    BasicRule,
    DayKind,
    Period,
    changes,
    hours_of,
    problems_of,
    schedule,
)
from tests.engines.tariffs.examples import band, days_of, tariff

HOLIDAY = (DayKind.HOLIDAY,)


def codes(*tariffs):
    return {one.code for one in problems_of(tariffs)}


def test_a_whole_tariff_has_no_problem():
    assert problems_of([tariff()]) == []


def test_all_that_is_wrong_is_told_at_once():
    wrong = tariff(
        source=" ",
        valid_from=date(2025, 1, 2),
        prices={Period.PEAK: 0.2, Period.VALLEY: 0.3, Period.SHARP: nan},
        bands=(band(8, 20, Period.PEAK), band(21, 9, Period.VALLEY)),
        capacity_cny_kva=None,
        basic=BasicRule(over_share=nan),
    )

    assert codes(wrong) >= {
        "missing",
        "mid-month",
        "price-range",
        "price-order",
        "gap",
        "overlap",
        "half-basic",
        "basic-rule",
    }
    words = BadTariffError(problems_of([wrong])).words
    assert "全年工作日 20:00–21:00 没有定时段。" in words
    assert "全年节假日 08:00–09:00 定了不止一个时段。" in words


def test_a_period_needs_a_price_and_a_band_whole_quarters():
    assert codes(tariff(prices={Period.PEAK: 1.0})) == {"price-missing"}
    odd = replace(band(8, 20, Period.PEAK), from_minute=487)
    assert codes(tariff(bands=(odd,))) == {"band-time"}
    assert codes(tariff(bands=(replace(odd, from_minute=480, months=(13,)),))) == {"band-months"}


def test_versions_follow_one_another_without_gap_or_overlap():
    first = tariff(valid_until=date(2025, 7, 1))
    second = tariff(version=2, valid_from=date(2025, 7, 1))
    assert codes(first, second) == set()
    assert codes(tariff(), second) == {"versions-overlap"}
    assert codes(first, replace(second, valid_from=date(2025, 8, 1))) == {"versions-gap"}
    assert codes(first, replace(second, version=1)) == {"version-twice"}


def test_each_month_has_the_price_of_its_version():
    days = days_of(date(2025, 6, 30), date(2025, 7, 1))
    found = schedule(
        [
            tariff(
                version=2,
                valid_from=date(2025, 7, 1),
                prices={Period.PEAK: 2.0, Period.VALLEY: 1.0},
            ),
            tariff(valid_until=date(2025, 7, 1)),
        ],
        code="DEMO-10KV",
        days=days,
        kinds=[0, 0],
    )

    assert found.months == ("2025-06", "2025-07")
    np.testing.assert_allclose(found.price_by_point[:, 40], [1.05, 2.05])
    np.testing.assert_allclose(found.price_by_point[:, 0], [0.35, 1.05])


def test_a_holiday_may_have_hours_of_its_own():
    days = [date(2025, 1, 29), date(2025, 1, 30)]
    usual = (DayKind.WORKDAY, DayKind.REST_DAY)
    found = schedule(
        [
            tariff(
                bands=(
                    band(8, 20, Period.PEAK, days=usual),
                    band(20, 8, Period.VALLEY, days=usual),
                    band(0, 24, Period.DEEP, days=HOLIDAY),
                ),
                prices={Period.PEAK: 1.0, Period.VALLEY: 0.3, Period.DEEP: 0.1},
            )
        ],
        code="DEMO-10KV",
        days=days,
        kinds=[DayKind.HOLIDAY, DayKind.WORKDAY],
    )

    assert set(found.period[0].tolist()) == {Period.DEEP}
    assert found.period[1, 40] == Period.PEAK


def test_an_unknown_tariff_and_one_that_is_not_valid_yet_are_refused():
    with pytest.raises(BadTariffError, match="没有这个电价。已有：DEMO-10KV"):
        schedule([tariff()], code="X", days=[date(2025, 1, 1)], kinds=[0])
    with pytest.raises(BadTariffError, match="2024-12 没有生效的版本"):
        schedule([tariff()], code="DEMO-10KV", days=[date(2024, 12, 31)], kinds=[0])


def test_what_changed_between_versions_is_listed():
    later = tariff(
        version=2,
        prices={Period.PEAK: 1.2, Period.VALLEY: 0.3},
        bands=(
            band(8, 20, Period.PEAK),
            band(20, 8, Period.VALLEY, months=range(1, 12)),
            band(20, 8, Period.DEEP, months=[12]),
        ),
    )
    found = changes(tariff(), later)

    assert ("高峰电价", "1", "1.2") in {(one.name, one.before, one.after) for one in found}
    assert {one.name for one in found} >= {"12 月工作日时段", "12 月节假日时段"}
    assert hours_of(tariff(), 1, DayKind.WORKDAY) == (
        "00:00–08:00 低谷；08:00–20:00 高峰；20:00–24:00 低谷"
    )
    assert changes(later, later) == []
