"""Days that lie half a year from all the others: most likely a year that was mistyped."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median_low

from dianliang.engines.routing import Job, Problem
from dianliang.integrations.plan_files.checking import shifts_of
from dianliang.integrations.plan_files.loaded import JOB, MOST_PLACES, SHIFT, Spots
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

FAR = timedelta(days=183)
"""A plan is of a few weeks: one year for another is further away."""
Doubt = tuple[str, str, str, str]
"""A sentence, and the kind, the id and the field of what it is about."""


def doubtful_years(problem: Problem, spots: Spots) -> tuple[str, ...]:
    """Return notices of shifts far from most others, and of jobs far from every shift.

    Those that say the same are told together.
    """
    windows = [shift.window for team in problem.teams for shift in shifts_of(team)]
    if not windows:
        return ()
    where: dict[str, list[str]] = {}
    for words, kind, id_, name in (*_of_shifts(problem, windows), *_of_jobs(problem.jobs, windows)):
        where.setdefault(words, []).append(spots.of(kind, id_, name) or id_)
    return tuple(
        f"{'、'.join([*dict.fromkeys(places)][:MOST_PLACES])}：{words}，请核对年份。"
        for words, places in where.items()
    )


def _of_shifts(problem: Problem, windows: list[TimeWindow]) -> Iterator[Doubt]:
    usual = median_low(window.start for window in windows)
    for team in problem.teams:
        for shift in shifts_of(team):
            if abs(shift.window.start - usual) > FAR:
                words = f"{_day(shift.window.start)} 的班次离多数班次（{_day(usual)}）半年以上"
                yield words, SHIFT, team.id, "window"


def _of_jobs(jobs: tuple[Job, ...], windows: list[TimeWindow]) -> Iterator[Doubt]:
    first, last = min(one.start for one in windows), max(one.end for one in windows)
    days = f"所有班次（{_day(first)} 至 {_day(last)}）半年以上"
    for job in jobs:
        if job.windows and all(
            one.end < first - FAR or one.start > last + FAR for one in job.windows
        ):
            yield f"可上门时段 {_day(job.windows[0].start)} 离{days}", JOB, job.id, "windows"
        if job.due_at is not None and not first - FAR <= job.due_at <= last + FAR:
            yield f"承诺时间 {_day(job.due_at)} 离{days}", JOB, job.id, "due_at"


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
