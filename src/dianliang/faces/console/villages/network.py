"""Transformers, lines, outages and service stations of the actor's villages."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.network.loading import STRAIN_LABELS
from dianliang.faces.console.paging import paged
from dianliang.faces.console.villages.files import READERS, attachment
from dianliang.faces.console.villages.reading import code
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import network_page, network_tables
from dianliang.flows.network_page import Asked
from dianliang.flows.village_file.stations import stations as served_stations
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant

OUTAGE_KINDS = (("fault", "故障停电"), ("planned", "计划停电"))
USES = (("public", "公变"), ("dedicated", "专变"))


def _asked(request: HttpRequest) -> Asked:
    return Asked(
        village=code(request, "village"),
        words=code(request, "q"),
        use=code(request, "use"),
        strain=code(request, "strain"),
    )


@require_GET
@requires(*READERS)
def transformers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show transformers, most strained first."""
    asked = _asked(request)
    try:
        found = network_page.transformers(asked, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    rows, pages = paged(request, found.rows)
    context = {
        "by": by,
        "found": found,
        "rows": rows,
        "pages": pages,
        "asked": asked,
        "strains": STRAIN_LABELS.items(),
        "uses": USES,
        "points": [
            {
                "lat": row.lat,
                "lon": row.lon,
                "number": row.number,
                "title": f"{row.name} {_(row.strain_label)}",
                "tone": {"over": "danger", "heavy": "soon"}.get(row.strain, "done"),
            }
            for row in rows
            if row.lat is not None
        ],
    }
    return TemplateResponse(request, "console/villages/transformers.html", context)


@require_GET
@requires(*READERS)
def feeders(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show lines."""
    asked = _asked(request)
    try:
        rows, name = network_page.feeders(asked, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "rows": rows, "asked": asked, "village_name": name}
    return TemplateResponse(request, "console/villages/feeders.html", context)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def outages(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register of outages; by POST, a dispatcher writes one down."""
    if request.method == "GET":
        return _outages(request, by=by)
    if by.role != Role.DISPATCHER:
        raise Http404
    sent = request.POST
    try:
        ended = sent.get("ended_at", "")
        made = network_page.record_outage(
            thing=sent.get("thing", "").strip(),
            kind=sent.get("kind", ""),
            started_at=instant(sent.get("started_at", ""), field="started_at", label="停电时间"),
            ended_at=instant(ended, field="ended_at", label="复电时间") if ended else None,
            reason=sent.get("reason", ""),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return _outages(request, by=by, refusal=refusal, sent=sent, status=422)
    messages.success(request, _("已登记停电 %(number)s。") % {"number": made.number})
    return redirect("console:outages")


def _outages(
    request: HttpRequest,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    sent: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked, at = _asked(request), now()
    try:
        rows, name = network_page.outages(asked, by=by, at=at)
        lines, _name = network_page.feeders(Asked(village=asked.village), by=by, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    page, pages = paged(request, rows)
    context = {
        "by": by,
        "rows": page,
        "pages": pages,
        "at": at,
        "asked": asked,
        "village_name": name,
        "lines": lines,
        "kinds": OUTAGE_KINDS,
        "refusal": refusal,
        "may_keep": by.role == Role.DISPATCHER,
    }
    return TemplateResponse(request, "console/villages/outages.html", context, status=status)


@require_POST
@requires(Role.DISPATCHER)
def end_outage(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down when the power came back."""
    text = request.POST.get("ended_at", "")
    try:
        outage = network_page.outage_to_end(number, by=by)
        ended_at = instant(text, field="ended_at", label="复电时间")
        network_page.end_outage(outage=outage, ended_at=ended_at, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _outages(request, by=by, refusal=refusal, status=422)
    messages.success(request, _("%(number)s 已复电。") % {"number": number})
    return redirect("console:outages")


@require_GET
@requires(*READERS)
def stations(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show service stations with the villages that they look after."""
    rows = served_stations(by=by)
    points = [
        {"lat": row.lat, "lon": row.lon, "number": row.code, "title": row.name, "tone": "open"}
        for row in rows
    ]
    context = {"by": by, "rows": rows, "points": points}
    return TemplateResponse(request, "console/villages/stations.html", context)


@require_GET
@requires(*READERS)
def table(request: HttpRequest, name: str, *, by: Actor) -> HttpResponse:
    """Return the table of lines or transformers as Excel; with `blank=1`, one to fill in."""
    if request.GET.get("blank") == "1":
        return attachment(network_tables.blank(name), name=name, kind="xlsx")
    content = network_tables.filled(name, by=by, at=now())
    return attachment(content, name=name, kind="xlsx")


@require_http_methods(["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def tables(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take filled-in tables of lines and transformers: all rows or none."""
    refusal: DomainError | None = None
    done = None
    only_check = request.POST.get("only_check") == "1"
    if request.method == "POST":
        try:
            done = network_tables.load(
                feeders=_content(request, "feeders"),
                transformers=_content(request, "transformers"),
                by=by,
                at=now(),
                only_check=only_check,
            )
        except DomainError as wrong:
            refusal = wrong
    context = {"by": by, "refusal": refusal, "done": done, "only_check": only_check}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/villages/tables.html", context, status=status)


def _content(request: HttpRequest, name: str) -> bytes | None:
    sent = request.FILES.get(name)
    return sent.read() if sent else None
