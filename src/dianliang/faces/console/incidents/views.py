"""Incidents (事件): the register, the form, the page of one, and the records behind its numbers."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.incidents import access
from dianliang.domain.incidents.queries import incidents as queries
from dianliang.domain.key_customers.access import READERS as KEY_READERS
from dianliang.domain.outreach.access import READERS as OUTREACH_READERS
from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.console.paging import ROWS_A_PAGE, paged, pages_of
from dianliang.faces.console.tables import download, not_exported
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.incidents import choices, figures, files, opening, situation
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError, StaleStateError

PAGES: dict[str, tuple[str, frozenset[Role]]] = {
    "team": ("console:staff_team", access.READERS),
    "person": ("console:staff_person", access.READERS),
    "roster": ("console:roster", access.READERS),
    "alert": ("console:public_alert", access.READERS),
    "outreach": ("console:outreach", access.READERS & OUTREACH_READERS),
    "key": ("console:key_customer", KEY_READERS),
    "special": ("console:care_file", frozenset({Role.DISPATCHER})),
}
"""Which page shows a record, and to whom."""


@require_GET
@requires(*access.READERS)
def incidents(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register."""
    asked = _filters(request)
    found = Paginator(queries.register(**asked, by=by), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    counted = queries.counts(by=by)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "by": by,
        "rows": [queries.row_of(row) for row in found],
        "pages": pages_of(request.GET, found.number, found.paginator.num_pages),
        "asked": asked,
        "tabs": [(code, label, counted[code]) for code, label in queries.VIEWS.items()],
        "kinds": queries.KINDS.items(),
        "query": query.urlencode(),
        "may_open": by.role in access.WRITERS,
    }
    return TemplateResponse(request, "console/incidents/incidents.html", context)


def _filters(request: HttpRequest) -> dict[str, Any]:
    sent = request.GET
    view, kind, drill = sent.get("view", "open"), sent.get("kind", ""), sent.get("drill", "")
    return {
        "view": view if view in queries.VIEWS else "open",
        "kind": kind if kind in queries.KINDS else "",
        "drill": drill if drill in {"yes", "no"} else "",
        "words": shown(sent.get("q", "")).strip(),
    }


@require_GET
@requires(*access.READERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the register as Excel."""
    try:
        content = files.register(**_filters(request), by=by, at=now())
    except InvalidInputError as refusal:
        return not_exported(request, refusal)
    return download(content, "incidents.xlsx")


@require_http_methods(["GET", "POST"])
@requires(*access.WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open an incident: by hand, as a drill, or from an alert."""
    refusal, suggested, sent = None, None, request.POST
    alert = shown(sent.get("alert", "") or request.GET.get("alert", ""))
    try:
        if alert:
            suggested = opening.suggest(alert=alert, by=by)
        if request.method == "POST":
            number = opening.open_once(key=key_of(sent), asked=_asked(request), by=by, at=now())
            return redirect("console:incident", number)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        refusal = wrong
    context = {
        "by": by,
        "ticked": set(suggested.area_codes if suggested else ()),
        "suggested": suggested,
        "is_drill": sent.get("is_drill") == "1" if sent else request.GET.get("drill") == "1",
        "kinds": queries.KINDS.items(),
        "levels": [(str(level), label) for level, label in queries.LEVELS.items()],
        "level": str(suggested.level if suggested else 4),
        "offered": choices.choices(by=by),
        "key": sent.get("key") or fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/incidents/new.html", context, status=status_of(refusal)
    )


def _asked(request: HttpRequest) -> opening.Asked:
    sent = request.POST
    return opening.Asked(
        title=sent.get("title", ""),
        kind=sent.get("kind", ""),
        is_drill=sent.get("is_drill") == "1",
        level=sent.get("level", ""),
        because=sent.get("because", ""),
        unit=sent.get("unit", ""),
        area_codes=sent.getlist("areas"),
        villages=sent.get("villages", ""),
        shapes=sent.get("shapes", ""),
        commander=sent.get("commander", ""),
        alert=shown(sent.get("alert", "")),
    )


@require_GET
@requires(*access.READERS)
def incident(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one incident: numbers, map, periods, log."""
    return one(request, number, by=by)


def one(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    """Show one incident, with the refusal of what was pressed."""
    try:
        page = situation.situation(number=number, by=by, at=now())
        forms = situation.editing(number=number, by=by) if page.may_lead else None
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "layers": [layer.data for layer in page.layers],
        "forms": forms,
        "key": fresh_key(),
        "refusal": refusal,
        "at": now(),
    }
    return TemplateResponse(
        request, "console/incidents/incident.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*access.WRITERS)
def edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the forms that change where an incident is and who works on it."""
    return editing(request, number, by=by)


def editing(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    """Show the forms, with the refusal of what was pressed."""
    try:
        page = situation.situation(number=number, by=by, at=now())
        forms = situation.editing(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    sent = QueryDict() if isinstance(refusal, StaleStateError) else request.POST
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "forms": forms,
        "ticked": set(sent.getlist("areas")) if "shapes" in sent else forms.area_codes,
        "villages": sent.get("villages", forms.villages),
        "shapes": sent.get("shapes", forms.shapes),
        "reason": sent.get("reason", ""),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/incidents/edit.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*access.READERS)
def log_sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with the log of an incident as Excel."""
    del request
    try:
        return download(files.log(number=number, by=by, at=now()), f"{number}-log.xlsx")
    except NotVisibleError as absent:
        raise Http404 from absent


@require_GET
@requires(*access.READERS)
def records(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Show the records that a number is counted from."""
    try:
        found = figures.behind(number=number, code=code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    words = shown(request.GET.get("q", "")).strip()
    rows = [r for r in found.rows if not words or words in r.key or words in " ".join(r.cells)]
    listed, pages = paged(request, rows)
    context = {
        "by": by,
        "found": found,
        "rows": [
            (row, _address(row, by=by), list(zip(found.figure.columns, row.cells, strict=True)))
            for row in listed
        ],
        "pages": pages,
        "words": words,
        "total": len(found.rows),
    }
    return TemplateResponse(request, "console/incidents/records.html", context)


def _address(row: figures.Record, *, by: Actor) -> str:
    name, roles = PAGES.get(row.kind, ("", frozenset()))
    return reverse(name, args=[row.key]) if by.role in roles else ""


@require_GET
@requires(*access.READERS)
def records_sheet(request: HttpRequest, number: str, code: str, *, by: Actor) -> HttpResponse:
    """Answer with the records behind a number as Excel."""
    del request
    try:
        content = files.records(number=number, code=code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"{number}-{code}.xlsx")
