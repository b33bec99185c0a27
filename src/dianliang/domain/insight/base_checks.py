"""How far each base has what it must have (五有): what is missing, expired, or soon will be.

What can be counted is counted from records; the rest is proved. Two duties stand beside the
standard, whatever it says: one accountable person, and opening hours.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import NamedTuple

from django.db.models import Count

from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import Activity
from dianliang.domain.venues import keepers, notices, opening, proofs
from dianliang.domain.venues.models import Site, SiteService
from dianliang.domain.venues.proofs import Standing
from dianliang.domain.venues.standards import PROVED, Item, Standard
from dianliang.domain.workforce.charges import is_gone
from dianliang.domain.workforce.charging import AWAY, HELD, LEFT, NEVER, STATES, VACANT
from dianliang.domain.workforce.models import Absence, Person
from dianliang.kernel.calendar import SHANGHAI

MET, PART, SOON, MISSING, EXPIRED, WAITING, REFUSED, SHORT = (
    "met",
    "part",
    "soon",
    "missing",
    "expired",
    "waiting",
    "refused",
    "short",
)
STATE_LABELS: Mapping[str, str] = {
    MET: "已具备",
    PART: "部分具备",
    SOON: "将到期",
    MISSING: "缺",
    EXPIRED: "已过期",
    WAITING: "待核验",
    REFUSED: "已退回",
    SHORT: "未达标",
}
GAPS = frozenset({MISSING, EXPIRED, WAITING, REFUSED, SHORT})
TONES: Mapping[str, str] = {
    MET: "good",
    PART: "warn",
    SOON: "warn",
    WAITING: "warn",
} | dict.fromkeys((MISSING, EXPIRED, REFUSED, SHORT), "danger")
SOON_DAYS = 30
MANY = 900
"""From so many bases on everything is read and sorted here: a list of keys would be slower."""
WAYS: Mapping[str, str] = {
    PROVED: "提交佐证，由他人核验",
    "keeper": "在岗责任人（人）",
    "activities": "举办行动（次）",
    "services": "开通服务事项（项）",
    "standards": "公示中的服务标准（项）",
    "hours": "登记开放时间",
}
"""How an item can be settled; all but the first are counted from records."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One item at one base on a day; `have` is what was counted, where it is counted."""

    key: str
    state: str
    share: float
    expires_on: date | None
    have: int | None

    @property
    def state_label(self) -> str:
        """Return what the state is called."""
        return STATE_LABELS[self.state]

    @property
    def tone(self) -> str:
        """Return how serious it is."""
        return TONES[self.state]

    @property
    def is_gap(self) -> bool:
        """Tell whether it is lacking."""
        return self.state in GAPS


@dataclass(frozen=True, slots=True)
class Kept:
    """Who is accountable for a base on a day, and whether he is there."""

    state: str
    number: str = ""
    name: str = ""

    @property
    def state_label(self) -> str:
        """Return what the state is called."""
        return STATES[self.state]

    @property
    def is_gap(self) -> bool:
        """Tell whether nobody is there who is accountable."""
        return self.state != HELD


NOBODY = Kept(NEVER)


class BaseCheck(NamedTuple):
    """A base on a day: each item, the score in percent, its keeper, whether hours are known.

    `gaps` is how much is lacking: items, the accountable person, the opening hours; `expiring` how
    many proofs end within the next thirty days.
    """

    items: tuple[Checked, ...]
    score: float
    keeper: Kept
    has_hours: bool
    gaps: int
    expiring: int


@dataclass(frozen=True, slots=True)
class _World:
    """What is known about all bases on a day, read once."""

    on: date
    standings: Mapping[str, Mapping[int, Standing]]
    counts: Mapping[str, Mapping[int, int]]


def checked(sites: Collection[int], *, standard: Standard, on: date) -> Mapping[int, BaseCheck]:
    """Return the state of each open base on a day.

    The number of queries depends on the standard, not on how many bases there are.
    """
    asked = None if len(sites) > MANY else sites
    of_ours = Site.objects.filter(closed_on=None).exclude(kind=Site.Kind.CHARGING)
    rows = of_ours if asked is None else of_ours.filter(pk__in=asked)
    wanted, paths = set(sites), dict(Unit.objects.order_by().values_list("pk", "path"))
    units = {
        pk: paths.get(unit, "")
        for pk, unit in rows.order_by().values_list("pk", "unit")
        if pk in wanted
    }
    kept = keeping(asked, on=on)
    hours = opening.with_hours(asked, on=on)
    counts: dict[str, Mapping[int, int]] = {
        "keeper": {site: int(not k.is_gap) for site, k in kept.items()},
        "hours": dict.fromkeys(hours, 1),
    }
    for item in standard.items:
        if item.way in _COUNTERS:
            counts[item.key] = _COUNTERS[item.way](units, item, on)
    world = _World(on, proofs.standings(asked, on=on), counts)
    columns = [_states(item, world, units) for item in standard.items]
    # Thousands of bases share few states: each check is made once, what its items amount to also.
    amounts: dict[tuple[int, ...], tuple[float, int, int]] = {}
    made: dict[tuple[int, ...], BaseCheck] = {}
    found = {}
    for site, items in zip(units, zip(*columns, strict=True), strict=True):
        keeper, has_hours = kept.get(site, NOBODY), site in hours
        states = (*map(id, items),)
        alike = (*states, id(keeper), has_hours)
        if alike not in made:
            if states not in amounts:
                amounts[states] = _amount(standard, items)
            score, gaps, expiring = amounts[states]
            gaps += keeper.is_gap + (not has_hours)
            made[alike] = BaseCheck(items, score, keeper, has_hours, gaps, expiring)
        found[site] = made[alike]
    return found


def _amount(standard: Standard, items: tuple[Checked, ...]) -> tuple[float, int, int]:
    """Return the score in percent, how many items are lacking, and how many soon expire."""
    earned = sum(item.weight * of.share for item, of in zip(standard.items, items, strict=True))
    return (
        round(100 * earned / standard.weight, 1),
        sum(of.is_gap for of in items),
        sum(of.state == SOON for of in items),
    )


def _states(item: Item, world: _World, sites: Iterable[int]) -> list[Checked]:
    """Return an item's state at each base, the same object for the same state."""
    if item.way != PROVED:
        counts = world.counts.get(item.key, world.counts.get(item.way, {}))
        counted = cache(partial(_counted, item))
        return [counted(counts.get(site, 0)) for site in sites]
    standings = world.standings.get(item.key, {})
    made: dict[int, Checked] = {}  # by identity, which costs less than to compare
    states = []
    for site in sites:
        standing = standings.get(site)
        if id(standing) not in made:
            made[id(standing)] = _proved(item, world.on, standing)
        states.append(made[id(standing)])
    return states


def _counted(item: Item, have: int) -> Checked:
    share = min(1.0, have / item.target)
    return Checked(item.key, MET if share >= 1 else SHORT, share, None, have)


def _proved(item: Item, on: date, standing: Standing | None) -> Checked:
    if standing is None:
        return Checked(item.key, MISSING, 0.0, None, None)
    if standing.share_percent and standing.expires_on is not None:
        is_soon = standing.expires_on - on <= timedelta(days=SOON_DAYS)
        full = MET if standing.share_percent == 100 else PART
        share = standing.share_percent / 100
        return Checked(item.key, SOON if is_soon else full, share, standing.expires_on, None)
    if standing.is_waiting:
        return Checked(item.key, WAITING, 0.0, standing.expires_on, None)
    if standing.has_expired:
        return Checked(item.key, EXPIRED, 0.0, standing.expires_on, None)
    return Checked(item.key, REFUSED if standing.is_refused else MISSING, 0.0, None, None)


def keeping(sites: Collection[int] | None, *, on: date) -> Mapping[int, Kept]:
    """Return who is accountable for each base on a day, and whether he is there. Three queries.

    A base for which nobody was ever named is left out.
    """
    numbers = keepers.in_office(sites, on=on)
    named = {number for number in numbers.values() if number}
    people = {person.number: person for person in Person.objects.filter(number__in=named)}
    away = frozenset(
        Absence.objects.filter(
            first_on__lte=on, last_on__gte=on, person__number__in=named
        ).values_list("person__number", flat=True)
    )
    known = {number: _kept(number, people.get(number), away, on) for number in {*numbers.values()}}
    return {site: known[number] for site, number in numbers.items()}


def _kept(number: str, person: Person | None, away: frozenset[str], on: date) -> Kept:
    if not number:
        return Kept(VACANT)
    if person is None:  # the register of people may have been cleaned since
        return Kept(LEFT, number)
    if is_gone(person, on=on):
        return Kept(LEFT, number, person.name)
    return Kept(AWAY if number in away else HELD, number, person.name)


def _activities(units: Mapping[int, str], item: Item, on: date) -> Mapping[int, int]:
    since = datetime.combine(on - timedelta(days=item.days), time(), SHANGHAI)
    until = datetime.combine(on + timedelta(days=1), time(), SHANGHAI)
    rows = Activity.objects.filter(started_at__gte=since, started_at__lt=until, site__isnull=False)
    return dict(rows.order_by().values_list("site").annotate(n=Count("pk")))


def _services(units: Mapping[int, str], item: Item, on: date) -> Mapping[int, int]:
    offered = SiteService.objects.filter(service__is_active=True).order_by()
    return dict(offered.values_list("site").annotate(n=Count("pk")))


def _standards(units: Mapping[int, str], item: Item, on: date) -> Mapping[int, int]:
    return notices.standards_shown(units, on=on)


_COUNTERS: Mapping[str, Callable[[Mapping[int, str], Item, date], Mapping[int, int]]] = {
    "activities": _activities,
    "services": _services,
    "standards": _standards,
}
