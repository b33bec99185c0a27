"""Calls: ruled, nominated, examined, voted, on notice, published."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.honours.queries import calls as book
from dianliang.domain.honours.queries.register import LEVELS
from dianliang.faces.console import party_tables
from dianliang.faces.console.branches.common import (
    Steps,
    lead_on,
    press,
    reason,
    status_of,
)
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.branches.choices import choices
from dianliang.flows.honours import calling as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def calls(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the calls."""
    view = request.GET.get("view", "open")
    view = view if view in book.VIEWS else "open"
    listed, found = book.calls(view=view, by=by)
    if file := sheet_of(request, party_tables.CALLS, listed, by=by):
        return file
    rows, at = paged(request, listed)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": [(code, label, found[code]) for code, label in book.VIEWS.items()],
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/honours/calls.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Rule a call."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _asked(request.POST), now()
            number = made_once(
                request, "honours.draft", lambda: flow.draft(asked=asked, by=by, at=at), at=at
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("规则已起草。核对无误后发布，发布后不能再改。"))
            return redirect("console:honour_call", number)
    context = {
        "by": by,
        "units": choices(by=by).hosts,
        "levels": LEVELS.items(),
        "electorates": flow.ELECTORATES.items(),
        "ties": flow.TIES.items(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/honours/call_new.html", context, status=status_of(refusal)
    )


def _asked(sent: QueryDict) -> flow.Asked:
    def on(field: str, label: str) -> Any:
        return day(sent.get(field, ""), field=field, label=label)

    return flow.Asked(
        title=sent.get("title", ""),
        unit=sent.get("unit", ""),
        level=sent.get("level", ""),
        rules=sent.get("rules", ""),
        since=on("since", _("事迹起")),
        until=on("until", _("事迹止")),
        nominate_until=on("nominate_until", _("提名截止")),
        vote_until=on("vote_until", _("投票截止")),
        electorate=sent.get("electorate", ""),
        quorum_percent=whole(sent.get("quorum", ""), field="quorum_percent", label=_("法定人数")),
        ties=sent.get("ties", ""),
        notice_working_days=whole(
            sent.get("notice", ""), field="notice_working_days", label=_("公示工作日")
        ),
        categories=sent.get("categories", ""),
    )


@require_GET
@requires(*READERS)
def call(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one call; in the vote who has voted, never what."""
    return _call(request, number, by=by)


def _call(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.call(number, by=by)
        voters = book.register_of_votes(number, by=by) if file.may_write else ()
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "c": file.row,
        "voters": voters,
        "refusal": refusal,
        "today": today(),
    }
    return TemplateResponse(
        request, "console/honours/call.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a call on."""
    return lead_on(request, number, verb, STEPS, _call, "console:honour_call", by=by)


def _again(sent: QueryDict) -> dict[str, Any]:
    return {"vote_until": day(sent.get("vote_until", ""), field="vote_until", label=_("投票截止"))}


STEPS: Steps = {
    "open": (flow.start, lambda _sent: {}),
    "vote": (flow.take_votes, lambda _sent: {}),
    "count": (flow.close_votes, lambda _sent: {}),
    "again": (flow.vote_again, _again),
    "announce": (flow.announce, lambda _sent: {}),
    "publish": (flow.publish, lambda _sent: {}),
    "cancel": (flow.cancel, reason),
}


@require_POST
@requires(*WRITERS)
def examine(request: HttpRequest, number: str, part: str, verb: str, *, by: Actor) -> HttpResponse:
    """Let a nominee stand, or refuse him."""
    why = request.POST.get("reason", "")
    return press(
        lambda: flow.examine(number=number, nominee=part, verb=verb, reason=why, by=by, at=now()),
        refused=lambda refusal: _call(request, number, by=by, refusal=refusal),
        done=lambda: redirect("console:honour_call", number),
    )


@require_POST
@requires(*WRITERS)
def decide(request: HttpRequest, number: str, part: str, verb: str, *, by: Actor) -> HttpResponse:
    """Decide an objection."""
    why = request.POST.get("reason", "")
    return press(
        lambda: flow.decide(number=number, objection=part, verb=verb, reason=why, by=by, at=now()),
        refused=lambda refusal: _call(request, number, by=by, refusal=refusal),
        done=lambda: redirect("console:honour_call", number),
    )
