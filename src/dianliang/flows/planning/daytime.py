"""Ordinary visits keep to working hours, also where a team works an emergency through the night.

A dispatch gives its teams shifts of the incident, by day or by night. What else they had to do is
at people's homes: nobody rings there at one o'clock to look at a meter.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Team
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow


def working_hours(teams: Collection[Team], days: Iterable[date]) -> tuple[TimeWindow, ...]:
    """Return the hours of each day in which some of the teams ordinarily work, earliest first.

    `teams` must not be empty.
    """
    opens, closes = min(t.shift_starts for t in teams), max(t.shift_ends for t in teams)
    return tuple(
        TimeWindow(datetime.combine(on, opens, SHANGHAI), datetime.combine(on, closes, SHANGHAI))
        for on in sorted(set(days))
    )


def by_day(
    job: Job, windows: Sequence[TimeWindow], hours: Sequence[TimeWindow]
) -> list[TimeWindow]:
    """Return when a visit may take place: in the part of its own windows in working hours.

    An urgent service comes at any hour. What a customer agreed to outside working hours holds, and
    what takes longer than a day's hours cannot keep to them.
    """
    if job.service is not None and job.service.is_urgent:
        return list(windows)
    needed = timedelta(minutes=job.duration_min)
    own = windows or hours
    both = [
        TimeWindow(max(one.start, day.start), min(one.end, day.end))
        for one in own
        for day in hours
        if one.overlaps(day)
    ]
    return [span for span in both if span.duration >= needed] or list(windows)
