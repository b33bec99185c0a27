"""Hot issues: what many speak of comes first, stays one thing, and keeps its name over days."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import ReportedNeed, Trend, hot_issues, warmth
from dianliang.engines.triage._duplicates import NEAR_M
from dianliang.kernel.geo import GeoPoint

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
PLANT = (
    "余村搅拌站夜里噪音太大，孩子睡不着",
    "余村搅拌站夜里施工噪音扰民，粉尘也大",
    "请查余村搅拌站夜里噪音扰民，孩子睡不着",
)
LAMPS = ("报福村口路灯坏了，晚上看不见", "报福村口路灯坏了一个星期，晚上看不见路")


def need(number, text, *, by="", days=0.0, area="V1", severity=1.0, point=None):
    return ReportedNeed(
        id=number,
        text=text,
        at=NOON - timedelta(days=days),
        area_code=area,
        reporter=by or number,
        severity=severity,
        point=point,
    )


def plant(**told):
    return [need(f"p{n}", text, **told) for n, text in enumerate(PLANT)]


def lamps(**told):
    return [need(f"l{n}", text, **told) for n, text in enumerate(LAMPS)]


def test_each_matter_is_one_issue_and_the_one_of_more_people_is_hotter():
    first, second = hot_issues([*lamps(), *plant()], at=NOON)

    assert set(first.need_ids) == {"p0", "p1", "p2"}
    assert set(second.need_ids) == {"l0", "l1"}
    assert first.heat == 3 > second.heat
    assert "搅拌站" in first.title
    assert first.reasons[0] == "3 人反映，共 3 条"


def test_one_person_writing_three_times_is_no_hot_issue():
    assert hot_issues(plant(by="one and the same"), at=NOON) == ()


def test_heat_halves_with_each_half_life_and_grows_with_severity():
    (fresh,) = hot_issues(plant(), at=NOON)
    (older,) = hot_issues(plant(days=7), at=NOON)
    (graver,) = hot_issues(plant(severity=2), at=NOON)

    assert older.heat == pytest.approx(fresh.heat / 2)
    assert graver.heat == pytest.approx(fresh.heat * 2)


def test_the_same_words_from_two_villages_are_two_issues():
    here = plant()
    there = [replace(old, id=f"x{old.id}", reporter=f"x{old.id}", area_code="V2") for old in here]

    found = hot_issues([*here, *there], at=NOON)

    assert {issue.area_code: len(issue.need_ids) for issue in found} == {"V1": 3, "V2": 3}


def test_neighbours_across_a_border_speak_of_one_thing():
    one, two, three = plant()
    near = [
        replace(one, point=GeoPoint(30.64, 119.68)),
        replace(two, area_code="V2", point=GeoPoint(30.641, 119.681)),
        replace(three, area_code="V2", point=GeoPoint(30.80, 119.68)),
    ]

    (found,) = hot_issues(near, at=NOON)

    assert set(found.need_ids) == {"p0", "p1"}


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_who_is_near_is_found_wherever_the_lines_of_a_grid_are(seed):
    dice = random.Random(seed)
    lat, lon = dice.uniform(-80, 80), dice.uniform(-179, 179)
    north, east = dice.uniform(-0.006, 0.006), dice.uniform(-0.03, 0.03)
    here, there = GeoPoint(lat, lon), GeoPoint(lat + north, lon + east)
    words = [need("a", PLANT[0], area="", point=here), need("b", PLANT[0], area="", point=there)]

    found = hot_issues([*words, *lamps()], at=NOON)

    assert [set(issue.need_ids) for issue in found if issue.central_id in "ab"] == (
        [{"a", "b"}] if here.distance_m(there) <= NEAR_M else []
    )


def test_a_template_about_three_estates_is_no_hot_issue():
    told = [
        need(str(n), f"{estate}停电了，请派人来修")
        for n, estate in enumerate(("锦绣花园", "阳光家园", "翠竹公寓"))
    ]
    same = [replace(one, text="锦绣花园停电了，请派人来修") for one in told]

    assert hot_issues(told, at=NOON) == ()
    (found,) = hot_issues(same, at=NOON)
    assert found.place == "锦绣花园"


def test_what_is_told_after_the_hour_or_long_before_is_not_read():
    assert hot_issues([*plant(days=-1), *lamps(days=90)], at=NOON) == ()


@pytest.mark.parametrize(
    ("days", "trend"),
    [
        ((1, 2, 3), Trend.NEW),
        ((12, 2, 3), Trend.RISING),
        ((12, 2, 30), Trend.STEADY),
        ((12, 11, 3), Trend.FALLING),
    ],
)
def test_the_trend_compares_this_week_with_the_last(days, trend):
    told = [replace(one, at=NOON - timedelta(days=d)) for one, d in zip(plant(), days, strict=True)]

    (found,) = hot_issues(told, at=NOON)

    assert found.trend is trend


def test_an_issue_keeps_its_id_when_its_first_need_has_aged_away():
    told = [
        replace(one, at=NOON - timedelta(days=d))
        for one, d in zip(plant(), (59, 5, 4), strict=True)
    ]
    (yesterday,) = hot_issues(told, at=NOON)
    later = [*told, need("p3", PLANT[0], days=-1)]
    (today,) = hot_issues(later, at=NOON + timedelta(days=2), before=[yesterday])

    assert yesterday.id == "p0" == today.id
    assert "p0" not in today.need_ids


def test_of_two_issues_only_one_inherits_an_id():
    (whole,) = hot_issues(plant(), at=NOON)
    both = replace(whole, need_ids=("p0", "p1", "l0"))

    found = hot_issues([*plant(), *lamps()], at=NOON, before=[both])

    assert [issue.id for issue in found] == ["p0", "l0"]


@pytest.mark.parametrize(
    "wrong", [{"within_days": 0}, {"half_life_days": 0}, {"least_reporters": 0}]
)
def test_a_senseless_period_is_refused(wrong):
    with pytest.raises(ValueError, match="positive"):
        hot_issues(plant(), at=NOON, **wrong)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(alphabet="余村路灯坏搅拌站噪音大停电", max_size=16), max_size=8), st.randoms()
)
def test_no_need_is_in_two_issues_and_order_makes_no_difference(texts, dice: random.Random):
    told = [need(str(n), text, days=n) for n, text in enumerate(texts)]
    found = hot_issues(told, at=NOON)
    dice.shuffle(told)

    inside = [number for issue in found for number in issue.need_ids]
    assert len(inside) == len(set(inside))
    assert all(issue.central_id in issue.need_ids for issue in found)
    assert [i.heat for i in found] == sorted((i.heat for i in found), reverse=True)
    assert hot_issues(told, at=NOON) == found
    assert [i.id for i in hot_issues(told, at=NOON, before=found)] == [i.id for i in found]


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 40), st.floats(0.5, 3)), max_size=8))
@settings(deadline=None)
def test_a_part_of_a_matter_is_never_hotter_than_all_of_it(rows):
    needs = [
        need(f"n{at}", "", by=f"r{who}", days=days, severity=severity)
        for at, (who, days, severity) in enumerate(rows)
    ]

    whole, part = warmth(needs, at=NOON), warmth(needs[1:], at=NOON)

    assert part.heat <= whole.heat
    assert part.reporters <= whole.reporters <= 5


def test_the_figures_of_an_issue_are_those_of_its_needs():
    needs = [*plant(days=9), *plant(days=1)]
    needs = [replace(one, id=f"{at}") for at, one in enumerate(needs)]
    (issue,) = hot_issues(needs, at=NOON)

    told = warmth(needs, at=NOON)

    assert (issue.heat, issue.reporters, issue.trend) == (told.heat, told.reporters, told.trend)
    assert (told.recent, told.earlier) == (3, 3)


def test_nothing_said_or_said_later_is_cold():
    later = warmth(plant(days=-1), at=NOON)

    assert (later.reporters, later.heat, later.trend) == (0, 0.0, Trend.STEADY)
    with pytest.raises(ValueError, match="half_life_days"):
        warmth([], at=NOON, half_life_days=0)
