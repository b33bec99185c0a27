"""A year whose holidays are not announced yet: what the law fixes, and no more."""

from datetime import date, datetime

import chinese_calendar
import pytest

from dianliang.domain.catalog import operations
from dianliang.domain.catalog.holidays import statutory_holidays
from dianliang.domain.catalog.models import STATUTORY, CalendarDay
from dianliang.domain.catalog.queries import unannounced_year, work_calendar
from dianliang.kernel.calendar import SHANGHAI, TimeUnit

UNKNOWN = 2047
"""A year that no release of the calendar package carries while this one is maintained."""


def announced(year, count=12):
    days = [(date(year, 1, n), CalendarDay.Kind.HOLIDAY, "放假") for n in range(1, count + 1)]
    operations.replace_year(year, days=days, version="通知")


def test_the_law_gives_everybody_thirteen_days():
    names = list(statutory_holidays(2027).values())

    assert {name: names.count(name) for name in names} == {
        "元旦": 1,
        "春节": 4,
        "清明节": 1,
        "劳动节": 2,
        "端午节": 1,
        "中秋节": 1,
        "国庆节": 3,
    }


def test_what_the_law_gives_was_off_in_the_year_that_is_announced():
    fixed = statutory_holidays(2026)

    assert [day for day in fixed if chinese_calendar.is_workday(day)] == []
    assert len({chinese_calendar.get_holiday_detail(day)[1] for day in fixed}) == 7


@pytest.mark.parametrize("year", range(2027, 2051))
def test_clear_and_bright_is_where_the_sun_says(year):
    (told,) = [day for day, name in statutory_holidays(year).items() if name == "清明节"]
    terms = dict(chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 10)))

    assert terms[told] == "清明"


@pytest.mark.parametrize(
    ("year", "new_year"), [(2027, (2, 6)), (2028, (1, 26)), (2030, (2, 3)), (2034, (2, 19))]
)
def test_spring_festival_is_four_days_from_the_eve(year, new_year):
    days = sorted(day for day, name in statutory_holidays(year).items() if name == "春节")

    assert days[1] == date(year, *new_year)
    assert [(day - days[0]).days for day in days] == [0, 1, 2, 3]


@pytest.mark.parametrize("year", [1999, 2051, 2101])
def test_beyond_the_table_the_days_with_a_fixed_date_remain(year):
    assert set(statutory_holidays(year).values()) == {"元旦", "劳动节", "国庆节"}


@pytest.mark.django_db
def test_no_promise_ends_on_new_years_day_of_a_year_that_is_not_announced():
    operations.load_calendar(years=[UNKNOWN])
    eve = datetime(UNKNOWN - 1, 12, 31, 23, 57, tzinfo=SHANGHAI)

    due = work_calendar().add(eve, 1, TimeUnit.WORKING_MINUTES)

    assert due == datetime(UNKNOWN, 1, 2, 8, 31, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_a_year_is_asked_for_until_its_announcement_is_loaded():
    operations.load_calendar(years=[2026, UNKNOWN])
    announced(UNKNOWN - 1)
    december = date(UNKNOWN - 1, 12, 5)

    assert unannounced_year(on=date(UNKNOWN - 1, 11, 20)) is None
    assert unannounced_year(on=december) == UNKNOWN

    announced(UNKNOWN)
    assert unannounced_year(on=december) is None


@pytest.mark.django_db
def test_what_was_loaded_from_the_announcement_is_not_overwritten_by_the_bare_law():
    announced(UNKNOWN)

    operations.load_calendar(years=[UNKNOWN])

    assert not CalendarDay.objects.filter(version=STATUTORY).exists()
    assert CalendarDay.objects.filter(on__year=UNKNOWN).count() == 12


@pytest.mark.django_db
def test_the_announcement_takes_the_place_of_the_bare_law():
    CalendarDay.objects.create(on=date(2026, 7, 1), kind="holiday", name="", version=STATUTORY)

    operations.load_calendar(years=[2026])

    assert not CalendarDay.objects.filter(version=STATUTORY).exists()
    assert work_calendar().is_working_day(date(2026, 10, 10))
    assert work_calendar().is_working_day(date(2026, 7, 1))


@pytest.mark.django_db
def test_loading_the_same_again_writes_nothing():
    operations.load_calendar(years=[UNKNOWN])
    first = set(CalendarDay.objects.values_list("pk", flat=True))

    operations.load_calendar(years=[UNKNOWN])

    assert set(CalendarDay.objects.values_list("pk", flat=True)) == first
