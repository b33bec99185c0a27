"""A day is what people and programs write for one, and nothing else is."""

from datetime import date

import pytest

from dianliang.core.checks import day_of

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    "words",
    [
        *("2026-11-01", "2026/11/1", "2026年11月1日", "20261101", "46327", "２０２６-11-01"),
        *("2026-11-01 08:30:00", "2026-11-01T08:30:00+08:00", "2026年11月1日（星期日）"),
    ],
)
def test_a_day_is_read_however_it_is_written(words):
    assert day_of(words) == DAY


@pytest.mark.parametrize(
    "words",
    [
        *("9" * 5000, "2026" + " " * 30_000 + "x", "2026-11-01垃圾", "2026-11-01-02"),
        *("0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31", "2026-02-30", ""),
    ],
)
def test_what_is_no_day_or_beyond_all_that_we_keep_is_none(words):
    assert day_of(words) is None
