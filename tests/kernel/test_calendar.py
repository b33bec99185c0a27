"""Working time against a minute-by-minute count."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.kernel.calendar import SHANGHAI, TimeUnit, WorkCalendar

NATIONAL_DAY = WorkCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
instants = st.datetimes(datetime(2026, 9, 14), datetime(2026, 10, 16)).map(
    lambda naive: naive.replace(microsecond=0, second=0, tzinfo=SHANGHAI)
)


def is_worked(at: datetime) -> bool:
    local = at.astimezone(SHANGHAI)
    return NATIONAL_DAY.is_working_day(local.date()) and any(
        opens <= local.time() < closes for opens, closes in NATIONAL_DAY.spans
    )


@given(instants, st.integers(1, 600))
@settings(deadline=None)  # the first example reads the time zone from the disk
def test_working_minutes_equal_a_count_minute_by_minute(start, amount):
    end = NATIONAL_DAY.add(start, amount, TimeUnit.WORKING_MINUTES)
    minutes = int((end - start).total_seconds() // 60)

    counted = sum(is_worked(start + timedelta(minutes=i)) for i in range(minutes))

    assert counted == amount
    assert NATIONAL_DAY.working_minutes_between(start, end) == amount


def test_a_working_day_over_the_holiday_ends_when_the_make_up_saturday_counts():
    wednesday = datetime(2026, 9, 30, 10, 0, tzinfo=SHANGHAI)

    due = NATIONAL_DAY.add(wednesday, 3, TimeUnit.WORKING_DAYS)

    assert due == datetime(2026, 10, 10, 17, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (TimeUnit.MINUTES, datetime(2026, 11, 24, 5, 30, tzinfo=UTC)),
        (TimeUnit.DAYS, datetime(2027, 2, 22, 4, 0, tzinfo=UTC)),
    ],
)
def test_plain_time_runs_through_nights_and_holidays(noon, unit, expected):
    assert WorkCalendar().add(noon, 90, unit) == expected
