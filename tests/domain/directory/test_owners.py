"""Whose facility a need speaks of, told from its words."""

import pytest

from dianliang.domain.directory.owners import CUES, Owner, owner_in


@pytest.mark.parametrize(
    ("text", "owner", "cue"),
    [
        ("村口的路灯坏了三天", Owner.MUNICIPAL, "路灯"),
        ("我们小区里的路灯不亮", Owner.PROPERTY, "小区里的路灯"),
        ("物业拉闸了，交了费也不给电", Owner.PROPERTY, "物业拉闸"),
        ("商户自家的线烧了", Owner.USER, "商户自家"),
        ("门口变压器嗡嗡响", Owner.GRID, "变压器"),
        ("厂里的变压器漏油", Owner.USER, "厂里的变压器"),
        ("光缆垂下来挡路", Owner.TELECOM, "光缆"),
        ("通信电线杆歪了", Owner.TELECOM, "通信电线杆"),
    ],
)
def test_strong_words_tell_the_owner(text, owner, cue):
    found = owner_in(text)

    assert (found.owner, found.cue) == (owner, cue)


@pytest.mark.parametrize(
    "text",
    [
        "家里没电了",
        "小区停电了",
        "物业说找供电公司",
        "物业不管，让我找你们",
        "变压器旁边的光缆断了",
        "",
    ],
)
def test_where_words_are_weak_or_name_two_owners_nobody_is_guessed(text):
    assert owner_in(text).owner == ""


def test_a_cue_stands_for_one_owner_only():
    cues = [cue for words in CUES.values() for cue in words]

    assert len(cues) == len(set(cues))
