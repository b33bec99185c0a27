"""Administrators add words of their region; what would deafen the engine is refused."""

import pytest

from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    Knowledge,
    LexiconChange,
    NeedText,
    Triage,
    extended,
    problems,
)
from dianliang.kernel.errors import InvalidInputError

NEW = "lexicon-2026-12"


def with_changes(*changes: LexiconChange) -> Triage:
    lexicon = extended(DEFAULT_LEXICON, changes, version=NEW)
    return Triage(Knowledge(services=(), areas=(), lexicon=lexicon))


def test_a_word_of_the_region_is_heard_once_it_is_added(triage):
    text = "屋后火老鼠乱窜"
    taught = with_changes(LexiconChange(section="danger", kind="起火", word="火老鼠"))

    assert not triage.suggest(NeedText(text=text)).dangers
    assert taught.suggest(NeedText(text=text)).dangers[0].cue == "火老鼠"
    assert NEW in taught.version


def test_a_word_that_cries_wolf_can_be_taken_out(triage):
    quiet = with_changes(LexiconChange(section="danger", kind="起火", word="焦味", is_removed=True))

    assert triage.suggest(NeedText(text="茶叶焦味好香")).dangers
    assert not quiet.suggest(NeedText(text="茶叶焦味好香")).dangers


def test_a_slip_of_the_keyboard_can_be_taught(triage):
    taught = with_changes(LexiconChange(section="misspelt", word="昌烟", meant="冒烟"))

    assert not triage.suggest(NeedText(text="电箱昌烟")).dangers
    assert taught.suggest(NeedText(text="电箱昌烟")).dangers[0].kind == "起火"


def test_a_village_that_is_an_everyday_word_can_be_added():
    changes = [LexiconChange(section="everyday", word="余粮")]

    assert "余粮" in extended(DEFAULT_LEXICON, changes, version=NEW).everyday


def test_words_are_folded_as_texts_are():
    change = LexiconChange(section="danger", kind="起火", word="電箱冒煙柱")
    lexicon = extended(DEFAULT_LEXICON, [change], version=NEW)

    assert "电箱冒烟柱" in lexicon.danger["起火"]


def test_the_lexicon_it_was_made_from_stays_as_it_is():
    before = DEFAULT_LEXICON.danger["起火"]
    extended(
        DEFAULT_LEXICON,
        [LexiconChange(section="danger", kind="起火", word="火老鼠")],
        version=NEW,
    )

    assert DEFAULT_LEXICON.danger["起火"] == before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (LexiconChange(section="danger", kind="起火", word="火"), "只有一个字"),
        (LexiconChange(section="danger", kind="地震", word="地震了"), "没有“地震”这一类危险"),
        (LexiconChange(section="colour", word="红色"), "没有“colour”这一栏"),
        (LexiconChange(section="past", word="  "), "词语为空"),
        (LexiconChange(section="past", word="很久" * 11), "超过 20 个字"),
        (LexiconChange(section="danger", kind="起火", word="着火"), "已有“着火”"),
        (LexiconChange(section="past", word="前天夜", is_removed=True), "无法删除"),
        (LexiconChange(section="harmless", word="着火"), "不再报警"),
        (LexiconChange(section="topic", word="火"), "不再报警"),
        (LexiconChange(section="misspelt", word="冒", meant="冒烟"), "字数相同"),
    ],
)
def test_an_impossible_change_is_refused_with_its_row_and_reason(change, why):
    fine = LexiconChange(section="past", word="老底子")
    (found,) = problems(DEFAULT_LEXICON, [fine, change])

    assert found.startswith("第 2 行：")
    assert why in found
    with pytest.raises(InvalidInputError, match="第 2 行"):
        extended(DEFAULT_LEXICON, [fine, change], version=NEW)


def test_the_same_word_twice_is_refused():
    twice = [LexiconChange(section="past", word="老底子")] * 2

    assert problems(DEFAULT_LEXICON, twice) == (
        "第 2 行：“老底子”在本次修改里出现了两次，请只留一行。",
    )


def test_a_change_needs_a_version_of_its_own():
    with pytest.raises(InvalidInputError, match="新的版本号"):
        extended(DEFAULT_LEXICON, [], version=DEFAULT_LEXICON.version)
