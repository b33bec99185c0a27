"""The review of an incident (复盘): plan against actual, what changed, lessons, taken out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.incidents import access
from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.console.command.common import TYPES, address_of, paper
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.keys import fresh_key, required_key
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.command import lessons
from dianliang.flows.command import review as flow
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

VIEWS = {"timeline": "时间线", "undone": "没有做完的"}


@require_GET
@requires(*access.FOLLOWERS)
def review(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the review of an incident."""
    return _review(request, number, by=by)


def _review(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = flow.review(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "timeline"
    words = shown(request.GET.get("q", "")).strip()
    listed, pages = paged(request, _rows(page, view, words))
    context: dict[str, Any] = {
        "by": by,
        "page": page,
        "row": page.incident,
        "view": view,
        "views": VIEWS.items(),
        "words": words,
        "listed": [(one, _address(one, by=by)) for one in listed],
        "pages": pages,
        "kinds": TYPES,
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/command/review.html", context, status=status_of(refusal)
    )


def _rows(page: flow.Review, view: str, words: str) -> list[Any]:
    if view == "undone":
        return [r for r in page.undone if words in f"{r.key}{''.join(r.cells)}"]
    return [e for e in page.timeline if words in f"{e.words}{e.who}{e.source}"]


def _address(one: Any, *, by: Actor) -> str:
    kind, key = (one.kind, one.key)
    return address_of(Record(kind=kind, key=key, cells=()), by=by)


@require_GET
@requires(*access.FOLLOWERS)
def file(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with the review as Word or PDF."""
    del request
    if kind not in TYPES:
        raise Http404
    try:
        content = lessons.printed(number=number, kind=kind, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return paper(content, f"{number}-review", kind)


@require_POST
@requires(*access.WRITERS)
def note(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Note a lesson."""
    sent = request.POST
    try:
        due = sent.get("due_on", "").strip()
        lessons.note_once(
            key=required_key(sent),
            number=number,
            words=sent.get("words", ""),
            action=sent.get("action", ""),
            owner=sent.get("owner", ""),
            due_on=day(due, field="due_on", label=_("完成期限")) if due else None,
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _review(request, number, by=by, refusal=refusal)
    return redirect("console:incident_review", number)


@require_POST
@requires(*access.WRITERS)
def settle(request: HttpRequest, number: str, lesson: str, verb: str, *, by: Actor) -> HttpResponse:
    """Say what came of a lesson."""
    if verb not in {"settle", "drop"}:
        raise Http404
    outcome = request.POST.get("outcome", "")
    try:
        lessons.settle(number=number, lesson=lesson, verb=verb, outcome=outcome, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _review(request, number, by=by, refusal=refusal)
    return redirect("console:incident_review", number)
