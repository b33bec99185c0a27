"""Enough to recognise, too little to misuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.masking import mask_name, mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("5022110", "*****10"),
        ("", ""),
        ("057250221100", "057*****1100"),
    ],
)
def test_phone_numbers_keep_their_ends(phone, masked):
    assert mask_phone(phone) == masked


@given(st.text("0123456789", min_size=11, max_size=20))
def test_a_masked_number_is_as_long_and_never_whole(phone):
    masked = mask_phone(phone)

    assert len(masked) == len(phone)
    assert "*" in masked


@pytest.mark.parametrize(("name", "masked"), [("王春花", "王**"), ("李", "李*"), ("", "")])
def test_names_keep_the_family_name(name, masked):
    assert mask_name(name) == masked
