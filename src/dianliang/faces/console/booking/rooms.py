"""Rooms and gear on offer: the register, one of them, its rules, hours, codes and calendars."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.venues.booking.keeping import AUDIENCES, SLOTS_MIN, TYPES, Offer
from dianliang.domain.venues.lifecycle import KEEPERS
from dianliang.domain.venues.opening import WEEKDAYS
from dianliang.faces.console import list_tables
from dianliang.faces.console.booking.reading import (
    READERS,
    filters_of,
    hours_of,
    offer_of,
)
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.codes import drawn
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.booking import keeping, stopping
from dianliang.flows.booking.asking import Asked
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

ROWS_A_PAGE = 100
USUAL = ("08:30-12:00, 13:30-17:30",) * 5 + ("", "")
NEW = Offer(name="", kind="room", type="meeting", places=20)


@require_http_methods(["GET", "POST"])
@requires(*KEEPERS)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what one's units have on offer; on a POST, put something on offer."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            code = keeping.register(described=_described(request), by=by, at=now())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("已登记，可以预约了。"))
            return redirect("console:booking_room", code=code)
    sites, units = keeping.places(by)
    kept = keeping.kept(by=by, filters=filters_of(request.GET))
    if file := sheet_of(request, list_tables.ROOMS, kept, by=by):
        return file
    rows, at = paged(request, kept)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "words": request.GET.get("q", "")[:40],
        "sites": sites,
        "units": units,
        "refusal": refusal,
        "offer": NEW,
        "days": _days(hours_of(request.POST) if refusal else USUAL),
        **_choices(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/booking/rooms.html", context, status=status)


def _choices() -> dict[str, object]:
    return {"types": TYPES.items(), "slots": SLOTS_MIN, "audiences": AUDIENCES}


def _days(hours: tuple[str, ...]) -> list[tuple[int, str, str]]:
    return [(n, WEEKDAYS[n - 1], text) for n, text in enumerate(hours, start=1)]


def _described(request: HttpRequest) -> keeping.Described:
    return keeping.Described(
        offer=offer_of(request.POST),
        site_code=request.POST.get("site", "").replace("\0", ""),
        unit_code=request.POST.get("unit", "").replace("\0", ""),
        hours=hours_of(request.POST),
    )


@require_GET
@requires(*READERS)
def room(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show one of them; codes and calendars only to who keeps it."""
    return _room(request, code, by=by)


def _room(
    request: HttpRequest,
    code: str,
    *,
    by: Actor,
    ahead: stopping.BookedAheadError | None = None,
) -> TemplateResponse:
    try:
        page = keeping.page(code=code, by=by, at=now(), is_whole=request.GET.get("all") == "1")
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "offer": page.offer,
        "days": _days(page.hours),
        "refusal": ahead,
        "today": today(),
        "door_code": drawn(_door(request, page.door_token)) if page.door_token else "",
        "feed": _feed(request, "api:bookable_calendar", page.feed_token),
        "site_feed": _feed(request, "api:site_calendar", page.site_feed_token),
        **_choices(),
    }
    return TemplateResponse(
        request, "console/booking/room.html", context, status=422 if ahead else 200
    )


def _door(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("portal:door", args=[token]))


def _feed(request: HttpRequest, route: str, token: str) -> str:
    return request.build_absolute_uri(reverse(route, args=[token])) if token else ""


@require_POST
@requires(*KEEPERS)
def change(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change what is offered and its rules."""
    try:
        # Looked for before the form is read: what is another's is absent, whatever was sent.
        keeping.require_kept(code=code, by=by)
        keeping.change(
            code=code,
            offer=offer_of(request.POST),
            seen=request.POST.get("seen", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_room(request, code, by=by), refusal)
    messages.success(request, _("已保存。"))
    return redirect("console:booking_room", code=code)


def _hours(request: HttpRequest, code: str, by: Actor) -> str:
    sent = request.POST
    outside = keeping.set_hours(
        code=code,
        hours=hours_of(sent),
        from_on=day(sent.get("from_on", ""), field="from_on", label=_("起用日期")),
        seen=sent.get("seen", ""),
        by=by,
        at=now(),
    )
    if not outside:
        return _("开放时间已保存。")
    return _("开放时间已保存。有 %(n)d 个预约在新的开放时间之外，仍然有效：%(numbers)s") % {
        "n": len(outside),
        "numbers": "、".join(outside[:10]),
    }


def _stop(request: HttpRequest, code: str, by: Actor) -> str:
    reason, decision = request.POST.get("reason", ""), _decision(request)
    count = stopping.stop(code=code, reason=reason, decision=decision, by=by, at=now())
    if decision.choice == stopping.CALL_OFF:
        return _("已停用，%(n)d 个预约已取消，预约人能看到原因。") % {"n": count}
    return _("已停用，不再接受预约；已有的预约仍然有效。")


def _decision(request: HttpRequest) -> stopping.Decision:
    sent = request.POST
    return stopping.Decision(choice=sent.get("decision", ""), seen=sent.get("seen_ahead", ""))


def _resume(request: HttpRequest, code: str, by: Actor) -> str:
    del request
    keeping.resume(code=code, by=by, at=now())
    return _("已恢复预约。")


def _close(request: HttpRequest, code: str, by: Actor) -> str:
    sent = request.POST
    window = Asked(code=code, starts=sent.get("starts", ""), ends=sent.get("ends", "")).window()
    stopping.close(
        code=code,
        window=window,
        reason=sent.get("reason", ""),
        decision=_decision(request),
        by=by,
        at=now(),
    )
    return _("停用时段已登记。")


def _renew_door(request: HttpRequest, code: str, by: Actor) -> str:
    del request
    keeping.renew_door(code=code, by=by, at=now())
    return _("签到码已更换，请重新打印张贴，旧码不能再用。")


def _renew_feed(request: HttpRequest, code: str, by: Actor) -> str:
    keeping.renew_feed(code=code, of_site=request.POST.get("of") == "site", by=by, at=now())
    return _("日历链接已生成，旧链接不能再用。")


ACTS: dict[str, Callable[[HttpRequest, str, Actor], str]] = {
    "hours": _hours,
    "stop": _stop,
    "resume": _resume,
    "close": _close,
    "renew_door": _renew_door,
    "renew_feed": _renew_feed,
}


@require_POST
@requires(*KEEPERS)
def act(request: HttpRequest, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change hours, stop and resume, close for a while, renew codes and calendars."""
    if verb not in ACTS:
        raise Http404
    try:
        keeping.require_kept(code=code, by=by)
        messages.success(request, ACTS[verb](request, code, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except stopping.BookedAheadError as ahead:
        return _room(request, code, by=by, ahead=ahead)
    except DomainError as refusal:
        return refused(_room(request, code, by=by), refusal)
    return redirect("console:booking_room", code=code)


@require_GET
@requires(*KEEPERS)
def codes(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the codes of all doors, to print and to hang up."""
    cards = [
        (row.name, row.site_name, drawn(_door(request, row.door_token)))
        for row in keeping.kept(by=by, filters=filters_of(request.GET))
        if row.is_active
    ]
    return TemplateResponse(request, "console/booking/codes.html", {"by": by, "cards": cards})
