"""When a base is open: weekly hours, holidays of the Chinese calendar, days that differ."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.venues import hours as writing
from dianliang.domain.venues import opening
from dianliang.domain.venues.hours import UnableToSetHoursError
from dianliang.domain.venues.models import OpeningHours, Site
from dianliang.domain.venues.opening import Hours
from dianliang.domain.venues.sites import UnableToChangeSiteError
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from dianliang.kernel.periods import TimeWindow
from tests.town import NOON, TODAY

DAY = ((510, 720), (810, 1050))
WEEKEND = ((540, 960),)
WEEK = (DAY,) * 5 + (WEEKEND,) * 2


def hours(**changes):
    known = {
        "from_on": TODAY,
        "week": WEEK,
        "on_holidays": "closed",
        "holiday": (),
        "on_make_up": "workday",
    }
    return Hours(**{**known, **changes})


@pytest.fixture
def base(town):
    return Site.objects.get(code="FW-001")


def set_(base, town, **changes):
    return writing.set_hours(
        site=base,
        hours=hours(**changes),
        seen=opening.mark_of(base),
        by=town.actor("LM"),
        at=NOON,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8:30-12:00、13:30-17:30", DAY),
        ("13:30–17:30，8:30－12:00", DAY),
        ("8：30 至 12：00；13：30到17：30", DAY),
        ("0:00-24:00", ((0, 1440),)),
        ("", ()),
        ("不开放", ()),
    ],
)
def test_hours_are_read_as_people_write_them(text, expected):
    assert opening.parsed(text, field="day0", label="周一") == expected


@pytest.mark.parametrize(
    "text",
    [
        "八点半到十二点",
        "8:30",
        "12:00-8:30",
        "8:30-8:30",
        "8:60-9:00",
        "22:00-25:00",
        "8:30-12:00、11:00-14:00",
        "1:00-2:00、3:00-4:00、5:00-6:00、7:00-8:00、9:00-10:00",
        "8:30-12:00-13:00",
        "118:30-20:00",
        "，",
    ],
)
def test_hours_that_make_no_sense_are_refused_with_the_name_of_the_day(text):
    with pytest.raises(InvalidInputError) as refusal:
        opening.parsed(text, field="day0", label="周一")
    assert refusal.value.field == "day0"
    assert "周一" in refusal.value.message


spans = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda s: s[0] < s[1]),
    max_size=1,
)


@given(spans)
def test_what_is_spoken_is_read_back(drawn):
    told = tuple(drawn)
    assert opening.parsed(opening.spoken(told), field="x", label="x") == told


def test_a_week_is_told_in_a_line():
    assert opening.week_words(hours()) == (
        "周一至周五 8:30–12:00、13:30–17:30；周六、周日 9:00–16:00；法定节假日不开放"
    )


def calendar(*, off=(), on=()):
    return WorkCalendar(holidays=frozenset(off), make_up_days=frozenset(on))


def test_the_weekend_that_runs_into_a_holiday_is_part_of_it():
    """National day 2026: the 1st to the 7th are off; Saturday the 10th is worked."""
    golden = [date(2026, 10, n) for n in (1, 2, 5, 6, 7)]
    known = calendar(off=golden, on=[date(2026, 10, 10)])

    off = [n for n in range(1, 12) if opening.is_holiday(date(2026, 10, n), calendar=known)]

    assert off == [1, 2, 3, 4, 5, 6, 7]
    worked = opening.on_day(hours(), day=date(2026, 10, 10), calendar=known)
    assert (worked.spans, worked.why) == (DAY, "调休上班日")
    as_usual = hours(on_make_up="usual", on_holidays="usual")
    assert opening.on_day(as_usual, day=date(2026, 10, 10), calendar=known).spans == WEEKEND
    assert opening.on_day(as_usual, day=date(2026, 10, 3), calendar=known).spans == WEEKEND


def test_an_ordinary_weekend_is_no_holiday():
    assert not opening.is_holiday(date(2026, 11, 21), calendar=calendar(off=[date(2026, 10, 1)]))


def test_a_special_day_counts_before_the_holiday_and_the_week(base, town):
    set_(base, town, from_on=date(2026, 9, 1), on_holidays="own", holiday=((600, 900),))
    by = town.actor("LM")
    writing.set_days(
        site=base,
        first=date(2026, 12, 1),
        last=date(2026, 12, 2),
        spans=(),
        reason="检修",
        by=by,
        at=NOON,
    )

    def on(day):
        told = opening.opening(base, on=day)
        return told.spans, told.why

    assert on(date(2026, 8, 31)) == ((), "")  # nobody had said
    assert not opening.opening(base, on=date(2026, 8, 31)).is_known
    assert on(date(2026, 10, 1)) == (((600, 900),), "法定节假日")
    assert on(date(2026, 11, 30)) == (DAY, "周一")
    assert on(date(2026, 12, 1)) == ((), "检修")
    writing.drop_day(site=base, on=date(2026, 12, 1), by=by, at=NOON)
    assert on(date(2026, 12, 1)) == (DAY, "周二")
    with pytest.raises(UnableToSetHoursError, match="可能刚被他人撤掉"):
        writing.drop_day(site=base, on=date(2026, 12, 1), by=by, at=NOON)


def at(day, clock):
    return datetime.combine(day, clock, SHANGHAI)


def test_a_window_is_open_only_if_all_of_it_is(base, town):
    tuesday = TODAY
    asked = TimeWindow(at(tuesday, time(9)), at(tuesday, time(10)))
    assert opening.is_open(base, window=asked) is None
    set_(base, town)

    def open_(first, last, day=tuesday, until=None):
        window = TimeWindow(at(day, first), at(until or day, last))
        return opening.is_open(base, window=window)

    assert open_(time(8, 30), time(12))
    assert not open_(time(8, 29), time(12))
    assert not open_(time(11), time(14))  # over lunch
    assert not open_(time(9), time(10), day=date(2026, 10, 1))
    in_utc = TimeWindow(
        datetime(2026, 11, 24, 0, 30, tzinfo=UTC), datetime(2026, 11, 24, 4, tzinfo=UTC)
    )
    assert opening.is_open(base, window=in_utc)


def test_a_base_that_never_closes_is_open_over_midnight(base, town):
    set_(base, town, week=(((0, 1440),),) * 7)
    over = TimeWindow(at(TODAY, time(22)), at(TODAY + timedelta(days=1), time(2)))

    assert opening.is_open(base, window=over)


@given(st.integers(0, 6 * 24 * 4), st.integers(1, 3 * 24 * 4))
def test_a_window_is_open_iff_every_quarter_of_it_is(start, length):
    """Against brute force, without a database: one week that opens day and night by turns."""
    week = (((0, 1440),), ((0, 300), (600, 1440)), ((0, 720),), (), ((480, 1440),), ((0, 60),), ())
    plan = hours(week=week)
    monday = date(2026, 11, 23)
    first = datetime.combine(monday, time(), SHANGHAI) + timedelta(minutes=15 * start)
    last = first + timedelta(minutes=15 * length)
    days = [
        opening.on_day(plan, day=monday + timedelta(days=n), calendar=calendar()) for n in range(14)
    ]

    def quarter(moment):
        day = days[(moment.date() - monday).days]
        minute = moment.hour * 60 + moment.minute
        return any(a <= minute < b for a, b in day.spans)

    every = all(quarter(first + timedelta(minutes=15 * n)) for n in range(length))
    assert opening.covers(days, window=TimeWindow(first, last)) == every


def test_hours_that_others_changed_meanwhile_are_not_written_over(base, town):
    seen = opening.mark_of(base)
    set_(base, town)

    with pytest.raises(StaleStateError, match="刚被他人修改"):
        writing.set_hours(site=base, hours=hours(), seen=seen, by=town.actor("LM"), at=NOON)
    assert OpeningHours.objects.count() == 1


def test_hours_begin_neither_in_the_past_nor_in_a_far_future(base, town):
    set_(base, town, from_on=date(2020, 1, 1))  # the first may be taken over as it was on paper
    with pytest.raises(UnableToSetHoursError, match="已经过去"):
        set_(base, town, from_on=TODAY - timedelta(days=1))
    with pytest.raises(UnableToSetHoursError, match="最多提前 366 天"):
        set_(base, town, from_on=TODAY + timedelta(days=400))
    for first, last, words in (
        (TODAY, TODAY - timedelta(days=1), "早于开始日期"),
        (TODAY, TODAY + timedelta(days=70), "一次最多 62 天"),
        (TODAY - timedelta(days=1), TODAY, "已经过去"),
    ):
        with pytest.raises(UnableToSetHoursError, match=words):
            writing.set_days(
                site=base,
                first=first,
                last=last,
                spans=DAY,
                reason="活动",
                by=town.actor("LM"),
                at=NOON,
            )


def test_the_line_that_other_pages_show_follows(base, town):
    set_(base, town, from_on=date(2020, 1, 1))
    set_(base, town, from_on=date(2026, 12, 1), week=(DAY,) * 5 + ((),) * 2)

    base.refresh_from_db()

    assert base.opening_hours.startswith("周一至周五 8:30–12:00")
    assert "2026-12-01 起" in base.opening_hours


def test_a_closed_base_opens_no_more(base, town):
    set_(base, town)
    Site.objects.filter(pk=base.pk).update(closed_on=TODAY, closed_because="撤并")

    assert opening.opening(base, on=TODAY).why == "已停用"
    with pytest.raises(UnableToChangeSiteError, match="停用"):
        set_(base, town)
