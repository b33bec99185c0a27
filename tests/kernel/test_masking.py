"""Enough to recognise, too little to misuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.masking import mask_name, mask_numbers, mask_numbers_of_people, mask_phone


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("见XQ261125-0001和GD261125-0012", "见XQ261125-0001和GD261125-0012"),
        ("2026-11-25约好，13812345678", "2026-11-25约好，***********"),
        ("XQ261125-00013812345678", f"XQ{'*' * 21}"),
        ("2026-11-2513812", f"{'*' * 15}"),
        ("138 1234-5678", "*************"),
    ],
)
def test_numbers_of_documents_and_dates_stay_readable_beside_starred_ones(text, shown):
    assert mask_numbers_of_people(text) == shown


@given(st.text("0123456789 -年月X", max_size=30))
def test_whatever_stays_readable_is_a_document_or_a_date(text):
    kept, starred = mask_numbers_of_people(text), mask_numbers(text)

    assert len(kept) == len(text)
    if kept != starred:
        assert "-" in kept
