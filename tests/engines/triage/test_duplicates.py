"""Duplicates: the same thing told again is found; a template about another place is not."""

from datetime import UTC, datetime, timedelta

import pytest

from dianliang.engines.triage import KnownNeed, likely_duplicates
from dianliang.kernel.geo import GeoPoint

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
HERE = GeoPoint(30.64, 119.68)


def need(text, *, number="new", area="V1", point=None, hours=0, service=""):
    return KnownNeed(
        id=number,
        text=text,
        at=NOON + timedelta(hours=hours),
        area_code=area,
        point=point,
        service_code=service,
    )


FIRST = need("余村文化礼堂旁边的电线杆被车撞歪了，很危险", number="old")


@pytest.mark.parametrize(
    "again",
    [
        "文化礼堂旁边电线杆被车撞歪了",
        "电线杆被车撞歪了，很危险，在余村文化礼堂旁边",
        "余村文化礼堂旁电杆给车撞歪，危险",
        "礼堂旁边的电线干被车撞歪了",
    ],
)
def test_the_same_thing_told_again_is_found(again):
    (found,) = likely_duplicates(need(again, hours=3), [FIRST])

    assert found.id == "old"
    assert any("相隔 3 小时" in reason for reason in found.reasons)


def test_the_same_words_about_another_village_are_not():
    assert likely_duplicates(need(FIRST.text, area="V2"), [FIRST]) == ()


def test_the_same_words_a_month_later_are_not():
    assert likely_duplicates(need(FIRST.text, hours=24 * 30), [FIRST]) == ()


def test_another_thing_in_the_same_village_is_not():
    assert likely_duplicates(need("想给家里装一个充电桩"), [FIRST]) == ()


def test_neighbours_across_a_village_border_are_found_by_distance():
    old = need("整条路都停电了", number="old", area="V2", point=HERE)
    new = need("整条路停电", point=GeoPoint(30.641, 119.681))

    (found,) = likely_duplicates(new, [old])

    assert found.distance_m == pytest.approx(147, abs=5)


def test_the_same_words_far_apart_in_one_village_are_not():
    old = need("路灯坏了", number="old", point=HERE)

    assert likely_duplicates(need("路灯坏了", point=GeoPoint(30.69, 119.68)), [old]) == ()
