"""What others may know about services, promises and working days."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from dianliang.domain.catalog.models import CalendarDay, Promise, Service, VenueType
from dianliang.kernel.calendar import TimeUnit, WorkCalendar

RESPONSE_FALLBACK = (240, TimeUnit.WORKING_MINUTES)
RESOLVE_FALLBACK = (5, TimeUnit.WORKING_DAYS)
"""Used only when the table of promises has no row at all for a class of areas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service as pages need it."""

    code: str
    name: str
    description: str
    element: str
    element_label: str
    venue_types: tuple[str, ...]
    needs_visit: bool
    is_urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """When a need must be answered, somebody be there, and it be done."""

    response_due_at: datetime
    on_site_due_at: datetime | None
    due_at: datetime


def services(*, venue_type: str = "") -> tuple[ServiceRow, ...]:
    """Return the services on offer, or those for one type of venue, in catalogue order."""
    rows = Service.objects.filter(is_active=True)
    return tuple(
        ServiceRow(
            code=service.code,
            name=service.name,
            description=service.description,
            element=service.element,
            element_label=service.get_element_display(),
            venue_types=tuple(service.venue_types),
            needs_visit=service.needs_visit,
            is_urgent=service.is_urgent,
        )
        for service in rows
        if not venue_type or venue_type in service.venue_types
    )


def venue_types() -> list[tuple[str, str]]:
    """Return the five kinds of venues with their names (五进)."""
    return [(str(value), str(label)) for value, label in VenueType.choices]


def work_calendar() -> WorkCalendar:
    """Return the working calendar as it is stored."""
    days = list(CalendarDay.objects.values_list("on", "kind", "version"))
    return WorkCalendar(
        holidays=frozenset(on for on, kind, _ in days if kind == CalendarDay.Kind.HOLIDAY),
        make_up_days=frozenset(on for on, kind, _ in days if kind == CalendarDay.Kind.MAKE_UP),
        version=max((version for _, _, version in days), default="plain-week"),
    )


def deadlines(
    *, service: Service | None, area_class: str, at: datetime, calendar: WorkCalendar
) -> Deadlines:
    """Return what is promised from `at` on; a service's own row comes before the general one."""
    rows: dict[str, Promise] = {}
    wanted = Q(service=None) | Q(service=service) if service else Q(service=None)
    for row in Promise.objects.filter(wanted, area_class=area_class):
        if row.service_id is not None or row.step not in rows:
            rows[row.step] = row

    def instant(step: str, fallback: tuple[int, TimeUnit]) -> datetime:
        row = rows.get(step)
        amount, unit = (row.amount, TimeUnit(row.unit)) if row else fallback
        return calendar.add(at, amount, unit)

    on_site = Promise.Step.ON_SITE
    return Deadlines(
        response_due_at=instant(Promise.Step.FIRST_RESPONSE, RESPONSE_FALLBACK),
        on_site_due_at=instant(on_site, RESOLVE_FALLBACK) if on_site in rows else None,
        due_at=instant(Promise.Step.RESOLVE, RESOLVE_FALLBACK),
    )
