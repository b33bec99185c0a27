"""The planner of trials: before anybody measures, how many machines and days it takes."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.domain.energy.access import READERS
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.claims.numbers import share_in
from dianliang.faces.console.fields import whole
from dianliang.faces.ui.requests import requires
from dianliang.flows.measuring import planner
from dianliang.flows.measuring.planner import Wish
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

BEGIN = {
    "wanted": "5",
    "machines": "12",
    "most_days": "14",
    "machine": "12",
    "day": "5",
    "reading": "25",
    "rho": "80",
}
"""Where the form begins: five points of accuracy, and the spread of moulding machines."""
LABELS = {
    "wanted": Phrase("想要的精度"),
    "machine": Phrase("机器之间的差异"),
    "day": Phrase("日之间的差异"),
    "reading": Phrase("单次读数的差异"),
    "rho": Phrase("相邻读数的相关系数"),
}


@require_GET
@requires(*READERS)
def plan(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the smallest trials that reach an accuracy."""
    refusal, found = None, None
    asked = {name: request.GET.get(name, begin) for name, begin in BEGIN.items()}
    try:
        found = planner.planned(_wish(request.GET))
    except DomainError as wrong:
        refusal = wrong
    context = {"by": by, "asked": asked, "found": found, "refusal": refusal}
    return TemplateResponse(
        request, "console/claims/planner.html", context, status=status_of(refusal)
    )


def _wish(sent: QueryDict) -> Wish:
    told = QueryDict(mutable=True)
    told.update({name: sent.get(name, "") or begin for name, begin in BEGIN.items()})
    shares = {name: share_in(told, name, label) or 0.0 for name, label in LABELS.items()}
    return Wish(
        machines=whole(told.get("machines", ""), field="machines", label="可用机器（台）"),
        most_days=whole(told.get("most_days", ""), field="most_days", label="每段最多天数"),
        **shares,
    )
