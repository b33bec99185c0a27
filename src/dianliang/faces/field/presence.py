"""Check in at a service point: the page behind its printed code."""

from math import isfinite

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows import presence as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.geo import GeoPoint

FARTHEST_M = 100_000


@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def check_in(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show the point; on a press, note that the person is there."""
    refusal: DomainError | None = None
    try:
        if request.method == "POST":
            try:
                point, accuracy_m = _spot(request)
                flow.check_in(code=code, point=point, accuracy_m=accuracy_m, by=by, at=now())
            except NotVisibleError:
                raise
            except DomainError as error:
                refusal = error
        here = flow.point_today(code=code, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"point": here, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "field/presence.html", context, status=status)


def _spot(request: HttpRequest) -> tuple[GeoPoint | None, int]:
    """Return where the phone says that it is; what is no place counts as not said."""
    lat, lon = _number(request, "lat"), _number(request, "lon")
    unsure = _number(request, "accuracy")
    is_place = lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
    if not is_place or unsure is None or not 0 <= unsure < FARTHEST_M:
        return None, 0
    return GeoPoint(lat or 0.0, lon or 0.0), round(unsure)


def _number(request: HttpRequest, name: str) -> float | None:
    try:
        found = float(request.POST.get(name, ""))
    except ValueError:
        return None
    return found if isfinite(found) else None
