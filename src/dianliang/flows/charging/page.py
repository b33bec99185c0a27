"""The page of who answers for which area: the tree, the gaps, the loads, what is to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from dianliang.core import reference
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors, spoken_name
from dianliang.domain.workforce.charging import (
    AWAY,
    HELD,
    InCharge,
    cells_of,
    charge_of,
    charges,
    kinds,
    people_of,
)
from dianliang.domain.workforce.models import Charge, ChargeKind
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

VIEWS = {"tree": "责任区", "gaps": "缺口", "loads": "重叠与越界", "ahead": "可撤回的交接"}
MOST_OPEN = 400
"""With more areas than this only one township is unfolded at a time, and gaps come in pages."""
INDENT = {"city": 0, "county": 0, "township": 0, "village": 0, "grid": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRow:
    """One area with who answers for it in each kind."""

    code: str
    name: str
    level: str
    level_label: str
    indent: int
    town_name: str
    lat: float | None
    lon: float | None
    holders: tuple[InCharge, ...]

    @property
    def gaps(self) -> tuple[InCharge, ...]:
        """Return the kinds in which somebody is missing."""
        return tuple(holder for holder in self.holders if holder.is_gap)

    @property
    def shown(self) -> tuple[InCharge, ...]:
        """Return the kinds that this level must have, or has."""
        return tuple(h for h in self.holders if h.is_due or h.since is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A township, or what lies above all townships, with its cells."""

    head: CellRow
    rows: tuple[CellRow, ...]

    @property
    def gaps(self) -> int:
        """Return how many people are missing here."""
        return sum(len(row.gaps) for row in (self.head, *self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Somebody who answers for more areas than the kind allows."""

    number: str
    name: str
    unit_name: str
    kind_name: str
    cells: int
    most: int
    cell_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """An area whose holder belongs to no unit that serves it."""

    row: CellRow
    holder: InCharge
    serving_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A hand-over that can be taken back: one to come, or one written down that day."""

    area_code: str
    area_name: str
    kind_code: str
    kind_name: str
    from_on: date
    person_name: str
    reason: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargePage:
    """Everything about who answers for which area, on one day."""

    towns: tuple[Town, ...]
    gaps: tuple[CellRow, ...]
    loads: tuple[Load, ...]
    foreign: tuple[Foreign, ...]
    ahead: tuple[Ahead, ...]
    cells: int
    due: int
    missing: int

    @property
    def is_large(self) -> bool:
        """Tell whether there are more areas than one page shows at once."""
        return self.cells > MOST_OPEN

    def unfolded(self, code: str) -> tuple[CellRow, ...]:
        """Return the areas to draw: all of few; of many, what stands on top and one township's."""
        return tuple(
            row
            for town in self.towns
            for row in (town.head, *(town.rows if self.opens(town, code) else ()))
        )

    def opens(self, town: Town, code: str) -> bool:
        """Tell whether a township is shown with what lies below it."""
        return not self.is_large or town.head.code == code

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how much each view holds."""
        return {
            "tree": self.cells,
            "gaps": self.missing,
            "loads": len(self.loads) + len(self.foreign),
            "ahead": len(self.ahead),
        }


def page(*, by: Actor, on: date) -> ChargePage:
    """Return the cells of the actor's areas with their people; the number of queries is fixed."""
    own = list(cells_of(by).defer("aliases").order_by("path"))
    rows = _rows(own, on=on)
    every = [(row, holder) for row in rows for holder in row.holders if holder.is_due]
    return ChargePage(
        towns=_towns(own, rows),
        gaps=tuple(row for row in rows if row.gaps),
        loads=_loads(rows, kinds()),
        foreign=_foreign(own, rows),
        ahead=_ahead(own, on=on),
        cells=len(rows),
        due=len(every),
        missing=sum(holder.is_gap for _, holder in every),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Who answered for an area from a day to the day before the next."""

    kind_name: str
    person_name: str
    person_number: str
    from_on: date
    until: date | None
    reason: str
    decided_by: str
    is_ahead: bool

    @property
    def last_on(self) -> date | None:
        """Return the last day of it, or None while nobody follows."""
        return self.until - timedelta(days=1) if self.until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFile:
    """One area: who answers for it now, who did, who will."""

    code: str
    name: str
    level_label: str
    holders: tuple[InCharge, ...]
    periods: tuple[Period, ...]


def cell_file(*, code: str, by: Actor, on: date) -> CellFile:
    """Return one area with its whole history of people.

    Raises:
        NotVisibleError: absent, or not of the actor's areas.
    """
    area = cells_of(by).filter(code=code).first()
    if area is None:
        raise NotVisibleError("没有找到这个区域。")
    stored = Charge.objects.filter(area=area).select_related("kind", "person")
    by_kind: dict[int, list[Charge]] = {}
    for row in stored.order_by("kind__position", "from_on"):
        by_kind.setdefault(row.kind_id, []).append(row)
    periods = [
        _period(row, after, on=on)
        for of_kind in by_kind.values()
        for row, after in zip(of_kind, [*of_kind[1:], None], strict=True)
    ]
    holders = charge_of(area=area, on=on)
    return CellFile(
        code=area.code,
        name=spoken_name(area.name),
        level_label=area.get_level_display(),
        holders=tuple(h for h in holders if h.is_due or h.since or h.acting_name),
        periods=tuple(reversed(periods)),
    )


def people(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return number and words of everybody whom the actor may put in charge."""
    return tuple(
        (person.number, f"{person.name} {person.unit.name} {person.title}".strip())
        for person in people_of(by)
    )


def _period(row: Charge, after: Charge | None, *, on: date) -> Period:
    return Period(
        kind_name=row.kind.name,
        person_name=row.person.name if row.person else "",
        person_number=row.person.number if row.person else "",
        from_on=row.from_on,
        until=after.from_on if after else None,
        reason=row.reason,
        decided_by=row.decided_by,
        is_ahead=row.from_on > on,
    )


def _rows(areas: Sequence[Area], *, on: date) -> tuple[CellRow, ...]:
    paths = {path for area in areas for path in ancestors(area)}
    above = Area.objects.filter(path__in=paths - {area.path for area in areas})
    holders = charges(areas, on=on, above=above, only_own=True)
    towns = {area.path: area.name for area in (*areas, *above) if area.level == "township"}
    return tuple(
        CellRow(
            code=area.code,
            name=spoken_name(area.name),
            level=area.level,
            level_label=area.get_level_display(),
            indent=INDENT.get(area.level, 0),
            town_name=next((towns[path] for path in ancestors(area) if path in towns), ""),
            lat=area.lat,
            lon=area.lon,
            holders=holders[area.code],
        )
        for area in areas
    )


def _towns(areas: Sequence[Area], rows: Sequence[CellRow]) -> tuple[Town, ...]:
    """Put the villages and grids below their township; what lies above stands alone."""
    made: list[tuple[Area, CellRow, list[CellRow]]] = []
    for area, row in zip(areas, rows, strict=True):
        if area.level in {"village", "grid"} and made and area.path.startswith(made[-1][0].path):
            made[-1][2].append(row)
        else:
            made.append((area, row, []))
    return tuple(Town(head=head, rows=tuple(below)) for _, head, below in made)


def _loads(rows: Sequence[CellRow], all_kinds: Sequence[ChargeKind]) -> tuple[Load, ...]:
    most = {kind.code: kind.most_cells for kind in all_kinds}
    cells: dict[tuple[str, str], list[tuple[str, InCharge]]] = {}
    for row in rows:
        for holder in row.holders:
            if holder.state in {HELD, AWAY}:
                key = (holder.person_number, holder.kind_code)
                cells.setdefault(key, []).append((row.name, holder))
    return tuple(
        Load(
            number=number,
            name=held[0][1].person_name,
            unit_name=held[0][1].unit_name,
            kind_name=held[0][1].kind_name,
            cells=len(held),
            most=most[kind],
            cell_names=tuple(name for name, _ in held),
        )
        for (number, kind), held in sorted(cells.items(), key=lambda item: -len(item[1]))
        if len(held) > most[kind]
    )


def _foreign(areas: Sequence[Area], rows: Sequence[CellRow]) -> tuple[Foreign, ...]:
    found = []
    with reference.steady():
        for area, row in zip(areas, rows, strict=True):
            held = [h for h in row.holders if h.is_due and h.state in {HELD, AWAY}]
            if not held:
                continue
            serving = unit_for(service=None, area=area)[0]
            found += [
                Foreign(row=row, holder=holder, serving_name=serving.name)
                for holder in held
                if not holder.unit_path.startswith(serving.path)
            ]
    return tuple(found)


def _ahead(areas: Sequence[Area], *, on: date) -> tuple[Ahead, ...]:
    rows = Charge.objects.filter(
        Q(from_on__gt=on) | Q(decided_at__date=on), area__in=[area.pk for area in areas]
    )
    return tuple(
        Ahead(
            area_code=row.area.code,
            area_name=spoken_name(row.area.name),
            kind_code=row.kind.code,
            kind_name=row.kind.name,
            from_on=row.from_on,
            person_name=row.person.name if row.person else "",
            reason=row.reason,
            decided_by=row.decided_by,
        )
        for row in rows.select_related("area", "kind", "person").order_by("from_on", "area__path")
    )
