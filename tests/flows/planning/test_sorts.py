"""Gear is named in the reader's language; its size and its count stay what they are."""

import pytest
from django.utils import translation

from dianliang.flows.planning.sorts import gear_in, sort_words
from dianliang.kernel.phrases import Phrase


@pytest.mark.parametrize(
    ("sort", "english"),
    [
        ("400 kVA 临时变压器×2", "400 kVA Temporary transformer×2"),
        ("2.5 t 水泵", "2.5 t Pump"),
        ("发电机", "Generator"),
        ("发电机×1", "Generator×1"),
        ("漏电保护测试仪", "漏电保护测试仪"),
    ],
)
def test_gear_is_named_in_the_language_of_the_page(sort, english):
    words = sort_words(sort)

    assert words == sort
    with translation.override("en"):
        assert words.said(translation.gettext) == english


@pytest.mark.parametrize("word", ["抢修", "07-07 06:20", "11月28日 01:09", "一队 二队", ""])
def test_what_is_no_gear_stays_as_it_was_said(word):
    assert not isinstance(gear_in(word), Phrase)
    assert gear_in(word) == word
