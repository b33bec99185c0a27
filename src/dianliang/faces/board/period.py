"""The period that a page of figures is about."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.http import HttpRequest

from dianliang.faces.ui.requests import today
from dianliang.kernel.calendar import SHANGHAI

LONGEST_DAYS = 400


class Period(NamedTuple):
    """First and last day, and the instants [start, end) they stand for."""

    first: date
    last: date
    start: datetime
    end: datetime


def period_of(request: HttpRequest, *, days: int) -> Period:
    """Read the period asked for; what makes no sense falls back to the last `days`."""
    last = _day(request.GET.get("last", "")) or today()
    first = _day(request.GET.get("first", "")) or last - timedelta(days=days - 1)
    first = max(min(first, last), last - timedelta(days=LONGEST_DAYS))
    return Period(
        first,
        last,
        datetime.combine(first, time(), SHANGHAI),
        datetime.combine(last, time(), SHANGHAI) + timedelta(days=1),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None
