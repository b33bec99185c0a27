"""The commander's live board: shown once whole, then asked for anew every few seconds."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dianliang.domain.incidents import access
from dianliang.domain.key_customers.following import STATES
from dianliang.faces.console.key_customers.charts import curves
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.command import board as flow
from dianliang.flows.command.board import Board
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@never_cache
@require_GET
@requires(*access.FOLLOWERS)
def live(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the board."""
    try:
        board = flow.open_board(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "console/command/live.html", _context(board, by=by))


@never_cache
@require_GET
@requires(*access.FOLLOWERS)
def fresh(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what moves on the board."""
    try:
        board = flow.board(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "console/command/live.html#live", _context(board, by=by))


def _context(board: Board, *, by: Actor) -> dict[str, Any]:
    found = board.supply
    return {
        "by": by,
        "board": board,
        "row": board.incident,
        "marks": board.marks,
        "chart": curves(found.points) if found.points else None,
        "now": found.now,
        "states": STATES,
        "to": reverse("console:key_watch", args=[found.watches[0]]) if found.watches else "",
    }


@never_cache
@require_GET
@requires(*access.FOLLOWERS)
def track(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Answer with where a team was in the last two hours."""
    del request
    try:
        points = flow.tracks(number=number, team=code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return JsonResponse({"points": points})
