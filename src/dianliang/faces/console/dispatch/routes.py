"""The routes in force on a map beside the list of crews; either shows what the other has chosen."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dianliang.domain.incidents import access
from dianliang.domain.mobilisation.lifecycle import RANKS
from dianliang.faces.console.branches.common import shown
from dianliang.faces.console.dispatch.tables import ROUTES
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.dispatching import routes as flow
from dianliang.flows.dispatching.crew_routes import TONES, Crew
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def _found(request: HttpRequest, number: str, *, by: Actor) -> flow.RouteMap:
    asked = request.GET
    try:
        return flow.route_map(
            number=number,
            rank=shown(asked.get("rank", "")),
            tone=shown(asked.get("tone", "")),
            words=shown(asked.get("q", "")).strip(),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent


@never_cache
@require_GET
@requires(*access.FOLLOWERS)
def routes(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the crews with the map; one of them with all its places if it is asked for."""
    page = _found(request, number, by=by)
    sheet = sheet_of(request, ROUTES, page.crews, by=by)
    if sheet is not None:
        return sheet
    listed, pages = paged(request, page.crews)
    asked = request.GET.copy()
    code = shown(asked.get("crew", ""))
    for name in ("crew", "page"):
        asked.pop(name, None)
    context = {
        "by": by,
        "page": page,
        "row": page.incident,
        "listed": listed,
        "pages": pages,
        "filter": asked.urlencode(),
        "words": shown(asked.get("q", "")).strip(),
        "rank": asked.get("rank", ""),
        "tone": asked.get("tone", ""),
        "ranks": RANKS,
        "tones": TONES,
        "counts": [(code, TONES[code], n) for code, n in page.counts.items()],
        **({"crew": _crew(number, code, by=by)} if code else {}),
    }
    return TemplateResponse(request, "console/dispatch/routes.html", context)


def _crew(number: str, code: str, *, by: Actor) -> Crew:
    try:
        return flow.crew_route(number=number, code=code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent


@never_cache
@require_GET
@requires(*access.FOLLOWERS)
def drawn(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with what the map draws, as the list's filter leaves it."""
    return JsonResponse(_found(request, number, by=by).drawn())


@never_cache
@require_GET
@requires(*access.FOLLOWERS)
def crew(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Show all places of one crew."""
    context: dict[str, Any] = {"crew": _crew(number, code, by=by)}
    return TemplateResponse(request, "console/dispatch/routes.html#crew", context)
