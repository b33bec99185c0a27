"""Public notices of hours, and the objections to what stands on them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.hours import access, desk, queries
from dianliang.domain.hours.access import READERS, REVIEWERS
from dianliang.faces.console.fields import whole
from dianliang.faces.console.hours.desk import place
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import hours_desk as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

VERBS = ("uphold", "dismiss")


@require_GET
@requires(*READERS)
def notices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the notices of the actor's units."""
    return _notices(request, by=by)


def _notices(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    rows, next_after = desk.notices(by=by, after=place(request.GET.get("after", "")))
    context = {
        "by": by,
        "notices": rows,
        "next_after": next_after,
        "waiting": access.visible(by).filter(status="APPROVED").count(),
        "refusal": refusal,
        "decides": by.role in REVIEWERS,
        "days": request.POST.get("working_days", "3"),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/notices.html", context, status=status)


@require_POST
@requires(*REVIEWERS)
def announce(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Put everything that was approved on notice."""
    try:
        label = _("公示工作日")
        days = whole(request.POST.get("working_days", ""), field="working_days", label=label)
        notice = flow.announce(working_days=days, by=by, at=now())
    except DomainError as refusal:
        return _notices(request, by=by, refusal=refusal)
    messages.success(request, _("%(number)s 已开始公示。") % {"number": notice.number})
    return redirect("console:hour_notice", notice.number)


@require_GET
@requires(*READERS)
def notice(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one notice with its records."""
    try:
        found = access.notice_to_see(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    (row,) = desk.notice_rows(access.notices(by).filter(pk=found.pk))
    records = queries.rows(found.records.order_by("person__number", "started_at", "pk"))
    context = {"by": by, "notice": row, "rows": records}
    return TemplateResponse(request, "console/hours/notice.html", context)


@require_GET
@requires(*REVIEWERS)
def appeals(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the objections, open ones first."""
    return _appeals(request, by=by)


def _appeals(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None, opened: str = ""
) -> HttpResponse:
    rows, next_after = desk.appeals(by=by, after=place(request.GET.get("after", "")))
    context = {
        "by": by,
        "appeals": rows,
        "next_after": next_after,
        "refusal": refusal,
        "opened": opened,
        "typed": request.POST.get("decision", ""),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/appeals.html", context, status=status)


@require_POST
@requires(*REVIEWERS)
def decide(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Decide about an objection."""
    if verb not in VERBS:
        raise Http404
    try:
        access.appeal_to_decide(number, by=by)
        words = request.POST.get("decision", "")
        flow.decide(number=number, verb=verb, decision=words, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _appeals(request, by=by, refusal=refusal, opened=number)
    messages.success(request, _("%(number)s 已处理。") % {"number": number})
    return redirect("console:hour_appeals")
