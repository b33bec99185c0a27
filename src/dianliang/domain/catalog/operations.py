"""Every write to the catalogue: loading it, and the holiday calendar."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar
from django.db import transaction
from django.db.models import Model

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
LINKS = frozenset({"skill", "inspects"})
"""Keys of a shipped service that are no plain fields."""
Day = tuple[date, str, str]
"""A day that differs from the plain week: when, `CalendarDay.Kind`, name."""


@transaction.atomic
def load_catalogue() -> int:
    """Bring the shipped services, skills and promises into the database; return the services.

    Existing rows with the same code are brought up to date; others are left alone.
    """
    _bring(Skill, _read("skills.json"), key=("code",))
    inspecting.load_shipped()
    skills = dict(Skill.objects.values_list("code", "pk"))
    checklists = dict(Checklist.objects.values_list("code", "pk"))
    services = [
        {
            **{name: value for name, value in row.items() if name not in LINKS},
            "skill_id": skills.get(row["skill"]),
            "inspects_id": checklists.get(row.get("inspects", "")),
            "position": position,
        }
        for position, row in enumerate(_read("services.json"))
    ]
    _bring(Service, services, key=("code",))
    known = dict(Service.objects.values_list("code", "pk"))
    promises = [
        {
            **{name: value for name, value in row.items() if name != "service"},
            "service_id": known.get(row["service"]),
        }
        for row in _read("promises.json")
    ]
    _bring(Promise, promises, key=("service_id", "area_class", "step"))
    return len(services)


def _bring(model: type[Model], rows: Sequence[dict[str, Any]], *, key: tuple[str, ...]) -> None:
    """Write rows that are not there and bring those up to date that differ, in few statements."""
    kept = {tuple(getattr(row, name) for name in key): row for row in model._default_manager.all()}
    fresh, changed = list[Model](), list[Model]()
    for row in rows:
        found = kept.get(tuple(row[name] for name in key))
        if found is None:
            fresh.append(model(**row))
        elif any(getattr(found, name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(found, name, value)
            changed.append(found)
    model._default_manager.bulk_create(fresh)
    if changed:
        names = sorted({name.removesuffix("_id") for row in rows for name in row} - set(key))
        model._default_manager.bulk_update(changed, [n for n in names if f"{n}_id" not in key])


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
