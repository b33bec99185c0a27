"""How figures become scores and places: order does not matter, and more is never worse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.appraisal.periods import period_of, title_of
from dianliang.domain.appraisal.scoring import (
    Weighed,
    band_of,
    rank,
    reached_on,
    score_of,
    sheet_score,
    tones_of,
)

FIRST = date(2026, 10, 1)
marks = st.integers(0, 30_000).map(lambda cents: Decimal(cents) / 100)
scores = st.dictionaries(st.text("ABCDEFG", min_size=1, max_size=3), marks, max_size=12)
days = st.integers(0, 91).map(lambda n: FIRST + timedelta(days=n))
duties = st.lists(
    st.builds(
        Weighed,
        weight=st.integers(1, 100),
        is_special=st.booleans(),
        is_done=st.booleans(),
        is_late=st.booleans(),
    ),
    max_size=10,
)


@given(scores, st.randoms())
def test_places_do_not_depend_on_the_order_of_insertion(found, rng):
    shuffled = list(found.items())
    rng.shuffle(shuffled)

    assert rank(dict(shuffled)) == rank(found)


@given(scores)
def test_a_place_says_how_many_are_strictly_better_and_how_many_share_it(found):
    for key, place in rank(found).items():
        assert place.place == 1 + sum(score > found[key] for score in found.values())
        assert place.sharing == sum(score == found[key] for score in found.values())


@given(marks, marks, st.integers(1, 10_000), st.integers(1, 100))
def test_more_of_an_indicator_never_scores_less_and_never_more_than_its_weight(
    less, more, full_at, weight
):
    less, more = sorted((less, more))
    low = score_of(less, full_at=Decimal(full_at), weight=weight)
    high = score_of(more, full_at=Decimal(full_at), weight=weight)

    assert 0 <= low <= high <= weight


@given(scores.filter(bool), st.data())
def test_who_gains_in_an_indicator_never_falls_behind(found, data):
    key = data.draw(st.sampled_from(sorted(found)))
    gain = data.draw(marks)
    before = rank(found)[key].place

    assert rank({**found, key: found[key] + gain})[key].place <= before


@given(duties, st.integers(0, 100), st.integers(0, 100))
def test_a_sheet_with_everything_on_time_is_100_plus_what_special_duties_may_add(
    rows, late_percent, most_special
):
    done = [Weighed(d.weight, d.is_special, True, False) for d in rows]
    fixed = any(not d.is_special for d in rows)
    special = sum(d.weight for d in rows if d.is_special)

    score = sheet_score(done, late_percent=late_percent, most_special=most_special)

    assert score == (100 if fixed else 0) + min(special, most_special)


@given(duties, st.integers(0, 100), st.integers(0, 100), st.data())
def test_finishing_one_more_duty_never_costs_points(rows, late_percent, most_special, data):
    if not rows:
        return
    place = data.draw(st.integers(0, len(rows) - 1))
    better = list(rows)
    better[place] = Weighed(rows[place].weight, rows[place].is_special, True, False)
    said = {"late_percent": late_percent, "most_special": most_special}

    assert sheet_score(better, **said) >= sheet_score(rows, **said)


@given(st.lists(st.tuples(days, st.integers(-3, 5)), max_size=12), st.integers(1, 8), st.randoms())
def test_a_count_is_reached_on_the_day_on_which_the_records_so_far_suffice(rows, least, rng):
    shuffled = list(rows)
    rng.shuffle(shuffled)
    found = reached_on(shuffled, least=least)

    assert (found is not None) == (sum(q for _, q in rows) >= least)
    if found is not None:
        assert sum(q for on, q in rows if on < found) < least or any(q < 0 for _, q in rows)


def test_a_band_begins_at_its_line():
    bands = (("五星", Decimal(90)), ("一星", Decimal(0)), ("三星", Decimal(60)))

    assert band_of(Decimal(90), bands) == "五星"
    assert band_of(Decimal("89.99"), bands) == "三星"
    assert band_of(Decimal(10), (("合格", Decimal(60)),)) == ""
    assert tones_of(bands) == {"五星": "good", "三星": "", "一星": "warn"}
    assert tones_of(bands[:1]) == {"五星": "good"}
    assert tones_of(()) == {}


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.sampled_from(["month", "quarter", "year"])
)
def test_periods_follow_one_another_without_gap(on, kind):
    first, last = period_of(kind, on)

    assert first <= on <= last
    assert period_of(kind, last + timedelta(days=1))[0] == last + timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "on", "title"),
    [
        ("month", date(2026, 12, 31), "2026年12月"),
        ("quarter", date(2026, 11, 26), "2026年第四季度"),
        ("year", date(2026, 1, 1), "2026年"),
    ],
)
def test_periods_are_called_what_people_call_them(kind, on, title):
    assert title_of(kind, period_of(kind, on)[0]) == title
