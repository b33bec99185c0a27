"""What looks wrong with hours: each rule at its threshold, and just below it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.hours.anomalies import (
    FAR_M,
    LATE_DAYS,
    MOST_A_DAY_MIN,
    RULES,
    Facts,
    Other,
    doubts,
)

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def facts(**other):
    minutes = other.pop("minutes", 120)
    start = other.get("started_at", START)
    values = {
        "number": "SC-1",
        "started_at": start,
        "ended_at": start + timedelta(minutes=minutes),
        "minutes": minutes,
        "entered_at": START + timedelta(days=1),
        "is_declared": False,
        "content": "宣讲",
        "source_min": None,
        "away_m": None,
        "lacks_check_out": False,
        "is_absent": False,
        **other,
    }
    return Facts(**values)


def another(start=START, minutes=60, number="SC-2", **told):
    values = {"counts": True, "is_declared": False, "content": "宣讲", **told}
    end = start + timedelta(minutes=minutes)
    return Other(number=number, started_at=start, ended_at=end, minutes=minutes, **values)


def codes(**told):
    return [doubt.code for doubt in doubts(facts(**told))]


def test_an_ordinary_record_raises_no_doubt():
    assert codes(away_m=FAR_M, source_min=110) == []


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("far", {"away_m": FAR_M + 1}, {"away_m": FAR_M}),
        ("no_check_out", {"lacks_check_out": True}, {}),
        ("absent", {"is_absent": True}, {}),
        ("longer", {"source_min": 109}, {"source_min": 110}),
        ("day", {"minutes": MOST_A_DAY_MIN + 1}, {"minutes": MOST_A_DAY_MIN}),
        (
            "late",
            {"is_declared": True, "entered_at": START + timedelta(days=31, hours=3)},
            {"is_declared": True, "entered_at": START + timedelta(days=30, hours=3)},
        ),
        (
            "night",
            {"started_at": datetime(2026, 11, 19, 15, 0, tzinfo=UTC)},
            {"started_at": datetime(2026, 11, 19, 21, 0, tzinfo=UTC)},
        ),
    ],
)
def test_a_rule_speaks_at_its_threshold_and_not_below(code, wrong, right):
    assert code in codes(**wrong)
    assert code not in codes(**right)


def test_overlap_with_counted_time_blocks_and_comes_first():
    found = doubts(facts(others=[another(START + timedelta(minutes=90))], away_m=900))

    assert [doubt.code for doubt in found] == ["overlap", "far"]
    assert found[0].blocks
    assert found[0].detail == "SC-2，重叠 30 分钟"


def test_overlap_with_time_that_waits_too_is_told_but_does_not_block():
    (doubt,) = doubts(facts(others=[another(counts=False)]))

    assert (doubt.code, doubt.blocks) == ("overlap", False)


def test_records_that_touch_do_not_overlap():
    touching = another(START + timedelta(minutes=120))

    assert codes(others=[touching]) == []


def test_a_day_is_summed_over_all_records_of_the_person():
    afternoon = another(START + timedelta(hours=3), minutes=300)

    assert codes(minutes=180, others=[afternoon]) == []
    assert codes(minutes=181, ended_at=START + timedelta(hours=3), others=[afternoon]) == ["day"]


def test_declared_records_of_the_same_length_and_words_look_copied():
    days = [another(START + timedelta(days=n), minutes=120, is_declared=True) for n in (1, 2, 3)]

    assert "copied" in codes(is_declared=True, others=days)
    assert "copied" not in codes(is_declared=True, others=days[:2])
    assert "copied" not in codes(others=days)


def test_the_words_name_the_thresholds_that_are_in_force():
    assert f"{MOST_A_DAY_MIN // 60} 小时" in RULES["day"][0]
    assert f"{FAR_M} 米" in RULES["far"][0]
    assert f"{LATE_DAYS} 天" in RULES["late"][0]


def test_every_rule_says_what_to_do():
    for reason, todo in RULES.values():
        assert reason
        assert todo.endswith("。")


@given(st.integers(-300, 300), st.integers(1, 300), st.integers(1, 300))
def test_two_records_overlap_exactly_if_they_share_a_moment(offset, mine, others):
    other = another(START + timedelta(minutes=offset), minutes=others)
    told = codes(minutes=mine, others=[other])
    shared = set(range(mine)) & set(range(offset, offset + others))

    assert ("overlap" in told) == bool(shared)
