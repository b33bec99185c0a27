"""A crew member's own duties in his branch (我的任务); needs a network, as others confirm them."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui import own_duties
from dianliang.faces.ui.requests import requires, today
from dianliang.flows.appraisal import people
from dianliang.kernel.actor import Actor


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def tasks(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one's own duties and ratings; report, propose or appeal."""
    refusal = None
    if request.method == "POST":
        answer, refusal = own_duties.act(request, to="field:tasks", by=by)
        if answer is not None:
            return answer
    context = {
        "page": people.own(by=by, on=today()),
        "refusal": refusal,
    }
    status = own_duties.status_of(refusal)
    return TemplateResponse(request, "field/own_duties.html", context, status=status)
