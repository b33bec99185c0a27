"""Enough to recognise, too little to misuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.masking import (
    mask_logins,
    mask_name,
    mask_numbers,
    mask_numbers_of_people,
    mask_phone,
)


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:p@ss/w#d@192.0.2.10:554/s2 连不上", "rtsp://…@192.0.2.10:554/… 连不上"),
        ("读不了 rtsp://192.0.2.10/user=admin_password=x。", "读不了 rtsp://192.0.2.10/…。"),
        ("MQTT://u@host/topic", "MQTT://…@host/…"),
        ("见 https://example.org/a?b=1，已办", "见 https://example.org/a?b=1，已办"),
        ("没有地址", "没有地址"),
    ],
)
def test_log_ins_of_devices_are_hidden_and_other_addresses_stay(text, shown):
    assert mask_logins(text) == shown


@given(st.text(st.characters(exclude_characters="，。；、“”<>\"'", exclude_categories=("Z", "C"))))
def test_nothing_before_the_last_at_is_shown(secret):
    assert mask_logins(f"rtsp://{secret}geheim@host:1/x") == "rtsp://…@host:1/…"
