"""Cameras: the register, one camera, its zones on its picture, its thresholds, its signs."""

from math import isfinite

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.linewatch.access import READERS
from dianliang.domain.linewatch.thresholds import RULES
from dianliang.domain.territory.queries import village_choices
from dianliang.faces.console.fields import degrees
from dianliang.faces.console.linewatch.navigation import PAGES
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import or_page_again, refused
from dianliang.faces.ui.requests import now, requires, sent_photo
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.linewatch import keeping, reading, zoning
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

TYPED_ROWS = 3
"""Empty rows that the form of numbers has beside those of the zones that are there."""
LONGEST_NUMBER = 12
WORDS = {
    "corner": "区域“%(zone)s”第 %(n)s 个角，横 %(x)s，纵 %(y)s",
    "zone": "区域",
    "placed": "已放下第 %(n)s 个角，至少三个角；点“画完”结束",
    "few": "至少要三个角",
    "least": "一个区域至少留三个角",
}
"""What the script that draws says; it gets the words with the page."""


@require_GET
@requires(*READERS)
def cameras(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the cameras with how they are, and to a dispatcher the form to register one."""
    page = reading.overview(by=by)
    tones = {"SILENT": "danger", "FAULTY": "danger", "MOVED": "soon", "WATCHING": "done"}
    points = [
        {
            "number": row.number,
            "title": row.name,
            "lat": row.lat,
            "lon": row.lon,
            "tone": tones.get(row.status, "open"),
            "exact": True,
        }
        for row in page.rows
    ]
    context = {"by": by, "page": page, "points": points, "towns": village_choices()}
    context["pages"] = PAGES
    return TemplateResponse(request, "console/linewatch/cameras.html", context)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Register a camera."""
    sent = request.POST
    asked = keeping.Asked(
        name=sent.get("name", ""),
        line_name=sent.get("line_name", ""),
        span=sent.get("span", ""),
        voltage_kv=_number(sent, "voltage_kv", "电压"),
        area_code=sent.get("area_code", ""),
        source=sent.get("source", ""),
        lat=degrees(sent.get("lat", ""), field="lat", label="纬度", most=90),
        lon=degrees(sent.get("lon", ""), field="lon", label="经度", most=180),
    )
    made = keeping.register(asked=asked, by=by, at=now())
    messages.success(request, _("已登记 %(n)s，请划定区域。") % {"n": made.number})
    return redirect("console:watch_zones", number=made.number)


@require_GET
@requires(*READERS)
def camera(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one camera."""
    try:
        page = reading.camera_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "row": page.row, "kinds": zoning.KINDS}
    return TemplateResponse(request, "console/linewatch/camera.html", context)


@require_GET
@requires(*READERS)
def view(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return the latest picture of a camera."""
    del request
    try:
        return photo_answer(reading.view(number=number, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def zones(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the picture to draw zones on; keep what was drawn, or typed."""
    try:
        page = reading.camera_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    if request.method == "GET":
        return _drawing(request, page, by=by)
    try:
        made = keeping.draw(
            number=number,
            zones=_typed(request.POST)
            if "typed" in request.POST
            else request.POST.get("zones", ""),
            reason=request.POST.get("reason", ""),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return refused(_drawing(request, page, by=by, sent=request.POST.get("zones")), refusal)
    messages.success(request, _("已保存为第 %(n)s 版区域，半分钟内生效。") % {"n": made})
    return redirect("console:watch_camera", number=number)


def _drawing(
    request: HttpRequest, page: reading.CameraPage, *, by: Actor, sent: str | None = None
) -> TemplateResponse:
    given: list[dict[str, object]] = list(page.zones.zones)
    rows = [
        {**zone, "typed": " ".join(f"{x:g},{y:g}" for x, y in zone["corners"])}
        for zone in page.zones.zones
    ]
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "zones": given,
        "sent": sent or "",
        "typed": [*rows, *({} for _place in range(TYPED_ROWS))],
        "kinds": zoning.KINDS.items(),
        "words": {name: _(words) for name, words in WORDS.items()},
    }
    return TemplateResponse(request, "console/linewatch/zones.html", context)


def _typed(sent: QueryDict) -> str:
    """Return as JSON the zones of the form of numbers."""
    names = ("id", "kind", "corners", "dwell_s")
    columns = [sent.getlist(name) for name in names]
    most = zoning.MOST_ZONES + TYPED_ROWS
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
    return zoning.zones_in_words(rows[:most])


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def rules(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Set thresholds of a camera."""
    sent = request.POST
    values = {
        name: _number(sent, name, label)
        for name, (label, *_range) in RULES.items()
        if sent.get(name, "").strip()
    }
    reason = sent.get("reason", "")
    keeping.set_rules(number=number, values=values, reason=reason, by=by, at=now())
    messages.success(request, _("已记下。"))
    return redirect("console:watch_camera", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def source(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Change where a camera's pictures come from."""
    keeping.redirect(
        number=number,
        source=request.POST.get("source", ""),
        by=by,
        at=now(),
    )
    messages.success(request, _("已记下。"))
    return redirect("console:watch_camera", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def move(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Accept a moved view, retire a camera, or take it into use again."""
    reason = request.POST.get("reason", "")
    keeping.move(number=number, verb=verb, reason=reason, by=by, at=now())
    messages.success(request, _("已记下。"))
    return redirect("console:watch_camera", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def decide(request: HttpRequest, number: str, proposal: int, *, by: Actor) -> HttpResponse:
    """Apply a proposal for thresholds, or decline it."""
    keeping.decide(
        number=number,
        proposal=proposal,
        is_applied=request.POST.get("verdict") == "apply",
        reason=request.POST.get("reason", ""),
        by=by,
        at=now(),
    )
    messages.success(request, _("已记下。"))
    return redirect("console:watch_camera", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def sign(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Note that a sign stands."""
    keeping.check_sign(
        number=number,
        code=code,
        photo=sent_photo(request),
        note=request.POST.get("note", ""),
        by=by,
        at=now(),
    )
    messages.success(request, _("已记下。"))
    return redirect("console:watch_camera", number=number)


@require_GET
@requires(*READERS)
def sign_photo(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Return the photo of a sign."""
    del request
    try:
        return photo_answer(reading.sign_photo(number=number, code=code, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent


def _number(sent: QueryDict, field: str, label: str) -> float:
    text = sent.get(field, "").strip()
    try:
        found = float(text) if len(text) <= LONGEST_NUMBER else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InvalidInputError(Phrase("%(label)s应填数字。", label=Phrase(label)), field=field)
    return found
