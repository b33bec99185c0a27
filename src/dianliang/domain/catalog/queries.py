"""What others may know about services, promises and working days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.core import reference
from dianliang.domain.catalog.models import (
    STATUTORY,
    CalendarDay,
    Element,
    Promise,
    Service,
    VenueType,
)
from dianliang.kernel.calendar import TimeUnit, WorkCalendar

RESPONSE_FALLBACK = (240, TimeUnit.WORKING_MINUTES)
RESOLVE_FALLBACK = (5, TimeUnit.WORKING_DAYS)
"""Used only when the table of promises has no row at all for a class of areas."""
LOOK_AHEAD = timedelta(days=30)
"""How far ahead a year without its holidays is spoken of: the longest promise and a little more."""


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


@reference.Kept
def _active_services() -> dict[str, Service]:
    return {service.code: service for service in Service.objects.filter(is_active=True)}


@reference.Kept
def _promises() -> dict[tuple[int | None, str, str], tuple[int, TimeUnit]]:
    return {
        (row.service_id, row.area_class, row.step): (row.amount, TimeUnit(row.unit))
        for row in Promise.objects.all()
    }


@reference.Kept
def work_calendar() -> WorkCalendar:
    """Return the working calendar as it is stored."""
    days = list(CalendarDay.objects.values_list("on", "kind", "version"))
    return WorkCalendar(
        holidays=frozenset(on for on, kind, _ in days if kind == CalendarDay.Kind.HOLIDAY),
        make_up_days=frozenset(on for on, kind, _ in days if kind == CalendarDay.Kind.MAKE_UP),
        version=max((version for _, _, version in days), default="plain-week"),
    )


@reference.Kept
def _announced_years() -> frozenset[int]:
    known = CalendarDay.objects.order_by().values_list("on__year", flat=True).distinct()
    return frozenset(known) - frozenset(known.filter(version=STATUTORY))


def unannounced_year(*, on: date) -> int | None:
    """Return the first year not loaded as announced that promises of these weeks reach into.

    Until it is loaded, its weekends and the holidays fixed by law are reckoned with.
    """
    known = _announced_years()
    years = (on.year, (on + LOOK_AHEAD).year)
    return next((year for year in years if year not in known), None)


def active_service(code: str) -> Service | None:
    """Return a service on offer. It is shared: read it, never change it."""
    return _active_services().get(code)


def services(*, venue_type: str = "") -> tuple[ServiceRow, ...]:
    """Return the services on offer, or those for one type of venue, in catalogue order."""
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
        for service in _active_services().values()
        if not venue_type or venue_type in service.venue_types
    )


def venue_types() -> list[tuple[str, str]]:
    """Return the five kinds of venues with their names (五进)."""
    return [(str(value), str(label)) for value, label in VenueType.choices]


def elements() -> list[tuple[str, str]]:
    """Return the elements that services belong to, with their names (要素)."""
    return [(str(value), str(label)) for value, label in Element.choices]


def deadlines(
    *, service: Service | None, area_class: str, at: datetime, calendar: WorkCalendar
) -> Deadlines:
    """Return what is promised from `at` on; a service's own row comes before the general one."""
    known = _promises()

    def instant(step: str, fallback: tuple[int, TimeUnit] | None) -> datetime | None:
        own = known.get((service.pk, area_class, step)) if service else None
        promised = own or known.get((None, area_class, step)) or fallback
        return calendar.add(at, *promised) if promised else None

    response_due_at = instant(Promise.Step.FIRST_RESPONSE, RESPONSE_FALLBACK)
    due_at = instant(Promise.Step.RESOLVE, RESOLVE_FALLBACK)
    return Deadlines(
        response_due_at=response_due_at or at,
        on_site_due_at=instant(Promise.Step.ON_SITE, None),
        due_at=due_at or at,
    )
