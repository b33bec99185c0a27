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
