"""Which key customers a warning, a flood or an outage concerns: by place, by area, by what feeds.

The one entry for pages of other subjects: counts by grade and kind, and who they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dianliang.domain.incidents.zones import Reach, Zone, zone_of
from dianliang.domain.key_customers import access, queries
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.key_customers.queries import CustomerRow
from dianliang.domain.network.models import Outage
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """The key customers concerned, the gravest grade first, with counts by label."""

    rows: tuple[CustomerRow, ...]
    by_grade: Mapping[str, int]
    by_kind: Mapping[str, int]

    @property
    def keys(self) -> tuple[int, ...]:
        """Return their database keys, as `watching.open_for` takes them."""
        return tuple(row.pk for row in self.rows)


def in_zones(zones: Iterable[Mapping[str, Any]], *, by: Actor, on: date) -> Affected:
    """Return the actor's key customers in stored zones: `polygons`, `circles`, area `codes`.

    One without a position of its own counts where its area lies. Two queries.
    """
    return in_zone(zone_of(zones), by=by, on=on)


def in_zone(zone: Zone, *, by: Actor, on: date) -> Affected:
    """Return the actor's key customers that lie in a zone on a day. Two queries."""
    if zone.is_empty:
        return _affected((), on=on)
    rows = [row for row in _own(by, on=on) if zone.holds(place_of(row), code=row.area.code)]
    return _affected(rows, on=on)


def in_reach(reach: Reach, *, by: Actor, on: date) -> list[KeyCustomer]:
    """Return the actor's key customers that an incident reaches on a day. Two queries."""
    if reach.is_empty:
        return []
    return [
        row
        for row in _own(by, on=on)
        if reach.holds(place_of(row), code=row.area.code, path=row.area.path)
    ]


def in_areas(codes: Iterable[str], *, by: Actor, on: date) -> Affected:
    """Return the actor's key customers in areas and all that lies below them. Two queries."""
    wanted = tuple(f"/{code}/" for code in codes)
    rows = [row for row in _own(by, on=on) if any(part in row.area.path for part in wanted)]
    return _affected(rows, on=on)


def of_numbers(numbers: Iterable[str], *, by: Actor, on: date) -> Affected:
    """Return those of some numbers that are the actor's, in force on a day. Two queries."""
    wanted = set(numbers)
    return _affected([row for row in _own(by, on=on) if row.number in wanted], on=on)


def of_outage(outage: Outage, *, by: Actor, on: date) -> Affected:
    """Return the actor's key customers that a line or transformer without power feeds."""
    keys = queries.fed_by(
        feeders=[outage.feeder_id] if outage.feeder_id else [],
        transformers=[outage.transformer_id] if outage.transformer_id else [],
    )
    return _affected([row for row in _own(by, on=on) if row.pk in keys], on=on)


def _own(by: Actor, *, on: date) -> Iterable[KeyCustomer]:
    return queries.listed(access.visible(by).filter(access.in_force(on)))


def place_of(row: KeyCustomer) -> GeoPoint | None:
    """Return where a key customer is, as far as that is known: its own place, else its area's."""
    for lat, lon in ((row.lat, row.lon), (row.area.lat, row.area.lon)):
        if lat is not None and lon is not None:
            return GeoPoint(lat, lon)
    return None


def _affected(found: Sequence[KeyCustomer], *, on: date) -> Affected:
    rows = tuple(queries.row_of(row, on=on) for row in found)
    return Affected(
        rows=rows,
        by_grade=Counter(row.grade_label for row in rows),
        by_kind=Counter(row.kind_label for row in rows),
    )
