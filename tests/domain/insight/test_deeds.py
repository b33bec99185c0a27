"""The trail speaks Chinese: every verb that the code can write has a word."""

import re
from pathlib import Path

import pytest

import dianliang
from dianliang.domain.insight import deeds
from dianliang.domain.insight.deed_words import WORDS
from dianliang.domain.insight.deeds import LIFECYCLES

SOURCES = Path(dianliang.__file__).parent
WRITTEN = re.compile(r'(?:record|record_about|_record)\(\s*f?"([a-z_.-]+\.[a-z_-]+)"')


def test_every_verb_written_in_the_code_has_a_word():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    verbs = set(WRITTEN.findall(text))

    assert len(verbs) > 40
    assert [verb for verb in sorted(verbs) if deeds.word(verb) == verb] == []


@pytest.mark.parametrize("kind", LIFECYCLES)
def test_a_step_is_called_what_its_button_says(kind):
    for row in LIFECYCLES[kind]:
        assert deeds.word(f"{kind}.{row.verb}") in {
            twin.label for twin in LIFECYCLES[kind] if twin.verb == row.verb
        }


@pytest.mark.parametrize(
    ("verb", "word"),
    [
        ("intake.need.accept", "受理"),
        ("intake.need.note", "内部备注"),
        ("work.visit.accept", "接单"),
        ("directory.unit.change", "后台修改"),
        ("account.log-in", "登录"),
        ("somewhere.something.done", "somewhere.something.done"),
        ("odd", "odd"),
    ],
)
def test_a_verb_is_shown_by_its_word_and_an_unknown_one_as_it_is(verb, word):
    assert deeds.word(verb) == word


def test_every_verb_can_be_chosen_once_and_its_group_has_a_chinese_heading():
    groups = deeds.groups()
    verbs = [verb for group in groups for verb, _ in group.verbs]

    assert len(verbs) == len(set(verbs))
    assert set(WORDS) <= set(verbs)
    assert [group.key for group in groups if group.heading.isascii()] == []


def test_a_state_is_called_what_its_lifecycle_says_and_other_words_stay():
    assert deeds.state("intake.need", "RECEIVED") == "待受理"
    assert deeds.state("intake.need", "3级") == "3级"
    assert deeds.state("core.user", "RECEIVED") == "RECEIVED"
