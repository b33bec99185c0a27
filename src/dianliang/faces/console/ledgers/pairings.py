"""Donors and children (爱心结对): proposed, approved by another, linked, ended."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.ui.keys import press_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.ledgers import pairings as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

SECRET_BYTES = 27


@require_http_methods(["GET", "POST"])
@requires(Role.PARTY_AFFAIRS)
def pairings(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the pairings; on a POST, propose one."""
    if request.method == "POST":
        try:
            proposed, at = _proposed(request.POST), now()
            press_once(
                request,
                "ledger.pairing",
                lambda: flow.propose(proposed=proposed, by=by, at=at),
                at=at,
            )
        except DomainError as refusal:
            return _page(request, by=by, refusal=refusal)
        messages.success(request, _("已提出，请另一人批准。"))
        return redirect("console:donation_pairings")
    return _page(request, by=by)


def _proposed(sent: QueryDict) -> flow.Proposed:
    agreed_on = optional_day(
        sent.get("guardian_agreed_on", ""), field="guardian_agreed_on", label=_("监护人同意日期")
    )
    return flow.Proposed(
        child=sent.get("child", "")[:24],
        alias=sent.get("alias", ""),
        home=sent.get("home", "")[:24],
        donor_kind=sent.get("donor_kind", ""),
        donor_name=sent.get("donor_name", ""),
        donor_phone=sent.get("donor_phone", ""),
        agreed=sent.get("agreed", ""),
        since=day(sent.get("since", ""), field="since", label=_("起始日期")),
        until=optional_day(sent.get("until", ""), field="until", label=_("截止日期")),
        guardian_agreed_on=agreed_on,
    )


def _page(
    request: HttpRequest,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    shown: tuple[str, str] | None = None,
) -> HttpResponse:
    context = {
        "by": by,
        "page": flow.page(by=by),
        "refusal": refusal,
        "shown": shown,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/pairings.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Decide about a pairing, end it, give the donor a link, or show who he is."""
    sent = request.POST
    try:
        if verb == "reveal":
            name = flow.reveal(number=number, reason=sent.get("reason", ""), by=by, at=now())
            return _page(request, by=by, shown=(number, name))
        if verb == "link":
            token = secrets.token_urlsafe(SECRET_BYTES)
            flow.link(number=number, token=token, by=by, at=now())
            address = request.build_absolute_uri(reverse("portal:pairing", args=[token]))
            return _page(request, by=by, shown=(number, address))
        flow.act(
            number=number,
            verb=verb,
            because=sent.get("because", ""),
            on=day(sent.get("on", "") or today().isoformat(), field="on", label=_("结束日期")),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("已办理。"))
    return redirect("console:donation_pairings")
