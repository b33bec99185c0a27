"""The base matrix (阵地矩阵, seed rows 000-01, 002-16, 004-21): a tree of any shape, rolled up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from dianliang.domain.intake.models import Need
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

KIND_LABELS = dict(Site.Kind.choices)


@dataclass(slots=True)
class _Sums:
    """What lies at or below a base."""

    kinds: Counter[str] = field(default_factory=Counter)
    needs: int = 0
    closed: int = 0
    actions: int = 0
    person_times: int = 0

    def add(self, other: "_Sums") -> None:
        """Take in what lies below."""
        self.kinds.update(other.kinds)
        self.needs += other.needs
        self.closed += other.closed
        self.actions += other.actions
        self.person_times += other.person_times


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRow:
    """A base with everything at and below it summed up."""

    code: str
    name: str
    kind_label: str
    area_name: str
    unit_name: str
    address: str
    opening_hours: str
    lat: float
    lon: float
    bases: int
    kinds: tuple[tuple[str, int], ...]
    needs: int
    closed: int
    actions: int
    person_times: int
    has_children: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """One base (or the whole), its way up, what hangs below it, and all positions for the map."""

    here: BaseRow | None
    whole: BaseRow
    way_up: tuple[tuple[str, str], ...]
    rows: tuple[BaseRow, ...]
    points: tuple[tuple[str, str, float, float, bool], ...]


def matrix(*, code: str, by: Actor, start: datetime, end: datetime) -> Matrix:
    """Return what hangs below a base, each child rolled up; without a code, the only root or all.

    Takes five queries, however many bases there are.

    Raises:
        NotVisibleError: no such base in the actor's scope.
    """
    sites = _sites(by)
    by_id = {site.pk: site for site in sites}
    children: dict[int | None, list[Site]] = {}
    for site in sites:
        children.setdefault(site.parent_id if site.parent_id in by_id else None, []).append(site)
    chosen = next((site for site in sites if site.code == code), None) if code else None
    if code and chosen is None:
        raise NotVisibleError("没有找到这个阵地。")
    if not code and len(children.get(None, [])) == 1:
        chosen = children[None][0]
    sums = _rolled_up(sites, by_id, start=start, end=end)
    below = children.get(chosen.pk if chosen else None, [])
    everything = _Sums()
    for root in children.get(None, []):
        everything.add(sums[root.pk])
    return Matrix(
        here=_row(chosen, sums[chosen.pk], has_children=bool(below)) if chosen else None,
        whole=_row(None, everything, has_children=True),
        way_up=_way_up(chosen, by_id),
        rows=tuple(_row(s, sums[s.pk], has_children=s.pk in children) for s in below),
        points=tuple(
            (site.code, site.name, site.lat, site.lon, site.kind == Site.Kind.MAIN_BASE)
            for site in _under(chosen, children)
        ),
    )


def sites_under(*, code: str, by: Actor) -> tuple[BaseRow, ...]:
    """Return a base and all below it, without figures: what a sheet of codes is printed for.

    Raises:
        NotVisibleError: no such base in the actor's scope.
    """
    sites = _sites(by)
    chosen = next((site for site in sites if site.code == code), None)
    if chosen is None:
        raise NotVisibleError("没有找到这个阵地。")
    children: dict[int | None, list[Site]] = {}
    for site in sites:
        children.setdefault(site.parent_id, []).append(site)
    return tuple(_row(s, _Sums(), has_children=s.pk in children) for s in _under(chosen, children))


def _sites(by: Actor) -> list[Site]:
    if not by.unit_path:
        return []
    own = Site.objects.all()
    if by.unit_path != "/":
        own = own.filter(Q(unit=None) | Q(unit__path__startswith=by.unit_path))
    return list(own.select_related("area", "unit"))


def _under(chosen: Site | None, children: dict[int | None, list[Site]]) -> Iterable[Site]:
    waiting = [chosen] if chosen else list(children.get(None, []))
    while waiting:
        site = waiting.pop(0)
        yield site
        waiting += children.get(site.pk, [])


def _way_up(site: Site | None, by_id: dict[int, Site]) -> tuple[tuple[str, str], ...]:
    steps: list[tuple[str, str]] = []
    above = by_id.get(site.parent_id) if site and site.parent_id else None
    while above is not None and len(steps) < len(by_id):
        steps.insert(0, (above.code, above.name))
        above = by_id.get(above.parent_id) if above.parent_id else None
    return tuple(steps)


def _rolled_up(
    sites: list[Site], by_id: dict[int, Site], *, start: datetime, end: datetime
) -> dict[int, _Sums]:
    posted = Need.objects.filter(site__in=by_id, received_at__gte=start, received_at__lt=end)
    counted = posted.values_list("site").annotate(
        n=Count("pk"), done=Count("pk", filter=Q(status__in=["RESOLVED", "CLOSED"]))
    )
    needs = {site: (posted_n, done) for site, posted_n, done in counted}
    held = Activity.objects.filter(site__in=by_id, started_at__gte=start, started_at__lt=end)
    actions = dict(held.values_list("site").annotate(n=Count("pk")))
    took_part = dict(
        Participation.objects.filter(activity__in=held)
        .values_list("activity__site")
        .annotate(n=Count("pk"))
    )
    sums = {
        site.pk: _Sums(
            kinds=Counter([site.kind]),
            needs=needs.get(site.pk, (0, 0))[0],
            closed=needs.get(site.pk, (0, 0))[1],
            actions=actions.get(site.pk, 0),
            person_times=took_part.get(site.pk, 0),
        )
        for site in sites
    }
    for site in _leaves_first(sites, by_id):
        if site.parent_id in sums:
            sums[site.parent_id].add(sums[site.pk])
    return sums


def _leaves_first(sites: list[Site], by_id: dict[int, Site]) -> list[Site]:
    depths: dict[int, int] = {}

    def depth(site: Site) -> int:
        way: list[Site] = []
        step: Site | None = site
        while step is not None and step.pk not in depths and len(way) <= len(by_id):
            way.append(step)
            step = by_id.get(step.parent_id) if step.parent_id else None
        start = depths[step.pk] if step is not None else -1
        for place, passed in enumerate(reversed(way), start=1):
            depths[passed.pk] = start + place
        return depths[site.pk]

    return sorted(sites, key=depth, reverse=True)


def _row(site: Site | None, sums: _Sums, *, has_children: bool) -> BaseRow:
    return BaseRow(
        code=site.code if site else "",
        name=site.name if site else "合计",
        kind_label=str(KIND_LABELS[site.kind]) if site else "",
        area_name=site.area.name if site else "",
        unit_name=site.unit.name if site and site.unit else "",
        address=site.address if site else "",
        opening_hours=site.opening_hours if site else "",
        lat=site.lat if site else 0.0,
        lon=site.lon if site else 0.0,
        bases=sum(sums.kinds.values()),
        kinds=tuple(
            (str(label), sums.kinds[kind])
            for kind, label in KIND_LABELS.items()
            if sums.kinds[kind]
        ),
        needs=sums.needs,
        closed=sums.closed,
        actions=sums.actions,
        person_times=sums.person_times,
        has_children=has_children,
    )
