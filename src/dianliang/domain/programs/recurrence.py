"""On which days something comes again: a rule, worked out by RFC 5545's recurrence rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil import rrule

from dianliang.kernel.calendar import WorkCalendar

FAR = timedelta(days=14)
"""No row of holidays is longer; a day that would be put off further falls out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of a series. Weekdays as Python counts them; `nth` -1 is the last of a month.

    `weekly` on `weekdays` of every `every`-th week, counted from the week of `starts_on`;
    `month_day` on the `month_day`-th, in shorter months on the last; `month_nth` on the `nth` of
    each of `weekdays`.
    """

    frequency: str
    every: int
    weekdays: tuple[int, ...]
    month_day: int | None
    nth: int | None
    on_holiday: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A day of a series: the one of the rule, and the one on which it is held."""

    of: date
    on: date

    @property
    def is_put_off(self) -> bool:
        """Tell whether a holiday has moved it."""
        return self.of != self.on


def occurrences(
    rule: Rule, *, since: date, until: date, calendar: WorkCalendar
) -> tuple[Occurrence, ...]:
    """Return the days of a series whose rule falls into [since, until), in order.

    Of two that would be held on one day because a holiday put the first off, one is held.
    """
    found: dict[date, Occurrence] = {}
    for day in _days(rule, until=until):
        if day < since - FAR:
            continue
        held = _held_on(day, rule.on_holiday, calendar)
        if held is not None:
            found.setdefault(held, Occurrence(of=day, on=held))
    held_ones = (one for one in found.values() if one.of >= since)
    return tuple(sorted(held_ones, key=lambda one: one.of))


def _held_on(day: date, on_holiday: str, calendar: WorkCalendar) -> date | None:
    if on_holiday == "keep" or calendar.is_working_day(day):
        return day
    if on_holiday == "skip":
        return None
    later = (day + timedelta(days=n) for n in range(1, FAR.days + 1))
    return next((other for other in later if calendar.is_working_day(other)), None)


def _days(rule: Rule, *, until: date) -> Iterator[date]:
    """Yield the days of the rule itself before a day."""
    last = until - timedelta(days=1)
    if rule.ends_on is not None:
        last = min(last, rule.ends_on)
    start = datetime.combine(rule.starts_on, datetime.min.time())
    end = datetime.combine(last, datetime.min.time())
    if end < start:
        return
    for moment in rrule.rrule(dtstart=start, until=end, interval=rule.every, **_parts(rule)):
        yield moment.date()


WEEKDAYS: Sequence[rrule.weekday] = (
    rrule.MO,
    rrule.TU,
    rrule.WE,
    rrule.TH,
    rrule.FR,
    rrule.SA,
    rrule.SU,
)


def _parts(rule: Rule) -> Mapping[str, object]:
    if rule.frequency == "weekly":
        return {"freq": rrule.WEEKLY, "byweekday": [WEEKDAYS[n] for n in rule.weekdays]}
    if rule.frequency == "month_day":
        # The last of these days that a month has: the 31st is the 30th in June.
        days = list(range(28, (rule.month_day or 1) + 1)) or [rule.month_day or 1]
        return {"freq": rrule.MONTHLY, "bymonthday": days, "bysetpos": -1}
    nth = rule.nth or 1
    return {"freq": rrule.MONTHLY, "byweekday": [WEEKDAYS[n](nth) for n in rule.weekdays]}
