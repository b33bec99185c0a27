"""Points of interest (亮点): the register on map and list."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.territory.queries import area_rows
from dianliang.domain.venues.sights import KINDS, STALE_DAYS
from dianliang.domain.venues.sights import sights as rows_of
from dianliang.faces.console import list_tables
from dianliang.faces.console.fields import day, degrees
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, sent_photo, today
from dianliang.flows import presence
from dianliang.flows import sights as flow
from dianliang.flows.campaigns.listing import units_to_lead
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

SIGHTS_A_PAGE = 20
"""Each has a photo."""


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def sights(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register; on a POST, write a sight down."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            flow.register(described=_described(request), by=by, at=now())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("亮点已登记。"))
            return redirect("console:sights")
    kind = request.GET.get("kind", "")
    rows = rows_of(by=by, on=today(), kind=kind if kind in dict(KINDS) else "")
    if file := sheet_of(request, list_tables.SIGHTS, rows, by=by):
        return file
    shown, at = paged(request, rows, each=SIGHTS_A_PAGE)
    context = {
        "by": by,
        "rows": shown,
        "pages": at,
        "kind": kind,
        "kinds": KINDS,
        "stale_days": STALE_DAYS,
        "units": units_to_lead(by),
        "sites": presence.points_to_assign(by),
        "areas": area_rows(levels=("village",)),
        "refusal": refusal,
        "today": today(),
        "points": [
            {
                "lat": row.lat,
                "lon": row.lon,
                "number": row.code,
                "title": row.name,
                "area": row.area_name,
                "tone": "soon" if row.is_stale else "open",
                "exact": True,
            }
            for row in rows
            if row.closed_on is None
        ],
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/sights.html", context, status=status)


def _described(request: HttpRequest) -> flow.Described:
    sent = request.POST
    return flow.Described(
        name=sent.get("name", ""),
        kind=sent.get("kind", ""),
        area_code=sent.get("area", ""),
        site_code=sent.get("site", ""),
        unit_code=sent.get("unit", ""),
        address=sent.get("address", ""),
        lat=degrees(sent.get("lat", ""), field="lat", label=_("纬度"), most=90),
        lon=degrees(sent.get("lon", ""), field="lon", label=_("经度"), most=180),
        words=sent.get("words", ""),
        photo=sent_photo(request),
        opened_on=day(sent.get("opened_on", ""), field="opened_on", label=_("建成日期")),
    )


def _look_at(request: HttpRequest, code: str, by: Actor) -> str:
    flow.look_at(code=code, photo=sent_photo(request), by=by, at=now())
    return _("已记下今天查看过。")


def _close(request: HttpRequest, code: str, by: Actor) -> str:
    flow.close(code=code, reason=request.POST.get("reason", ""), by=by, at=now())
    return _("亮点已停用。")


ACTS: dict[str, Callable[[HttpRequest, str, Actor], str]] = {"look_at": _look_at, "close": _close}


@require_POST
@requires(Role.DISPATCHER)
def act(request: HttpRequest, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Look at a sight again, or close it."""
    if verb not in ACTS:
        raise Http404
    try:
        messages.success(request, ACTS[verb](request, code, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return page_again(request, refusal)
    return redirect("console:sights")


@require_GET
@requires(Role.DISPATCHER)
def photo(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Return the photo of a sight."""
    try:
        return photo_answer(flow.photo_of(code=code, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent
