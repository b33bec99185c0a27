"""What the standard asks of feeds and own supplies, against what the register has."""

import json

import pytest

from dianliang.domain.catalog.inspecting import SHIPPED
from dianliang.domain.key_customers.models import Grade
from dianliang.domain.key_customers.standard import FEEDS, OWN_SHARE, lacking


def test_every_grade_has_its_number_of_feeds_and_graver_ones_have_no_fewer():
    assert [FEEDS[grade] for grade in Grade.values] == [3, 2, 2, 2]


@pytest.mark.parametrize(
    ("grade", "lines", "has_own", "count"),
    [
        ("special", ["L1", "L2", "L3"], True, 0),
        ("special", ["L1", "L2", "L2"], True, 1),  # two transformers of a line are one feed
        ("first", ["L1"], True, 1),
        ("second", ["L1", "L2"], False, 1),
        ("temporary", [], False, 2),
    ],
)
def test_what_is_lacking_is_named(grade, lines, has_own, count):
    found = lacking(grade=grade, lines=lines, has_own=has_own)
    assert len(found) == count
    if len(set(lines)) < FEEDS[grade]:
        assert str(FEEDS[grade]) in found[0]


def test_the_checklist_asks_for_the_share_that_the_standard_does():
    sheets = json.loads(SHIPPED.read_text(encoding="utf-8"))
    found = [
        item["least"]
        for sheet in (sheets if isinstance(sheets, list) else sheets["checklists"])
        for item in sheet["items"]
        if item["wording"].startswith("自备应急电源容量与保安负荷之比")
    ]
    assert found == [100 * OWN_SHARE]
