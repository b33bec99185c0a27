"""What everybody may read: the front page, what others asked for, how needs are sorted."""

from datetime import timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.domain.catalog.queries import elements, services, venue_types
from dianliang.domain.intake.queries.public import (
    PublicNeed,
    lately_lit,
    lit_counts,
    public_needs,
)
from dianliang.domain.territory.queries import area_of, village_choices
from dianliang.faces.ui.requests import now
from dianliang.flows import learning
from dianliang.flows.activities import offer_pages

PUBLIC_FOR = timedelta(days=60)
MOST_ROWS = 60


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Offer the one question that matters, and the catalogue."""
    venue = request.GET.get("venue", "")
    venue = venue if venue in dict(venue_types()) else ""
    shown = sorted(services(venue_type=venue), key=lambda row: row.element != "power")
    context = {
        "counts": lit_counts(),
        "groups": [
            (label, list(rows)) for label, rows in groupby(shown, key=lambda row: row.element_label)
        ],
        "venues": venue_types(),
        "venue": venue,
        "bookable": offer_pages.bookable(),
        "lately": lately_lit(since=now() - PUBLIC_FOR, most=4),
    }
    return TemplateResponse(request, "portal/home.html", context)


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """Show what was pointed out and lit up, without anything personal."""
    element = request.GET.get("element", "")
    element = element if element in dict(elements()) else ""
    town = area_of(request.GET.get("town", "")[:20])
    lit = {"lit": True, "open": False}.get(request.GET.get("state", ""))
    rows = public_needs(
        since=now() - PUBLIC_FOR,
        most=MOST_ROWS,
        element=element,
        is_lit=lit,
        under=town.path if town else "",
    )
    context = {
        "rows": rows,
        "points": [_point(row) for row in rows if row.lat is not None],
        "elements": elements(),
        "element": element,
        "towns": village_choices(),
        "town": town.code if town else "",
        "state": request.GET.get("state", "") if lit is not None else "",
    }
    return TemplateResponse(request, "portal/public.html", context)


def _point(row: PublicNeed) -> dict[str, object]:
    return {
        "lat": row.lat,
        "lon": row.lon,
        "number": row.number,
        "title": f"{row.service_name} {row.status_label}",
        "tone": "done" if row.is_lit else "open",
    }


@require_GET
def algorithm(request: HttpRequest) -> HttpResponse:
    """Explain in plain words how needs are sorted."""
    return TemplateResponse(request, "portal/algorithm.html", {"told": learning.told()})
