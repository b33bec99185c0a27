"""Charging stations (充电覆盖): who lacks one within reach, where to build next."""

from math import isfinite

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.energy.access import WRITERS
from dianliang.engines.covering import Outcome
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, not_exported
from dianliang.faces.ui.charts import Chart, Series, Shape
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import charging_claims, charging_reach
from dianliang.flows.charging_reach import MOST_NEW, ReachPage
from dianliang.flows.energy.reach import Limits
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

FIELDS = (
    ("within_km", "范围（公里，按路）", "5"),
    ("within_min", "且不超过（分钟，不填不限）", ""),
    ("speed_kmh", "车速（公里每小时）", "40"),
    ("most_new", "新建（座）", "3"),
    ("cost_cny", "每座费用（元）", "600000"),
)
TONES = {
    Outcome.COVERED: "done",
    Outcome.NEWLY: "soon",
    Outcome.LEFT_OUT: "danger",
    Outcome.OUT_OF_REACH: "danger",
}
LONGEST = 12
TABLE = Table(
    "venues.site",
    "充电覆盖",
    (
        ("村社区", "name"),
        ("编码", "code"),
        ("乡镇", "town_name"),
        ("户数", "households"),
        ("现在最近（公里）", "before_km"),
        ("新建后最近（公里）", "after_km"),
        ("新建后最近的站", "nearest"),
        ("结果", "words"),
    ),
)


@require_GET
@requires(*READERS)
def coverage(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show coverage by township and village, and the next best stations with their gain."""
    entered = {name: request.GET.get(name, default) for name, _label, default in FIELDS}
    page, refusal, claim = None, None, None
    try:
        limits, cost_cny = _asked(request.GET)
        page = charging_reach.page(limits, cost_cny=cost_cny, by=by)
        claim = charging_claims.stated(limits, by=by)
    except DomainError as error:
        refusal = error
    rows, pages = paged(request, page.villages if page else ())
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "pages": pages,
        "fields": [(name, label, entered[name]) for name, label, _default in FIELDS],
        "points": _points(page) if page else [],
        "chart": _gains(page) if page and page.next else None,
        "claim_row": claim,
        "may_state": by.role in WRITERS,
        "why": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/reach/coverage.html", context, status=status)


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the villages as a workbook."""
    try:
        limits, cost_cny = _asked(request.GET)
        page = charging_reach.page(limits, cost_cny=cost_cny, by=by)
    except DomainError as refusal:
        return not_exported(request, refusal)
    words = request.GET.urlencode()
    content = list_sheet(TABLE, page.villages, filter_words=words, by=by, at=now())
    return download(content, "charging-coverage.xlsx")


@require_POST
@requires(*WRITERS)
def state(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """State today's coverage within the limits of the form as a claim."""
    try:
        limits, cost_cny = _asked(request.POST)
        page = charging_reach.page(limits, cost_cny=cost_cny, by=by)
        made = charging_claims.state(page=page, limits=limits, by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已登记为量化声明。"))
    return redirect("console:claim", made.number)


def _asked(sent: QueryDict) -> tuple[Limits, float]:
    """Return the limits of a form, and what a station costs in CNY."""
    told = {name: _number(sent, name, label, default) for name, label, default in FIELDS}
    most_new = told["most_new"] or 0.0
    if not 0 <= most_new <= MOST_NEW or most_new != int(most_new):
        message = Phrase("新建应填 0 到 %(most)d 的整数。", most=MOST_NEW)
        raise InvalidInputError(message, field="most_new")
    limits = Limits(
        within_km=told["within_km"],
        within_min=told["within_min"],
        speed_kmh=told["speed_kmh"] or 40.0,
        most_new=int(most_new),
    )
    return limits, told["cost_cny"] or 0.0


def _number(sent: QueryDict, name: str, label: str, default: str) -> float | None:
    text = sent.get(name, default).strip()
    if not text:
        return None
    try:
        found = float(text) if len(text) <= LONGEST else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InvalidInputError(Phrase("%(label)s应填数字。", label=Phrase(label)), field=name)
    return found


def _points(page: ReachPage) -> list[dict[str, object]]:
    villages = [
        {
            "lat": row.lat,
            "lon": row.lon,
            "number": row.code,
            "title": f"{row.name} {_(str(row.words))}",
            "tone": TONES[row.outcome],
        }
        for row in page.villages
    ]
    words = {True: _("充电站"), False: _("建议新建")}
    stations = [
        {
            "lat": one.lat,
            "lon": one.lon,
            "number": one.code,
            "title": f"{one.name} {words[one.is_open]}",
            "tone": "open",
        }
        for one in page.stations
    ]
    return [*villages, *stations]


def _gains(page: ReachPage) -> Chart:
    return Chart(
        key="chart-gains",
        title=_("每多建一座，多覆盖多少户"),
        x_name=_("新建站点"),
        y_name=_("户"),
        x=tuple(one.name for one in page.next),
        series=(
            Series(
                name=_("多覆盖"),
                values=tuple(float(one.gain) for one in page.next),
                shape=Shape.BAR,
            ),
        ),
        digits=0,
    )
