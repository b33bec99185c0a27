"""Fields of small forms refuse what nobody can mean."""

from datetime import date

import pytest

from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.kernel.errors import InvalidInputError


@pytest.mark.parametrize("text", ["0001-01-01", "1949-12-31", "2101-01-01", "9999-12-31"])
def test_a_year_that_is_a_slip_of_the_keyboard_is_told(text):
    with pytest.raises(InvalidInputError, match="1950 年到 2100 年") as refusal:
        day(text, field="on", label="日期")
    assert refusal.value.field == "on"


def test_days_are_read_and_nothing_may_be_nothing():
    assert optional_day("", field="on", label="日期") is None
    assert day("2024-02-29", field="on", label="日期") == date(2024, 2, 29)


@pytest.mark.parametrize("text", ["", "2026-02-30", "昨天", "2026-11-25T10:00"])
def test_what_is_no_day_is_told(text):
    with pytest.raises(InvalidInputError, match="日期"):
        day(text, field="on", label="日期")


@pytest.mark.parametrize("text", ["", "-1", "1.5", "１", "9" * 5000])
def test_what_is_no_whole_number_is_told(text):
    with pytest.raises(InvalidInputError, match="整数"):
        whole(text, field="n", label="数量")
