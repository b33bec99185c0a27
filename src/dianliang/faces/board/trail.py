"""The audit trail: who did what, when, to what, and whether the record is whole."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.deeds import groups, heading
from dianliang.domain.insight.trail import READERS, Asked
from dianliang.faces.board.period import Period, period_of
from dianliang.faces.board.readers import sheet
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import auditing
from dianliang.kernel.actor import ROLE_LABELS, Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

DAYS = 30
FILTERS = ("who", "role", "action", "number", "kind", "outcome")
OWN = "own"
"""Asks that the reader's own readings be listed too."""
LONGEST_FILTER = 80
LONGEST_NUMBER = 18


def _filters(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").replace("\0", "").strip() for name in FILTERS}
    return {name: value[:LONGEST_FILTER] for name, value in asked.items() if value}


def _shows_own(request: HttpRequest) -> bool:
    return request.GET.get(OWN) == "1"


def _asked(request: HttpRequest, period: Period) -> Asked:
    given = dict.fromkeys(FILTERS, "") | _filters(request)
    return Asked(
        start=period.start,
        end=period.end,
        who=given["who"],
        role=given["role"],
        action=given["action"],
        number=given["number"],
        kind=given["kind"],
        outcome=given["outcome"],
    )


def _place(request: HttpRequest, period: Period) -> str:
    """Return the part of an address that brings back this page of the list, and nothing else."""
    kept, older_than = _filters(request), _older_than(request)
    if _shows_own(request):
        kept[OWN] = "1"
    if older_than is not None:
        kept["older"] = str(older_than)
    return f"{period.query}&{urlencode(kept)}" if kept else period.query


def _older_than(request: HttpRequest) -> int | None:
    text = request.GET.get("older", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


@require_GET
@requires(*READERS)
def trail(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the events asked for, newest first."""
    return _page(request, by=by)


def _page(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    period, kept, older_than = (
        period_of(request, days=DAYS),
        _filters(request),
        _older_than(request),
    )
    shows_own = _shows_own(request)
    asked = replace(_asked(request, period), folds_own=not shows_own)
    found, chain = auditing.read(asked, by=by, at=now(), older_than=older_than)
    hidden = {**kept, OWN: "1"} if shows_own else kept
    context = {
        "by": by,
        "found": found,
        "chain": chain,
        "period": period,
        "asked": kept,
        "heading": heading(kept.get("kind", "")),
        "is_narrowed": bool(kept),
        "kept": tuple(hidden.items()),
        "keep": f"&{urlencode(hidden)}" if hidden else "",
        "filtered": f"&{urlencode(kept)}" if kept else "",
        "place": _place(request, period),
        "shows_own": shows_own,
        "is_first_page": older_than is None,
        "refusal": refusal,
        "groups": groups(),
        "roles": tuple(ROLE_LABELS.items()),
        "outcomes": AuditEvent.Outcome.choices,
    }
    return TemplateResponse(request, "board/trail.html", context, status=422 if refusal else 200)


@require_GET
@requires(*READERS)
def event(request: HttpRequest, number: int, *, by: Actor) -> HttpResponse:
    """Show one event, by its place in the chain: the number that a seal knows it by."""
    try:
        found, chain = auditing.open_event(number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    place = _place(request, period_of(request, days=DAYS)) if "last" in request.GET else ""
    context = {"by": by, "found": found, "entry": found.entry, "chain": chain, "place": place}
    return TemplateResponse(request, "board/event.html", context)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def chain(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show how the chain stands; by POST, have it verified."""
    if request.method == "POST":
        auditing.start_check(by=by, at=now())
        return redirect(f"{reverse('board:trail')}#chain")
    return TemplateResponse(request, "board/chain.html", {"by": by, "chain": auditing.chain()})


@require_GET
@requires(*READERS)
def trail_export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the events asked for as Excel; when there are too many, the page says what to do."""
    period = period_of(request, days=DAYS)
    try:
        content = auditing.workbook(_asked(request, period), by=by, at=now())
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    return sheet(content, name=f"dianliang-audit-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx")
