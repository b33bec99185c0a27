"""Figures that can be drilled down to their records."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.domain.insight import queries
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows import exporting
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

READERS = (
    Role.DISPATCHER,
    Role.ALLIANCE_UNIT,
    Role.PARTY_AFFAIRS,
    Role.COMMANDER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
DEFAULT_DAYS = 30
LONGEST_DAYS = 400


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Read dimension and period; what makes no sense falls back to the last 30 days."""
    dimension = request.GET.get("by", "unit")
    last = _day(request.GET.get("last", "")) or today()
    first = _day(request.GET.get("first", "")) or last - timedelta(days=DEFAULT_DAYS - 1)
    first = max(min(first, last), last - timedelta(days=LONGEST_DAYS))
    return {
        "dimension": dimension if dimension in queries.DIMENSIONS else "unit",
        "start": datetime.combine(first, time(), SHANGHAI),
        "end": datetime.combine(last, time(), SHANGHAI) + timedelta(days=1),
    }


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None


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
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(content, content_type=kind)
    name = f"dianliang-{asked['dimension']}-{asked['start']:%Y%m%d}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
