"""Joint meetings, their minutes and their tasks."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.files import read_token
from dianliang.core.papers import PDF
from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.branches.queries import meetings as book
from dianliang.domain.branches.queries.links import branches_at_work
from dianliang.faces.console import list_tables
from dianliang.faces.console.branches.common import (
    Steps,
    lead_on,
    press,
    reason,
    shown,
    status_of,
)
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.flows.branches import meeting as flow
from dianliang.flows.branches import papers
from dianliang.flows.branches.choices import choices
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {"pdf": PDF, "docx": WORD}


@require_GET
@requires(*READERS)
def meetings(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the meetings, and how many tasks are overdue."""
    view = request.GET.get("view", "open")
    view = view if view in book.MEETING_VIEWS else "open"
    page = book.meetings(view=view, by=by, on=today())
    if file := sheet_of(request, list_tables.MEETINGS, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": [(code, label, page.counts[code]) for code, label in book.MEETING_VIEWS.items()],
        "tasks": book.tasks(view="late", by=by, on=today()),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/branches/meetings.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def meeting_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Call a meeting."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _asked(request.POST), now()
            number = made_once(
                request, "branches.meeting", lambda: flow.call(asked=asked, by=by, at=at), at=at
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("会议已登记。"))
            return redirect("console:meeting", number)
    context = {
        "by": by,
        "choices": choices(by=by),
        "items_typed": request.POST.get("items", ""),
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/meeting_new.html", context, status=status)


def _asked(sent: QueryDict) -> flow.Asked:
    return flow.Asked(
        title=sent.get("title", ""),
        unit=sent.get("unit", ""),
        held_at=instant(sent.get("held_at", ""), field="held_at", label=_("会议时间")),
        place=sent.get("place", ""),
        chair=sent.get("chair", ""),
        parties=sent.get("parties", ""),
        people=sent.get("people", ""),
        guests=sent.get("guests", ""),
        items=sent.get("items", ""),
    )


@require_GET
@requires(*READERS)
def meeting(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one meeting: agenda, what was decided, and the tasks."""
    return _meeting(request, number, by=by)


def _meeting(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.meeting(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "row": file.row,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/meeting.html", context, status=status)


@require_POST
@requires(*WRITERS)
def meeting_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a meeting on."""
    return lead_on(request, number, verb, MEETING_STEPS, _meeting, "console:meeting", by=by)


def _discussion(sent: QueryDict) -> dict[str, Any]:
    return {"item": sent.get("item", ""), "text": sent.get("discussion", "")}


def _resolution(sent: QueryDict) -> dict[str, Any]:
    return {
        "item": sent.get("item", ""),
        "text": sent.get("words", ""),
        "no_task_reason": sent.get("no_task_reason", ""),
    }


def _explanation(sent: QueryDict) -> dict[str, Any]:
    return {"resolution": sent.get("resolution", ""), **reason(sent)}


def _assignment(sent: QueryDict) -> dict[str, Any]:
    return {
        "resolution": sent.get("resolution", ""),
        "title": sent.get("title", ""),
        "person": sent.get("person", ""),
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
    }


MEETING_STEPS: Steps = {
    "hold": (flow.hold, lambda _sent: {}),
    "cancel": (flow.cancel, reason),
    "close": (flow.close, lambda _sent: {}),
    "discuss": (flow.discuss, _discussion),
    "resolve": (flow.resolve, _resolution),
    "explain": (flow.explain, _explanation),
    "assign": (flow.assign, _assignment),
}


@require_GET
@requires(*READERS)
def minutes(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Hand the minutes out as PDF or Word."""
    del request
    try:
        file = papers.minutes(number=number, kind=kind, by=by, on=today(), at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=TYPES[kind], headers=headers)


@require_GET
@requires(*READERS)
def tasks(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the tasks, overdue ones as a view of their own."""
    view = request.GET.get("view", "open")
    view = view if view in book.TASK_VIEWS else "open"
    branch = shown(request.GET.get("branch", ""))
    page = book.tasks(view=view, by=by, on=today(), branch=branch)
    if file := sheet_of(request, list_tables.TASKS, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "branch": branch,
        "branches": branches_at_work(by),
        "tabs": [(code, label, page.counts[code]) for code, label in book.TASK_VIEWS.items()],
    }
    return TemplateResponse(request, "console/branches/tasks.html", context)


@require_GET
@requires(*READERS)
def task(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one task with its evidence."""
    return _task(request, number, by=by)


def _task(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.task(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "row": file.row,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/task.html", context, status=status)


@require_POST
@requires(*WRITERS)
def task_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a task on."""
    if verb == "prove":
        return _prove(request, number, by=by)
    return lead_on(request, number, verb, TASK_STEPS, _task, "console:meeting_task", by=by)


def _prove(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    sent, at = request.POST, now()

    def prove() -> object:
        return flow.prove(
            number=number,
            text=sent.get("words", ""),
            content=sent_paper(request, "file"),
            record=sent.get("record", ""),
            by=by,
            at=at,
        )

    return press(
        lambda: press_once(request, "branches.prove", prove, at=at),
        refused=lambda refusal: _task(request, number, by=by, refusal=refusal),
        done=lambda: redirect("console:meeting_task", number),
    )


TASK_STEPS: Steps = {
    "report": (flow.report, lambda _sent: {}),
    "confirm": (flow.confirm, lambda _sent: {}),
    "send_back": (flow.send_back, reason),
    "cancel": (flow.drop, reason),
}


@require_GET
@requires(*READERS)
def task_file(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Hand evidence out: always as a download, never to be run by the browser."""
    del request
    try:
        file = book.task(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    found = next((row for row in file.evidence if row.token and row.token == token), None)
    if found is None:
        raise Http404
    ending = "pdf" if found.media_type == PDF else "jpg"
    headers = {
        "Content-Disposition": f'attachment; filename="{number}-{token[:6]}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(read_token(token), content_type=found.media_type, headers=headers)
