"""How rooms and gear are used: booked and used hours against open hours."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.domain.venues.booking.keeping import TYPES
from dianliang.faces.console import list_tables
from dianliang.faces.console.booking.desk import KINDS
from dianliang.faces.console.booking.reading import READERS, filters_of, kept_query
from dianliang.faces.console.fields import optional_day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.booking import keeping, using
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

VIEWS = (("rooms", "按场室器材"), ("sites", "按阵地"), ("units", "按单位"), ("types", "按类型"))


@require_GET
@requires(*READERS)
def use(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the use of a period, four ways."""
    refusal: DomainError | None = None
    first, last = using.period(None, None, on=today())
    try:
        first, last = _period(request)
    except DomainError as error:
        refusal = error
    filters, part = filters_of(request.GET), request.GET.get("part", "")[:60]
    try:
        found = using.used(
            filters=filters, first_on=first, last_on=last, part=part, by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    view = request.GET.get("by", "rooms")
    view = view if view in dict(VIEWS) else "rooms"
    sites, units = keeping.places(by)
    rows, at = paged(request, getattr(found, view))
    context = {
        "by": by,
        "whole": found.whole,
        "rows": rows,
        "pages": at,
        "view": view,
        "views": VIEWS,
        "filters": filters,
        "first": first,
        "last": last,
        "refusal": refusal,
        "types": (*KINDS, *TYPES.items()),
        "sites": sites,
        "units": units,
        "method": using.METHOD,
        "query": kept_query(request, "by", "page"),
        "query_of_records": kept_query(request, "by", "page", "part"),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/booking/use.html", context, status=status)


def _period(request: HttpRequest) -> tuple[date, date]:
    sent = request.GET
    return using.period(
        optional_day(sent.get("since", ""), field="since", label="起日"),
        optional_day(sent.get("until", ""), field="until", label="止日"),
        on=today(),
    )


@require_GET
@requires(*READERS)
def records(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the bookings behind a figure of the table."""
    sent = request.GET
    try:
        first, last = _period(request)
        found = using.records(
            filters=filters_of(sent),
            part=sent.get("part", "")[:60],
            figure=sent.get("figure", "booked"),
            first_on=first,
            last_on=last,
            by=by,
            at=now(),
        )
    except DomainError as absent:
        raise Http404 from absent
    if file := sheet_of(request, list_tables.BOOKINGS, found.rows, by=by):
        return file
    rows, at = paged(request, found.rows)
    context = {
        "by": by,
        "found": found,
        "rows": rows,
        "pages": at,
        "hidden": found.total - at.total,
        "first": first,
        "last": last,
        "here": request.get_full_path(),
        "query": kept_query(request, "figure", "page", "part"),
    }
    return TemplateResponse(request, "console/booking/records.html", context)


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the same as an Excel workbook."""
    try:
        first, last = _period(request)
    except DomainError as refusal:
        return HttpResponse(refusal.message, status=422, content_type="text/plain; charset=utf-8")
    content = using.workbook(
        filters=filters_of(request.GET), first_on=first, last_on=last, by=by, at=now()
    )
    return download(content, f"dianliang-booking-use-{first:%Y%m%d}.xlsx")
