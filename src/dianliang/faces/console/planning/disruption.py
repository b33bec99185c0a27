"""Say what happened to a published plan, and have it fitted to that."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from dianliang.domain.territory.queries import village_choices
from dianliang.domain.work.queries import jobs as job_queries
from dianliang.faces.console.planning.reading import report
from dianliang.faces.console.planning.views import PLANNERS, on_map, page_of
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.planning import disrupting
from dianliang.flows.planning.repairing import MOST_CHANGES
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

SINGLE = ("cut_village", "cut_km", "cut_shape", "cut_points", "most_changes")
DEFAULTS = {"cut_km": "1", "cut_shape": "line", "most_changes": str(MOST_CHANGES)}
Row = tuple[str, ...]


@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
def happened(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Offer the form; on success go to the plan that is being fitted to what was said."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            said = report(request.POST, at=now())
            made = disrupting.tell(number=number, report=said, by=by, at=now())
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as caught:
            refusal = caught
        else:
            return redirect("console:plan", number=made.number)
    page = page_of(number, by=by)
    context: dict[str, Any] = {"by": by, "page": page, **_values(request.POST)}
    try:
        context["choices"] = disrupting.choices(number=number, by=by, at=now())
    except DomainError as caught:
        refusal = refusal or caught
    waiting = [job for job in job_queries.waiting(by=by) if job.status == "OPEN"]
    context |= {"waiting": waiting, "refusal": refusal, "routes": on_map(page)}
    context["towns"] = village_choices()
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/plan_happened.html", context, status=status)


def _values(sent: QueryDict) -> dict[str, Any]:
    """Return what was filled in, with one empty row of each kind where nothing was."""
    return {
        "lost": _rows(sent, "lost_team", "lost_on", "lost_from"),
        "longer": _rows(sent, "longer_job", "longer_minutes"),
        "withdrawn": _rows(sent, "withdrawn"),
        "urgent": _rows(sent, "urgent"),
        "values": {name: sent.get(name, DEFAULTS.get(name, "")) for name in SINGLE},
    }


def _rows(sent: QueryDict, *names: str) -> list[Row]:
    columns = [sent.getlist(name) for name in names]
    length = max(1, *(len(column) for column in columns))
    filled = [
        tuple(column[row] if row < len(column) else "" for column in columns)
        for row in range(length)
    ]
    return [row for row in filled if row[0]] or [("",) * len(names)]
