"""Try a table of rules on the needs of past days: what would have gone elsewhere (试算)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import OWN
from dianliang.domain.directory.queries import (
    Reason,
    Routed,
    Table,
    route,
    table_in_force,
    table_of,
)
from dianliang.domain.directory.rules import RuleRow
from dianliang.domain.intake import access
from dianliang.domain.intake.models import Need
from dianliang.domain.territory.models import Area
from dianliang.flows import triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

DAYS = 90
MOST_DAYS = 731
EXAMPLES = 3
MOST_WITH_EXAMPLES = 12
"""So many changes, the largest, are shown with needs: each text is masked anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A need that would go elsewhere, in as many words as whoever asks may read."""

    number: str
    received_at: datetime
    area_name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Needs of one service that one unit would have got instead of others, by one rule.

    `handed_over` is how many of them people had led to that unit by hand.
    """

    service_name: str
    to_name: str
    reason: Reason
    needs: int
    sources: tuple[tuple[str, int], ...]
    handed_over: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Needs whose assisting units would be others."""

    service_name: str
    before: str
    after: str
    needs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many needs a unit had by the table in force, and would have."""

    unit_name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Needs that no unit of their own element would have got."""

    service_name: str
    element_label: str
    unit_name: str
    needs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a table of rules would have changed."""

    days: int
    needs: int
    moved: int
    moves: tuple[Move, ...]
    helped: tuple[Help, ...]
    shares: tuple[Share, ...]
    strays: tuple[Stray, ...]

    @property
    def words(self) -> str:
        """Say it in one line, for the record."""
        return f"近 {self.days} 天 {self.needs} 条需求中，{self.moved} 条会改派"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """Needs that no table can tell apart, and where they are now."""

    service: Service | None
    area: Area
    owner: str
    unit_id: int
    needs: int


def run(rows: Sequence[RuleRow], *, days: int = DAYS, by: Actor, at: datetime) -> Trial:
    """Route the needs of the last `days` by the table in force and by `rows`; write nothing.

    A need is taken as it is known today: its service, place and owner of the facility. Cost: one
    query that counts needs alike, and up to two for each of the largest changes.

    Raises:
        InvalidInputError: the days are none or too many.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInputError(
            Phrase("试算天数应为 1 到 %(most)s。", most=MOST_DAYS), field="days"
        )
    since = at - timedelta(days=days)
    alike = list(_alike(since))
    both = list(_routed(alike, table_in_force(), table_of(rows)))
    moved = [(one, old, new) for one, old, new in both if old.unit.pk != new.unit.pk]
    return Trial(
        days=days,
        needs=sum(one.needs for one in alike),
        moved=sum(one.needs for one, _, _ in moved),
        moves=_moves(moved, since=since, by=by),
        helped=_helped(both),
        shares=_shares(both),
        strays=_strays(both),
    )


def _alike(since: datetime) -> Iterable[_Alike]:
    services = {service.pk: service for service in Service.objects.all()}
    areas = {area.pk: area for area in Area.objects.all()}
    rows = Need.objects.filter(received_at__gte=since).order_by()
    counted = rows.values_list("service_id", "area_id", "facility_owner", "unit_id")
    for service, area, owner, unit, count in counted.annotate(n=Count("pk")):
        known = services[service] if service is not None else None
        yield _Alike(service=known, area=areas[area], owner=owner, unit_id=unit, needs=count)


_Both = tuple[_Alike, Routed, Routed]


def _routed(alike: Iterable[_Alike], before: Table, after: Table) -> Iterable[_Both]:
    for one in alike:
        old = route(service=one.service, area=one.area, owner=one.owner, table=before)
        new = route(service=one.service, area=one.area, owner=one.owner, table=after)
        yield one, old, new


def _name(service: Service | None) -> str:
    return service.name if service else "未分类"


def _moves(moved: Iterable[_Both], *, since: datetime, by: Actor) -> tuple[Move, ...]:
    groups: dict[tuple[str, Reason], list[_Both]] = defaultdict(list)
    for row in moved:
        groups[_name(row[0].service), row[2].reason].append(row)
    counted = {key: sum(one.needs for one, _, _ in rows) for key, rows in groups.items()}
    largest = sorted(groups, key=lambda key: (-counted[key], key[0], key[1].words))
    return tuple(
        Move(
            service_name=key[0],
            to_name=groups[key][0][2].unit.name,
            reason=key[1],
            needs=counted[key],
            sources=_sources(groups[key]),
            handed_over=sum(one.needs for one, _, new in groups[key] if one.unit_id == new.unit.pk),
            examples=_examples([one for one, _, _ in groups[key]], since=since, by=by)
            if place < MOST_WITH_EXAMPLES
            else (),
        )
        for place, key in enumerate(largest)
    )


def _sources(rows: Iterable[_Both]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for one, old, _ in rows:
        counted[old.unit.name] += one.needs
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _examples(alike: Sequence[_Alike], *, since: datetime, by: Actor) -> tuple[Example, ...]:
    """Return the newest of the commonest needs, those that `by` may read or everybody may."""
    first = max(alike, key=lambda one: (one.needs, one.area.path, one.owner))
    own = access.visible(by)
    readable = Need.objects.filter(is_public=True) | own
    rows = readable.filter(
        received_at__gte=since,
        service=first.service,
        area__in=[one.area for one in alike if one.owner == first.owner],
        facility_owner=first.owner,
    )
    found = list(rows.select_related("area").order_by("-received_at")[:EXAMPLES])
    as_written = set(own.filter(pk__in=[need.pk for need in found]).values_list("pk", flat=True))
    return tuple(
        Example(
            number=need.number,
            received_at=need.received_at,
            area_name=need.area.name,
            text=(need.text if need.pk in as_written else triage.masked(need.text))[:60],
        )
        for need in found
    )


def _helped(both: Iterable[_Both]) -> tuple[Help, ...]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for one, old, new in both:
        if old.assisting != new.assisting:
            counted[_name(one.service), _names(old.assisting), _names(new.assisting)] += one.needs
    return tuple(
        Help(service_name=name, before=before, after=after, needs=needs)
        for (name, before, after), needs in sorted(counted.items())
    )


def _names(units: Sequence[Unit]) -> str:
    return "、".join(unit.name for unit in units)


def _shares(both: Iterable[_Both]) -> tuple[Share, ...]:
    units: dict[int, Unit] = {}
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    for one, old, new in both:
        units |= {old.unit.pk: old.unit, new.unit.pk: new.unit}
        before[old.unit.pk] += one.needs
        after[new.unit.pk] += one.needs
    return tuple(
        Share(unit_name=unit.name, before=before[pk], after=after[pk])
        for pk, unit in sorted(units.items(), key=lambda item: item[1].path)
        if before[pk] != after[pk]
    )


def _strays(both: Iterable[_Both]) -> tuple[Stray, ...]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for one, _, new in both:
        service = one.service
        if service is None or service.element == Element.GENERAL or one.owner not in OWN:
            continue
        if new.unit.element not in {service.element, Element.GENERAL}:
            label = str(service.get_element_display())
            counted[service.name, label, new.unit.name] += one.needs
    return tuple(
        Stray(service_name=name, element_label=label, unit_name=unit, needs=needs)
        for (name, label, unit), needs in counted.most_common()
    )
