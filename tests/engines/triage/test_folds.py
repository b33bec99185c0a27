"""Near-duplicates share a fold, strangers do not share a group."""

import numpy as np

from dianliang.engines.triage._folds import folds, groups, near_duplicates
from tests.engines.triage.town import needs

LONG = "桥头路灯从上周三晚上开始就一直不亮，晚上走路很危险，请尽快派人来修理一下，谢谢"


def test_a_text_told_twice_is_one_group():
    twice = [LONG, "水管漏水了", LONG + "！", "公交车一直等不到", LONG]
    group = groups(twice)

    assert group[0] == group[2] == group[4]
    assert len(set(group.tolist())) == 3


def test_strangers_stay_apart():
    texts = [need.text for need in needs(200, seed=1)]

    assert len(set(groups(texts).tolist())) > 150


def test_groups_stay_whole_and_folds_even():
    texts = [f"{need.text}{tail}" for need in needs(100, seed=1) for tail in ("", "。")]
    fold, group = folds(texts, count=5), groups(texts)

    for number in set(group.tolist()):
        assert len(set(fold[group == number].tolist())) == 1
    assert np.bincount(fold).min() >= 0.5 * len(texts) / 5


def test_empty_texts_are_texts_too():
    assert len(folds(["", "", "灯"], count=2)) == 3


def test_near_duplicates_are_told_group_by_group_and_nobody_alone():
    texts = [LONG, "水管漏水了", LONG + "！", "公交车一直等不到", "水管漏水了"]

    assert near_duplicates(texts) == ((0, 2), (1, 4))
    assert near_duplicates([]) == ()
