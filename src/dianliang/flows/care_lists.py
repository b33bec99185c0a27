"""Whom an outage or a warning concerns: special customers of areas, or chosen by position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dianliang.domain.care import access as care_access
from dianliang.domain.care.models import Alert, Contact
from dianliang.domain.care.operations import alerting
from dianliang.domain.customers import access as customer_access
from dianliang.domain.customers import consents
from dianliang.domain.customers.models import Consent, Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

CALLERS = customer_access.READERS


@transaction.atomic
def open_for(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime | None,
    customers: Sequence[Customer],
    about: str = "",
    by: Actor,
    at: datetime,
) -> Alert:
    """Open the list of certain special customers to be called before bad weather.

    `about` numbers what it is made for: see `open_about`.

    Raises:
        NotVisibleError: the actor calls nobody.
        InvalidInputError: the period makes no sense.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in CALLERS or unit is None:
        raise NotVisibleError("没有可联系的特殊客户。")
    found = [(one.pk, one.special_kind, one.special_level) for one in customers]
    return alerting.open_alert(
        kind=Alert.Kind.WARNING,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        areas=list(Area.objects.filter(pk__in={one.area_id for one in customers})),
        unit=unit,
        about=about,
        affected=_willing(found),
        by=by,
        at=at,
    )


def open_about(about: str, *, by: Actor) -> str:
    """Return the number of the list that the actor's unit is calling about a thing; empty if none.

    Two desks of a unit call from one list: whoever is called twice believes neither.
    """
    found = Alert.objects.filter(about=about, unit__code=by.unit_code, status="OPEN").first()
    return found.number if found and by.role in CALLERS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A list of whom to call that is being worked on."""

    number: str
    unit_name: str


def lists_about(about: str, *, earlier: str = "", by: Actor) -> tuple[ListRow, ...]:
    """Return the open lists about a thing: of the actor's units, or with customers of theirs.

    `earlier` numbers a list from the time when a thing had one for all units.
    """
    within_reach = Alert.objects.filter(unit__path__startswith=by.unit_path)
    rows = care_access.alerts(by) if by.role in CALLERS else within_reach
    found = rows.filter(Q(about=about) | Q(number=earlier), status="OPEN").select_related("unit")
    return tuple(
        ListRow(number=row.number, unit_name=row.unit.name) for row in found.order_by("pk")
    )


def still_unlisted(
    customers: Sequence[Customer], *, about: str, earlier: str = ""
) -> list[Customer]:
    """Return who is to be called about a thing and stands on no open list: nobody calls twice."""
    lists = Alert.objects.filter(Q(about=about) | Q(number=earlier), status="OPEN")
    on = set(Contact.objects.filter(alert__in=lists).values_list("customer_id", flat=True))
    found = [(one.pk, one.special_kind, one.special_level) for one in customers]
    willing = {pk for pk, _, _ in _willing(found)}
    return [one for one in customers if one.pk in willing - on]


def affected(areas: Sequence[Area], *, by: Actor) -> list[tuple[int, str, int]]:
    """Return key, kind and level of the special customers of areas who may be called."""
    below = tuple(area.path for area in areas)
    ids = [pk for pk, path in Area.objects.values_list("pk", "path") if path.startswith(below)]
    rows = customer_access.visible(by).filter(area__in=ids)
    return _willing(list(rows.values_list("pk", "special_kind", "special_level")))


def _willing(found: Sequence[tuple[int, str, int | None]]) -> list[tuple[int, str, int]]:
    """Leave out whoever took back his consent to be called, unless his life depends on power."""
    refused = consents.refusers([pk for pk, _, _ in found], purpose=Consent.Purpose.OUTAGE)
    return [
        (pk, kind, level or 3)
        for pk, kind, level in found
        if pk not in refused or kind == Customer.SpecialKind.LIFE_SUPPORT
    ]
