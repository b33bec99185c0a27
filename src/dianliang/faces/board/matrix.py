"""Bases (阵地) and volunteer teams: figures with the records behind them, codes to print."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from dianliang.domain.insight.base_figures import MOST_RECORDS
from dianliang.domain.insight.base_shapes import Span
from dianliang.domain.insight.volunteering import METHOD, activities, volunteering
from dianliang.domain.venues.queries import home_of, site_row, tree
from dianliang.faces.board.period import Period, period_of
from dianliang.faces.board.readers import READERS, sheet
from dianliang.faces.ui.codes import drawn
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.bases import figures
from dianliang.flows.volunteering import workbook
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

DAYS = 365
MOST_CODES = 200
REGISTRARS = (Role.DISPATCHER, Role.PARTY_AFFAIRS)
MANAGERS = (Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.ADMINISTRATOR)


def _span(period: Period) -> Span:
    return Span(start=period.start, end=period.end, on=today())


def _matrix(request: HttpRequest) -> str:
    return request.GET.get("in", "").replace("\0", "")


@require_GET
@requires(*READERS)
def bases(request: HttpRequest, code: str = "", *, by: Actor) -> HttpResponse:
    """Show one level of a matrix, each base with all that hangs below it."""
    period = period_of(request, days=DAYS)
    try:
        page = figures.page(matrix=_matrix(request), code=code, span=_span(period), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "site": site_row(page.here.site_code) if page.here else None,
        "period": period,
        "points": page.points,
        "method": figures.METHOD,
        "manages": by.role in MANAGERS,
        "keep": f"&in={page.matrix.code}",
        "kept": [("in", page.matrix.code)],
    }
    return TemplateResponse(request, "board/bases.html", context)


@require_GET
@requires(*READERS)
def records(request: HttpRequest, code: str, figure: str, *, by: Actor) -> HttpResponse:
    """Show the records behind one figure of a base and all below it."""
    period = period_of(request, days=DAYS)
    try:
        found = figures.behind(
            matrix=_matrix(request), code=code, name=figure, span=_span(period), by=by
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "found": found,
        "period": period,
        "most": MOST_RECORDS,
        "opens_needs": by.role in {Role.DISPATCHER, Role.ALLIANCE_UNIT},
    }
    return TemplateResponse(request, "board/base_records.html", context)


@require_GET
@requires(*READERS)
def bases_export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return one level of a matrix as Excel."""
    period = period_of(request, days=DAYS)
    code = request.GET.get("at", "").replace("\0", "")
    try:
        content = figures.workbook(
            matrix=_matrix(request), code=code, span=_span(period), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    return sheet(content, name=f"dianliang-bases-{period.first:%Y%m%d}.xlsx")


@require_GET
@requires(*READERS)
def codes(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a sheet of QR codes to print: a base and all below it."""
    try:
        grown = tree(_matrix(request) or home_of(code, by=by), by=by)
        rows = [node for node in grown.under(grown.node(code)) if node.site_id]
    except NotVisibleError as absent:
        raise Http404 from absent
    cards = [(row, _qr(request, row.site_code)) for row in rows[:MOST_CODES]]
    context = {"by": by, "cards": cards, "total": len(rows), "most": MOST_CODES}
    return TemplateResponse(request, "board/codes.html", context)


def _qr(request: HttpRequest, code: str) -> SafeString:
    return drawn(request.build_absolute_uri(reverse("portal:post_at", args=[code])))


@require_GET
@requires(*READERS)
def volunteers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the four numbers, team by team."""
    period = period_of(request, days=DAYS)
    context = {
        "by": by,
        "found": volunteering(by=by, start=period.start, end=period.end),
        "period": period,
        "method": METHOD,
        "may_register": by.role in REGISTRARS,
    }
    return TemplateResponse(request, "board/volunteers.html", context)


@require_GET
@requires(*READERS)
def actions(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the actions behind a team's figures."""
    period = period_of(request, days=DAYS)
    code = request.GET.get("team", "").replace("\0", "")
    try:
        rows = activities(by=by, team_code=code, start=period.start, end=period.end)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "rows": rows[:500], "total": len(rows), "period": period}
    return TemplateResponse(request, "board/actions.html", context)


@require_GET
@requires(*READERS)
def volunteers_export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the four numbers and the actions behind them as Excel."""
    period = period_of(request, days=DAYS)
    content = workbook(by=by, start=period.start, end=period.end, at=now())
    return sheet(content, name=f"dianliang-volunteers-{period.first:%Y%m%d}.xlsx")
