"""Requests for gear and teams: the board, asking, deciding with reasons, the ladder, teams."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.mobilisation import queries as book
from dianliang.domain.mobilisation.lifecycle import ASKERS, LABELS, READERS
from dianliang.domain.resources.access import READERS as OF_GEAR
from dianliang.domain.resources.queries import things
from dianliang.faces.console.branches.common import Steps, lead_on, reason, status_of
from dianliang.faces.console.fields import whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.resources.reading import others, text_of
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.mobilising import requesting as flow
from dianliang.flows.resources import fields
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant

FORM = "%Y-%m-%dT%H:%M"
"""How a form writes an instant down, in Shanghai time."""
MORE = {"over": "已结束", "late": "过了最迟到位"}
"""Lists of requests that are no state."""


@require_GET
@requires(*READERS)
def board(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the requests by state with how long they have been in it, or those that are over."""
    asked, at = request.GET, now()
    status = asked.get("status", "")
    status = status if status in LABELS or status in MORE else ""
    rows = book.chosen(
        status=status,
        kind=text_of(asked, "kind", 16),
        incident=text_of(asked, "incident", 40),
        words=text_of(asked, "q", 40),
        by=by,
        at=at,
    )
    shown, pages = paged(request, rows) if status else ((), None)
    context = {
        "by": by,
        "columns": () if status else book.board(rows, at=at),
        "shown": [book.row_of(row, at=at) for row in shown],
        "figures": book.figures(by=by, at=at),
        "status": status,
        "status_label": LABELS.get(status) or MORE.get(status, ""),
        "kinds": things.kinds(),
        "asked": {name: text_of(asked, name, 40) for name in ("kind", "incident", "q")},
        "others": others(request, "status"),
        "pages": pages,
        "may_ask": by.role in ASKERS,
        "sees_gear": by.role in OF_GEAR,
    }
    return TemplateResponse(request, "console/resources/requests.html", context)


@require_http_methods(["GET", "POST"])
@requires(*ASKERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for gear or teams."""
    refusal = None
    if request.method == "POST":
        sent = request.POST
        try:
            number = flow.ask_once(key=key_of(sent), asked=_asked(sent), by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("请求已提交，等待指派。"))
            return redirect("console:gear_request", number)
    start = now().astimezone(SHANGHAI).replace(minute=0) + timedelta(hours=2)
    context = {
        "by": by,
        "whats": flow.WHATS.items(),
        "kinds": things.kinds(),
        "units": fields.units(by),
        "needed_by": start.strftime(FORM),
        "until": (start + timedelta(days=1)).strftime(FORM),
        "asked": request.GET,
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/request_new.html", context, status=status_of(refusal)
    )


def _asked(sent: QueryDict) -> flow.Asked:
    names = ("what", "kind", "least", "unit", "incident", "purpose", "place", "lat", "lon")
    return flow.Asked(
        **{name: sent.get(name, "") for name in names},
        quantity=whole(sent.get("quantity", ""), field="quantity", label=_("数量")),
        needed_by_at=instant(
            sent.get("needed_by_at", ""), field="needed_by_at", label=_("最迟到位")
        ),
        until_at=instant(sent.get("until_at", ""), field="until_at", label=_("预计用到")),
    )


@require_GET
@requires(*READERS)
def request_page(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a request, with what could be sent and why while it waits for a decision."""
    return _request(request, number, by=by)


def _request(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    at = now()
    try:
        view = flow.view(number=number, by=by, at=at)
        spare = flow.spare(number=number, by=by, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    ticked = request.POST.getlist("picked")
    offers = [
        (one, one.proposal, one.row.number in ticked if ticked else one.proposal.is_chosen)
        for one in view.gear
    ]
    teams = [
        (one, one.proposal, one.team.code in ticked if ticked else one.proposal.is_chosen)
        for one in view.teams
    ]
    context = {
        "by": by,
        "page": view.page,
        "r": view.page.row,
        "offers": offers,
        "teams": teams,
        "spare": spare,
        "sees_gear": by.role in OF_GEAR,
        "live": [row for row in view.page.assigned if row.ended_at is None],
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/request.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*ASKERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Assign, refuse, and lead a request down its ladder."""
    steps: Steps = {**STEPS, "stand_down": (flow.stand_down, partial(_back, number, by))}
    return lead_on(request, number, verb, steps, _request, "console:gear_request", by=by)


def _back(number: str, by: Actor, sent: QueryDict) -> dict[str, Any]:
    told = {name: value for name, value in sent.items() if isinstance(value, str)}
    return {"back": flow.back_of(number, told, by=by, at=now())}


def _nothing(sent: QueryDict) -> dict[str, Any]:
    del sent
    return {}


def _exchange(sent: QueryDict) -> dict[str, Any]:
    return {"gone": sent.get("gone", ""), "other": sent.get("other", ""), **reason(sent)}


STEPS: Steps = {
    "assign": (flow.assign, lambda sent: {"picked": sent.getlist("picked")}),
    "refuse": (partial(flow.end, verb="refuse"), reason),
    "cancel": (partial(flow.end, verb="cancel"), reason),
    "stand_by": (flow.stand_by, _nothing),
    "mobilise": (flow.mobilise, _nothing),
    "begin": (flow.begin, _nothing),
    "demobilise": (flow.demobilise, reason),
    "exchange": (flow.exchange, _exchange),
}


@require_GET
@requires(*READERS)
def strength(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show which teams could be mobilised between two instants, with the shifts left to them."""
    asked, refusal, found = request.GET, None, None
    start = now().astimezone(SHANGHAI).replace(second=0, microsecond=0)
    since = asked.get("since", start.strftime(FORM))
    until = asked.get("until", (start + timedelta(days=3)).strftime(FORM))
    rules, shift_h = asked.get("rules", "emergency"), asked.get("shift_h", "12")
    try:
        found = flow.strength(
            since=instant(since, field="since", label=_("从")),
            until=instant(until, field="until", label=_("到")),
            rules=rules,
            shift_h=whole(shift_h, field="shift_h", label=_("每班")),
            by=by,
        )
    except DomainError as wrong:
        refusal = wrong
    context = {
        "by": by,
        "found": found,
        "since": since,
        "until": until,
        "rules": rules,
        "shift_h": shift_h,
        "hours": flow.HOURS.items(),
        "shifts": [f"{hours}" for hours in flow.SHIFTS_H],
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/strength.html", context, status=status_of(refusal)
    )
