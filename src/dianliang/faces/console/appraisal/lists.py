"""Task lists: what is published, the matrix of branches × items, one duty, one person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.core.files import read_token
from dianliang.domain.appraisal.access import READERS, WRITERS
from dianliang.faces.console import party_tables
from dianliang.faces.console.addresses import record_address
from dianliang.faces.console.appraisal.common import (
    evidence,
    linked,
    printed,
)
from dianliang.faces.console.branches.common import Steps, lead_on, press, reason, shown, status_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import AS, page_number, paged, pages_of, sheet_of
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.flows.appraisal import lists as flow
from dianliang.flows.appraisal import pages, papers, people, rulebooks
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def task_lists(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the task lists, and the form that publishes one."""
    if request.GET.get(AS):
        rows = pages.lists(by=by)
        return sheet_of(request, party_tables.TASK_LISTS, rows, by=by) or _lists(request, by=by)
    return _lists(request, by=by)


def _lists(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    may_write = by.role in WRITERS
    books = [row for row in rulebooks.books(by=by) if row.kind == "tasks" and row.in_force]
    rows, at = paged(request, pages.lists(by=by))
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "books": books,
        "units": rulebooks.units(by) if may_write else (),
        "may_write": may_write,
        "refusal": refusal,
        "today": today(),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/lists.html", context, status=status)


@require_POST
@requires(*WRITERS)
def publish(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Publish a task list."""
    sent = request.POST
    try:
        asked: dict[str, Any] = {
            "book": shown(sent.get("book", "")),
            "unit": sent.get("unit", ""),
            "on": day(sent.get("on", ""), field="on", label=_("期间内的一天")),
            "by": by,
            "at": now(),
        }
        number = made_once(
            request, "appraisal.publish", lambda: flow.publish(**asked), at=asked["at"]
        )
    except DomainError as refusal:
        return _lists(request, by=by, refusal=refusal)
    messages.success(request, _("清单已发布，任务已到人。"))
    return redirect("console:appraisal_list", number)


@require_GET
@requires(*READERS)
def task_list(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one list as branches × items."""
    return _list(request, number, by=by)


def _list(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = pages.matrix(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/list.html", context, status=status)


def _proposal(sent: QueryDict) -> dict[str, Any]:
    return {
        "branch": sent.get("branch", ""),
        "person": sent.get("person", ""),
        "title": sent.get("title", ""),
        "text": sent.get("words", ""),
        "weight": whole(sent.get("weight", ""), field="weight", label=_("加分")),
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
    }


LIST_STEPS: Steps = {
    "hand_out": (flow.hand_out, lambda _sent: {}),
    "close": (flow.close, lambda _sent: {}),
    "withdraw": (flow.withdraw, reason),
    "propose": (flow.propose, _proposal),
}


@require_POST
@requires(*WRITERS)
def list_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a list on, or propose something of a branch's own."""
    return lead_on(request, number, verb, LIST_STEPS, _list, "console:appraisal_list", by=by)


@require_GET
@requires(*READERS)
def list_sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand a list out as Excel."""
    del request
    try:
        return printed(papers.list_sheet(number, by=by, on=today(), at=now()))
    except NotVisibleError as absent:
        raise Http404 from absent


@require_GET
@requires(*READERS)
def duties(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the duties of a list, of a branch, an item or a state."""
    asked = request.GET
    here = page_number(asked)
    wanted = {key: shown(asked.get(key, "")) for key in ("branch", "column", "state")}
    try:
        page = pages.duty_list(number, **wanted, page=here, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "states": pages.states(),
        "asked": wanted,
        "pages": pages_of(asked, min(here, page.pages), page.pages),
    }
    return TemplateResponse(request, "console/appraisal/duties.html", context)


@require_GET
@requires(*READERS)
def duty(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one duty with its records or evidence."""
    return _duty(request, number, by=by)


def _duty(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = pages.duty(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "records": linked(page.records, by=by),
        "evidence": [
            (row, record_address(row.record_kind, row.record_number, by=by))
            for row in page.evidence
        ],
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/duty.html", context, status=status)


DUTY_STEPS: Steps = {
    "report": (flow.report, lambda _sent: {}),
    "confirm": (flow.confirm, lambda _sent: {}),
    "send_back": (flow.send_back, reason),
    "cancel": (flow.cancel, reason),
    "approve": (flow.approve, lambda _sent: {}),
    "refuse": (flow.refuse, reason),
}


@require_POST
@requires(*WRITERS)
def duty_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a duty on, or add what shows that it was done."""
    if verb != "prove" and verb not in DUTY_STEPS:
        raise Http404

    def prove() -> object:
        return flow.prove(
            number=number,
            text=request.POST.get("words", ""),
            content=sent_paper(request, "file"),
            record=request.POST.get("record", ""),
            by=by,
            at=now(),
        )

    def act() -> None:
        if verb == "prove":
            press_once(request, "appraisal.prove", prove, at=now())
            return
        step, read = DUTY_STEPS[verb]
        step(number=number, by=by, at=now(), **read(request.POST))

    return press(
        act,
        refused=lambda refusal: _duty(request, number, by=by, refusal=refusal),
        done=lambda: redirect("console:appraisal_duty", number),
    )


@require_GET
@requires(*READERS)
def duty_file(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Hand evidence out."""
    del request
    try:
        page = pages.duty(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    found = next((row for row in page.evidence if row.token and row.token == token), None)
    if found is None:
        raise Http404
    return evidence(read_token(token), found.media_type, f"{number}-{token[:6]}")


@require_GET
@requires(*READERS)
def person(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one person's sheets and ratings."""
    try:
        page = people.person(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page}
    return TemplateResponse(request, "console/appraisal/person.html", context)
