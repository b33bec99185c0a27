"""A person's own duty (值班): turns to come, and turns that are exchanged."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.rosters import changing, own
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError


@require_GET
@requires(*FIELD_ROLES)
def duties(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one's own turns."""
    return _duties(request, by=by)


def _duties(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    at = now()
    context = {"by": by, "own": own.own(by=by, at=at), "now": at, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "field/duties.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def duty(request: HttpRequest, roster: str, shift: int, *, by: Actor) -> HttpResponse:
    """Show who may take one's turn over, and ask."""
    refusal: DomainError | None = None
    sent = request.POST
    try:
        if request.method == "POST":
            try:
                taker, back = _offer(sent.get("offer", ""))
                changing.ask_swap(
                    number=roster,
                    shift=shift,
                    taker=taker,
                    back=back,
                    reason=sent.get("reason", ""),
                    by=by,
                    at=now(),
                )
                return redirect("field:duties")
            except NotVisibleError:
                raise
            except DomainError as refused:
                refusal = refused
        offers = own.offers(number=roster, shift=shift, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "offers": offers, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "field/duty.html", context, status=status)


def _offer(text: str) -> tuple[str, int | None]:
    taker, _, back = text.partition("|")
    if back and not (back.isascii() and back.isdecimal() and len(back) < 6):
        raise InvalidInputError("请选择接班的人。", field="offer")
    return taker, int(back) if back else None


@require_POST
@requires(*FIELD_ROLES)
def swap(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Agree to, decline or withdraw an exchange."""
    if verb not in {"agree", "decline", "withdraw"}:
        raise Http404
    try:
        changing.settle_swap(number=number, verb=verb, note="", by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _duties(request, by=by, refusal=refused)
    return redirect("field:duties")
