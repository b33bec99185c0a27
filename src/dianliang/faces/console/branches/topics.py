"""Topics: taken on, measured before and after, and who leads at which tier."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.branches.queries import topics as book
from dianliang.domain.branches.queries.links import branches_at_work
from dianliang.faces.console import list_tables
from dianliang.faces.console.branches.common import Steps, lead_on, reason, shown, status_of
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.branches import studying as flow
from dianliang.flows.branches.choices import choices
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def topics(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the topics with their figures before and after, and who leads at which tier."""
    view = request.GET.get("view", "open")
    view = view if view in book.VIEWS else "open"
    cut = {name: shown(request.GET.get(name, "")) for name in ("branch", "tier", "lead")}
    page = book.topics(view=view, by=by, on=today(), **cut)
    if file := sheet_of(request, list_tables.TOPICS, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "pages": at,
        "view": view,
        "cut": urlencode(cut),
        "branch": cut["branch"],
        "branches": branches_at_work(by),
        "tabs": [(code, label, page.counts[code]) for code, label in book.VIEWS.items()],
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/branches/topics.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def topic_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a topic on."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _asked(request.POST), now()
            number = made_once(
                request, "branches.topic", lambda: flow.propose(asked=asked, by=by, at=at), at=at
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("课题已立项，请定基线。"))
            return redirect("console:topic", number)
    sent = request.POST
    offered = choices(by=by)
    context = {
        "by": by,
        "choices": offered,
        "branches": branches_at_work(by),
        "tiers": [
            (code, label, sent.get(f"lead_{code}", ""), sent.get(f"person_{code}", ""))
            for code, label in offered.tiers
        ],
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/topic_new.html", context, status=status)


def _asked(sent: QueryDict) -> flow.Asked:
    return flow.Asked(
        branch=sent.get("branch", ""),
        title=sent.get("title", ""),
        kind=sent.get("kind", ""),
        goal=sent.get("goal", ""),
        measure=sent.get("measure", ""),
        measure_unit=sent.get("measure_unit", ""),
        better=sent.get("better", ""),
        due_on=day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
        leads={tier: sent.get(f"lead_{tier}", "") for tier in flow.TIERS},
        people={tier: sent.get(f"person_{tier}", "") for tier in flow.TIERS},
    )


@require_GET
@requires(*READERS)
def topic(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one topic."""
    return _topic(request, number, by=by)


def _topic(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.topic(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "row": file.row,
        "choices": choices(by=by) if file.may_write else None,
        "refusal": refusal,
        "today": today(),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/topic.html", context, status=status)


@require_POST
@requires(*WRITERS)
def topic_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a topic on."""
    return lead_on(request, number, verb, STEPS, _topic, "console:topic", by=by)


def _reading(sent: QueryDict) -> dict[str, Any]:
    return {
        "value": sent.get("value", ""),
        "on": day(sent.get("on", ""), field="on", label=_("数据日期")),
        "source": sent.get("source", ""),
    }


def _action(sent: QueryDict) -> dict[str, Any]:
    return {
        "what": sent.get("words", ""),
        "person": sent.get("person", ""),
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
    }


def _finished(sent: QueryDict) -> dict[str, Any]:
    return {
        "position": sent.get("position", ""),
        "done_on": day(sent.get("done_on", ""), field="done_on", label=_("完成日期")),
        "what": sent.get("words", ""),
        "record": sent.get("record", ""),
    }


def _hand_lead(sent: QueryDict) -> dict[str, Any]:
    return {
        "tier": sent.get("tier", ""),
        "unit": sent.get("unit", ""),
        "person": sent.get("person", ""),
        "reason": sent.get("reason", ""),
    }


STEPS: Steps = {
    "baseline": (flow.set_baseline, _reading),
    "act": (flow.begin, lambda _sent: {}),
    "measure": (flow.measure, _reading),
    "go_on": (flow.go_on, reason),
    "accept": (flow.accept, reason),
    "cancel": (flow.cancel, reason),
    "plan": (flow.plan_action, _action),
    "finish": (flow.finish_action, _finished),
    "lead": (flow.hand_lead, _hand_lead),
}
