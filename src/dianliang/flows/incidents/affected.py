"""Whom an area concerns (受影响名单): customers found by geometry, one entry for each kind.

A new kind of customer, such as key ones, is one more entry of `KINDS`: incidents, alerts and the
map then list and count it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from dianliang.domain.customers.access import READERS as PERSONS_TO
from dianliang.domain.customers.access import within
from dianliang.domain.customers.models import SEALED, Customer
from dianliang.domain.incidents.zones import Reach
from dianliang.flows.care import place_of
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.geo import GeoPoint


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
    find: Callable[[Reach, Actor], list[Affected]]


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


def _special(reach: Reach, by: Actor) -> list[Affected]:
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


KINDS: tuple[Kind, ...] = (
    Kind(
        code="special",
        label="特殊客户",
        counted_in="户",
        listed_to=PERSONS_TO,
        find=_special,
    ),
)


def counts(reach: Reach, *, by: Actor) -> tuple[tuple[Kind, int], ...]:
    """Return how many of each kind an area concerns."""
    return tuple((kind, len(kind.find(reach, by))) for kind in KINDS)
