"""Which teams an event concerns: those it hits, and the nearest ones, who could help.

A province is not planned anew for one event: the teams near it are, with all that they have; all
others keep what they have to the minute.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.engines import routing
from dianliang.flows.planning.disrupting import Report
from dianliang.flows.planning.happened import Cut
from dianliang.flows.planning.terms import Terms
from dianliang.kernel.geo import GeoPoint

MOST_NEAR = 12
"""Teams around one place that are planned anew."""
MOST_PLACES = 8
Trail = list[GeoPoint]


def teams_near(plan: Plan, report: Report, *, broken: str, before: Terms | None) -> frozenset[str]:
    """Return the codes of the teams that are planned anew for what happened to a plan."""
    trails = _trails(plan, before)
    hit = {one.team_code for one in report.lost}
    for code, sorts in (before.pieces if before else {}).items():
        if broken and any(broken in numbers for numbers in sorts.values()):
            hit.add(code)
    for cut in report.cuts:
        hit |= {code for code, trail in trails.items() if _meets(trail, cut)}
    urgent = Job.objects.filter(number__in=report.urgent).values_list("lat", "lon")
    places = [GeoPoint(lat, lon) for lat, lon in urgent]
    places += [_middle(trails[code]) for code in hit if trails.get(code)]
    near = (code for place in places[:MOST_PLACES] for code in _nearest(place, trails))
    return frozenset(hit).union(near)


def _trails(plan: Plan, before: Terms | None) -> dict[str, Trail]:
    """Return where each team sets off and what it still goes to, in order."""
    found: dict[str, Trail] = {
        code: [GeoPoint(lat, lon)]
        for code, lat, lon in plan.teams.values_list("code", "base_lat", "base_lon")
    }
    for code, (_, at) in (before.places if before else {}).items():
        found[code] = [at]
    rows = Visit.objects.filter(job__in=plan.jobs.all(), status__in=VISIT_OPEN)
    rows = rows.order_by("on", "arrive_at")
    for code, lat, lon in rows.values_list("team__code", "job__lat", "job__lon"):
        found.setdefault(code, []).append(GeoPoint(lat, lon))
    return found


def _meets(trail: Sequence[GeoPoint], cut: Cut) -> bool:
    """Tell whether a way of a team, home included, meets closed ground or a line."""
    barrier = routing.Barrier(points=cut.points, is_closed=cut.is_closed)
    way = [*trail, trail[0]]
    return bool(np.diagonal(barrier.met(way[:-1], way[1:])).any())


def _middle(trail: Trail) -> GeoPoint:
    return GeoPoint(
        sum(at.lat for at in trail) / len(trail), sum(at.lon for at in trail) / len(trail)
    )


def _nearest(place: GeoPoint, trails: dict[str, Trail]) -> Iterable[str]:
    """Return the teams that come nearest to a place on what they do."""
    away = {code: min(place.distance_m(at) for at in trail) for code, trail in trails.items()}
    return sorted(away, key=lambda code: (away[code], code))[:MOST_NEAR]
