"""Lists of plans and of the teams that can be planned."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from dianliang.domain.work.lifecycle import PLAN_LABELS
from dianliang.domain.work.models import Plan
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor


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


def plans(*, by: Actor, most: int = 60) -> tuple[PlanRow, ...]:
    """Return the latest plans of an actor's units."""
    rows = Plan.objects.filter(unit__path__startswith=by.unit_path or "?")
    rows = rows.select_related("unit").annotate(stop_count=Count("stops"))
    return tuple(row(plan, stops=plan.stop_count) for plan in rows.order_by("-pk")[:most])


def row(plan: Plan, *, stops: int) -> PlanRow:
    """Return a plan as a row of a list."""
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
    return tuple(team_row(team) for team in rows.select_related("unit").order_by("code"))


def team_row(team: Team) -> TeamRow:
    """Return a team as a row of a list."""
    return TeamRow(
        code=team.code,
        name=team.name,
        unit_name=team.unit.name,
        is_volunteer=team.is_volunteer,
    )
