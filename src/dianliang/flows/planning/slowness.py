"""How much slower than planned an emergency goes, learnt from what crews have done in it.

Water stands on roads and a cellar is full of mud: figures that planning reckons with are those of
dry days. A plan that believes them promises what nobody reaches, and what stands last, however
grave, falls out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from dianliang.domain.work.models import Visit
from dianliang.engines import routing
from dianliang.kernel.geo import GeoPoint

PRIOR_S = 10 * 3600
"""The figures weigh as much as so many seconds of what was done: a bad morning is no rule yet."""
MOST = 2.0
"""Nothing is planned to take longer than so many times its figure."""
ODD = 4.0
"""What took more than so many times its figure counts as this: somebody forgot to press."""
NOTABLE = 1.02
"""Less than a fiftieth is not worth a word."""
HOMEWARD = 1.25
"""How many times as long as others the way home is reckoned with: how long people work is a limit,
and of the last way nothing can be left out. Plans that came home to the minute held tasks that no
crew could begin, the gravest among them. A quarter is by how much a way may be slower in the flood
exercise; nobody has measured ways of a real flood here."""


@dataclass(frozen=True, slots=True)
class Slowness:
    """How many times as long as their figures ways and work take, from 1 up."""

    ways: float = 1.0
    work: float = 1.0

    @property
    def is_notable(self) -> bool:
        """Tell whether it is worth a word."""
        return max(self.ways, self.work) >= NOTABLE

    def slowed(self, travel: routing.Travel, *, homes: Iterable[GeoPoint] = ()) -> routing.Travel:
        """Return travel as slow as ways are now, and with caution on those to `homes`."""
        return routing.Slowed(
            travel=travel, ways=self.ways, homeward=HOMEWARD, homes=frozenset(homes)
        )


AS_PLANNED = Slowness()


class _Stay(NamedTuple):
    """A visit that has ended: by whom, where, when each step was pressed, and what was done.

    `minutes` is None where nobody was met: the way was made, the work was not.
    """

    team: str
    on: date
    departed_at: datetime | None
    arrived_at: datetime
    ended_at: datetime
    place: GeoPoint
    minutes: int | None


def learnt(incident: str, *, travel: routing.Travel) -> Slowness:
    """Return how slow an incident goes: its visits beside their figures, lines left aside."""
    rows = Visit.objects.filter(
        job__task__incident__number=incident,
        job__task__line__isnull=True,
        status__in=["DONE", "UNMET"],
    ).select_related("job", "team")
    stays = [
        _Stay(
            team=visit.team.code,
            on=visit.on,
            departed_at=visit.departed_at,
            arrived_at=visit.arrived_at,
            ended_at=visit.ended_at,
            place=GeoPoint(visit.job.lat, visit.job.lon),
            minutes=visit.job.duration_min if visit.status == "DONE" else None,
        )
        for visit in rows.order_by("team__code", "on", "arrived_at", "pk")
        if visit.arrived_at and visit.ended_at
    ]
    work = (
        (60.0 * stay.minutes, (stay.ended_at - stay.arrived_at).total_seconds())
        for stay in stays
        if stay.minutes is not None
    )
    return Slowness(ways=slower(_ways(stays, travel)), work=slower(work))


def _ways(stays: Iterable[_Stay], travel: routing.Travel) -> Iterator[tuple[float, float]]:
    """Yield how long ways from visit to visit should have lasted and did, in seconds."""
    for before, after in pairwise(stays):
        if (before.team, before.on) != (after.team, after.on) or after.departed_at is None:
            continue
        planned_s, _ = travel.between(before.place, after.place)
        yield planned_s, (after.arrived_at - after.departed_at).total_seconds()


def slower(pairs: Iterable[tuple[float, float]]) -> float:
    """Return how many times as long as planned things took, between 1 and `MOST`.

    `pairs` are seconds as planned and as they were. What was quicker plans nothing tighter. Nothing
    is learnt from what took no time, which two clocks that differ tell, or somebody who pressed all
    at once; nor from a way that is said to be shut: who came through it knew a better one.
    """
    planned_s = took_s = float(PRIOR_S)
    for figure_s, was_s in pairs:
        if was_s <= 0 or figure_s >= routing.IMPASSABLE_S:
            continue
        planned_s += figure_s
        took_s += min(was_s, ODD * figure_s)
    return min(MOST, max(1.0, took_s / planned_s))
