"""By which day somebody should come."""

from datetime import date, timedelta

from dianliang.kernel.calendar import WorkCalendar


def due_on(since: date, interval_days: int, *, calendar: WorkCalendar) -> date:
    """Return the day by which the next visit should be made, `interval_days` (≥ 1) after `since`.

    A day off moves the visit before it, never after: the promise is the longest gap. Where no day
    in between is worked, `since` itself is returned: the interval cannot be kept.
    """
    due = since + timedelta(days=interval_days)
    while due > since and not calendar.is_working_day(due):
        due -= timedelta(days=1)
    return due
