"""One's own sheet at a desk: what is due, what records show, how one was rated."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from dianliang.faces.ui import own_duties
from dianliang.faces.ui.requests import requires, today
from dianliang.flows.appraisal import people
from dianliang.kernel.actor import STAFF, Actor, Role

DESKS = tuple(role for role in STAFF if role not in {Role.STEWARD, Role.CAPTAIN})
"""Who works at a desk; the others have theirs on the phone."""


@require_http_methods(["GET", "POST"])
@requires(*DESKS)
def mine(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one's own duties and ratings; report, propose or appeal."""
    refusal = None
    if request.method == "POST":
        answer, refusal = own_duties.act(request, to="console:appraisal_mine", by=by)
        if answer is not None:
            return answer
    context = {
        "by": by,
        "page": people.own(by=by, on=today()),
        "refusal": refusal,
    }
    status = own_duties.status_of(refusal)
    return TemplateResponse(request, "console/appraisal/mine.html", context, status=status)
