"""What a crew's teams may grab or bid for; needs a network, as others press at the same time."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.activities import offer_pages, offering
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def offers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List what is open for one's teams; grab it, put in a bid, or call whom one serves."""
    refusal: DomainError | None = None
    contact = None
    if request.POST.get("act") == "contact":
        number = request.POST.get("number", "")
        try:
            contact = (number, *offering.contact(number=number, by=by, at=now()))
        except NotVisibleError as absent:
            raise Http404 from absent
    elif request.method == "POST":
        try:
            words = _act(request, by)
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, words)
            return redirect("field:offers")
    is_whole = request.GET.get("all") == "1"
    found, more = offer_pages.open_for_crew(by=by, at=now(), is_whole=is_whole)
    context = {
        "open": found,
        "more": more,
        "taken": offer_pages.taken_by_crew(by=by),
        "contact": contact,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "field/offers.html", context, status=status)


def _act(request: HttpRequest, by: Actor) -> str:
    sent, at = request.POST, now()
    number, team = sent.get("number", ""), sent.get("team", "")
    if sent.get("act") == "bid":
        people = sent.get("people", "")
        if not (people.isascii() and people.isdecimal() and len(people) < 4):
            raise InvalidInputError(_("出人数应填整数。"), field="people")
        offering.bid(
            number=number,
            team_code=team,
            people=int(people),
            words=sent.get("words", ""),
            by=by,
            at=at,
        )
        return _("已密封提交，截止前可以改。")
    offering.grab(number=number, team_code=team, by=by, at=at)
    return _("抢到了。")
