"""What an employee does in calls: put somebody forward, and cast his one secret vote."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.honours.queries import calls as book
from dianliang.faces.console.branches.common import press, status_of
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.honours import joining as flow
from dianliang.kernel.actor import STAFF, Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*STAFF)
def own(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List the calls that concern the actor."""
    context = {"by": by, "rows": book.own_calls(by=by)}
    return TemplateResponse(request, "console/honours/votes.html", context)


@never_cache
@require_GET
@requires(*STAFF)
def call(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one call with its rules and who stands, and what the actor may do now."""
    return _call(request, number, by=by)


def _call(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = book.own_call(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "file": page.file,
        "c": page.file.row,
        "chosen": request.POST.getlist("chosen"),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/honours/vote.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*STAFF)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Put forward, take back, or vote."""
    sent = request.POST
    steps = {
        "nominate": (lambda: _nominate(request, number, by=by), _("已提名，等待资格审定。")),
        "withdraw": (
            lambda: flow.withdraw(number=number, nominee=sent.get("nominee", ""), by=by, at=now()),
            _("已撤回提名。"),
        ),
        "cast": (
            lambda: flow.vote(number=number, chosen=sent.getlist("chosen"), by=by, at=now()),
            _("已投票。名册只记您投过票，没有地方记您投给了谁。"),
        ),
    }
    if verb not in steps:
        raise Http404
    step, told = steps[verb]

    def done() -> HttpResponse:
        messages.success(request, told)
        return redirect("console:vote", number)

    return press(
        step, refused=lambda refusal: _call(request, number, by=by, refusal=refusal), done=done
    )


def _nominate(request: HttpRequest, number: str, *, by: Actor) -> None:
    sent = request.POST
    subject = flow.SELF if sent.get("by_self") == "1" else sent.get("subject", "")
    put = flow.Put(category=sent.get("category", ""), subject=subject, words=sent.get("words", ""))
    flow.nominate(number=number, put=put, by=by, at=now())
