"""Before a shelf with a phone: what lies here, take some, bring some back. No attendant."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.resources.access import TAKERS
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.resources import stocking as flow
from dianliang.flows.resources.purposes import KINDS, offered
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*TAKERS)
def shelf(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show what lies in a store, and what one has of it."""
    return _shelf(request, code, by=by)


def _shelf(
    request: HttpRequest,
    code: str,
    *,
    by: Actor,
    item: str = "",
    refusal: DomainError | None = None,
) -> HttpResponse:
    try:
        page = flow.shelf(code=code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    chosen = next((row for row in page.stocks if row.item == item), None)
    if item and chosen is None:
        raise Http404
    context = {
        "by": by,
        "page": page,
        "chosen": chosen,
        "purposes": KINDS.items(),
        "offers": offered(by=by, at=now()) if chosen else (),
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/shelf.html", context, status=status_of(refusal)
    )


@require_http_methods(["GET", "POST"])
@requires(*TAKERS)
def take(request: HttpRequest, code: str, item: str, *, by: Actor) -> HttpResponse:
    """Take something of an item, as its label on the shelf asks for."""
    if request.method == "GET":
        return _shelf(request, code, by=by, item=item)
    sent = request.POST
    taken = flow.Taken(
        pieces=sent.get("pieces", ""),
        purpose=sent.get("purpose", ""),
        number=sent.get("purpose_number", ""),
        words=sent.get("words", ""),
    )
    try:
        row = flow.issue_once(
            key=key_of(request.POST), code=code, item=item, taken=taken, by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _shelf(request, code, by=by, item=item, refusal=refusal)
    told = {"name": row.name, "n": -row.pieces, "unit": row.counted_in, "number": row.number}
    messages.success(request, _("已领用 %(name)s %(n)d %(unit)s，流水号 %(number)s。") % told)
    return redirect("console:shelf", code)


@require_POST
@requires(*TAKERS)
def give_back(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Bring back what is left of what one took."""
    sent = request.POST
    try:
        row = flow.give_back_once(
            key=key_of(request.POST),
            code=code,
            number=sent.get("number", ""),
            pieces=sent.get("pieces", ""),
            told=sent.get("words", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _shelf(request, code, by=by, refusal=refusal)
    told = {"name": row.name, "n": row.pieces, "unit": row.counted_in, "number": row.number}
    messages.success(request, _("已退还 %(name)s %(n)d %(unit)s，流水号 %(number)s。") % told)
    return redirect("console:shelf", code)
