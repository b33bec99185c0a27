"""Dates that come again by a rule, from a first day to a last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dianliang.domain.venues.models import BookingSeries
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_DATES = 120
LONGEST = timedelta(days=366)
Repeat = BookingSeries.Repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How something comes again; `weekdays` (1 is Monday) count for weekly only."""

    repeat: str
    first_on: date
    last_on: date
    every: int = 1
    weekdays: frozenset[int] = frozenset()
    left_out: frozenset[date] = frozenset()


def dates(rule: Rule) -> tuple[date, ...]:
    """Return the days of a rule without those left out.

    Monthly means the same weekday of the month, such as each second Tuesday; a month that has no
    fifth one is skipped.

    Raises:
        InvalidInputError: the rule makes no sense, is too long, or has no day.
    """
    if rule.repeat not in Repeat.values:
        raise InvalidInputError("请选择怎样重复。", field="repeat")
    if rule.last_on < rule.first_on:
        raise InvalidInputError("最后一天不能早于第一天。", field="last_on")
    if rule.last_on - rule.first_on > LONGEST:
        raise InvalidInputError("周期预约最长一年，到期前再续。", field="last_on")
    if not 1 <= rule.every <= 12:
        raise InvalidInputError("间隔应为 1 到 12。", field="every")
    if rule.repeat == Repeat.WEEKLY and not rule.weekdays:
        raise InvalidInputError("请至少选择一个星期几。", field="weekdays")
    found = tuple(day for day in _all(rule) if day not in rule.left_out)
    if not found:
        raise InvalidInputError("按这个规则没有任何一天，请检查起止日期。", field="last_on")
    if len(found) > MOST_DATES:
        message = Phrase(
            "按这个规则有 %(n)s 次，一次最多 %(most_dates)s 次，请缩短期间。",
            n=len(found),
            most_dates=MOST_DATES,
        )
        raise InvalidInputError(message, field="last_on")
    return found


def _all(rule: Rule) -> Iterator[date]:
    day = rule.first_on
    while day <= rule.last_on:
        if _fits(rule, day):
            yield day
        day += timedelta(days=1)


def _fits(rule: Rule, day: date) -> bool:
    first = rule.first_on
    if rule.repeat == Repeat.DAILY:
        return (day - first).days % rule.every == 0
    if rule.repeat == Repeat.WEEKLY:
        weeks = (_monday(day) - _monday(first)).days // 7
        return day.isoweekday() in rule.weekdays and weeks % rule.every == 0
    months = (day.year - first.year) * 12 + day.month - first.month
    same_place = (day.day - 1) // 7 == (first.day - 1) // 7
    return months % rule.every == 0 and day.weekday() == first.weekday() and same_place


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
