"""Plan the day: choose, compute, look, change, compare, publish."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.work.queries import jobs as job_queries
from dianliang.domain.work.queries import plan_page as page_queries
from dianliang.domain.work.queries import plans as queries
from dianliang.domain.work.queries.plan_rows import PlanPage
from dianliang.faces.ui.keys import key_of
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.planning import (
    choosing,
    difference,
    drafting,
    editing,
    explaining,
    urgent,
)
from dianliang.flows.planning.repairing import MOST_CHANGES
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
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
    """Choose jobs, teams and days; then have the plan computed, unless some job is impossible."""
    refusal: DomainError | None = None
    findings: Any = ()
    if request.method == "POST":
        try:
            asked = _asked(request.POST, by=by)
            findings = () if request.POST.get("sure") else drafting.foresee(**asked)
            if not findings:
                seconds = _whole(request.POST.get("seconds", ""), DEFAULT_SECONDS)
                key = key_of(request.POST)
                number = drafting.draft_plan_once(key=key, asked=asked, seconds=seconds)
                return redirect("console:plan", number=number)
        except DomainError as caught:
            refusal = caught
    context = _choices(request.POST or request.GET, by=by)
    context |= {"by": by, "refusal": refusal, "findings": findings}
    status = 422 if refusal or findings else 200
    return TemplateResponse(request, "console/plan_new.html", context, status=status)


@require_GET
@requires(*PLANNERS)
def teams(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the teams as they are on other days."""
    context = {"by": by, **_team_choices(request.GET, by=by)}
    return TemplateResponse(request, "console/plan_new.html#teams", context)


@require_POST
@requires(*PLANNERS)
def check(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Say which of the chosen jobs nobody could ever do, before computing."""
    refusal: DomainError | None = None
    findings: Any = ()
    try:
        findings = drafting.foresee(**_asked(request.POST, by=by))
    except DomainError as caught:
        refusal = caught
    context = {"by": by, "unsound": refusal, "findings": findings}
    return TemplateResponse(request, "console/plan_new.html#findings", context)


def _asked(sent: QueryDict, *, by: Actor) -> dict[str, Any]:
    return {
        "job_numbers": [_plain(number) for number in sent.getlist("job")],
        "team_codes": [_plain(code) for code in sent.getlist("team")],
        "first_on": _day(sent.get("first_on", ""), "first_on"),
        "last_on": _day(sent.get("last_on", ""), "last_on"),
        "by": by,
        "at": now(),
    }


def _choices(sent: QueryDict, *, by: Actor) -> dict[str, Any]:
    rows = choosing.jobs(by=by)
    return {
        "jobs": rows,
        "units": sorted({row.unit_name for row in rows}),
        "skills": sorted({row.facts.skill_name for row in rows if row.facts.skill_name}),
        "chosen_jobs": set(sent.getlist("job")) if "job" in sent or "first_on" in sent else None,
        "seconds": _whole(sent.get("seconds", ""), DEFAULT_SECONDS),
        **_team_choices(sent, by=by),
    }


def _team_choices(sent: QueryDict, *, by: Actor) -> dict[str, Any]:
    tomorrow = today() + timedelta(days=1)
    first_on = _day_or(sent.get("first_on", ""), tomorrow)
    last_on = max(first_on, _day_or(sent.get("last_on", ""), first_on))
    near = abs((first_on - tomorrow).days) <= 3660
    days = (first_on, last_on) if near else (tomorrow, tomorrow)
    return {
        "teams": choosing.teams(by=by, first_on=days[0], last_on=days[1]),
        "chosen_teams": set(sent.getlist("team")) if "team" in sent or "job" in sent else None,
        "first_on": sent.get("first_on") or tomorrow.isoformat(),
        "last_on": sent.get("last_on") or first_on.isoformat(),
        "today": today().isoformat(),
    }


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("请选择日期。", field=field) from error


def _day_or(text: str, fallback: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return fallback


def _plain(code: str) -> str:
    """Return a code as it may be looked up; no database finds one with control characters."""
    return code if code.isprintable() else "?"


def _whole(text: str, fallback: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else fallback


@require_GET
@requires(*PLANNERS)
def plan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a plan: map, lanes, what is left out and why."""
    return _plan(request, number, by=by)


def _plan(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    status: int = 200,
    refusal: DomainError | None = None,
) -> HttpResponse:
    page = page_of(number, by=by)
    is_ready, is_published = page.row.status == "READY", page.row.status == "PUBLISHED"
    waiting = job_queries.waiting(by=by) if is_published else ()
    context = {
        "by": by,
        "page": page,
        "refusal": refusal,
        "routes": on_map(page),
        "changes": difference.differences(number=number, by=by) if is_ready else (),
        "urgent": [job for job in waiting if job.status == "OPEN"],
    }
    return TemplateResponse(request, "console/plan.html", context, status=status)


def page_of(number: str, *, by: Actor) -> PlanPage:
    """Return the page of a plan; one that is unknown or foreign is not found."""
    try:
        return page_queries.plan_page(number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent


def on_map(page: PlanPage) -> dict[str, Any]:
    """Return the routes of a plan, and what it leaves out, for the map."""
    return {
        "lanes": [
            {
                "key": lane.key,
                "name": f"{lane.team_name} {lane.on:%m-%d}",
                "base": [lane.base_lat, lane.base_lon],
                "stops": [
                    {
                        "job": stop.facts.job_number,
                        "lat": stop.facts.lat,
                        "lon": stop.facts.lon,
                        "sequence": stop.sequence,
                        "title": stop.facts.title,
                        "time": f"{stop.start_at.astimezone(SHANGHAI):%H:%M}",
                        "late": bool(stop.late_s),
                    }
                    for stop in lane.stops
                ],
            }
            for lane in page.lanes
            if lane.stops
        ],
        "left": [
            {"job": f.job_number, "title": f.title, "lat": f.lat, "lon": f.lon}
            for f in (left.facts for left in page.left_out)
        ],
    }


@require_GET
@requires(*PLANNERS)
def progress(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with how far the computation is; when it is over, have the page reloaded."""
    page = page_of(number, by=by)
    answer = TemplateResponse(request, "console/plan.html#progress", {"page": page})
    if page.row.status != "SOLVING":
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
@requires(*PLANNERS)
def sheets(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a plan's day sheets, one page per team and day, to be printed."""
    page, lane = page_of(number, by=by), request.GET.get("lane", "")
    lanes = [row for row in page.lanes if row.stops and lane in {"", row.key}]
    return TemplateResponse(
        request, "console/plan_sheets.html", {"by": by, "page": page, "lanes": lanes}
    )


@require_GET
@requires(*PLANNERS)
def offer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the best places for an urgent job before one is chosen."""
    page, found = page_of(number, by=by), None
    refusal: DomainError | None = None
    try:
        found = urgent.offer(
            number=number, job_number=_plain(request.GET.get("job", "")), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as caught:
        refusal = caught
    context = {"by": by, "page": page, "offer": found, "refusal": refusal}
    context["most_changes"] = MOST_CHANGES
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/plan_urgent.html", context, status=status)


@require_GET
@requires(*PLANNERS)
def why(request: HttpRequest, number: str, job: str, *, by: Actor) -> HttpResponse:
    """Say why a visit is with its team, and what would bring it in time if it is late."""
    page, refusal, found = page_of(number, by=by), "", None
    try:
        found = explaining.explain(number=number, job_number=_plain(job), by=by, at=now())
    except DomainError as caught:
        refusal = caught.message
    context = {"page": page, "job": job, "explained": found, "unexplained": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/plan.html#why", context, status=status)


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
        return _plan(request, number, by=by, status=code, refusal=refusal)
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
        return _plan(request, number, by=by, status=code, refusal=refusal)
    if verb == "discard":
        messages.success(request, _("计划 %(number)s 已作废。") % {"number": number})
        return redirect("console:plans")
    return redirect("console:plan", number=made.number)


def _change(request: HttpRequest, number: str, verb: str, *, by: Actor) -> "Plan":
    sent, at = request.POST, now()
    plan: dict[str, Any] = {"number": number, "by": by, "at": at}
    seen = {**plan, "revision": _whole(sent.get("revision", ""), 0)}
    edit = {**seen, "job_number": _plain(sent.get("job", ""))}
    choice = _whole(sent.get("choice", ""), 0)
    changes: dict[str, Callable[[], Plan]] = {
        "move": lambda: editing.move(**edit, **_target(sent)),
        "remove": lambda: editing.remove(**edit),
        "fix": lambda: editing.use_fix(**edit, choice=choice),
        "ontime": lambda: editing.use_late_fix(**edit, choice=choice),
        "unfix": lambda: editing.undo_fix(**edit),
        "lock": lambda: editing.set_lock(**edit, is_locked=True),
        "unlock": lambda: editing.set_lock(**edit, is_locked=False),
        "replan": lambda: drafting.replan(**seen),
        "stop": lambda: drafting.cancel_solving(**plan),
        "finish": lambda: drafting.finish_solving(**plan),
        "discard": lambda: drafting.discard(**plan),
        "insert": lambda: urgent.insert(**plan, job_number=edit["job_number"], slot=_slot(sent)),
    }
    if verb not in changes:
        raise Http404
    return changes[verb]()


def _target(sent: QueryDict) -> dict[str, Any]:
    team, _sep, day = sent.get("lane", "").partition("@")
    position = _whole(sent.get("position", ""), 1)
    return {"team_code": team, "on": _day(day, "lane"), "position": position}


def _slot(sent: QueryDict) -> tuple[str, date, int] | None:
    if not sent.get("lane"):
        return None
    target = _target(sent)
    return target["team_code"], target["on"], target["position"]
