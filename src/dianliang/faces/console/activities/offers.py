"""Offers at the desk: what wants a team, how teams stand before it, and the rules."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.catalog.queries import services
from dianliang.domain.programs.fairness import Rules
from dianliang.domain.programs.lifecycle import OFFER_LABELS
from dianliang.domain.territory.queries import area_rows
from dianliang.faces.console import list_tables
from dianliang.faces.console.activities import reading
from dianliang.faces.console.activities.reading import LEADERS, READERS
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import once
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.activities import choices, offer_pages, offering
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant


@require_GET
@requires(*READERS)
def offers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List what wants a team, and who took the rest."""
    status = request.GET.get("status", "")
    status = status if status in OFFER_LABELS else ""
    found = offer_pages.offer_list(by=by, status=status)
    if file := sheet_of(request, list_tables.OFFERS, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "status": status,
        "statuses": OFFER_LABELS.items(),
        "may_lead": by.role in LEADERS,
    }
    return TemplateResponse(request, "console/activities/offers.html", context)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer a piece of service to teams."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            asked, at = _asked(request), now()
            opened = once(
                request,
                "activities.offer",
                lambda: {"number": offering.open_offer(asked=asked, by=by, at=at).number},
                at=at,
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("已发布。"))
            return redirect("console:activity_offer", opened["number"])
    context = {
        "by": by,
        "refusal": refusal,
        "services": services(),
        "ways": [(code, label) for code, label in offer_pages.WAYS if code != "self_book"],
        "units": choices.units(by),
        "areas": area_rows(levels=("village",)),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/offer_new.html", context, status=status)


def _asked(request: HttpRequest) -> offering.Asked:
    sent = request.POST
    return offering.Asked(
        service_code=sent.get("service", ""),
        way=sent.get("way", ""),
        title=sent.get("title", ""),
        unit_code=sent.get("unit", ""),
        area_code=sent.get("area", ""),
        address=sent.get("address", ""),
        words=sent.get("words", ""),
        need_number=sent.get("need_number", ""),
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间")),
    )


@require_GET
@requires(*READERS)
def offer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show an offer with how each team stands before it, and why."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    contact: tuple[str, str] | None = None,
) -> HttpResponse:
    try:
        page = offer_pages.offer_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "contact": contact,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/offer.html", context, status=status)


@require_POST
@requires(*LEADERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Take an offer for a team, choose, or end it; or show whom to call."""
    sent = request.POST
    team, reason, at = sent.get("team", ""), sent.get("reason", ""), now()
    try:
        if verb == "contact":
            found = offering.contact(number=number, by=by, at=at)
            answer = _show(request, number, by=by, contact=found)
            answer["Cache-Control"] = "no-store"
            return answer
        if verb == "grab":
            offering.grab(number=number, team_code=team, by=by, at=at)
        elif verb in {"assign", "choose"}:
            offering.decide(number=number, verb=verb, team_code=team, reason=reason, by=by, at=at)
        else:
            offering.move(number=number, verb=verb, reason=reason, by=by, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, _("已更新。"))
    return redirect("console:activity_offer", number)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def ways(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show by which rules services find a team; change one."""
    refusal: DomainError | None = None
    if request.method == "POST":
        sent = request.POST
        try:
            values = {
                name: reading.optional_whole(sent.get(name, ""), name, _(label)) or 0
                for name, label in offer_pages.LABELS.items()
            }
            offer_pages.set_way(
                service_code=sent.get("service", ""),
                way=sent.get("way", ""),
                values=values,
                is_active=sent.get("is_active") == "1",
                by=by,
                at=now(),
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("规则已更新。"))
            return redirect("console:activity_ways")
    plain = Rules()
    context = {
        "by": by,
        "rows": offer_pages.ways(),
        "may_set": offer_pages.may_set(by),
        "services": services(),
        "ways": offer_pages.WAYS,
        "figures": [
            (name, label, request.POST.get(name) or getattr(plain, name))
            for name, label in offer_pages.LABELS.items()
        ],
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/ways.html", context, status=status)
