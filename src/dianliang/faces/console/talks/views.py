"""Talks: one's own from the appointment to the visit that closes; the book without words."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.talks import queries
from dianliang.domain.talks.access import KNOWERS
from dianliang.domain.talks.lifecycle import LEADERS
from dianliang.faces.console.branches.common import (
    Steps,
    lead_on,
    period_of,
    shown,
    status_of,
)
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.talks import leading as flow
from dianliang.flows.talks import sheets
from dianliang.kernel.actor import STAFF, Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@never_cache
@require_GET
@requires(*STAFF)
def talks(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List the talks that the actor may read."""
    view = _view(request, "open")
    page = queries.own(by=by, on=today(), view=view)
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": _tabs(page),
        "may_lead": by.role in LEADERS and bool(by.person_number),
        "may_know": by.role in KNOWERS,
    }
    return TemplateResponse(request, "console/talks/talks.html", context)


def _view(request: HttpRequest, default: str) -> str:
    view = request.GET.get("view", default)
    return view if view in queries.VIEWS else default


def _tabs(page: queries.TalkList) -> list[tuple[str, str, int]]:
    return [(code, label, page.counts[code]) for code, label in queries.VIEWS.items()]


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Appoint a talk."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _asked(request.POST), now()
            number = made_once(
                request, "talks.plan", lambda: flow.plan(asked=asked, by=by, at=at), at=at
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已约谈。面谈之后请记录内容。"))
            return redirect("console:talk", number)
    context = {
        "by": by,
        "occasions": flow.OCCASIONS.items(),
        "refusal": refusal,
        "today": today(),
    }
    return TemplateResponse(
        request, "console/talks/talk_new.html", context, status=status_of(refusal)
    )


def _asked(sent: QueryDict) -> flow.Asked:
    return flow.Asked(
        person=sent.get("person", ""),
        occasion=sent.get("occasion", ""),
        purpose=sent.get("purpose", ""),
        planned_on=day(sent.get("planned_on", ""), field="planned_on", label=_("约谈日期")),
    )


@never_cache
@require_GET
@requires(*STAFF)
def talk(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one talk to one who may read it."""
    return _talk(request, number, by=by)


def _talk(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = queries.talk(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "t": file.fact,
        "refusal": refusal,
        "today": today(),
    }
    return TemplateResponse(request, "console/talks/talk.html", context, status=status_of(refusal))


@require_POST
@requires(*STAFF)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Take a step, write a promise down, or name who else may read."""
    return lead_on(request, number, verb, STEPS, _talk, "console:talk", by=by)


def _held(sent: QueryDict) -> dict[str, Any]:
    return {
        "held_on": day(sent.get("held_on", ""), field="held_on", label=_("面谈日期")),
        "notes": sent.get("notes", ""),
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("跟进期限")),
    }


def _promise(sent: QueryDict) -> dict[str, Any]:
    return {
        "what": sent.get("words", ""),
        "whose": sent.get("whose", ""),
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("承诺期限")),
    }


def _due(sent: QueryDict) -> dict[str, Any]:
    return {"due_on": day(sent.get("due_on", ""), field="due_on", label=_("回访期限"))}


def _kept(sent: QueryDict) -> dict[str, Any]:
    position = whole(sent.get("position", ""), field="position", label=_("次序"))
    return {"position": position, "what": sent.get("words", "")}


STEPS: Steps = {
    "hold": (flow.hold, _held),
    "promise": (flow.promise, _promise),
    "follow": (flow.follow, _due),
    "keep": (flow.keep, _kept),
    "close": (flow.close, lambda sent: {"outcome": sent.get("outcome", "")}),
    "cancel": (flow.cancel, lambda _sent: {}),
    "read": (flow.name_reader, lambda sent: {"person": sent.get("person", "")}),
}


@require_GET
@requires(*KNOWERS)
def book(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show that talks took place, with counts of each branch; nothing of what was said."""
    view, period = request.GET.get("view", "all"), period_of(request)
    view = view if view in queries.BOOK_VIEWS else "all"
    branch = shown(request.GET.get("branch", ""))
    days = (period.first, period.last)
    page = queries.book(by=by, on=today(), view=view, branch=branch, within=days)
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "branch": branch,
        "period": period,
        "tabs": [(code, label, page.counts[code]) for code, label in queries.BOOK_VIEWS.items()],
        "figures": queries.figures(since=period.first, until=period.last, by=by, on=today()),
    }
    return TemplateResponse(request, "console/talks/book.html", context)


@require_GET
@requires(*KNOWERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the book as an Excel file."""
    period = period_of(request)
    content = sheets.book(since=period.first, until=period.last, by=by, on=today(), at=now())
    return download(content, f"talks-{period.first}-{period.last}.xlsx")
