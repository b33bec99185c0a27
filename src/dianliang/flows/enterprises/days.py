"""Which days are worked, rested or holidays of the state, for tariffs and habits."""

from collections.abc import Sequence
from datetime import date

import chinese_calendar

from dianliang.engines.tariffs import DayKind
from dianliang.kernel.errors import InvalidInputError


def kinds_of(days: Sequence[date]) -> list[int]:
    """Return the kind of each day, 调休 included.

    Raises:
        InvalidInputError: the state's calendar of a year is not known here.
    """
    try:
        return [_kind(day) for day in days]
    except NotImplementedError as error:
        words = f"{days[0]} 至 {days[-1]} 里有没公布放假安排的年份，请分析已公布的年份。"
        raise InvalidInputError(words, field="from_on") from error


def _kind(day: date) -> int:
    is_off, name = chinese_calendar.get_holiday_detail(day)
    if is_off and name:
        return DayKind.HOLIDAY
    return DayKind.REST_DAY if is_off else DayKind.WORKDAY
