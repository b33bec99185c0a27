"""Before words change, what would no longer be heard is told, said by anybody so far or not."""

import pytest

from dianliang.engines.triage import DEFAULT_LEXICON, LexiconChange, extended, lost_alarms
from dianliang.engines.triage._alarms import PLAIN
from dianliang.engines.triage._danger import DangerFinder
from dianliang.engines.triage._text import fold


def lost(*changes: LexiconChange) -> tuple[str, ...]:
    return lost_alarms(DEFAULT_LEXICON, extended(DEFAULT_LEXICON, changes, version="t"))


def test_every_plain_sentence_is_heard_now():
    finder = DangerFinder(DEFAULT_LEXICON)

    assert [text for text in PLAIN if not finder.find(fold(text))] == []


def test_words_that_only_add_lose_nothing():
    assert lost() == ()
    assert lost(LexiconChange(section="danger", kind="起火", word="火老鼠")) == ()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (LexiconChange(section="past", word="味道"), "煤气泄漏了味道很大"),
        (LexiconChange(section="harmless", word="余村有人触电"), "余村有人触电了"),
        (LexiconChange(section="asking", word="邻居"), "楼下邻居着火，味道很大，快来看看"),
    ],
)
def test_a_word_that_deafens_is_caught(change, text):
    assert text in lost(change)


def test_taking_out_all_words_of_a_kind_is_caught():
    gone = tuple(
        LexiconChange(section="danger", kind="触电", word=word, is_removed=True)
        for word in DEFAULT_LEXICON.danger["触电"]
    )

    assert len(lost(*gone)) > len(gone)
