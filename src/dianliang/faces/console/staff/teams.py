"""The tree of teams, one team, and its end."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.workforce import register, trees
from dianliang.domain.workforce.register import READERS, WRITERS
from dianliang.faces.console import list_tables
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.staff import forms
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.staffing import teams as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def teams(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the tree of teams with how many people each has, itself and with all below it."""
    with_ended = request.GET.get("ended") == "1"
    volunteers = request.GET.get("volunteers") == "1"
    tree = trees.tree(by=by, on=today(), with_ended=with_ended, volunteers=volunteers)
    if file := sheet_of(request, list_tables.TEAMS, tree.lines, by=by):
        return file
    lines, at = paged(request, tree.lines)
    context = {
        "by": by,
        "tree": tree,
        "lines": lines,
        "pages": at,
        "with_ended": with_ended,
        "volunteers": volunteers,
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/staff/teams.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Found a team."""
    refusal = None
    if request.method == "POST":
        try:
            team = flow.found(
                code=request.POST.get("code", ""), asked=forms.team(request.POST), by=by, at=now()
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("%(name)s已成立。") % {"name": team.name})
            return redirect("console:staff_team", team.code)
    context = {
        "by": by,
        "refusal": refusal,
        "parent": request.GET.get("parent", ""),
        "choices": register.choices(by=by, on=today()),
        "unit_code": by.unit_code,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/staff/team_new.html", context, status=status)


@require_GET
@requires(*READERS)
def team(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show one team."""
    return _page(request, code, by=by)


def _page(request: HttpRequest, code: str, *, by: Actor) -> TemplateResponse:
    try:
        file = flow.file(code=code, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "choices": register.choices(by=by, on=today()),
        "may_write": by.role in WRITERS and file.line.is_active,
        "may_hand_over": by.role is Role.DISPATCHER,
        "today": today(),
    }
    return TemplateResponse(request, "console/staff/team.html", context)


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change one thing about a team."""
    if verb not in STEPS:
        raise Http404
    step, read_form = STEPS[verb]
    try:
        trees.team_to_see(code, by=by)
        step(code=code, by=by, at=now(), **read_form(request))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, code, by=by), refusal)
    messages.success(request, _("已保存。"))
    return redirect("console:staff_team", code)


def _member(request: HttpRequest) -> dict[str, Any]:
    return {"person_number": request.POST.get("person", ""), **forms.on(request.POST)}


def _joining(request: HttpRequest) -> dict[str, Any]:
    return {**_member(request), "is_captain": request.POST.get("leads") == "1"}


def _end(request: HttpRequest) -> dict[str, Any]:
    return {**forms.on(request.POST), "reason": request.POST.get("reason", "")}


STEPS: dict[str, tuple[Callable[..., Any], Callable[[HttpRequest], dict[str, Any]]]] = {
    "amend": (flow.amend, lambda request: {"asked": forms.team(request.POST)}),
    "join": (flow.join, _joining),
    "leave": (flow.leave, _member),
    "appoint": (flow.appoint, _member),
    "hand_over": (flow.hand_over, lambda request: {"to_code": request.POST.get("to", "")}),
    "end": (flow.end, _end),
}
"""Each verb with what it reads from its form."""
