"""Amend a grid project's details by a form."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.models import Project
from dianliang.domain.grid_projects.operations import amending
from dianliang.flows.grid_projects import keeping
from dianliang.flows.grid_projects.keeping import Asked, Choices
from dianliang.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a form shows of a project: as it stands, what may be chosen, and what was seen."""

    asked: Asked
    choices: Choices
    seen: str


def form_of(number: str, *, by: Actor) -> Form:
    """Return the form of a project that the actor's desk keeps.

    Raises:
        NotVisibleError: absent, or another's.
    """
    project = access.project_to_keep(number, by=by)
    return Form(
        asked=_asked(project),
        choices=keeping.choices(by=by, of=project),
        seen=amending.version(project),
    )


def _asked(project: Project) -> Asked:
    return Asked(
        name=project.name,
        kind=project.kind,
        voltage=project.voltage,
        areas=tuple(area.code for area in project.areas.all()),
        length_km=_number(project.length_km),
        capacity_mva=_number(project.capacity_mva),
        budget_cny="" if project.budget_cny is None else f"{project.budget_cny}",
        feeder=project.feeder.code if project.feeder else "",
        task_force=project.task_force.code if project.task_force else "",
        unit=project.unit.code,
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def amend(*, number: str, asked: Asked, seen: str, by: Actor, at: datetime) -> Project:
    """Bring a project's details up to date.

    Raises:
        NotVisibleError: absent, or another's.
        InvalidInputError, UnableToBuildError, StaleStateError: a field makes no sense, or somebody
            was quicker; see the operation.
    """
    project = access.project_to_keep(number, by=by)
    details = keeping.details_of(asked, by=by, of=project)
    return amending.amend(project=project, details=details, seen=seen, by=by, at=at)
