"""Offer a caller the times at which a team would be near anyway, while he is on the telephone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.intake.models import Need
from dianliang.domain.intake.operations import posting as operations
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of
from dianliang.domain.work.models import Plan
from dianliang.engines import routing
from dianliang.flows.planning.chosen import busy_jobs, planned_jobs
from dianliang.flows.planning.happened import happened_from
from dianliang.flows.planning.problem import Built, build_from
from dianliang.flows.planning.records import lunches_of, relaxations_of, skeleton_of
from dianliang.flows.planning.scene import Asked
from dianliang.flows.planning.told import told_visits
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

BEST = 3
MOST_ASKED = 12
"""Teams often could come at the same time: so many are asked for three different times."""
MOST_PLANS = 2
LASTS = timedelta(hours=2)
"""What a caller is told: a span that a team can keep although a visit before it takes longer."""
STEP_MIN = 30
CALLER = "caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A span of time to offer, with the team that would come and the detour it costs."""

    window: TimeWindow
    team_name: str
    price_s: float


def appointments(
    *, service_code: str, area_code: str, by: Actor, at: datetime
) -> tuple[Appointment, ...]:
    """Return the three cheapest times in published plans of the coming days, the earliest first.

    Nothing where the place or the service is not known, where somebody goes at once or not at all,
    or where no plan is published for the unit.
    Nothing is reserved. Cost: 0.1 s a plan of 30 teams and 300 jobs.
    """
    service, area = active_service(service_code), area_of(area_code)
    if service is None or area is None or area.lat is None:
        return ()
    if service.is_urgent or not service.needs_visit:
        return ()
    found = sorted(
        (
            one
            for plan in _plans(service, area, by=by, at=at)
            for one in _in(plan, service, area, at)
        ),
        key=lambda one: one.price_s,
    )
    best: dict[datetime, Appointment] = {}
    for one in found:
        best.setdefault(one.window.start, one)
    cheapest = list(best.values())[:BEST]
    return tuple(sorted(cheapest, key=lambda one: one.window.start))


def _plans(service: Service, area: Area, *, by: Actor, at: datetime) -> list[Plan]:
    """Return the published plans that a job of the unit which is responsible could join."""
    unit, _ = unit_for(service=service, area=area)
    today = at.astimezone(SHANGHAI).date()
    rows = Plan.objects.filter(
        status="PUBLISHED", last_on__gte=today, dispatch=None
    ).select_related("unit")
    return [
        plan
        for plan in rows.select_related("unit").order_by("first_on", "-pk")
        if by.reaches_unit(plan.unit.path) and unit.path.startswith(plan.unit.path)
    ][:MOST_PLANS]


def _in(plan: Plan, service: Service, area: Area, at: datetime) -> Iterator[Appointment]:
    teams = list(plan.teams.all())
    told = told_visits(plan)
    rows = {job.pk: job for job in planned_jobs(plan)}
    rows |= {j.pk: j for j in busy_jobs(teams, first_on=plan.first_on, last_on=plan.last_on)}
    asked = Asked(
        jobs=list(rows.values()),
        teams=teams,
        first_on=plan.first_on,
        last_on=plan.last_on,
        relaxations=relaxations_of(plan),
        happened=happened_from(plan.outcome),
    )
    built = build_from(asked, at=at)
    orders: dict[tuple[str, date], list[str]] = {}
    for number, one in told.items():
        orders.setdefault((one.visit.team.code, one.visit.on), []).append(number)
    starts = {number: one.start_at for number, one in told.items()}
    laid = skeleton_of(orders, built, starts=starts, lunches=lunches_of(plan))
    desk = routing.Desk(built.problem, laid)
    for slot in desk.recommend(_caller(service, area, built), k=MOST_ASKED):
        start = slot.start_at.astimezone(SHANGHAI)
        start -= timedelta(minutes=start.minute % STEP_MIN, seconds=start.second)
        yield Appointment(
            window=TimeWindow(start, start + LASTS),
            team_name=built.teams[slot.team_id].name,
            price_s=slot.price_s,
        )


def _caller(service: Service, area: Area, built: Built) -> routing.Job:
    near = frozenset(
        code
        for code, team in built.teams.items()
        if not (own := list(team.areas.all())) or any(area.path.startswith(a.path) for a in own)
    )
    return routing.Job(
        id=CALLER,
        at=GeoPoint(area.lat or 0.0, area.lon or 0.0),
        duration_s=service.duration_min * 60,
        skills=frozenset({service.skill.code}) if service.skill else frozenset(),
        allowed_teams=near,
    )


def wished(text: str, *, at: datetime) -> TimeWindow | None:
    """Return the span that was chosen for a caller, or None where none was.

    Raises:
        InvalidInputError: it is no span of time, or it is over.
    """
    if not text:
        return None
    starts, _, ends = text.partition("/")
    try:
        window = TimeWindow(datetime.fromisoformat(starts), datetime.fromisoformat(ends))
    except (ValueError, InvalidInputError) as error:
        raise InvalidInputError("约定的上门时段读不出来，请重新选择。", field="wish") from error
    if window.end <= at or window.duration > timedelta(days=1):
        raise InvalidInputError("约定的上门时段已经过去，请重新选择。", field="wish")
    return window


def keep(*, number: str, window: TimeWindow, by: Actor, at: datetime) -> None:
    """Note the time that a caller has chosen, once."""
    need = Need.objects.get(number=number)
    if (need.wish_starts_at, need.wish_ends_at) != (window.start, window.end):
        operations.wish(need=need, window=window, by=by, at=at)
