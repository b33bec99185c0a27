"""A phrase is its Chinese words everywhere, and can be said again from its parts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.phrases import Phrase, from_text, joined, kept, phrase_of, to_text

LEAVES = st.one_of(st.text("甲乙%(", max_size=4), st.integers(0, 99))
PHRASES = st.recursive(
    st.builds(lambda n: Phrase("近 %(n)d 天", n=n), st.integers(0, 99)),
    lambda inner: st.builds(
        lambda a, b: Phrase("%(a)s：%(b)s。", a=a, b=b), st.one_of(inner, LEAVES), inner
    ),
    max_leaves=6,
)
ENGLISH = {"近 %(n)d 天": "in %(n)d days", "%(a)s：%(b)s。": "%(b)s of %(a)s.", "；": "; "}


@given(PHRASES)
def test_a_phrase_is_plain_text_survives_storage_and_is_said_as_a_whole(phrase):
    again = phrase_of(json.loads(json.dumps(kept(phrase))))

    assert again == phrase == phrase.said(lambda words: words)
    assert again.said(lambda words: ENGLISH.get(words, words)) == phrase.said(
        lambda words: ENGLISH.get(words, words)
    )
    assert "天" not in phrase.said(lambda words: ENGLISH.get(words, words))
    named = phrase.mapped(a={"甲": "某"})
    assert named.said(str) == str(named)


def test_a_code_is_told_by_name_and_a_number_that_looks_like_it_stays():
    words = Phrase("%(who)s：%(why)s", who="48", why=Phrase("本周将达 %(n)s 小时", n="48"))

    assert words.mapped(who={"48": "王小明"}) == "王小明：本周将达 48 小时"


def test_sentences_in_a_row_are_joined_by_a_sign_of_the_language():
    row = joined("；", [Phrase("近 %(n)d 天", n=1), "纯文字", Phrase("近 %(n)d 天", n=2)])

    assert row == "近 1 天；纯文字；近 2 天"
    assert row.said(lambda words: ENGLISH.get(words, words)) == "in 1 days; 纯文字; in 2 days"
    assert joined("；", []) == ""
    assert phrase_of("旧记录") == kept("旧记录") == "旧记录"


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ([], ""),
        (["甲", "乙"], "甲、乙"),
        ([["近 %(n)d 天", {"n": 1}], "乙"], "近 1 天、乙"),
        (["近 %(n)d 天", {}], "近 %(n)d 天"),
        (["近 %(n)d 天", {"n": "许多"}], "近 %(n)d 天"),
    ],
)
def test_what_was_stored_otherwise_is_still_readable(stored, words):
    assert phrase_of(stored) == words


@given(PHRASES)
def test_a_phrase_in_a_column_of_text_keeps_its_parts_where_there_is_room_for_them(phrase):
    stored = to_text(phrase, most=500)
    again = from_text(stored)

    assert again == phrase[:500]
    if stored != phrase[:500]:
        assert again.said(lambda words: ENGLISH.get(words, words)) == phrase.said(
            lambda words: ENGLISH.get(words, words)
        )


def test_a_phrase_without_room_for_its_parts_is_plain_words_and_cut():
    words = Phrase("近 %(n)d 天", n=7)

    assert to_text(words, most=30) == '["近 %(n)d 天",{"n":7}]'
    assert to_text(words, most=10) == "近 7 天"
    assert to_text(words, most=3) == "近 7"
    assert to_text(Phrase("没有说明"), most=10) == "没有说明"


@given(st.one_of(st.text(), st.text().map('["'.__add__), st.lists(st.text()).map(json.dumps)))
def test_words_that_were_never_a_phrase_stay_as_they_are(text):
    assert from_text(text) == text


@pytest.mark.parametrize("text", ["[]", '["甲","乙"]', '["甲",{"n":1},2]', '["甲",', "连接超时"])
def test_an_old_row_is_read_as_it_was_written(text):
    assert from_text(text) == text


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("%(n)c", 2**40),
        ("%(n)999999999s", "甲"),
        ("%(n)-0999999999d", 1),
        ("%(n).999999999f", 1.0),
        ("%(n)*d", 1),
        ("%(n)d 天 100%", 1),
    ],
)
def test_a_sentence_that_cannot_be_made_is_read_as_its_words_and_fills_no_memory(message, value):
    assert phrase_of([message, {"n": value}]) == message


def test_what_somebody_wrote_is_never_taken_for_a_sentence_that_was_kept():
    for words in ('["近 %(n)d 天",{"n":7}]', '["%(a)s",{"a":"<b>"}]', "100% <b> %(n)s {0}"):
        stored = to_text(words, most=200)
        assert from_text(stored).strip() == words
        assert not getattr(from_text(stored), "values", None)
    nested = '["a",' + "[" * 100_000
    assert from_text(nested) == nested


@given(st.text(), st.text())
def test_whatever_a_value_holds_is_said_as_it_is(first, second):
    words = Phrase("%(a)s：%(b)s。", a=first, b=second)

    assert words == f"{first}：{second}。"
    assert words.said(lambda one: ENGLISH.get(one, one)) == f"{second} of {first}."
    assert phrase_of(json.loads(json.dumps(kept(words)))) == words
