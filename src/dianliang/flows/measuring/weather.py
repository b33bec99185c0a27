"""Temperatures by day that somebody has imported already, for days that another number needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dianliang.domain.energy import access
from dianliang.domain.energy.models import MeasurementProject
from dianliang.kernel.actor import Actor

WITH_WEATHER = ("weather", "hourly")
LEAST_SHARE = 0.9
"""Of the days that are asked for: with less the days left would be another period."""
MOST_HOURS_MISSING = 2
"""Of a day, so that its mean is still one."""
HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Mean temperatures of days in °C, and which project they were imported for."""

    project: str
    source: str
    by_day: Mapping[str, float]


def imported(days: Collection[date], *, by: Actor) -> Series | None:
    """Return the imported series that has most of these days, or None where none has nine tenths.

    Only of projects that the actor may see; of two alike the one that was opened last.
    """
    wanted = {day.isoformat() for day in days}
    rows = access.projects(by).filter(design__in=WITH_WEATHER, finding_number="").order_by("-pk")
    found = [
        Series(project=row.number, source=row.source, by_day=known)
        for row in rows
        if len(known := _days(row, wanted)) >= LEAST_SHARE * len(wanted)
    ]
    return max(found, key=lambda one: len(one.by_day), default=None)


def _days(row: MeasurementProject, wanted: Collection[str]) -> dict[str, float]:
    told = {one["on"]: _mean(one.get("temperature_c")) for one in row.rows if one["on"] in wanted}
    return {day: warm for day, warm in told.items() if warm is not None}


def _mean(told: float | list[float | None] | None) -> float | None:
    """Return the temperature of a day, from its hours where it was told by hour."""
    if not isinstance(told, list):
        return told
    known = [one for one in told if one is not None]
    return sum(known) / len(known) if len(known) >= HOURS - MOST_HOURS_MISSING else None
