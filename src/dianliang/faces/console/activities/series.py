"""Sessions that come again by a rule: the list, a new series, one with its sessions."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.catalog.queries import services
from dianliang.domain.programs import session_queries
from dianliang.domain.territory.queries import area_rows
from dianliang.faces.console import list_tables
from dianliang.faces.console.activities import reading
from dianliang.faces.console.activities.reading import LEADERS, READERS
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.activities import choices, repeating, series_rooms
from dianliang.flows.activities.repeating import Repeated
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import instant


@require_GET
@requires(*READERS)
def series(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List what comes again, with how often it was held."""
    found = repeating.series_list(by=by, on=today())
    if file := sheet_of(request, list_tables.SERIES, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "may_lead": by.role in LEADERS,
    }
    return TemplateResponse(request, "console/activities/series.html", context)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer the form of a series; plan and announce its first sessions."""
    refusal: DomainError | None = None
    preview: tuple[repeating.Day, ...] = ()
    if request.method == "POST":
        try:
            asked = _repeated(request)
            if request.POST.get("act") == "preview":
                preview = repeating.preview(repeated=asked, by=by, at=now())
            else:
                at = now()
                opened = once(
                    request,
                    "activities.series",
                    lambda: _opened(repeating.open_series(repeated=asked, by=by, at=at)),
                    at=at,
                )
                words = _("系列已建，前 %(n)d 场已发布。") % {"n": opened["made"]}
                messages.success(request, words)
                if opened["missed"]:
                    messages.warning(request, _not_booked(opened["missed"]))
                return redirect("console:activity_series_one", opened["number"])
        except NotVisibleError as absent:
            refusal = InvalidInputError(absent.message, field="room")
        except DomainError as error:
            refusal = error
    sent = request.POST
    context = {
        "by": by,
        "given": sent,
        "chosen": set(sent.getlist("skills")) | {f"d{n}" for n in sent.getlist("weekdays")},
        "refusal": refusal,
        "preview": preview,
        "kinds": session_queries.KINDS,
        "roles": session_queries.ROLES,
        "units": choices.units(by),
        "teams": choices.teams(by),
        "sites": choices.sites(),
        "rooms": choices.rooms(by),
        "skills": choices.skills(),
        "services": services(),
        "areas": area_rows(levels=("village",)),
        "frequencies": repeating.FREQUENCIES,
        "holidays": repeating.ON_HOLIDAY,
        "weekdays": [(f"d{n}", n, label) for n, label in repeating.WEEKDAYS],
        "nths": repeating.NTHS,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/series_new.html", context, status=status)


def _opened(opened: repeating.OpenedSeries) -> dict[str, Any]:
    return {"number": opened.number, "made": opened.made, "missed": _told(opened.missed)}


def _told(missed: series_rooms.Untaken) -> list[list[str]]:
    return [[f"{on}", words] for on, words in missed]


def _not_booked(missed: Sequence[Sequence[str]]) -> str:
    days = "；".join(f"{on} {words}" for on, words in missed)
    return _("这些日期没有订到场室，场次照常发布：%(days)s") % {"days": days}


def _repeated(request: HttpRequest) -> Repeated:
    sent = request.POST
    nth = sent.get("nth", "")
    return Repeated(
        title=sent.get("title", ""),
        kind=sent.get("kind", ""),
        role=sent.get("role", ""),
        unit_code=sent.get("unit", ""),
        team_code=sent.get("team", ""),
        site_code=sent.get("site", ""),
        area_code=sent.get("area", ""),
        room_code=sent.get("room", ""),
        place=sent.get("place", ""),
        service_code=sent.get("service", ""),
        skill_codes=tuple(sent.getlist("skills")),
        words=sent.get("words", ""),
        contact=sent.get("contact", ""),
        places=reading.optional_whole(sent.get("places", ""), "places", _("名额")),
        is_public=sent.get("is_public") == "1",
        frequency=sent.get("frequency", ""),
        every=reading.optional_whole(sent.get("every", ""), "every", _("间隔")) or 1,
        weekdays=tuple(int(n) for n in sent.getlist("weekdays") if n in {*"0123456"}),
        month_day=reading.optional_whole(sent.get("month_day", ""), "month_day", _("每月几日")),
        nth=int(nth) if nth in {"1", "2", "3", "4", "-1"} else None,
        on_holiday=sent.get("on_holiday", ""),
        begins_at=_clock(sent.get("begins_at", "")),
        minutes=reading.optional_whole(sent.get("minutes", ""), "minutes", _("时长")) or 0,
        starts_on=day(sent.get("starts_on", ""), field="starts_on", label=_("起始日期")),
        ends_on=optional_day(sent.get("ends_on", ""), field="ends_on", label=_("截止日期")),
        ahead_days=reading.optional_whole(sent.get("ahead_days", ""), "ahead_days", _("提前几天"))
        or 30,
    )


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise InvalidInputError(_("请填写开始时刻。"), field="begins_at") from error


@require_GET
@requires(*LEADERS)
def one(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a series with its sessions and exceptions."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = repeating.series_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    sessions, at = paged(request, page.sessions)
    context = {
        "by": by,
        "page": page,
        "sessions": sessions,
        "pages": at,
        "refusal": refusal,
        "rooms": choices.rooms(by),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/series_one.html", context, status=status)


@require_POST
@requires(*LEADERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Leave a day out, move it, book its room, or end a series."""
    sent = request.POST
    try:
        if verb == "except":
            moved = sent.get("moved_to", "")
            repeating.make_exception(
                number=number,
                on=day(sent.get("on", ""), field="on", label=_("原日期")),
                moved_to=instant(moved, field="moved_to", label=_("改到")) if moved else None,
                reason=sent.get("reason", ""),
                by=by,
                at=now(),
            )
            words: str = _("例外已登记，报名的人会收到通知。")
        elif verb == "room":
            code = sent.get("room", "")
            missed = series_rooms.choose_room(number=number, code=code, by=by, at=now())
            if missed:
                messages.warning(request, _not_booked(_told(missed)))
            words = _("以后每场随场次订、退这个场室。") if code else _("以后各场的场室已退订。")
        elif verb == "end":
            on = day(sent.get("on", ""), field="on", label=_("最后一天"))
            called_off = repeating.end_series(
                number=number, on=on, reason=sent.get("reason", ""), by=by, at=now()
            )
            words = _("系列已结束，之后的 %(n)d 场已取消并通知。") % {"n": called_off}
        else:
            raise Http404
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, words)
    return redirect("console:activity_series_one", number)
