"""Every write to the catalogue: loading it, and the holiday calendar."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar
from django.db import transaction

from dianliang.domain.catalog import inspecting
from dianliang.domain.catalog.holidays import statutory_holidays
from dianliang.domain.catalog.models import (
    STATUTORY,
    CalendarDay,
    Checklist,
    Promise,
    Service,
    Skill,
)

DATA = Path(__file__).parent / "data"
LINKS = frozenset({"code", "skill", "inspects"})
"""Keys of a shipped service that are no plain fields."""
Day = tuple[date, str, str]
"""A day that differs from the plain week: when, `CalendarDay.Kind`, name."""


@transaction.atomic
def load_catalogue() -> int:
    """Bring the shipped services, skills and promises into the database; return the services.

    Existing rows with the same code are brought up to date; others are left alone.
    """
    for row in _read("skills.json"):
        Skill.objects.update_or_create(code=row["code"], defaults={"name": row["name"]})
    inspecting.load_shipped()
    skills = {skill.code: skill for skill in Skill.objects.all()}
    checklists = {row.code: row for row in Checklist.objects.all()}
    services = _read("services.json")
    for position, row in enumerate(services):
        fields = {key: value for key, value in row.items() if key not in LINKS}
        Service.objects.update_or_create(
            code=row["code"],
            defaults={
                **fields,
                "skill": skills.get(row["skill"]),
                "inspects": checklists.get(row.get("inspects", "")),
                "position": position,
            },
        )
    by_code = {service.code: service for service in Service.objects.all()}
    for row in _read("promises.json"):
        Promise.objects.update_or_create(
            service=by_code.get(row["service"]),
            area_class=row["area_class"],
            step=row["step"],
            defaults={key: row[key] for key in ("amount", "unit", "source")},
        )
    return len(services)


@transaction.atomic
def load_calendar(*, years: Iterable[int]) -> int:
    """Store the public holidays and 调休 days of some years; return how many days that makes.

    Source: the State Council's yearly notices, as carried by the package `chinesecalendar`. A
    year that it does not carry keeps what was entered by hand or from a file; where there is
    nothing, it gets the days that are fixed by law until the notice is known.
    """
    stored = 0
    for year in years:
        days, source = _days_known(year)
        kept = CalendarDay.objects.filter(on__year=year)
        if source == STATUTORY and kept.exclude(version=STATUTORY).exists():
            continue
        stored += replace_year(year, days=days, version=source)
    return stored


def replace_year(year: int, *, days: Iterable[Day], version: str) -> int:
    """Store these days in place of a year's; return how many. Nothing is written for no change."""
    rows = [CalendarDay(on=on, kind=kind, name=name, version=version) for on, kind, name in days]
    kept = CalendarDay.objects.filter(on__year=year)
    asked = {(row.on, row.kind, row.name, row.version) for row in rows}
    if asked != set(kept.values_list("on", "kind", "name", "version")):
        kept.delete()
        CalendarDay.objects.bulk_create(rows)
    return len(rows)


def _days_known(year: int) -> tuple[list[Day], str]:
    try:
        days = [found for day in _days_of(year) if (found := _calendar_day(day))]
    except NotImplementedError:
        fixed = statutory_holidays(year).items()
        return [(on, CalendarDay.Kind.HOLIDAY, name) for on, name in fixed], STATUTORY
    return days, f"chinesecalendar {version('chinesecalendar')}"


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days))


def _calendar_day(day: date) -> Day | None:
    is_worked = chinese_calendar.is_workday(day)
    if is_worked == (day.weekday() < 5):
        return None
    name = chinese_calendar.get_holiday_detail(day)[1] or ""
    kind = CalendarDay.Kind.MAKE_UP if is_worked else CalendarDay.Kind.HOLIDAY
    return day, kind, name


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return rows
