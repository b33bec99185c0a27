"""Jobs that wait, and the plans that bring teams to them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from dianliang.api.clock import now
from dianliang.api.v1 import schemas as s
from dianliang.api.v1.access import HANDLERS, actor
from dianliang.api.v1.needs import Page
from dianliang.api.v1.problems import REFUSALS
from dianliang.domain.work.queries import jobs as work
from dianliang.domain.work.queries import plan_page as plan_pages
from dianliang.domain.work.queries import plans as planned
from dianliang.domain.work.queries.plan_rows import PlanPage
from dianliang.flows.planning import drafting

router = Router(tags=["工单与计划"])


@router.get("/jobs", response={200: s.JobList, **REFUSALS}, summary="待安排的工单")
def list_jobs(request: HttpRequest, skill: s.Code = "", unit: s.Code = "", page: Page = 1) -> Any:
    """List jobs that wait to be planned, most pressing first, a page at a time."""
    by = actor(request, "read", roles=HANDLERS)
    return s.paged(work.waiting(by=by, skill=skill, unit=unit), page)


@router.get("/plans", response={200: s.PlanList, **REFUSALS}, summary="计划列表")
def list_plans(request: HttpRequest, page: Page = 1) -> Any:
    """List the newest plans in the actor's scope, a page at a time."""
    return s.paged(planned.plans(by=actor(request, "read", roles=HANDLERS)), page)


@router.post("/plans", response={202: s.PlanOut, **REFUSALS}, summary="排计划")
def start_plan(request: HttpRequest, body: s.PlanIn) -> Any:
    """Start a plan in the background; read it until its status is READY."""
    by = actor(request, "plan", roles=HANDLERS)
    plan = drafting.draft_plan(**body.dict(), by=by, at=now())
    return Status(202, {"number": plan.number, "status": plan.status})


@router.get("/plans/{number}", response={200: PlanPage, **REFUSALS}, summary="一个计划")
def read_plan(request: HttpRequest, number: s.Code) -> Any:
    """Return a plan: routes, why each stop, and for each job left out why and what would help."""
    return plan_pages.plan_page(number, by=actor(request, "read", roles=HANDLERS))


@router.post(
    "/plans/{number}/publish", response={200: s.PublishedOut, **REFUSALS}, summary="发布计划"
)
def publish_plan(request: HttpRequest, number: s.Code, body: s.RevisionIn) -> Any:
    """Publish the version of a plan that was looked at."""
    by = actor(request, "plan", roles=HANDLERS)
    visits = drafting.publish(number=number, revision=body.revision, by=by, at=now())
    return {"visits": [visit.number for visit in visits]}
