"""Plans as a planner sees them: lanes, stops, what is left out and why."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from dianliang.core.models import BackgroundJob
from dianliang.domain.work.lifecycle import PLAN, PLAN_LABELS
from dianliang.domain.work.models import Plan, PlannedStop
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan in the list of plans."""

    number: str
    first_on: date
    last_on: date
    status: str
    status_label: str
    unit_name: str
    created_by: str
    created_at: datetime
    stops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team that can be planned."""

    code: str
    name: str
    unit_name: str
    is_volunteer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """One visit of a plan, with its place on the day's line in percent."""

    job_number: str
    title: str
    area_name: str
    priority: str
    sequence: int
    arrive_at: datetime
    start_at: datetime
    depart_at: datetime
    travel_s: int
    travel_m: int
    late_s: int
    is_locked: bool
    why: str
    lat: float
    lon: float
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One team on one day."""

    team_code: str
    team_name: str
    on: date
    stops: tuple[StopRow, ...]
    base_lat: float
    base_lon: float
    lunch_x: float | None
    travel_s: int
    travel_m: int
    overtime_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A job that the plan leaves out."""

    job_number: str
    title: str
    area_name: str
    priority_label: str
    reasons: tuple[str, ...]
    fix_words: str
    fix_price_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """All that the page of a plan shows."""

    row: PlanRow
    revision: int
    lanes: tuple[Lane, ...]
    left_out: tuple[LeftOut, ...]
    objective: dict[str, Any]
    relaxations: tuple[str, ...]
    error: str
    progress_share: float
    progress_note: str
    verbs: frozenset[str]
    days: tuple[date, ...]
    teams: tuple[TeamRow, ...]


DAY_FROM_H, DAY_TO_H = 8.0, 19.0
"""The hours that a lane shows."""


def plans(*, by: Actor, most: int = 60) -> tuple[PlanRow, ...]:
    """Return the latest plans of an actor's units."""
    rows = Plan.objects.filter(unit__path__startswith=by.unit_path or "?")
    rows = rows.select_related("unit").annotate(stop_count=Count("stops"))
    return tuple(_row(plan, stops=plan.stop_count) for plan in rows.order_by("-pk")[:most])


def _row(plan: Plan, *, stops: int) -> PlanRow:
    return PlanRow(
        number=plan.number,
        first_on=plan.first_on,
        last_on=plan.last_on,
        status=plan.status,
        status_label=PLAN_LABELS[plan.status],
        unit_name=plan.unit.name,
        created_by=plan.created_by,
        created_at=plan.created_at,
        stops=stops,
    )


def teams(*, by: Actor) -> tuple[TeamRow, ...]:
    """Return the teams that an actor may plan."""
    rows = Team.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "?")
    return tuple(_team(team) for team in rows.select_related("unit").order_by("code"))


def _team(team: Team) -> TeamRow:
    return TeamRow(
        code=team.code,
        name=team.name,
        unit_name=team.unit.name,
        is_volunteer=team.is_volunteer,
    )


def plan_page(number: str, *, by: Actor) -> PlanPage:
    """Return the page of a plan; a fixed number of queries whatever its size.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    plan = Plan.objects.select_related("unit").filter(number=number).first()
    if plan is None or not by.reaches_unit(plan.unit.path):
        raise NotVisibleError("没有找到这个计划。")
    outcome = plan.outcome or {}
    background = BackgroundJob.objects.filter(pk=plan.background_job_id or 0).first()
    return PlanPage(
        row=_row(plan, stops=plan.stops.count()),
        revision=plan.revision,
        lanes=_lanes(plan, outcome),
        left_out=_left_out(plan),
        objective=outcome.get("objective", {}),
        relaxations=tuple(r["fix"]["words"] for r in outcome.get("relaxations", ())),
        error=outcome.get("error", ""),
        progress_share=background.progress_share if background else 0.0,
        progress_note=background.progress_note if background else "",
        verbs=frozenset(t.verb for t in PLAN.verbs(plan.status, role=Role(by.role))),
        days=tuple(sorted({plan.first_on, plan.last_on})),
        teams=tuple(_team(team) for team in plan.teams.select_related("unit").order_by("code")),
    )


def _hour(at: datetime) -> float:
    local = at.astimezone(SHANGHAI)
    return local.hour + local.minute / 60


def _x(at: datetime) -> float:
    """Return where an instant lies on a lane, in percent of its width."""
    share = (_hour(at) - DAY_FROM_H) / (DAY_TO_H - DAY_FROM_H)
    return round(100 * min(1.0, max(0.0, share)), 2)


def _lanes(plan: Plan, outcome: dict[str, Any]) -> tuple[Lane, ...]:
    grouped: dict[tuple[date, str], list[PlannedStop]] = defaultdict(list)
    rows = plan.stops.select_related("job", "job__area", "team").order_by("sequence")
    for stop in rows:
        grouped[(stop.on, stop.team.code)].append(stop)
    routes = {(r["team"], _day(r["leave_at"])): r for r in outcome.get("routes", ())}
    lanes = []
    for (on, code), stops in sorted(grouped.items(), key=lambda item: item[0]):
        route = routes.get((code, on), {})
        lunch = route.get("lunch_at")
        team = stops[0].team
        lanes.append(
            Lane(
                team_code=code,
                team_name=team.name,
                on=on,
                stops=tuple(_stop(stop) for stop in stops),
                base_lat=team.base_lat,
                base_lon=team.base_lon,
                lunch_x=_x(datetime.fromisoformat(lunch)) if lunch else None,
                travel_s=route.get("travel_s", sum(stop.travel_s for stop in stops)),
                travel_m=route.get("travel_m", sum(stop.travel_m for stop in stops)),
                overtime_s=route.get("overtime_s", 0),
            )
        )
    return tuple(lanes)


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).date()


def _stop(stop: PlannedStop) -> StopRow:
    x = _x(stop.start_at)
    return StopRow(
        job_number=stop.job.number,
        title=stop.job.title,
        area_name=stop.job.area.name,
        priority=stop.job.priority,
        sequence=stop.sequence,
        arrive_at=stop.arrive_at,
        start_at=stop.start_at,
        depart_at=stop.depart_at,
        travel_s=stop.travel_s,
        travel_m=stop.travel_m,
        late_s=stop.late_s,
        is_locked=stop.is_locked,
        why=stop.why,
        lat=stop.job.lat,
        lon=stop.job.lon,
        x=x,
        width=max(1.2, round(_x(stop.depart_at) - x, 2)),
    )


def _left_out(plan: Plan) -> tuple[LeftOut, ...]:
    order = {"must": 0, "should": 1, "may": 2}
    rows = plan.unplanned.select_related("job", "job__area")
    return tuple(
        LeftOut(
            job_number=row.job.number,
            title=row.job.title,
            area_name=row.job.area.name,
            priority_label=row.job.get_priority_display(),
            reasons=tuple(reason["words"] for reason in row.reasons),
            fix_words=row.fix["words"] if row.fix else "",
            fix_price_s=row.fix["price_s"] if row.fix else 0.0,
        )
        for row in sorted(rows, key=lambda row: (order[row.job.priority], row.pk))
    )
