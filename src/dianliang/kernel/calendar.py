"""Working time: how long a promise is when nights, weekends, holidays and 调休 do not count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class TimeUnit(StrEnum):
    """What a promise counts in."""

    MINUTES = "minutes"
    WORKING_MINUTES = "working_minutes"
    WORKING_DAYS = "working_days"
    DAYS = "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are worked, and between which hours, in Shanghai time.

    `holidays` are weekdays that are not worked; `make_up_days` are weekend days
    that are worked (调休). Every other day follows the plain week, Monday to Friday.
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
    version: str = "plain-week"

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` is worked."""
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def add(self, start: datetime, amount: int, unit: TimeUnit) -> datetime:
        """Return the instant when `amount` of `unit` after `start` is used up, in UTC.

        Working days end at the close of work of the n-th working day after the day of `start`.
        """
        if unit is TimeUnit.MINUTES:
            return start.astimezone(UTC) + timedelta(minutes=amount)
        if unit is TimeUnit.DAYS:
            return start.astimezone(UTC) + timedelta(days=amount)
        if unit is TimeUnit.WORKING_DAYS:
            return self._close_of_day(start.astimezone(SHANGHAI).date(), amount)
        return self._add_working_minutes(start, amount)

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Return how many working minutes lie in [start, end)."""
        seconds = 0.0
        day = start.astimezone(SHANGHAI).date()
        while day <= end.astimezone(SHANGHAI).date():
            for opens, closes in self._spans_of(day):
                seconds += max(0.0, (min(closes, end) - max(opens, start)).total_seconds())
            day += timedelta(days=1)
        return int(seconds // 60)

    def _spans_of(self, day: date) -> Iterable[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return ()
        return [
            (datetime.combine(day, a, SHANGHAI), datetime.combine(day, b, SHANGHAI))
            for a, b in self.spans
        ]

    def _close_of_day(self, day: date, amount: int) -> datetime:
        left = amount
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        return datetime.combine(day, self.spans[-1][1], SHANGHAI).astimezone(UTC)

    def _add_working_minutes(self, start: datetime, amount: int) -> datetime:
        left = timedelta(minutes=amount)
        day = start.astimezone(SHANGHAI).date()
        while True:
            for opens, closes in self._spans_of(day):
                begin = max(opens, start)
                if closes - begin >= left:
                    return (begin + left).astimezone(UTC)
                left -= max(timedelta(0), closes - begin)
            day += timedelta(days=1)
