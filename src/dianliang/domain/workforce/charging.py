"""Who answers for which area on a day, and where nobody does (责任区), rows 000-03 and 000-19.

A cell has a holder when its newest row up to that day names a person who has not left and is not
away. Where it has none, the nearest area above that has one stands in; the gap stays listed, as
standing in is not answering.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors, county
from dianliang.domain.workforce.charges import is_gone
from dianliang.domain.workforce.models import Absence, Charge, ChargeKind, Person
from dianliang.kernel.actor import Actor

HELD, AWAY, LEFT, VACANT, NEVER = "held", "away", "left", "vacant", "never"
STATES = {
    HELD: "在任",
    AWAY: "请假",
    LEFT: "已离岗",
    VACANT: "空缺",
    NEVER: "从未指定",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InCharge:
    """Who answers for an area in one kind on a day.

    `state` is of the area's own row; `acting_*` tell who of an area above stands in. An area
    whose level needs nobody of its own (`is_due` is false) is looked after from above.
    """

    area_code: str
    kind_code: str
    kind_name: str
    is_due: bool
    state: str
    person_number: str
    person_name: str
    unit_name: str
    unit_path: str
    since: date | None
    away_until: date | None
    acting_number: str
    acting_name: str
    acting_for: str
    next_on: date | None
    next_name: str

    @property
    def state_label(self) -> str:
        """Return what the state is called."""
        return STATES[self.state]

    @property
    def is_gap(self) -> bool:
        """Tell whether somebody of its own is missing."""
        return self.is_due and self.state != HELD

    @property
    def name(self) -> str:
        """Return who is to be asked on that day: the holder, else who stands in."""
        return self.person_name if self.state == HELD else self.acting_name

    @property
    def number(self) -> str:
        """Return the number of whom to ask on that day."""
        return self.person_number if self.state == HELD else self.acting_number


@dataclass(frozen=True, slots=True)
class _Known:
    """The row that counts on a day, the one after it, and what both mean that day."""

    current: Charge | None
    following: Charge | None
    state: str
    away_until: date | None


_NOTHING = _Known(None, None, NEVER, None)
Key = tuple[str, str]
"""The path of an area and the code of a kind."""


def charge_of(*, area: Area, on: date) -> tuple[InCharge, ...]:
    """Return who answers for an area on a day, one for each kind of responsibility."""
    known = _known(Charge.objects.filter(area__path__in=ancestors(area)), on=on)
    names = dict(Area.objects.filter(path__in=ancestors(area)).values_list("path", "name"))
    return tuple(_in_charge(area, kind, known, names) for kind in kinds())


def charges(
    areas: Iterable[Area], *, on: date, above: Iterable[Area] = (), only_own: bool = False
) -> dict[str, tuple[InCharge, ...]]:
    """Return who answers for each of many areas, by code; the number of queries is fixed.

    `above` are the areas that may stand in besides those asked for. `only_own` leaves out the kinds
    in which an area neither needs nor has anybody of its own.
    """
    asked = tuple(areas)
    everything = (*asked, *above)
    names = {area.path: area.name for area in everything}
    rows = Charge.objects.filter(area__in=[area.pk for area in everything])
    known, all_kinds = _known(rows, on=on), kinds()
    return {
        area.code: tuple(
            _in_charge(area, kind, known, names)
            for kind in all_kinds
            if not only_own or area.level in kind.levels or (area.path, kind.code) in known
        )
        for area in asked
    }


def kinds() -> tuple[ChargeKind, ...]:
    """Return the kinds of responsibility in use."""
    return tuple(ChargeKind.objects.filter(is_active=True))


def cells_of(by: Actor) -> QuerySet[Area]:
    """Return the areas for which the actor may say who answers.

    Whoever serves the whole county also keeps the city above it.
    """
    own = areas_of(by)
    whole = county()
    if whole is not None and own.filter(pk=whole.pk).exists():
        above = ancestors(whole)[:-1]
        return own | Area.objects.filter(path__in=above, level=Area.Level.CITY)
    return own


def people_of(by: Actor) -> QuerySet[Person]:
    """Return the people whom the actor may put in charge: of his units, and below."""
    if not by.unit_path:
        return Person.objects.none()
    people = Person.objects.filter(unit__path__startswith=by.unit_path, is_active=True)
    return people.select_related("unit").order_by("unit__path", "number")


def _known(rows: QuerySet[Charge], *, on: date) -> Mapping[Key, _Known]:
    told = rows.prefetch_related("kind", "person__unit").order_by("from_on")
    current: dict[Key, Charge] = {}
    following: dict[Key, Charge] = {}
    for row, path in _with_paths(told):
        key = (path, row.kind.code)
        if row.from_on <= on:
            current[key] = row
        else:
            following.setdefault(key, row)
    holding = {row.person_id for row in current.values() if row.person_id}
    away = Absence.objects.filter(first_on__lte=on, last_on__gte=on, person__in=holding)
    until = dict(away.order_by("last_on").values_list("person_id", "last_on"))
    return {
        key: _Known(
            current.get(key),
            following.get(key),
            _state(current.get(key), until, on=on),
            _until(current.get(key), until),
        )
        for key in current.keys() | following.keys()
    }


def _with_paths(rows: QuerySet[Charge]) -> Iterable[tuple[Charge, str]]:
    """Pair each row with the path of its area; the areas themselves need not be made again."""
    paths = dict(rows.order_by().values_list("area_id", "area__path"))
    return ((row, paths[row.area_id]) for row in rows)


def _state(row: Charge | None, until: Mapping[int, date], *, on: date) -> str:
    if row is None:
        return NEVER
    if row.person is None:
        return VACANT
    if is_gone(row.person, on=on):
        return LEFT
    return AWAY if row.person.pk in until else HELD


def _until(row: Charge | None, until: Mapping[int, date]) -> date | None:
    return until.get(row.person_id) if row is not None and row.person_id else None


def _in_charge(
    area: Area, kind: ChargeKind, known: Mapping[Key, _Known], names: Mapping[str, str]
) -> InCharge:
    own = known.get((area.path, kind.code), _NOTHING)
    person = own.current.person if own.current else None
    acting, path = _acting(area, kind, known) if own.state != HELD else (None, "")
    return InCharge(
        area_code=area.code,
        kind_code=kind.code,
        kind_name=kind.name,
        is_due=area.level in kind.levels,
        state=own.state,
        person_number=person.number if person else "",
        person_name=person.name if person else "",
        unit_name=person.unit.name if person else "",
        unit_path=person.unit.path if person else "",
        since=own.current.from_on if own.current else None,
        away_until=own.away_until,
        acting_number=acting.number if acting else "",
        acting_name=acting.name if acting else "",
        acting_for=names.get(path, ""),
        next_on=own.following.from_on if own.following else None,
        next_name=_next_name(own.following),
    )


def _next_name(row: Charge | None) -> str:
    if row is None:
        return ""
    return row.person.name if row.person else STATES[VACANT]


def _acting(area: Area, kind: ChargeKind, known: Mapping[Key, _Known]) -> tuple[Person | None, str]:
    """Return who of the nearest area above is there, and that area's path."""
    for path in ancestors(area)[-2::-1]:
        above = known.get((path, kind.code), _NOTHING)
        if above.state == HELD and above.current is not None:
            return above.current.person, path
    return None, ""
