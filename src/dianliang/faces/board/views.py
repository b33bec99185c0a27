"""Figures that can be drilled down to their records, on a desk, on a phone and on the wall."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.domain.grid_projects.queries.projects import standing
from dianliang.domain.insight import queries
from dianliang.domain.insight.dimensions import DIMENSIONS
from dianliang.domain.insight.measures import FIGURES, METHOD
from dianliang.domain.insight.records import Behind, record_page
from dianliang.faces.board import charts
from dianliang.faces.board.period import Period, period_of
from dianliang.faces.board.readers import READERS, sheet
from dianliang.faces.board.templatetags.figures import whole_minutes
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import exporting, hot_page
from dianliang.kernel.actor import Actor, Role

DEFAULT_DAYS = 30
MOST_HOT = 3
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a figure moved from one period to the next, and whether that is welcome."""

    words: str
    tone: str


def _dimension(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in DIMENSIONS else "unit"


@require_GET
@requires(*READERS)
def overview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the figures of a period, cut by one dimension; with `signage=1`, for a wall."""
    period, at = period_of(request, days=DEFAULT_DAYS), now()
    span = {"start": period.start, "end": period.end, "at": at}
    found = queries.overview(by=by, dimension=_dimension(request), **span)
    county = charts.county_map(queries.townships(by=by, **span))
    context = {
        "by": by,
        "at": at,
        "found": found,
        "period": period,
        "dimensions": DIMENSIONS,
        "method": METHOD,
        "most": max((part.received for part in found.parts), default=1),
        "trend": charts.trend(found.trend),
        "county": county,
        "changes": _changes(found),
        "keep": f"&by={found.dimension}",
        "kept": (("by", found.dimension),),
    }
    if request.GET.get("signage") == "1":
        request.session.modified = True  # a wall stays logged in while its page renews itself
        return TemplateResponse(request, "board/signage.html", context)
    context["hot"] = hot_page.headlines(by=by, at=at, most=MOST_HOT)
    context["projects"] = standing(by=by, on=today())
    context["may_open_hot"] = by.role in {Role.DISPATCHER, Role.ALLIANCE_UNIT}
    return TemplateResponse(request, "board/overview.html", context)


def _changes(found: queries.Overview) -> dict[str, Change]:
    """Compare with the period before; what had no sample then is not compared."""
    new, old = found.whole, found.before
    changes = {}
    for name in ("on_time_share", "satisfied_share"):
        now_, then = getattr(new, name), getattr(old, name)
        if now_ is not None and then is not None:
            points = round((now_ - then) * 100)
            words = _("%(n)d 个百分点") % {"n": abs(points)}
            changes[name] = _change(points, words, is_better_up=True)
    if new.response_median_min is not None and old.response_median_min is not None:
        minutes = round(new.response_median_min - old.response_median_min)
        words = whole_minutes(abs(minutes))
        changes["response"] = _change(minutes, words, is_better_up=False)
    if old.received:
        share = round((new.received - old.received) / old.received * 100)
        changes["received"] = _change(share, f"{abs(share)}%", is_better_up=None)
    for name in ("overdue", "reopened"):
        count = getattr(new, name) - getattr(old, name)
        if getattr(new, name) or getattr(old, name):
            changes[name] = _change(count, str(abs(count)), is_better_up=False)
    return changes


def _change(by: int, words: str, *, is_better_up: bool | None) -> Change:
    if by == 0:
        return Change(words="＝", tone="same")
    tone = "same" if is_better_up is None else "better" if (by > 0) == is_better_up else "worse"
    return Change(words=f"{'▲' if by > 0 else '▼'} {words}", tone=tone)


@require_GET
@requires(*READERS)
def records(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the needs or ratings behind a figure."""
    period, figure = period_of(request, days=DEFAULT_DAYS), request.GET.get("figure", "")
    asked = Behind(
        figure=figure if figure in FIGURES else "received",
        dimension=_dimension(request),
        key=request.GET.get("key", "")[:40],
        start=period.start,
        end=period.end,
        at=now(),
    )
    context = {
        "by": by,
        "period": period,
        "asked": asked,
        "figure": FIGURES[asked.figure],
        "found": record_page(asked, by=by, page=_page(request)),
        "may_open": by.role in {Role.DISPATCHER, Role.ALLIANCE_UNIT},
    }
    return TemplateResponse(request, "board/records.html", context)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(LAST_PAGE))
    return int(text) if is_number else 1


@require_GET
@requires(*READERS)
def export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the figures and their records as Excel."""
    period, dimension = period_of(request, days=DEFAULT_DAYS), _dimension(request)
    content = exporting.workbook(
        by=by, dimension=dimension, start=period.start, end=period.end, at=now()
    )
    return sheet(content, name=_file_name(dimension, period))


def _file_name(dimension: str, period: Period) -> str:
    return f"dianliang-{dimension}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"
