"""Whether triage still fits what people ask, for administrators; read only."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.faces.ui.requests import now, requires
from dianliang.flows import drift as flow
from dianliang.kernel.actor import Actor, Role


@require_GET
@requires(Role.ADMINISTRATOR)
def drift(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the last twelve weeks."""
    found = flow.drift(by=by, at=now())
    context = {
        "by": by,
        "found": found,
        "newest_first": found.weeks[::-1],
        "lines": {
            "overridden": [row.overridden.share for row in found.weeks],
            "doubted": [row.doubted.share for row in found.weeks],
            "unseen": [row.unseen for row in found.weeks],
        },
        "compared_weeks": flow.COMPARED_WEEKS,
        "sample": flow.SAMPLE_A_WEEK,
    }
    return TemplateResponse(request, "console/drift.html", context)
