"""Duplicates: the same thing told again is found; a template about another place is not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import DuplicateIndex, KnownNeed, likely_duplicates
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


STORY = "余村文化礼堂旁边的电线杆被车撞歪了，杆子朝着小学操场斜，孩子上下学都从下面走，请尽快处理"


@pytest.mark.parametrize(
    "edited",
    [
        STORY.replace("礼堂", "礼唐").replace("操场", "操厂").replace("孩子", "核子"),
        STORY.replace("的", "").replace("了", ""),
        "尊敬的领导您好，我是一名村民，想反映一个问题：" + STORY + "，望有关部门核实后回复，谢谢！",
        "，".join(reversed(STORY.split("，"))),
        STORY[: len(STORY) // 2],
        STORY[len(STORY) // 2 :],
        STORY.replace("，", " "),
    ],
    ids=["typos", "dropped", "greeting", "reordered", "first half", "second half", "marks"],
)
def test_seven_edits_do_not_hide_a_repeat(edited):
    others = [need(f"{word}的事情请来看看", number=word) for word in ("路灯", "水管", "快递")]

    found = likely_duplicates(need(edited), [*others, need(STORY, number="old")])

    assert found[0].id == "old"


def test_traditional_characters_and_full_width_hide_nothing():
    old = need("锦绣花园3栋配电箱冒烟，请派人检查绝缘", number="old")

    (found,) = likely_duplicates(need("錦繡花園３棟配電箱冒煙，請派人檢查絕緣"), [old])

    assert found.likeness == 1
    assert not any("不同" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("锦绣花园3栋停电了，请尽快处理", "阳光小区3栋停电了，请尽快处理"),
        ("胜利路的路灯坏了好几天没人修", "人民路的路灯坏了好几天没人修"),
    ],
)
def test_a_template_about_two_places_is_two_things(one, other):
    same = likely_duplicates(need(one), [need(one, number="old")])[0].score
    apart = likely_duplicates(need(one), [need(other, number="old")])

    assert not apart or apart[0].score < 0.35 * same
    assert all("所说地点不同" in found.reasons[-1] for found in apart)


def test_another_house_number_speaks_against():
    old = need("阳光小区3栋一直漏水", number="old")

    (found,) = likely_duplicates(need("阳光小区5栋一直漏水"), [old])

    assert found.score < 0.6
    assert found.reasons[-1] == "门牌不同：5、3"


def test_unknown_villages_are_not_the_same_village():
    assert likely_duplicates(need("停电了", area=""), [need("停电了", number="x", area="")]) == ()


def test_a_removed_need_is_no_longer_offered_and_one_sent_again_counts_once():
    index = DuplicateIndex([FIRST])
    index.add(need(FIRST.text, number="second"))
    index.add(need(FIRST.text, number="second", hours=1))

    assert {found.id for found in index.top(need(FIRST.text))} == {"old", "second"}
    assert len(index) == 2

    index.remove("old")
    index.remove("second")
    index.remove("never there")

    assert index.top(need(FIRST.text)) == ()
    assert len(index) == 0


def test_needs_added_later_are_found_like_those_there_from_the_start():
    entries = [need(f"第{n}号路口的红绿灯杆{n % 7}天没亮", number=f"n{n}") for n in range(600)]
    grown = DuplicateIndex(entries[:10])
    for entry in entries[10:]:
        grown.add(entry)
    asked = need("第333号路口的红绿灯杆没亮")

    assert grown.top(asked)[0].id == DuplicateIndex(entries).top(asked)[0].id == "n333"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=30))
def test_scores_are_sane_for_any_texts(texts, asked):
    entries = [need(text, number=str(n)) for n, text in enumerate(texts)]

    found = likely_duplicates(need(asked), entries)

    assert len({candidate.id for candidate in found}) == len(found) <= 5
    assert all(0 <= candidate.likeness <= 1 for candidate in found)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="电线断了停在路口灯坏请来", min_size=4, max_size=40))
def test_a_text_is_most_like_itself(text):
    entries = [need(text, number="same"), need("今天天气很好，想去散步", number="other")]

    assert likely_duplicates(need(text), entries)[0].id == "same"
