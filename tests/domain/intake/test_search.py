"""Chinese full-text search is exact for every length, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.intake import search
from dianliang.domain.intake.models import Need

TEXTS = ["余村文化礼堂停电了", "大溪村路灯不亮", "停水两天了，电也没有", "想装3个charger充电桩"]


@pytest.fixture
def needs(town):
    return [town.post(text, area_code="V3") for text in TEXTS]


def found(words):
    return {Need.objects.get(pk=pk).text for pk in search.matching(words)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("停", {TEXTS[0], TEXTS[2]}),
        ("停电", {TEXTS[0]}),
        ("礼堂停", {TEXTS[0]}),
        ("堂礼", set()),
        ("停 电", {TEXTS[0], TEXTS[2]}),
        ("CHARGER", {TEXTS[3]}),
        ("石龙村", set(TEXTS)),
        ('"', set()),
        ("停电 OR 路灯", set()),
        ("", set()),
    ],
)
def test_words_are_found_where_they_are(needs, words, expected):
    assert found(words) == expected


def test_a_number_finds_its_need(needs):
    assert needs[0].pk in search.matching(needs[0].number)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(TEXTS[:3]), st.data())
def test_any_piece_of_a_text_finds_it(needs, text, data):
    plain = text.replace("，", " ").split()[0]
    start = data.draw(st.integers(0, len(plain) - 1))
    piece = plain[start : data.draw(st.integers(start + 1, len(plain)))]
    if not piece.isascii():
        assert text in found(piece)


@pytest.mark.parametrize("typed", ["13812345678", "138-1234-5678", "+13812345678"])
def test_a_telephone_number_finds_its_needs_however_it_is_written(town, typed):
    need = town.post("路灯坏了", area_code="V1", phone="138-12345678")
    town.post("路灯又坏了", area_code="V1", phone="13912345678")

    assert search.matching(typed) == [need.pk]
    assert search.matching("1381234567") == []


@given(st.text("停电了 村abc()[*", max_size=40), st.text("停电 a(*[", max_size=6))
def test_pieces_put_together_are_the_text_and_hits_are_what_was_asked(text, words):
    pieces = search.pieces(text, words)

    assert "".join(piece for piece, _ in pieces) == text
    asked = words.lower().split()
    assert all(piece.lower() in asked for piece, is_hit in pieces if is_hit)
    assert not any(word in piece.lower() for word in asked for piece, hit in pieces if not hit)


def test_a_long_text_is_shown_around_what_was_found():
    text = "很长的开头" * 40 + "变压器冒烟" + "很长的结尾" * 40

    pieces = search.pieces(text, "变压器")

    assert ("变压器", True) in pieces
    assert sum(len(piece) for piece, _ in pieces) <= 92
