"""Which days are worked, rested or holidays of the state, for tariffs and habits."""

from collections.abc import Sequence
from datetime import date

import chinese_calendar

from dianliang.engines.tariffs import DayKind
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase


def kinds_of(days: Sequence[date]) -> list[int]:
    """Return the kind of each day, 调休 included.

    Raises:
        InvalidInputError: the state's calendar of a year is not known here.
    """
    try:
        return [_kind(day) for day in days]
    except NotImplementedError as error:
        words = Phrase(
            "%(days)s 至 %(days2)s 里有没公布放假安排的年份，请分析已公布的年份。",
            days=days[0],
            days2=days[-1],
        )
        raise InvalidInputError(words, field="from_on") from error


def _kind(day: date) -> int:
    is_off, name = chinese_calendar.get_holiday_detail(day)
    if is_off and name:
        return DayKind.HOLIDAY
    return DayKind.REST_DAY if is_off else DayKind.WORKDAY
