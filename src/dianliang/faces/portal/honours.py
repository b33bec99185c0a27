"""What everybody may see of honours and brands: models, calls on notice, brands."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dianliang.core import limits
from dianliang.domain.brands import queries as brand_book
from dianliang.domain.honours.queries import calls, register
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, source_of, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.brands import keeping as brand_flow
from dianliang.flows.honours import joining as flow
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_OBJECTIONS, PER = 10, timedelta(hours=1)
YEAR = timedelta(days=365)


@require_GET
def models(request: HttpRequest) -> HttpResponse:
    """Show the models, the calls on notice and the brands."""
    context = {
        "models": register.models(),
        "notices": calls.notices(),
        "brands": brand_book.public(),
    }
    return TemplateResponse(request, "portal/models.html", context)


@require_GET
def model(request: HttpRequest, number: str) -> HttpResponse:
    """Show one model with all that he was honoured with."""
    try:
        row, others = register.model(number)
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "portal/model.html", {"m": row, "honours": others})


@never_cache
@require_GET
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Show who was chosen, and take objections while the notice lasts."""
    return _notice(request, number)


def _notice(
    request: HttpRequest, number: str, *, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        found = calls.notice(number, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"n": found, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/honour_notice.html", context, status=status)


@require_POST
def objection(request: HttpRequest, number: str, nominee: str) -> HttpResponse:
    """Take an objection; its words and contact are seen by those who decide only."""
    at, sent = now(), request.POST
    try:
        source = source_of(request)
        limits.count(what="honour-objection", source=source, most=MOST_OBJECTIONS, per=PER, at=at)
        made = made_once(
            request,
            "honours.objection",
            lambda: flow.object_in_public(
                number=number,
                nominee=nominee,
                words=sent.get("words", ""),
                name=sent.get("name", ""),
                contact=sent.get("contact", ""),
                at=at,
            ),
            at=at,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _notice(request, number, refusal=refusal)
    words = _("已收到您的异议 %(number)s，核实后处理。")
    messages.success(request, words % {"number": made})
    return redirect("portal:honour_notice", number)


@require_GET
def brand(request: HttpRequest, number: str) -> HttpResponse:
    """Show a brand, with what was counted of it in a year."""
    last = today()
    try:
        row = brand_book.public_one(number)
        figures = brand_flow.public_figures(number=number, since=last - YEAR, until=last)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"b": row, "figures": figures}
    return TemplateResponse(request, "portal/brand.html", context)


@require_GET
def logo(request: HttpRequest, number: str) -> HttpResponse:
    """Return the logo of a public brand."""
    del request
    try:
        return photo_answer(brand_flow.logo_of(number=number, by=None))
    except NotVisibleError as absent:
        raise Http404 from absent
