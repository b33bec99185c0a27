"""Plan the day: choose, compute, look, change, compare, publish."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.work.queries import jobs as job_queries
from dianliang.domain.work.queries import plans as queries
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.planning import difference, drafting, editing, urgent
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError, StaleStateError

if TYPE_CHECKING:
    from dianliang.domain.work.models import Plan

PLANNERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
DEFAULT_SECONDS = 8


@require_GET
@requires(*PLANNERS)
def plans(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List plans, and the jobs that wait."""
    waiting = job_queries.waiting(by=by)
    context = {"by": by, "plans": queries.plans(by=by), "waiting": len(waiting)}
    return TemplateResponse(request, "console/plans.html", context)


@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Choose jobs, teams and days; then have the plan computed."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            made = drafting.draft_plan(
                job_numbers=request.POST.getlist("job"),
                team_codes=request.POST.getlist("team"),
                first_on=_day(request.POST.get("first_on", ""), "first_on"),
                last_on=_day(request.POST.get("last_on", ""), "last_on"),
                seconds=_whole(request.POST.get("seconds", ""), DEFAULT_SECONDS),
                by=by,
                at=now(),
            )
        except DomainError as caught:
            refusal = caught
        else:
            return redirect("console:plan", number=made.number)
    tomorrow = today() + timedelta(days=1)
    context = {
        "by": by,
        "refusal": refusal,
        "jobs": [row for row in job_queries.waiting(by=by) if row.status == "OPEN"],
        "teams": queries.teams(by=by),
        "first_on": request.POST.get("first_on") or tomorrow.isoformat(),
        "last_on": request.POST.get("last_on") or tomorrow.isoformat(),
        "seconds": DEFAULT_SECONDS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/plan_new.html", context, status=status)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("请选择日期。", field=field) from error


def _whole(text: str, fallback: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else fallback


@require_GET
@requires(*PLANNERS)
def plan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a plan: map, lanes, what is left out and why."""
    return _plan(request, number, by=by)


def _plan(
    request: HttpRequest, number: str, *, by: Actor, status: int = 200, refusal: str = ""
) -> HttpResponse:
    try:
        page = queries.plan_page(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "refusal": refusal,
        "routes": [_lane(lane) for lane in page.lanes],
        "changes": difference.differences(number=number, by=by)
        if page.row.status == "READY"
        else (),
        "urgent": job_queries.waiting(by=by) if page.row.status == "PUBLISHED" else (),
        "hours": [(hour, round((hour - 8) / 11 * 100, 2)) for hour in range(8, 20)],
    }
    return TemplateResponse(request, "console/plan.html", context, status=status)


def _lane(lane: queries.Lane) -> dict[str, Any]:
    return {
        "name": lane.team_name,
        "base": [lane.base_lat, lane.base_lon],
        "stops": [
            {
                "lat": stop.lat,
                "lon": stop.lon,
                "sequence": stop.sequence,
                "title": stop.title,
                "time": f"{stop.arrive_at:%H:%M}",
            }
            for stop in lane.stops
        ],
    }


@require_GET
@requires(*PLANNERS)
def progress(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with how far the computation is; when it is over, have the page reloaded."""
    try:
        page = queries.plan_page(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    answer = TemplateResponse(request, "console/plan.html#progress", {"page": page})
    if page.row.status != "SOLVING":
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@requires(*PLANNERS)
def publish(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Make a plan real; the slower of two people is told."""
    revision = _whole(request.POST.get("revision", ""), 0)
    try:
        made = drafting.publish(number=number, revision=revision, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        code = 409 if isinstance(refusal, StaleStateError) else 422
        return _plan(request, number, by=by, status=code, refusal=refusal.message)
    messages.success(request, _("已发布，%(n)d 个上门已通知队伍。") % {"n": len(made)})
    return redirect("console:plan", number=number)


@require_POST
@requires(*PLANNERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change a plan by hand, compute it again, or insert an urgent job."""
    try:
        made = _change(request, number, verb, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        code = 409 if isinstance(refusal, StaleStateError) else 422
        return _plan(request, number, by=by, status=code, refusal=refusal.message)
    return redirect("console:plan", number=made.number)


def _change(request: HttpRequest, number: str, verb: str, *, by: Actor) -> "Plan":
    sent, at = request.POST, now()
    job = sent.get("job", "")
    edit: dict[str, Any] = {
        "number": number,
        "revision": _whole(sent.get("revision", ""), 0),
        "job_number": job,
        "by": by,
        "at": at,
    }
    changes: dict[str, Callable[[], Plan]] = {
        "move": lambda: editing.move(**edit, **_target(sent)),
        "remove": lambda: editing.remove(**edit),
        "fix": lambda: editing.use_fix(**edit),
        "lock": lambda: editing.set_lock(**edit, is_locked=True),
        "unlock": lambda: editing.set_lock(**edit, is_locked=False),
        "replan": lambda: drafting.replan(number=number, revision=edit["revision"], by=by, at=at),
        "stop": lambda: drafting.cancel_solving(number=number, by=by, at=at),
        "insert": lambda: urgent.insert(number=number, job_number=job, by=by, at=at),
    }
    if verb not in changes:
        raise Http404
    return changes[verb]()


def _target(sent: QueryDict) -> dict[str, Any]:
    team, _sep, day = sent.get("lane", "").partition("@")
    position = _whole(sent.get("position", ""), 1)
    return {"team_code": team, "on": _day(day, "lane"), "position": position}
