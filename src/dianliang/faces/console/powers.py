"""Delegated powers of enforcement (执法权限): powers × townships, one delegation, its cases."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.core.files import read_token
from dianliang.domain.directory import power_book as book
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import enforcing as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(Role.DISPATCHER)
def powers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show which township holds which power, and how often it was used."""
    return _page(request, by=by)


def _page(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    since = _since(request)
    sent = request.POST
    context = {
        "by": by,
        "page": book.page(by=by, since=since, on=today()),
        "since": since,
        "choices": flow.choices(by=by),
        "refusal": refusal,
        "ticked": [*sent.getlist("kinds"), *sent.getlist("measures")],
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/powers.html", context, status=status)


def _since(request: HttpRequest) -> date:
    first = today().replace(month=1, day=1)
    try:
        return optional_day(request.GET.get("since", ""), field="since", label=_("起")) or first
    except DomainError:
        return first


@require_POST
@requires(Role.DISPATCHER)
def delegate(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write down what a document delegates."""
    sent = request.POST
    try:
        asked = flow.Asked(
            kind_codes=sent.getlist("kinds"),
            area_code=sent.get("area", ""),
            authority=sent.get("authority", ""),
            document=sent.get("document", ""),
            scope=sent.get("scope", ""),
            measures=sent.getlist("measures"),
            valid_from=day(sent.get("valid_from", ""), field="valid_from", label=_("起期")),
            valid_until=optional_day(
                sent.get("valid_until", ""), field="valid_until", label=_("止期")
            ),
        )
        made = flow.delegate(asked=asked, by=by, at=now())
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("已登记 %(n)d 项权限。") % {"n": len(made)})
    return redirect("console:powers")


@require_GET
@requires(Role.DISPATCHER)
def power(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one delegation with its cases."""
    return _file(request, number, by=by)


def _file(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.file(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "outcomes": flow.OUTCOMES,
        "refusal": refusal,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/power.html", context, status=status)


@require_POST
@requires(Role.DISPATCHER)
def revoke(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Note that a power was taken back."""
    sent = request.POST
    try:
        on = day(sent.get("revoked_on", ""), field="revoked_on", label=_("收回日期"))
        flow.revoke(number=number, on=on, reason=sent.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    messages.success(request, _("%(number)s 已登记收回。") % {"number": number})
    return redirect("console:power", number)


@require_POST
@requires(Role.DISPATCHER)
def record_case(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down a case."""
    sent = request.POST
    try:
        reported = flow.Reported(
            on=day(sent.get("on", ""), field="on", label=_("案件日期")),
            area_code=sent.get("area", ""),
            place=sent.get("place", ""),
            found=sent.get("found", ""),
            measure=sent.get("measure", ""),
            outcome=sent.get("outcome", ""),
            outcome_words=sent.get("outcome_words", ""),
            photos=[file.read() for file in request.FILES.getlist("photos")],
        )
        case = flow.record_case(number=number, reported=reported, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    messages.success(request, _("案件 %(number)s 已登记。") % {"number": case.number})
    return redirect("console:power", number)


@require_GET
@requires(Role.DISPATCHER)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a case that the actor may see."""
    del request
    if not book.shows_photo(number, token, by=by):
        raise Http404
    answer = HttpResponse(read_token(token), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
