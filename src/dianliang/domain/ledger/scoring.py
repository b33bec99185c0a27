"""How many points records earn. Pure: the same records and rules give the same points."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What one record says that a person did; `quantity` is minutes of hours, else 1."""

    basis: str
    person: str
    is_member: bool
    team: str
    unit: str
    on: date
    quantity: int
    source_kind: str
    source_number: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a version of a rule gives on days in [from_on, until_on), as far as no later one does.

    `points` are given for every full `per` of a deed's quantity. The caps count what the rule,
    whatever its version, has given a person in a day and in a month.
    """

    rule: str
    version: int
    basis: str
    points: int
    per: int
    most_a_day: int | None
    most_a_month: int | None
    from_on: date
    until_on: date | None
    members_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a deed earned by a rule; `capped` is what it would have earned beyond the caps."""

    deed: Deed
    terms: Terms
    points: int
    capped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Points that a rule gave a person on a day before."""

    rule: str
    person: str
    on: date
    points: int


def score(
    deeds: Iterable[Deed],
    terms: Iterable[Terms],
    *,
    given: Iterable[Given] = (),
    done: Collection[tuple[str, str, str, str]] = frozenset(),
) -> tuple[Scored, ...]:
    """Return what deeds earn, day by day, those of a day in the order of their records.

    A deed that earns nothing under a rule is left out; one whose points the caps took is not.
    `done` are the (rule, person, kind, number) that were counted before, `given` what they gave.
    """
    by_basis = _by_basis(terms)
    days: dict[tuple[str, str, date], int] = {}
    months: dict[tuple[str, str, date], int] = {}
    for one in given:
        _count(days, months, one.rule, one.person, one.on, one.points)
    found = []
    for deed in sorted(deeds, key=_order):
        for rules in by_basis.get(deed.basis, {}).values():
            held = _in_force(rules, deed.on)
            full = 0 if held is None else deed.quantity // held.per * held.points
            if held is None or full == 0 or (held.members_only and not deed.is_member):
                continue
            if (held.rule, deed.person, deed.source_kind, deed.source_number) in done:
                continue
            room = full
            day, month = (held.rule, deed.person, deed.on), _month(held.rule, deed)
            if held.most_a_day is not None:
                room = min(room, held.most_a_day - days.get(day, 0))
            if held.most_a_month is not None:
                room = min(room, held.most_a_month - months.get(month, 0))
            points = max(room, 0)
            _count(days, months, held.rule, deed.person, deed.on, points)
            found.append(Scored(deed=deed, terms=held, points=points, capped=full - points))
    return tuple(found)


def totals(scored: Iterable[Scored]) -> dict[str, int]:
    """Return the points of each person who earned any."""
    found: dict[str, int] = {}
    for one in scored:
        found[one.deed.person] = found.get(one.deed.person, 0) + one.points
    return {person: points for person, points in found.items() if points}


def _order(deed: Deed) -> tuple[date, str, str, str]:
    return (deed.on, deed.source_kind, deed.source_number, deed.person)


def _by_basis(terms: Iterable[Terms]) -> Mapping[str, Mapping[str, Sequence[Terms]]]:
    found: dict[str, dict[str, list[Terms]]] = {}
    for one in sorted(terms, key=lambda one: (one.rule, one.from_on, one.version)):
        found.setdefault(one.basis, {}).setdefault(one.rule, []).append(one)
    return found


def _in_force(versions: Sequence[Terms], on: date) -> Terms | None:
    """Return the latest version that has begun, unless it has ended."""
    begun = [one for one in versions if one.from_on <= on]
    if not begun or (begun[-1].until_on is not None and on >= begun[-1].until_on):
        return None
    return begun[-1]


def _month(rule: str, deed: Deed) -> tuple[str, str, date]:
    return (rule, deed.person, deed.on.replace(day=1))


def _count(
    days: dict[tuple[str, str, date], int],
    months: dict[tuple[str, str, date], int],
    rule: str,
    person: str,
    on: date,
    points: int,
) -> None:
    day, month = (rule, person, on), (rule, person, on.replace(day=1))
    days[day] = days.get(day, 0) + points
    months[month] = months.get(month, 0) + points
