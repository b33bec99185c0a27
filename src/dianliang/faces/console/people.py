"""Grid workers (网协员): the path to a cell, certificates that end, cells without anybody."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.workforce.grid import NOTICE_DAYS, VIEWS, grid_page, stations_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import grid_workers as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(Role.DISPATCHER)
def grid(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the path, the certificates and the map of cells."""
    return _page(request, request.GET.get("view", ""), by=by)


def _page(request: HttpRequest, view: str, *, by: Actor) -> TemplateResponse:
    view = view if view in VIEWS else "PLACED"
    page = grid_page(view=view, by=by, on=today())
    rows, at = paged(request, page.rows)
    vacant = _("空格")
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": [(code, label, page.counts[code]) for code, label in VIEWS.items()],
        "stations": stations_of(by),
        "notice_days": NOTICE_DAYS,
        "today": today(),
        "until": today() + flow.CERTIFIED_FOR,
        "points": [
            {
                "lat": cell.lat,
                "lon": cell.lon,
                "number": cell.code,
                "title": f"{cell.name} {cell.worker_name or vacant}",
                "tone": "open" if cell.may_be_sent else "late" if cell.worker_name else "done",
            }
            for cell in page.cells
            if cell.lat is not None
        ],
    }
    return TemplateResponse(request, "console/grid.html", context)


@require_POST
@requires(Role.DISPATCHER)
def recruit(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take somebody in."""
    asked = request.POST
    try:
        flow.recruit(
            name=asked.get("name", ""),
            phone=asked.get("phone", ""),
            unit_code=asked.get("unit_code", ""),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return refused(_page(request, "", by=by), refusal)
    messages.success(request, _("已登记一位新招募的网协员。"))
    return _back("RECRUITED")


@require_POST
@requires(Role.DISPATCHER)
def step(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead somebody one step on."""
    if verb not in STEPS:
        raise Http404
    act, read = STEPS[verb]
    try:
        worker = act(number=number, by=by, at=now(), **read(request.POST))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, request.POST.get("view", ""), by=by), refusal)
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return _back(worker.status)


def _back(view: str) -> HttpResponse:
    answer = redirect("console:grid")
    if view in VIEWS:
        answer["Location"] += f"?view={view}"
    return answer


def _training(asked: QueryDict) -> dict[str, Any]:
    return {
        "hours": whole(asked.get("hours", ""), field="hours", label="培训学时"),
        "on": day(asked.get("on", ""), field="on", label="培训日期"),
    }


def _certificate(asked: QueryDict) -> dict[str, Any]:
    return {
        "issued_on": day(asked.get("issued_on", ""), field="issued_on", label="发证日期"),
        "expires_on": day(asked.get("expires_on", ""), field="expires_on", label="失效日期"),
    }


def _reason(asked: QueryDict) -> dict[str, Any]:
    return {"reason": asked.get("reason", "")}


STEPS: dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]] = {
    "train": (flow.train, _training),
    "certify": (flow.certify, _certificate),
    "renew": (flow.certify, _certificate),
    "place": (flow.place, lambda asked: {"area_code": asked.get("area", "")}),
    "withdraw": (flow.withdraw, _reason),
    "leave": (flow.leave, _reason),
}
"""Each verb with what it reads from its form."""
