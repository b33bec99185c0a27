"""Employees' appeals: the desk of the named handlers, and what leaders may count."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.voices import queries
from dianliang.domain.voices.access import COUNTERS
from dianliang.domain.voices.lifecycle import HANDLERS
from dianliang.faces.console.branches.common import Steps, lead_on, press, status_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.voices import handling as flow
from dianliang.flows.voices import keeping
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


@never_cache
@require_GET
@requires(*HANDLERS)
def voices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List the appeals of the actor's desks."""
    view = request.GET.get("view", "open")
    view = view if view in queries.VIEWS else "open"
    listed, found = queries.desk(by=by, view=view, on=today(), at=now())
    rows, at = paged(request, listed)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": [(code, label, found[code]) for code, label in queries.VIEWS.items()],
        "desks": flow.desk_choices(by=by, at=now()),
        "may_count": by.role in COUNTERS,
    }
    return TemplateResponse(request, "console/voices/voices.html", context)


@require_http_methods(["GET", "POST"])
@requires(*HANDLERS)
def interview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write an interview down."""
    refusal = None
    if request.method == "POST":
        try:
            heard, at = _heard(request.POST), now()
            number = made_once(
                request,
                "voices.interview",
                lambda: flow.interview(heard=heard, by=by, at=at),
                at=at,
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记并受理。"))
            return redirect("console:voice", number)
    context = {
        "by": by,
        "desks": flow.desk_choices(by=by, at=now()),
        "topics": flow.TOPICS.items(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/voices/interview.html", context, status=status_of(refusal)
    )


def _heard(sent: QueryDict) -> flow.Heard:
    return flow.Heard(
        desk=sent.get("desk", ""),
        topic=sent.get("topic", ""),
        words=sent.get("words", ""),
        name=sent.get("name", ""),
        contact=sent.get("contact", ""),
    )


@never_cache
@require_GET
@requires(*HANDLERS)
def voice(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one appeal to a handler of its desk."""
    return _voice(request, number, by=by)


def _voice(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = flow.open_file(number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "v": file.row,
        "refusal": refusal,
        "can_say": file.row.status in {"RECEIVED", "TAKEN", "ANSWERED"},
    }
    return TemplateResponse(
        request, "console/voices/voice.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*HANDLERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Take an appeal up, answer it, or write down what an interviewed employee says."""
    return lead_on(request, number, verb, STEPS, _voice, "console:voice", by=by)


def _words(sent: QueryDict) -> dict[str, str]:
    return {"words": sent.get("words", "")}


STEPS: Steps = {
    "take": (flow.take, lambda _sent: {}),
    "answer": (flow.answer, _words),
    "say": (flow.say, _words),
    "accept": (flow.accept, lambda _sent: {}),
    "again": (flow.again, _words),
}


@require_GET
@requires(*COUNTERS)
def counts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what leaders may count, and who is named at which desk."""
    return _counts(request, by=by)


def _counts(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    offered = queries.quarters(today())
    asked = request.GET.get("since", "")
    since, until = next((q for q in offered if f"{q[0]}" == asked), offered[0])
    context = {
        "by": by,
        "quarters": [
            (f"{first}", f"{first:%Y} Q{(first.month + 2) // 3}") for first, _l in offered
        ],
        "since": f"{since}",
        "rows": queries.counts(since=since, until=until, by=by),
        "desks": queries.desks(by=by, on=today()),
        "units": keeping.units(by=by),
        "least": queries.LEAST,
        "refusal": refusal,
        "today": today(),
        "may_write": by.role is Role.PARTY_AFFAIRS,
    }
    return TemplateResponse(
        request, "console/voices/counts.html", context, status=status_of(refusal)
    )


@require_POST
@requires(Role.PARTY_AFFAIRS)
def keep(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open a desk, name a handler, or relieve one."""
    sent = request.POST

    def step() -> None:
        at, desk = now(), sent.get("desk", "")
        if sent.get("do") == "open":
            first = whole(sent.get("first", ""), field="first", label=_("受理时限"))
            due = whole(sent.get("due", ""), field="due", label=_("答复时限"))
            keeping.open_desk(unit=sent.get("unit", ""), first=first, due=due, by=by, at=at)
        elif sent.get("do") == "relieve":
            keeping.relieve(desk=desk, handler=sent.get("handler", ""), by=by, at=at)
        else:
            from_on = day(sent.get("from_on", ""), field="from_on", label=_("起始日期"))
            person = sent.get("person", "")
            keeping.name_handler(desk=desk, person=person, from_on=from_on, by=by, at=at)

    def done() -> HttpResponse:
        messages.success(request, _("已更新。"))
        return redirect("console:voice_counts")

    return press(step, refused=lambda refusal: _counts(request, by=by, refusal=refusal), done=done)
