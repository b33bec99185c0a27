"""Grid projects: the list, one project, its plans, milestones and task force."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.grid_projects.access import DECIDERS, WRITERS
from dianliang.domain.grid_projects.queries import projects as found
from dianliang.faces.console.fields import day, key_in, optional_day
from dianliang.faces.console.grid_projects.navigation import SEERS
from dianliang.faces.console.grid_projects.tables import PROJECTS
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.project_charts import bars
from dianliang.faces.ui.refused import STALE, or_page_again, refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.grid_projects import amending, telling
from dianliang.flows.grid_projects import keeping as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError, StaleStateError


@require_GET
@requires(*SEERS)
def listed(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List projects with filters, those that will be latest first."""
    asked = request.GET
    view = asked.get("view", "all")
    filters = found.Filters(
        view=view if view in found.VIEWS else "all",
        kind=asked.get("kind", "").replace("\0", "")[:12],
        voltage=asked.get("voltage", "").replace("\0", "")[:8],
        q=asked.get("q", "").replace("\0", "").strip()[:40],
    )
    page = found.board(filters=filters, by=by, on=today())
    sheet = sheet_of(request, PROJECTS, page.rows, by=by)
    if sheet is not None:
        return sheet
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "filters": filters,
        "tabs": [(code, label, page.counts[code]) for code, label in found.VIEWS.items()],
        "figure": telling.figure(by=by, on=today()),
        "kinds": flow.KINDS,
        "voltages": flow.VOLTAGES,
        "may_write": by.role in WRITERS,
        "is_top": by.is_top,
    }
    return TemplateResponse(request, "console/grid_projects/projects.html", context)


@require_http_methods(["GET", "POST"])
@requires(*sorted(WRITERS))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a project in."""
    refusal = None
    if request.method == "POST":
        at = now()
        try:
            number = made_once(
                request,
                "grid_projects.open",
                lambda: flow.open_project(asked=_asked(request.POST), by=by, at=at),
                at=at,
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已列入。下一步：编制基准计划，由另一人复核。"))
            return redirect("console:project", number)
    context = {"by": by, "choices": flow.choices(by=by)}
    answer = TemplateResponse(request, "console/grid_projects/project_new.html", context)
    return refused(answer, refusal) if refusal else answer


@require_http_methods(["GET", "POST"])
@requires(*sorted(WRITERS))
def edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Amend a project's details."""
    refusal = None
    try:
        if request.method == "POST":
            try:
                sent = request.POST
                amending.amend(
                    number=number, asked=_asked(sent), seen=sent.get("seen", ""), by=by, at=now()
                )
            except NotVisibleError:
                raise
            except DomainError as wrong:
                refusal = wrong
            else:
                messages.success(request, _("工程资料已保存。"))
                return redirect("console:project", number)
        form = amending.form_of(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "number": number, "form": form}
    answer = TemplateResponse(request, "console/grid_projects/project_edit.html", context)
    if refusal is None:
        return answer
    return refused(answer, refusal, status=STALE if isinstance(refusal, StaleStateError) else 422)


def _asked(sent: QueryDict) -> flow.Asked:
    plain = ("name", "kind", "voltage", "length_km", "capacity_mva", "budget_cny")
    also = ("feeder", "task_force", "unit")
    return flow.Asked(
        areas=tuple(sent.getlist("areas")), **{name: sent.get(name, "") for name in plain + also}
    )


@require_GET
@requires(*SEERS)
def one(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one project: its time, its task force, what stands in its way."""
    at, on = now(), today()
    try:
        page = telling.project_page(number=number, by=by, at=at, on=on)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "card": page.card,
        "row": page.card.row,
        "chart": bars(page.card.steps, on=on),
        "choices": flow.choices(by=by) if by.role in WRITERS and page.is_own else None,
        "may_write": by.role in WRITERS and page.is_own,
        "may_decide": by.role in DECIDERS and page.is_own,
        "today": on,
    }
    return TemplateResponse(request, "console/grid_projects/project.html", context)


@require_http_methods(["GET", "POST"])
@requires(*sorted(WRITERS))
def plan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Propose planned days for all milestones; the template's habits fill an empty form."""
    refusal = None
    on = today()
    try:
        card = found.card(number, by=by, on=on)
        if request.method == "POST":
            try:
                _propose(request, number, card, by=by)
            except NotVisibleError:
                raise
            except DomainError as wrong:
                refusal = wrong
            else:
                messages.success(request, _("已提交，等另一人复核。"))
                return redirect("console:project", number)
        asked = request.GET.get("starts_on", "")
        starts_on = optional_day(asked, field="starts_on", label=_("计划起算日")) or on
        suggested = flow.suggested_days(number=number, starts_on=starts_on, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "card": card,
        "row": card.row,
        "starts_on": starts_on,
        "steps": [
            (step, step.actual_on or step.planned_on or suggested.get(step.code))
            for step in card.steps
        ],
    }
    answer = TemplateResponse(request, "console/grid_projects/plan.html", context)
    return refused(answer, refusal) if refusal else answer


def _propose(request: HttpRequest, number: str, card: found.Card, *, by: Actor) -> None:
    sent, at = request.POST, now()
    starts_on = day(sent.get("starts_on", ""), field="starts_on", label=_("计划起算日"))
    days: dict[str, date] = {}
    for step in card.steps:
        given = optional_day(
            sent.get(f"day-{step.code}", ""), field=f"day-{step.code}", label=step.name
        )
        if given is not None:
            days[step.code] = given
    press_once(
        request,
        "grid_projects.propose",
        lambda: flow.propose(
            number=number,
            starts_on=starts_on,
            days=days,
            reason=sent.get("reason", ""),
            by=by,
            at=at,
        ),
        at=at,
    )


@require_POST
@requires(*sorted(DECIDERS))
@or_page_again
def decide(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Confirm or refuse the plan that waits."""
    if verb not in {"confirm", "refuse"}:
        raise Http404
    reason = request.POST.get("reason", "")
    flow.decide(number=number, verb=verb, reason=reason, by=by, at=now())
    messages.success(request, _("已复核。"))
    return redirect("console:project", number)


@require_POST
@requires(*sorted(WRITERS))
@or_page_again
def move(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Approve, pause, resume, close or drop a project."""
    if verb not in {"approve", "pause", "resume", "close", "drop"}:
        raise Http404
    flow.move(number=number, verb=verb, reason=request.POST.get("reason", ""), by=by, at=now())
    messages.success(request, _("工程状态已更新。"))
    return redirect("console:project", number)


@require_POST
@requires(*sorted(WRITERS))
@or_page_again
def step(request: HttpRequest, number: str, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Write down, forecast or correct the day of a milestone."""
    if verb not in STEPS:
        raise Http404
    act, read = STEPS[verb]
    act(number=number, code=code, by=by, at=now(), **read(request.POST))
    messages.success(request, _("里程碑已更新。"))
    return redirect("console:project", number)


def _on(sent: QueryDict) -> dict[str, Any]:
    return {"on": day(sent.get("on", ""), field="on", label=_("实际日期"))}


def _forecast(sent: QueryDict) -> dict[str, Any]:
    on = optional_day(sent.get("on", ""), field="on", label=_("预计日期"))
    return {"on": on, "responsible": sent.get("responsible", "")}


STEPS: dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]] = {
    "reach": (flow.reach, _on),
    "forecast": (flow.forecast, _forecast),
    "correct": (flow.correct, lambda sent: {**_on(sent), "reason": sent.get("reason", "")}),
}
"""Each verb with what it reads from its form."""


@require_POST
@requires(*sorted(WRITERS))
@or_page_again
def seat(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take somebody into the task force."""
    sent, at = request.POST, now()
    from_on = day(sent.get("from_on", ""), field="from_on", label=_("加入日期"))
    fields = {name: sent.get(name, "") for name in ("post", "person", "unit", "organisation")}
    press_once(
        request,
        "grid_projects.seat",
        lambda: flow.seat(number=number, from_on=from_on, by=by, at=at, **fields),
        at=at,
    )
    messages.success(request, _("专班已更新。"))
    return redirect("console:project", number)


@require_POST
@requires(*sorted(WRITERS))
@or_page_again
def leave(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Let somebody leave the task force."""
    on = day(request.POST.get("on", ""), field="on", label=_("离开日期"))
    flow.leave(number=number, member=key_in(request.POST, "member"), on=on, by=by, at=now())
    messages.success(request, _("专班已更新。"))
    return redirect("console:project", number)
