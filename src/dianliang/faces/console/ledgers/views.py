"""The books (账本): balances, what is behind them, one entry, one record, the check."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.faces.console.addresses import page_address
from dianliang.faces.console.ledgers.reading import asked_of, period_of
from dianliang.faces.console.paging import page_number, pages_of
from dianliang.faces.console.tables import download, not_exported
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.ledgers import balances as flow
from dianliang.flows.ledgers import entries, records, sheets
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

READERS = (
    Role.PARTY_AFFAIRS,
    Role.DISPATCHER,
    Role.COMMANDER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
CHECKERS = (Role.PARTY_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR)


@require_GET
@requires(*READERS)
def ledgers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who has, got and gave how much, by person, team or unit."""
    asked = asked_of(request.GET)
    try:
        page = flow.balances(asked=asked, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "asked": asked,
        "views": flow.BY.items(),
        "pages": pages_of(request.GET, asked.page, page.pages),
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "console/ledgers/balances.html", context)


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with all balances as Excel."""
    try:
        content = sheets.balances_sheet(asked=asked_of(request.GET), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, sheets.name_of("balances", at=now()))


@require_GET
@requires(*READERS)
def holder(request: HttpRequest, book: str, kind: str, code: str, *, by: Actor) -> HttpResponse:
    """Show the lines behind what somebody has."""
    asks_period = "since" in request.GET or "until" in request.GET
    since, until = period_of(request.GET) if asks_period else (None, None)
    try:
        page = flow.holder(
            book=book,
            kind=kind,
            code=code,
            since=since,
            until=until,
            page=page_number(request.GET),
            by=by,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "kind": kind,
        "code": code,
        "since": since,
        "until": until,
        "pages": pages_of(request.GET, page_number(request.GET), page.pages),
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "console/ledgers/holder.html", context)


@require_GET
@requires(*READERS)
def holder_sheet(
    request: HttpRequest, book: str, kind: str, code: str, *, by: Actor
) -> HttpResponse:
    """Answer with the lines behind what somebody has, as Excel."""
    asks_period = "since" in request.GET or "until" in request.GET
    since, until = period_of(request.GET) if asks_period else (None, None)
    try:
        content = sheets.lines_sheet(
            book=book, kind=kind, code=code, since=since, until=until, by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except InvalidInputError as refusal:
        return not_exported(request, refusal)
    return download(content, sheets.name_of("lines", at=now()))


@require_GET
@requires(*READERS)
def entry(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one entry with its lines, its source and its rule."""
    return _entry(request, number, by=by)


def _entry(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = entries.entry(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "refusal": refusal,
        "because": request.POST.get("because", ""),
        "may_reverse": by.role is Role.PARTY_AFFAIRS
        and not page.reverses
        and not page.reversed_by
        and not page.elsewhere,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/entry.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def reverse(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Undo an entry by its opposite."""
    try:
        counter = entries.reverse(
            number=number, because=request.POST.get("because", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _entry(request, number, by=by, refusal=refusal)
    messages.success(request, _("已冲正，冲正分录 %(number)s。") % {"number": counter.number})
    return redirect("console:ledger_entry", number)


@require_GET
@requires(*READERS)
def record(request: HttpRequest, kind: str, number: str, *, by: Actor) -> HttpResponse:
    """Show the record that entries follow from."""
    try:
        page = records.record(kind=kind, number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    opens = "" if page.drive else page_address(kind, number, by=by)
    context = {"by": by, "page": page, "opens": opens}
    return TemplateResponse(request, "console/ledgers/record.html", context)


@require_http_methods(["GET", "POST"])
@requires(*CHECKERS)
def check(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer to hold all books against themselves; on a POST, do so."""
    verdict = flow.check(by=by, at=now()) if request.method == "POST" else None
    context = {"by": by, "verdict": verdict}
    return TemplateResponse(request, "console/ledgers/check.html", context)
