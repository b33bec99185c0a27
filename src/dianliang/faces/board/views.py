"""Figures that can be drilled down to their records."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.domain.insight import queries
from dianliang.faces.board.period import period_of
from dianliang.faces.board.readers import READERS, SHEET_TYPE
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import exporting
from dianliang.kernel.actor import Actor, Role

DEFAULT_DAYS = 30


def _asked(request: HttpRequest) -> dict[str, Any]:
    dimension = request.GET.get("by", "unit")
    period = period_of(request, days=DEFAULT_DAYS)
    return {
        "dimension": dimension if dimension in queries.DIMENSIONS else "unit",
        "start": period.start,
        "end": period.end,
    }


@require_GET
@requires(*READERS)
def overview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the figures of a period, cut by one dimension."""
    asked = _asked(request)
    found = queries.overview(by=by, **asked)
    context = {
        "by": by,
        "found": found,
        "dimensions": queries.DIMENSIONS,
        "first": asked["start"].date(),
        "last": (asked["end"] - timedelta(days=1)).date(),
        "most": max((part.received for part in found.parts), default=1),
        "method": exporting.METHOD,
    }
    return TemplateResponse(request, "board/overview.html", context)


@require_GET
@requires(*READERS)
def records(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the needs behind a figure."""
    asked = _asked(request)
    rows = queries.records(by=by, key=request.GET.get("key", ""), **asked)
    context = {
        "by": by,
        "rows": rows[:500],
        "total": len(rows),
        "may_open": by.role in {Role.DISPATCHER, Role.ALLIANCE_UNIT},
    }
    return TemplateResponse(request, "board/records.html", context)


@require_GET
@requires(*READERS)
def export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the figures and their records as Excel."""
    asked = _asked(request)
    content = exporting.workbook(by=by, at=now(), **asked)
    answer = HttpResponse(content, content_type=SHEET_TYPE)
    name = f"dianliang-{asked['dimension']}-{asked['start']:%Y%m%d}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
