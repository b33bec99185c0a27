"""Say of many milestones at once when they are expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Model

from dianliang.core import audit
from dianliang.domain.grid_projects.models import Milestone, Project
from dianliang.domain.grid_projects.operations.projects import require_forecast
from dianliang.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a milestone is expected, and who answers for it."""

    milestone: Milestone
    on: date | None
    responsible: str


@transaction.atomic
def forecast_all(*, forecasts: Sequence[Forecast], by: Actor, at: datetime) -> None:
    """Say of many milestones when they are expected; as many queries for a thousand as for one.

    Raises:
        UnableToBuildError: one was reached, its project is closed, or its day has passed; nothing
            is written then.
    """
    keys = {one.milestone.pk for one in forecasts}
    owners = {one.milestone.project_id for one in forecasts}
    rows = Project.objects.select_for_update(of=("self",)).order_by("pk")
    held = {row.pk: row for row in rows.filter(pk__in=owners)}
    fresh = Milestone.objects.in_bulk(keys)
    changes: list[tuple[Model, str, str]] = []
    for one in forecasts:
        milestone = fresh[one.milestone.pk]
        milestone.project = held[milestone.project_id]  # the trail names it
        require_forecast(milestone.project, milestone, one.on, at=at)
        after = f"{one.on or ''} {one.responsible}".strip()
        changes.append((milestone, str(milestone.forecast_on or ""), after))
        milestone.forecast_on, milestone.responsible = one.on, one.responsible
    Milestone.objects.bulk_update(fresh.values(), ["forecast_on", "responsible"], batch_size=500)
    audit.record_changes("grid_projects.milestone.forecast", changes=changes, by=by, at=at)
