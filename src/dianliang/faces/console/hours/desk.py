"""The queue of hours: what came in with its doubts, one record, declaring by hand."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.papers import PDF
from dianliang.domain.hours import desk as queue
from dianliang.domain.hours.access import READERS, REVIEWERS
from dianliang.domain.hours.anomalies import RULES
from dianliang.faces.console.fields import day
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import giving_hours
from dianliang.flows import hours_desk as flow
from dianliang.flows.hours_desk import Declared, Span
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_AFTER = 1_000_000


def place(text: str) -> int:
    """Return where a page begins; what is no place begins at the first."""
    return min(int(text), MOST_AFTER) if text.isascii() and text.isdecimal() else 0


@require_GET
@requires(*READERS)
def hours(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the queue, cut by a view and a rule."""
    view = request.GET.get("view", "doubts")
    view = view if view in queue.VIEWS else "doubts"
    rule = request.GET.get("rule", "")
    rule = rule if rule in RULES else ""
    page = queue.page(view=view, rule=rule, by=by, after=place(request.GET.get("after", "")))
    context = {
        "by": by,
        "page": page,
        "view": view,
        "rule": rule,
        "tabs": [(code, label, page.counts[code]) for code, label in queue.VIEWS.items()],
        "decides": by.role in REVIEWERS,
    }
    return TemplateResponse(request, "console/hours/hours.html", context)


@require_POST
@requires(*REVIEWERS)
def approve_clean(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Approve what raises no doubt."""
    approved = flow.approve_clean(by=by, at=now())
    words = _("已通过 %(n)d 条没有疑点的时长，可以公示了。") % {"n": approved}
    messages.success(request, words if approved else _("没有您可以通过的时长。"))
    return redirect("console:hours")


@require_POST
@requires(*REVIEWERS)
def take_in(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in what has ended and is not there yet, however long ago."""
    came = giving_hours.take_in_everything(by=by, at=now())
    messages.success(request, _("从活动、签到和上门记录取入 %(n)d 条。") % {"n": came})
    return redirect("console:hours")


@require_http_methods(["GET", "POST"])
@requires(*REVIEWERS)
def declare(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write hours down by hand."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _declared(request), now()
            number = made_once(
                request, "hours.declare", lambda: flow.declare(asked=asked, by=by, at=at), at=at
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            words = _("%(number)s 已登记，请由另一人审核。") % {"number": number}
            messages.success(request, words)
            return redirect("console:hours")
    context = {
        "by": by,
        "choices": flow.choices(by=by),
        "refusal": refusal,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/declare.html", context, status=status)


def _declared(request: HttpRequest) -> Declared:
    sent = request.POST
    return Declared(
        person=sent.get("person", ""),
        team=sent.get("team", ""),
        span=_span(sent),
        role=sent.get("role", ""),
        content=sent.get("content", ""),
        words=sent.get("words", ""),
        evidence=sent_paper(request, "evidence") or b"",
    )


def _span(sent: QueryDict) -> Span:
    return Span(
        on=day(sent.get("on", ""), field="on", label=_("日期")),
        starts=sent.get("starts", ""),
        ends=sent.get("ends", ""),
    )


@require_GET
@requires(*READERS)
def hour(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one record."""
    return _file(request, number, by=by)


def _file(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = queue.file(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    start, end = (at.astimezone(SHANGHAI) for at in (file.row.started_at, file.row.ended_at))
    span = {"on": f"{start:%Y-%m-%d}", "starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}"}
    decides = by.role in REVIEWERS
    context = {"by": by, "file": file, "span": span, "refusal": refusal, "decides": decides}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/hour.html", context, status=status)


@require_POST
@requires(*REVIEWERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Decide about a record, object to it, or correct it."""
    if verb not in STEPS:
        raise Http404
    step, read = STEPS[verb]
    try:
        queue.file(number, by=by)  # absent and forbidden come before what is wrong in the form
        step(number=number, by=by, at=now(), **read(request.POST))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return redirect("console:hour", number)


def _opinion(sent: QueryDict) -> dict[str, Any]:
    return {"words": sent.get("words", "")}


def _approval(sent: QueryDict) -> dict[str, Any]:
    return {**_opinion(sent), "span": _span(sent)}


def _objection(sent: QueryDict) -> dict[str, Any]:
    return {name: sent.get(name, "") for name in ("words", "name", "contact")}


def _correction(sent: QueryDict) -> dict[str, Any]:
    return {"because": sent.get("because", ""), "span": _span(sent)}


def _cancellation(sent: QueryDict) -> dict[str, Any]:
    return {"because": sent.get("because", ""), "span": None}


STEPS: dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]] = {
    "approve": (flow.approve, _approval),
    "reject": (flow.reject, _opinion),
    "appeal": (flow.appeal, _objection),
    "correct": (flow.correct, _correction),
    "take_back": (flow.correct, _cancellation),
}
"""Each verb with what it reads from its form."""


@require_GET
@requires(*READERS)
def evidence(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand the evidence of a declared record out, always as a download."""
    del request
    try:
        content, kind = flow.evidence(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    ending = "pdf" if kind == PDF else "jpg"
    headers = {
        "Content-Disposition": f'attachment; filename="{number}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)
