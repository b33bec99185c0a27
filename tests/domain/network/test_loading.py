"""What a peak means for a transformer: two lines, 80 % and 100 %."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.network.loading import POWER_FACTOR, Strain, load_share, strain


@pytest.mark.parametrize(
    ("share", "means"),
    [
        (None, Strain.UNKNOWN),
        (0.0, Strain.NORMAL),
        (0.799, Strain.NORMAL),
        (0.8, Strain.HEAVY),
        (0.9994, Strain.HEAVY),
        (1.0, Strain.OVER),
        (1.6, Strain.OVER),
    ],
)
def test_eighty_per_cent_is_heavy_and_a_hundred_too_much(share, means):
    assert strain(share) is means


@given(st.integers(1, 5000), st.floats(0, 2))
def test_a_peak_in_kilowatts_is_held_against_a_capacity_in_kilovoltamperes(kva, share):
    found = load_share(peak_kw=kva * share * POWER_FACTOR, capacity_kva=kva)

    assert found == pytest.approx(share)


def test_what_the_page_calls_eighty_per_cent_is_heavy():
    share = load_share(peak_kw=200 * 0.8 * POWER_FACTOR, capacity_kva=200)

    assert strain(share) is Strain.HEAVY
