"""A small line of shares: from nought up, with gaps, and read aloud."""

import re

from dianliang.faces.ui.templatetags.ui import spark


def points(svg):
    return re.findall(r'points="([^"]*)"', svg)


def test_the_highest_share_touches_the_top_and_nought_the_floor():
    assert points(spark([0.0, 0.2, 0.1])) == ["0.0,24.0 60.0,0.0 120.0,12.0"]


def test_a_missing_share_leaves_a_gap_and_is_read_as_a_dash():
    drawn = spark([0.1, None, 0.1, 0.1])

    assert len(points(drawn)) == 2
    assert 'aria-label="10% — 10% 10%"' in drawn


def test_nothing_at_all_is_an_empty_drawing():
    assert points(spark([None, None])) == points(spark([])) == []
    assert "<circle" not in spark([])


def test_what_is_no_share_is_told_in_words():
    assert 'aria-label="热度 3"' in spark([1.0, 3.0], "热度 3")
