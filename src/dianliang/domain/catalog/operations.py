"""Every write to the catalogue: loading it, and the holiday calendar."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar
from django.db import transaction

from dianliang.domain.catalog.models import CalendarDay, Promise, Service, Skill

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_catalogue() -> int:
    """Bring the shipped services, skills and promises into the database; return the services.

    Existing rows with the same code are brought up to date; others are left alone.
    """
    for row in _read("skills.json"):
        Skill.objects.update_or_create(code=row["code"], defaults={"name": row["name"]})
    skills = {skill.code: skill for skill in Skill.objects.all()}
    services = _read("services.json")
    for position, row in enumerate(services):
        fields = {key: value for key, value in row.items() if key not in {"code", "skill"}}
        Service.objects.update_or_create(
            code=row["code"],
            defaults={**fields, "skill": skills.get(row["skill"]), "position": position},
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
    """Store the public holidays and 调休 days of some years; return how many days differ.

    Source: the State Council's yearly notices, as carried by the package `chinesecalendar`. A
    year that has not been announced yet is skipped and follows the plain week.
    """
    source = f"chinesecalendar {version('chinesecalendar')}"
    stored = 0
    for year in years:
        try:
            days = [_calendar_day(day) for day in _days_of(year)]
        except NotImplementedError:
            continue
        CalendarDay.objects.filter(on__year=year).delete()
        rows = [CalendarDay(**day, version=source) for day in days if day]
        stored += len(CalendarDay.objects.bulk_create(rows))
    return stored


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days))


def _calendar_day(day: date) -> dict[str, Any] | None:
    is_worked = chinese_calendar.is_workday(day)
    if is_worked == (day.weekday() < 5):
        return None
    name = chinese_calendar.get_holiday_detail(day)[1] or ""
    kind = CalendarDay.Kind.MAKE_UP if is_worked else CalendarDay.Kind.HOLIDAY
    return {"on": day, "kind": kind, "name": name}


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return rows
