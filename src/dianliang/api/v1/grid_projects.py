"""Grid projects for programs: how far each is against its plan, its milestones and local issues."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from dianliang.api.clock import now
from dianliang.api.v1 import schemas as s
from dianliang.api.v1.access import actor
from dianliang.api.v1.needs import Page
from dianliang.api.v1.problems import REFUSALS
from dianliang.domain.grid_projects.access import READERS
from dianliang.domain.grid_projects.queries import issues, projects
from dianliang.domain.grid_projects.queries.claims import Claim, claim_of
from dianliang.domain.grid_projects.queries.issues import IssueRow
from dianliang.domain.grid_projects.queries.projects import Card, ProjectRow
from dianliang.kernel.calendar import SHANGHAI

router = Router(tags=["电网工程"])


def _today() -> date:
    return now().astimezone(SHANGHAI).date()


class ProjectList(Schema):
    """A page of projects, those that will be latest first; variances are days."""

    rows: list[ProjectRow]
    total: int
    page: int
    pages: int


class IssueList(Schema):
    """A page of local issues, those whose time is up first."""

    rows: list[IssueRow]
    total: int
    page: int
    pages: int


class ProjectOut(Schema):
    """A project whole, with what may be claimed of its time and what is not known."""

    card: Card
    claim: Claim


@router.get("/grid-projects", response={200: ProjectList, **REFUSALS}, summary="电网工程")
def list_grid_projects(
    request: HttpRequest, view: s.Code = "all", q: s.Code = "", page: Page = 1
) -> Any:
    """List the actor's projects; `view` is all, running, late, blocked or done."""
    by = actor(request, "read", roles=READERS)
    filters = projects.Filters(view=view if view in projects.VIEWS else "all", q=q)
    return s.paged(projects.board(filters=filters, by=by, on=_today()).rows, page)


@router.get("/grid-projects/{number}", response={200: ProjectOut, **REFUSALS}, summary="一个工程")
def read_grid_project(request: HttpRequest, number: s.Code) -> Any:
    """Return a project with its milestones, plans, task force and what may be claimed of it."""
    by = actor(request, "read", roles=READERS)
    card = projects.card(number, by=by, on=_today())
    return {"card": card, "claim": claim_of(card.row.number, reach=by.unit_path)}


@router.get("/local-issues", response={200: IssueList, **REFUSALS}, summary="属地问题")
def list_local_issues(
    request: HttpRequest, view: s.Code = "open", project: s.Code = "", page: Page = 1
) -> Any:
    """List local issues; `view` is open, late, solved, settled or all, `project` a number."""
    by = actor(request, "read", roles=READERS)
    shown = view if view in issues.VIEWS else "open"
    filters = issues.Filters(view=shown, project=project)
    return s.paged(issues.issue_board(filters=filters, by=by, at=now(), on=_today()).rows, page)
