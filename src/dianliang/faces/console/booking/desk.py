"""The calendar of all bases, what waits for a decision, and one booking."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.venues.booking.calendar import Calendar, RoomRow, Segment, segments
from dianliang.domain.venues.booking.calendar import calendar as calendar_of
from dianliang.domain.venues.booking.keeping import TYPES
from dianliang.domain.venues.lifecycle import KEEPERS
from dianliang.faces.console import list_tables
from dianliang.faces.console.booking.reading import (
    BOOKERS,
    READERS,
    day_of,
    filters_of,
    kept_query,
)
from dianliang.faces.console.paging import paged, pages_of, sheet_of
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.booking import desk, keeping, repeating
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

WEEK_DAYS = 7
KINDS = (("room", "全部场室"), ("gear", "全部器材"))


@require_GET
@requires(*READERS)
def calendar(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who has what, by day or by week, over all bases."""
    is_week = request.GET.get("view") == "week"
    on = day_of(request.GET.get("on", ""), default=today())
    first = on - timedelta(days=on.weekday()) if is_week else on
    days = WEEK_DAYS if is_week else 1
    filters = filters_of(request.GET)
    page = calendar_of(filters=filters, first_on=first, days=days, by=by)
    sites, units = keeping.places(by)
    context = {
        "by": by,
        "page": page,
        "filters": filters,
        "is_week": is_week,
        "on": first,
        "before": first - timedelta(days=days),
        "after": first + timedelta(days=days),
        "today": today(),
        "moment": now(),
        "rows": () if is_week else _drawn(page),
        "types": (*KINDS, *TYPES.items()),
        "sites": sites,
        "units": units,
        "query": kept_query(request, "on", "view", "page"),
        "pages": pages_of(request.GET, filters.page, page.pages),
    }
    return TemplateResponse(request, "console/booking/calendar.html", context)


def _drawn(page: Calendar) -> list[tuple[RoomRow, tuple[Segment, ...]]]:
    return [(row, segments(row, row.days[0], hours=page.hours)) for row in page.rows]


@require_GET
@requires(*BOOKERS)
def queue(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits, what goes on now, what one's units have booked, or who did not come."""
    view = request.GET.get("view", "")
    view = view if view in desk.VIEWS else "waiting"
    page = desk.queue(view=view, by=by, at=now())
    if file := sheet_of(request, list_tables.BOOKINGS, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": [(code, label, page.counts[code]) for code, label in desk.VIEWS.items()],
        "here": request.get_full_path(),
    }
    return TemplateResponse(request, "console/booking/queue.html", context)


@require_GET
@requires(*READERS)
def one(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one booking with its buttons."""
    return _one(request, number, by=by)


def _one(request: HttpRequest, number: str, *, by: Actor, **more: object) -> TemplateResponse:
    try:
        row = desk.booking(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "row": row,
        "may_reveal": row.is_kept and row.phone,
        "session": desk.session_behind(number=number),
        **more,
    }
    return TemplateResponse(request, "console/booking/one.html", context)


@require_POST
@requires(*BOOKERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do what a button says and go back to where it was pressed."""
    try:
        row = desk.press(
            number=number, verb=verb, reason=request.POST.get("reason", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_one(request, number, by=by), refusal)
    messages.success(
        request, _("%(number)s：%(status)s。") % {"number": number, "status": _(row.status_label)}
    )
    return _back(request, number)


def _back(request: HttpRequest, number: str) -> HttpResponse:
    to = request.POST.get("to", "")
    if url_has_allowed_host_and_scheme(to, allowed_hosts=None) and to.startswith("/"):
        return redirect(to)
    return redirect("console:booking_one", number=number)


@require_POST
@requires(*BOOKERS)
def cancel_rest(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Call off what is still ahead of a series."""
    try:
        count = repeating.cancel_rest(
            number=number, reason=request.POST.get("reason", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_one(request, number, by=by), refusal)
    messages.success(request, _("已取消这组预约还没开始的 %(n)d 次。") % {"n": count})
    return redirect("console:booking_one", number=number)


@require_POST
@requires(*KEEPERS)
def reveal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the booker's name and telephone once, with a reason that is on record."""
    try:
        name, phone = desk.reveal(
            number=number, reason=request.POST.get("reason", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_one(request, number, by=by), refusal)
    return _one(request, number, by=by, revealed=(name, phone))
