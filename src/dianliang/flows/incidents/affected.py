"""Whom an area concerns (受影响名单): customers found by geometry, one entry for each kind.

A new kind of customer, such as key ones, is one more entry of `KINDS`: incidents, alerts and the
map then list and count it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from dianliang.domain.customers.access import READERS as PERSONS_TO
from dianliang.domain.customers.access import within
from dianliang.domain.customers.models import SEALED, Customer
from dianliang.domain.incidents.access import READERS
from dianliang.domain.incidents.zones import Reach
from dianliang.domain.key_customers.access import READERS as KEY_READERS
from dianliang.domain.key_customers.models import Grade
from dianliang.flows.care import place_of
from dianliang.flows.key_customers import affected as key_customers
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.geo import GeoPoint

GRAVITY = (Grade.SPECIAL, Grade.FIRST, Grade.SECOND, Grade.TEMPORARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A customer in an area: never more of a person than his number and why he is special."""

    number: str
    what: str
    weight: int
    area_name: str
    unit_name: str
    at: GeoPoint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of customer: how it is called and counted, who may read the list, who is found."""

    code: str
    label: str
    counted_in: str
    listed_to: Collection[Role]
    find: Callable[[Reach, Actor, date], list[Affected]]
    counted_to: Collection[Role] = READERS
    """Whom it is told how many there are; for others there is no such number."""


def special_customers(reach: Reach, *, by: Actor) -> list[Customer]:
    """Return the special customers of the actor's units in an area, without what is sealed.

    A leader is told how many there are, never who: pages show him counts alone.
    """
    if reach.is_empty:
        return []
    rows = Customer.objects.filter(within(by), special_level__isnull=False)
    return [
        row
        for row in rows.select_related("area", "unit").defer(*SEALED)
        if reach.holds(place_of(row), code=row.area.code, path=row.area.path)
    ]


def _special(reach: Reach, by: Actor, on: date) -> list[Affected]:
    del on
    found = [
        Affected(
            number=row.number,
            what=str(row.get_special_kind_display()),
            weight=row.special_level or 3,
            area_name=row.area.name,
            unit_name=row.unit.name if row.unit else "",
            at=place_of(row),
        )
        for row in special_customers(reach, by=by)
    ]
    return sorted(found, key=lambda one: (one.weight, one.number))


def _key(reach: Reach, by: Actor, on: date) -> list[Affected]:
    """Return the key customers, the gravest grade first."""
    found = [
        Affected(
            number=row.number,
            what=f"{row.get_grade_display()} {row.name}",
            weight=GRAVITY.index(row.grade),
            area_name=row.area.name,
            unit_name=row.unit.name,
            at=key_customers.place_of(row),
        )
        for row in key_customers.in_reach(reach, by=by, on=on)
    ]
    return sorted(found, key=lambda one: (one.weight, one.number))


KINDS: tuple[Kind, ...] = (
    Kind(
        code="special",
        label="特殊客户",
        counted_in="户",
        listed_to=PERSONS_TO,
        find=_special,
    ),
    Kind(
        code="key",
        label="重要客户",
        counted_in="户",
        listed_to=KEY_READERS,
        counted_to=KEY_READERS,
        find=_key,
    ),
)


def kinds(by: Actor) -> tuple[Kind, ...]:
    """Return the kinds of which the actor is told how many there are."""
    return tuple(kind for kind in KINDS if by.role in kind.counted_to)
