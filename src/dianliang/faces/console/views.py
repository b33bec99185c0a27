"""The dispatcher's screen: the queue with its map, what arrives in it, and its kept views."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.catalog.queries import services, unannounced_year
from dianliang.domain.directory.queries import units
from dianliang.domain.intake.queries import board as queries
from dianliang.domain.intake.queries import desk
from dianliang.faces.console.forms import CHANNELS, URGENCIES, filters_of
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows import mood, queue
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

HANDLERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
OUTCOMES = "bulk_outcomes"
BULK_FIELDS = ("unit_code", "reason")
NO_CONTENT = 204


@require_GET
@requires(*HANDLERS)
def board(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the queue beside its map."""
    return _board(request, by=by)


def _board(
    request: HttpRequest, *, by: Actor, status: int = 200, refusal: DomainError | None = None
) -> HttpResponse:
    filters = filters_of(request.GET if request.method == "GET" else request.POST)
    context = {
        **_rows(filters, by=by),
        "services": services(),
        "units": units(within=by.unit_path),
        "all_units": units(),
        "urgencies": URGENCIES,
        "channels": CHANNELS,
        "saved": desk.saved_filters(by=by),
        "outcomes": request.session.pop(OUTCOMES, ()),
        "refusal": refusal,
        "narrowed": _narrowed(filters),
        "unannounced_year": unannounced_year(on=today()),
    }
    return TemplateResponse(request, "console/board.html", context, status=status)


def _rows(filters: queries.Filters, *, by: Actor) -> dict[str, Any]:
    page = mood.on_board(queries.board(by=by, filters=filters, at=now()))
    return {
        "by": by,
        "filters": filters,
        "page": page,
        "tabs": [
            (code, label, page.counts.get(code), filters.query(tab=code, page=1))
            for code, (label, _states) in queries.TABS.items()
            if code != "parts" or page.counts["parts"] or filters.tab == "parts"
        ],
        "points": [_point(row) for row in page.rows if row.lat is not None],
        "previous": filters.query(page=page.page - 1) if page.page > 1 else "",
        "following": filters.query(page=page.page + 1) if page.page < page.pages else "",
        "query": filters.query(),
    }


def _narrowed(filters: queries.Filters) -> int:
    """Count the filters that are set besides tab, words and page; a phone shows the number."""
    chosen = (filters.service, filters.unit, filters.urgency, filters.channel, filters.overdue)
    return sum(bool(value) for value in chosen)


def _point(row: queries.NeedRow) -> dict[str, Any]:
    return {
        "lat": row.lat,
        "lon": row.lon,
        "number": row.number,
        "title": row.service_name or row.text[:20],
        "area": row.area_name,
        "tone": row.tone,
        "exact": row.is_exact_place,
    }


@require_GET
@requires(*HANDLERS)
def fresh(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the queue as it is now, or with nothing if the page shows just that."""
    context = {**_rows(filters_of(request.GET), by=by), "is_fresh": True}
    if context["page"].stamp == request.GET.get("stamp"):
        return HttpResponse(status=NO_CONTENT)
    return TemplateResponse(request, "console/board.html#fresh", context)


@require_GET
@requires(*HANDLERS)
def alarm(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the dangers that nobody has accepted yet, if they are others than are shown."""
    dangers = desk.unanswered_dangers(by=by)
    if ",".join(danger.number for danger in dangers) == request.GET.get("shown", ""):
        return HttpResponse(status=NO_CONTENT)
    return TemplateResponse(request, "console/alarm.html", {"dangers": dangers})


@require_POST
@requires(*HANDLERS)
def bulk(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Do one thing with several needs; the queue then says of each what became of it."""
    try:
        outcomes = queue.bulk(
            verb=request.POST.get("verb", ""),
            numbers=request.POST.getlist("number"),
            fields={name: request.POST.get(name, "") for name in BULK_FIELDS},
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return _board(request, by=by, status=422, refusal=refusal)
    request.session[OUTCOMES] = [[one.number, one.is_done, one.words] for one in outcomes]
    return redirect(f"{reverse('console:board')}?{filters_of(request.POST).query()}")


@require_POST
@requires(*HANDLERS)
def keep_filter(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep the present view under a name, for oneself or for one's unit."""
    query = filters_of(request.POST).query(page=1)
    try:
        queue.keep_filter(
            name=request.POST.get("name", ""),
            query=query,
            is_shared=request.POST.get("shared") == "1",
            by=by,
        )
    except DomainError as refusal:
        return page_again(request, refusal, query=query)
    return redirect(f"{reverse('console:board')}?{query}")


@require_POST
@requires(*HANDLERS)
def change_filter(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Rename, share or delete one of one's own views."""
    sent = request.POST
    try:
        if sent.get("verb") == "delete":
            queue.delete_filter(name=sent.get("name", ""), by=by)
        else:
            queue.change_filter(
                name=sent.get("name", ""),
                new_name=sent.get("new_name", ""),
                is_shared=sent.get("shared") == "1",
                by=by,
            )
    except DomainError as refusal:
        return page_again(request, refusal, query=filters_of(sent).query())
    return redirect(f"{reverse('console:board')}?{filters_of(sent).query()}")
