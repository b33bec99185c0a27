"""Quantities as people read them: few digits, one step for value and interval, a unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.quantities import Quantity

FIGURES = st.floats(-1e12, 1e12, allow_nan=False)


def test_a_figure_reads_as_people_say_it():
    saved = Quantity(value=123_400, unit="kWh", low=101_000, high=144_000, confidence=0.9)

    assert saved.words() == "12.3 万 kWh（90 % 10.1–14.4）"
    assert saved.words(language="en") == "123,400 kWh (90 % 101,000–144,000)"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (60e6, "kWh", "6,000 万 kWh"),
        (59_000, "tCO2", "5.9 万 tCO2"),
        (2.5e8, "CNY", "2.5 亿元"),
        (0.36, "kWh/kg", "0.36 kWh/kg"),
        (14.8, "%", "14.8%"),
        (-0.0123, "kWh", "−0.0123 kWh"),
        (0, "kVA", "0 kVA"),
        (9999.6, "kWh", "10,000 kWh"),
    ],
)
def test_large_and_small_figures_keep_three_digits(value, unit, said):
    assert Quantity(value=value, unit=unit).figure() == said


def test_a_range_that_was_seen_names_no_confidence():
    seen = Quantity(value=36, unit="%", low=30, high=42)

    assert seen.words() == "36%（30–42）"


@given(FIGURES.filter(lambda value: value == 0 or abs(value) > 1e-9))
def test_what_is_shown_is_within_half_a_percent(value):
    shown = Quantity(value=value, unit="kWh").figure()
    number, *step, _ = shown.split(" ")
    times = {"亿": 1e8, "万": 1e4}[step[0]] if step else 1.0

    read = float(number.replace(",", "").replace("−", "-")) * times
    assert read == pytest.approx(value, rel=0.005)
