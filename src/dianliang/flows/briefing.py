"""What a team should know before it sets out: why a visit has its place, what was found before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Q

from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.queries.visits import Stop
from dianliang.domain.workforce.models import Team
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

PAST_MOST = 3
PAST_SINCE = timedelta(days=730)
WORTH_SAYING = timedelta(days=1)
"""A promise that is further away than this did not decide about the order of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason for a visit's place in the route; the phone puts it into words."""

    code: str
    values: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What came of an earlier visit to the same customer or address."""

    number: str
    on: date
    team_name: str
    status: str
    status_label: str
    words: str


def reasons(stops: Sequence[Stop]) -> dict[str, tuple[Why, ...]]:
    """Say for each open visit of some routes why it comes when it does."""
    codes = {stop.team_code for stop in stops}
    bases = {
        team.code: GeoPoint(team.base_lat, team.base_lon)
        for team in Team.objects.filter(code__in=codes)
    }
    found: dict[str, tuple[Why, ...]] = {}
    in_order = sorted(stops, key=lambda stop: (stop.team_code, stop.on, stop.sequence))
    for (code, _), group in groupby(in_order, key=lambda stop: (stop.team_code, stop.on)):
        route, here = list(group), bases[code]
        for place, stop in enumerate(route):
            found[stop.number] = (
                _order(stop, route[place:], here=here, is_first=place == 0),
                *_promise(stop),
                *_team(stop),
            )
            here = _point(stop)
    return found


def _order(stop: Stop, rest: Sequence[Stop], *, here: GeoPoint, is_first: bool) -> Why:
    metres = round(_point(stop).distance_m(here))
    for starts, ends in stop.windows:
        if starts <= stop.arrive_at <= ends:
            values: dict[str, str | int] = {"starts": starts.isoformat(), "ends": ends.isoformat()}
            return Why(code="window", values=values)
    if len(rest) == 1:
        return Why(code="only" if is_first else "last", values={"m": metres})
    if all(metres <= _point(other).distance_m(here) for other in rest[1:]):
        return Why(code="nearest_base" if is_first else "nearest", values={"m": metres})
    if stop.due_at and all(o.due_at is None or stop.due_at <= o.due_at for o in rest[1:]):
        return Why(code="due_first")
    if stop.priority == Job.Priority.MUST and any(o.priority != stop.priority for o in rest[1:]):
        return Why(code="must")
    return Why(code="planned" if stop.is_travel_planned else "assigned")


def _promise(stop: Stop) -> tuple[Why, ...]:
    if stop.due_at is None or stop.due_at - stop.arrive_at > WORTH_SAYING:
        return ()
    minutes = round((stop.due_at - stop.arrive_at).total_seconds() / 60)
    return (Why(code="slack" if minutes >= 0 else "late", values={"minutes": abs(minutes)}),)


def _team(stop: Stop) -> tuple[Why, ...]:
    if stop.is_regular_team:
        return (Why(code="regular_team"),)
    return (Why(code="team", values={"words": stop.why_team}),) if stop.why_team else ()


def _point(stop: Stop) -> GeoPoint:
    return GeoPoint(stop.lat, stop.lon)


def past(jobs: Collection[Job], *, on: date) -> dict[int, tuple[Past, ...]]:
    """Return by job what earlier visits to the same customer or address have found, latest first.

    Without a customer the address as it was written tells, within the same village.
    """
    customers = {job.customer_id for job in jobs if job.customer_id}
    addresses = {(job.area_id, job.address) for job in jobs if job.address}
    here = Q(job__area__in={a for a, _ in addresses}, job__address__in={a for _, a in addresses})
    same = Q(job__in=jobs) | Q(job__customer__in=customers) | here
    ended = Visit.objects.filter(same, status__in=("DONE", "UNMET"), on__gte=on - PAST_SINCE)
    rows = list(ended.select_related("team", "job").order_by("-ended_at", "-pk"))
    return {
        job.pk: tuple(_past(row) for row in rows if _is_same(row.job, job))[:PAST_MOST]
        for job in jobs
    }


def _is_same(earlier: Job, job: Job) -> bool:
    if earlier.pk == job.pk:
        return True
    if earlier.customer_id and earlier.customer_id == job.customer_id:
        return True
    return bool(job.address) and (earlier.area_id, earlier.address) == (job.area_id, job.address)


def _past(visit: Visit) -> Past:
    return Past(
        number=visit.number,
        on=(visit.ended_at.astimezone(SHANGHAI).date() if visit.ended_at else visit.on),
        team_name=visit.team.name,
        status=visit.status,
        status_label=VISIT_LABELS[visit.status],
        words=visit.findings or visit.reason,
    )
