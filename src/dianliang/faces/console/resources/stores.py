"""Stores: the list, one with its stock, its log, counting, and the items."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.resources import access
from dianliang.domain.resources.access import KEEPERS, READERS
from dianliang.domain.resources.queries import stock as book
from dianliang.domain.resources.queries.stock import LogFilters
from dianliang.faces.console.branches.common import Steps, day_of, lead_on, reason, status_of
from dianliang.faces.console.paging import paged
from dianliang.faces.console.resources.reading import others, text_of
from dianliang.faces.console.resources.things import pdf_answer
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.codes import drawn
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.resources import fields, keeping, logbook, sheets
from dianliang.flows.resources import labels as papers
from dianliang.flows.resources import stocking as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError

LATELY = timedelta(hours=24)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def stores(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the stores of one's units and what runs low in them; on a POST, open a store."""
    refusal: DomainError | None = None
    may_keep = by.role in KEEPERS
    if request.method == "POST":
        if not may_keep:
            raise Http404
        names = ("code", "name", "unit", "address", "lat", "lon")
        told = {name: request.POST.get(name, "") for name in names}
        try:
            made = keeping.open_store(**told, by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("仓库已设好，请登记库存并打印标签。"))
            return redirect("console:store", made.code)
    context = {
        "by": by,
        "rows": book.stores(by=by),
        "low": book.low(by=by),
        "units": fields.units(by),
        "may_keep": may_keep,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/stores.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def store(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a store with its stock, its log of 24 hours, and its door's code."""
    return _store(request, code, by=by)


def _store(
    request: HttpRequest, code: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    at = now()
    try:
        page = book.store(code, by=by)
        log = logbook.log(code=code, filters=_last_day(at), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "r": page.row,
        "moved": [book.movement_row(row) for row in log.rows[:10]],
        "sums": log.sums,
        "items": access.items(by).filter(is_active=True).values_list("code", "name", "spec"),
        "label_parts": range(1, papers.parts_of(len(page.stocks)) + 1),
        "may_take": by.role in access.TAKERS,
        "door": drawn(_door(request, code)),
        "door_address": reverse("console:shelf", args=[code]),
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/store.html", context, status=status_of(refusal)
    )


def _last_day(at: datetime) -> LogFilters:
    return LogFilters(first=at - LATELY, last=at + timedelta(seconds=1))


def _door(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(reverse("console:shelf", args=[code]))


@require_POST
@requires(*KEEPERS)
def act(request: HttpRequest, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Keep an item, receive, write off, begin to count."""
    if verb not in ACTS:
        raise Http404
    try:
        access.store_to_keep(code, by=by)
        told = ACTS[verb](request.POST, code, by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _store(request, code, by=by, refusal=refusal)
    messages.success(request, told)
    return redirect("console:store", code)


def _keep(sent: QueryDict, code: str, by: Actor) -> str:
    flow.keep_on_stock(
        code=code,
        item=sent.get("item", ""),
        least=sent.get("least", ""),
        shelf=sent.get("shelf", ""),
        by=by,
        at=now(),
    )
    return _("已设好备货。")


def _moved(sent: QueryDict, code: str) -> dict[str, Any]:
    names = {"item": "item", "pieces": "pieces", "told": "words"}
    told = {name: sent.get(field, "") for name, field in names.items()}
    return {"key": key_of(sent), "code": code, **told}


def _receive(sent: QueryDict, code: str, by: Actor) -> str:
    number = flow.receive_once(**_moved(sent, code), by=by, at=now())
    return _("已入库，流水号 %(number)s。") % {"number": number}


def _write_off(sent: QueryDict, code: str, by: Actor) -> str:
    number = flow.write_off_once(**_moved(sent, code), by=by, at=now())
    return _("已报损，流水号 %(number)s。") % {"number": number}


def _open_count(sent: QueryDict, code: str, by: Actor) -> str:
    del sent
    made = flow.open_count(code=code, by=by, at=now())
    return _("盘点单 %(number)s 已开，请逐项登记。") % {"number": made.number}


ACTS = {"keep": _keep, "receive": _receive, "write_off": _write_off, "count": _open_count}


@require_GET
@requires(*READERS)
def log(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show who took what for what: the last 24 hours, or the days asked for."""
    filters, first, last = _log_filters(request)
    try:
        found = logbook.log(code=code, filters=filters, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    rows, pages = paged(request, found.rows)
    context = {
        "by": by,
        "log": found,
        "shown": [book.movement_row(row) for row in rows],
        "kinds": logbook.KINDS.items(),
        "filters": filters,
        "first": first,
        "last": last,
        "others": others(request, "kind"),
        "query": others(request),
        "pages": pages,
    }
    return TemplateResponse(request, "console/resources/store_log.html", context)


def _log_filters(request: HttpRequest) -> tuple[LogFilters, str, str]:
    """Read the days asked for; without any they are the last 24 hours."""
    asked = request.GET
    first, last = day_of(asked.get("first", "")), day_of(asked.get("last", ""))
    span = _last_day(now())
    if first or last:
        begin, end = first or last or today(), last or today()
        begin, end = min(begin, end), max(begin, end)
        first, last = begin, end
        span = LogFilters(
            first=datetime.combine(begin, time(), SHANGHAI),
            last=datetime.combine(end, time(), SHANGHAI) + timedelta(days=1),
        )
    kind = asked.get("kind", "")
    filters = LogFilters(
        first=span.first,
        last=span.last,
        item=text_of(asked, "item", 24),
        kind=kind if kind in logbook.KINDS else "",
        words=text_of(asked, "q", 40),
    )
    return filters, f"{first or ''}", f"{last or ''}"


@require_GET
@requires(*READERS)
def log_sheet(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Answer with the log as an Excel file."""
    filters, _first, _last = _log_filters(request)
    try:
        content = sheets.log(code=code, filters=filters, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"{code}-log-{today()}.xlsx")


@require_GET
@requires(*READERS)
def labels(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Answer with the QR labels of a store and its shelves as PDF."""

    def item(store_code: str, item_code: str) -> str:
        path = reverse("console:shelf_take", args=[store_code, item_code])
        return request.build_absolute_uri(path)

    part = request.GET.get("part", "1")
    try:
        content = papers.of_store(
            code=code,
            part=int(part) if part.isascii() and part.isdecimal() and len(part) < 5 else 1,
            door=partial(_door, request),
            item=item,
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    return pdf_answer(content, f"{code}-labels")


@require_GET
@requires(*READERS)
def count(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a stock-taking."""
    return _count(request, number, by=by)


def _count(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = book.count(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "r": page.row, "refusal": refusal}
    return TemplateResponse(
        request, "console/resources/count.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*KEEPERS)
def count_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Enter what was counted, post it, or drop the stock-taking."""
    return lead_on(request, number, verb, COUNT_STEPS, _count, "console:store_count", by=by)


def _entered(sent: QueryDict) -> dict[str, Any]:
    return {name: sent.get(name, "") for name in ("item", "counted", "why")}


COUNT_STEPS: Steps = {
    "enter": (flow.enter, _entered),
    "post": (flow.post, lambda _sent: {}),
    "drop": (flow.drop, reason),
}


@require_http_methods(["GET", "POST"])
@requires(*KEEPERS)
def items(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the items; on a POST, write one down."""
    refusal = None
    if request.method == "POST":
        names = ("code", "name", "spec", "counted_in", "unit")
        told = {name: request.POST.get(name, "") for name in names}
        try:
            flow.define_item(**told, by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("品目已登记，请到仓库设备货。"))
            return redirect("console:stock_items")
    return _items(request, by=by, refusal=refusal)


def _items(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    words = text_of(request.GET, "q", 40)
    found = access.items(by).order_by("code")
    rows, pages = paged(request, found.filter(name__icontains=words) if words else found)
    context = {
        "by": by,
        "rows": rows,
        "words": words,
        "units": fields.units(by),
        "pages": pages,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/items.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*KEEPERS)
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in what a table of items says."""
    try:
        read = sheets.read_items(content=sent_file(request, "table"), by=by, at=now())
    except DomainError as refusal:
        return _items(request, by=by, refusal=refusal)
    messages.success(request, _("已按表登记或更新 %(n)d 行。") % {"n": read})
    return redirect("console:stock_items")


@require_GET
@requires(*KEEPERS)
def items_sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the table of items: empty, or as it stands."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "items-blank.xlsx")
    return download(sheets.items(by=by, at=now()), f"items-{today()}.xlsx")
