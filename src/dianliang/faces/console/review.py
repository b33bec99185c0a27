"""People decide what triage could not, one need after another, by keyboard."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.catalog.queries import services
from dianliang.faces.ui.refused import page_again, refused
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.reviewing import choosing, queue, reading
from dianliang.flows.reviewing import doubts as flow
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError, StaleStateError

REVIEWERS = (Role.DISPATCHER, Role.ADMINISTRATOR)
MEMORY = "review"
"""What a session remembers: the order of both queues, what was put aside, the last choice."""
MOST_SKIPPED = 200


@require_GET
@requires(*REVIEWERS)
def review(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the next need whose category a person should decide."""
    view = View.SECOND if request.GET.get("view") == View.SECOND else View.FIRST
    numbers = _next(request, view, by=by)
    return _page(request, numbers[0] if numbers else "", view, by=by, left=len(numbers))


def _memory(request: HttpRequest) -> dict[str, Any]:
    memory: dict[str, Any] = request.session.get(MEMORY, {})
    return memory


def _remember(request: HttpRequest, **changes: Any) -> None:
    request.session[MEMORY] = _memory(request) | changes


def _next(request: HttpRequest, view: View, *, by: Actor) -> tuple[str, ...]:
    """Return what is left of the order made before; make a new one when nothing is."""
    memory = _memory(request)
    kept = memory.get(view, [])
    numbers = queue.still_open(kept, view=view, by=by) if kept else ()
    if not numbers:
        numbers = queue.batch(view=view, skipped=memory.get("skipped", []), by=by)
    _remember(request, **{view: list(numbers)})
    return numbers


def _page(
    request: HttpRequest,
    number: str,
    view: View,
    *,
    by: Actor,
    left: int,
) -> TemplateResponse:
    memory = _memory(request)
    context = {
        "by": by,
        "view": view,
        "item": reading.item(number, view=view, by=by) if number else None,
        "left": left,
        "services": services(),
        "skipped": len(memory.get("skipped", [])),
        "last": memory.get("last"),
    }
    return TemplateResponse(request, "console/review.html", context)


def _onwards(view: View) -> HttpResponse:
    return redirect(f"{reverse('console:review')}?{_query(view)}".rstrip("?"))


def _query(view: View) -> str:
    return f"view={View.SECOND}" if view is View.SECOND else ""


def _refused(request: HttpRequest, view: View, refusal: DomainError) -> HttpResponse:
    """Say above what is next that the last word came too late."""
    return page_again(request, refusal, query=_query(view))


@require_POST
@requires(*REVIEWERS)
def choose(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Decide one need, or put it aside, and go on to the next."""
    sent = request.POST
    view = View.SECOND if sent.get("view") == View.SECOND else View.FIRST
    try:
        if sent.get("skip"):
            queue.require_waiting(number, view=view, by=by)
            _put_aside(request, number, view)
            return _onwards(view)
        made = choosing.choose(
            number=number,
            service=sent.get("service") or sent.get("other", ""),
            is_none=bool(sent.get("none")),
            also=sent.getlist("also"),
            view=view,
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except StaleStateError as refusal:
        return _refused(request, view, refusal)
    except DomainError as refusal:
        left = len(_memory(request).get(view, []))
        return refused(_page(request, number, view, by=by, left=left), refusal)
    _remember(request, last={**made.kept(), "view": view})
    return _onwards(view)


def _put_aside(request: HttpRequest, number: str, view: View) -> None:
    memory = _memory(request)
    skipped = [*(n for n in memory.get("skipped", []) if n != number), number][-MOST_SKIPPED:]
    left = [n for n in memory.get(view, []) if n != number]
    _remember(request, skipped=skipped, **{view: left})


@require_POST
@requires(*REVIEWERS)
def again(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take up what was put aside."""
    del by
    _remember(request, skipped=[])
    return redirect("console:review")


@require_POST
@requires(*REVIEWERS)
def undo(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take back the last choice, and show that need again."""
    memory = _memory(request)
    last = memory.get("last")
    if not last:
        nothing = StaleStateError(_("没有可以撤销的。"))
        return _refused(request, View.FIRST, nothing)
    view = View(last["view"])
    try:
        choosing.take_back(choice=choosing.choice_of(last), by=by, at=now())
    except DomainError as refusal:
        _remember(request, last=None)
        return _refused(request, view, refusal)
    others = [number for number in memory.get(view, []) if number != last["number"]]
    _remember(request, last=None, **{view: [last["number"], *others]})
    messages.success(request, _("已撤销 %(number)s 的选择。") % {"number": last["number"]})
    return _onwards(view)


@require_GET
@requires(Role.ADMINISTRATOR)
def doubts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show how far two people agree, and what contradicts itself."""
    return _doubts(request, by=by)


def _doubts(request: HttpRequest, *, by: Actor) -> TemplateResponse:
    context = {"by": by, "found": flow.doubts(by=by)}
    return TemplateResponse(request, "console/review_doubts.html", context)


@require_POST
@requires(Role.ADMINISTRATOR)
def settle(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give needs that say nearly the same one category."""
    try:
        changed = flow.settle(
            numbers=tuple(request.POST.getlist("number")),
            service_code=request.POST.get("service", ""),
            reason=request.POST.get("reason", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_doubts(request, by=by), refusal)
    messages.success(request, _("已统一，改了 %(n)d 条的类别。") % {"n": changed})
    return redirect("console:review_doubts")
