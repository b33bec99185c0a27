"""Lectures on demand at the desk: who asks, who could give it and why, the pool."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.programs.lifecycle import LECTURE_LABELS
from dianliang.domain.territory.queries import area_rows
from dianliang.faces.console import list_tables
from dianliang.faces.console.activities import reading
from dianliang.faces.console.activities.reading import LEADERS, READERS
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import once
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.activities import choices, lecture_pages, lecturing
from dianliang.flows.activities.lecturing import Asked
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant

SLOTS = (1, 2, 3)
"""How many times a form may ask for."""


@require_GET
@requires(*READERS)
def lectures(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List who asks for a lecture, and what became of it."""
    status = request.GET.get("status", "")
    status = status if status in LECTURE_LABELS else ""
    found = lecture_pages.request_list(by=by, status=status)
    if file := sheet_of(request, list_tables.LECTURES, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "status": status,
        "statuses": LECTURE_LABELS.items(),
        "may_lead": by.role in LEADERS,
    }
    return TemplateResponse(request, "console/activities/lectures.html", context)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for a lecture."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            wanted, at = _asked(request), now()
            asked = once(
                request,
                "activities.lecture",
                lambda: {"number": lecturing.ask(asked=wanted, by=by, at=at).number},
                at=at,
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("已登记，由承办单位安排讲师。"))
            return redirect("console:lecture", asked["number"])
    context = {
        "by": by,
        "refusal": refusal,
        "topics": lecturing.topics(),
        "units": lecturing.answering_units(by),
        "sites": choices.sites(),
        "areas": area_rows(levels=("village",)),
        "slots": [(n, request.POST.get(f"wish_{n}", "")) for n in SLOTS],
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/lecture_new.html", context, status=status)


def _asked(request: HttpRequest) -> Asked:
    sent = request.POST
    return Asked(
        topic_code=sent.get("topic", ""),
        unit_code=sent.get("unit", ""),
        asked_for=sent.get("asked_for", ""),
        site_code=sent.get("site", ""),
        area_code=sent.get("area", ""),
        place=sent.get("place", ""),
        wishes=_wishes(request),
        minutes=reading.optional_whole(sent.get("minutes", ""), "minutes", _("时长")) or 60,
        audience=reading.optional_whole(sent.get("audience", ""), "audience", _("听众人数")) or 0,
        contact=sent.get("contact", ""),
        words=sent.get("words", ""),
    )


def _wishes(request: HttpRequest) -> list[datetime]:
    return [
        instant(text, field="wishes", label=_("希望的时间"))
        for n in SLOTS
        if (text := request.POST.get(f"wish_{n}", ""))
    ]


@require_GET
@requires(*READERS)
def lecture(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a request with who could give it, in order and with reasons."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = lecture_pages.request_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "wishes": list(enumerate(page.row.wishes)),
        "slots": [(n, request.POST.get(f"wish_{n}", "")) for n in SLOTS],
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/lecture.html", context, status=status)


@require_POST
@requires(*LEADERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Arrange a lecture, decline it, or take the request back."""
    sent = request.POST
    try:
        if verb == "arrange":
            wish = sent.get("wish", "")
            session = lecturing.arrange(
                number=number,
                lecturer=sent.get("lecturer", ""),
                wish=int(wish) if wish in {"0", "1", "2"} else -1,
                reason=sent.get("reason", ""),
                by=by,
                at=now(),
            )
            words = _("已安排，场次 %(number)s。") % {"number": session}
        elif verb == "wishes":
            lecturing.set_wishes(number=number, wishes=_wishes(request), by=by, at=now())
            words = _("时间已改，排序按新的时间。")
        else:
            reason = sent.get("reason", "")
            lecturing.decline(number=number, verb=verb, reason=reason, by=by, at=now())
            words = _("已更新。")
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, words)
    return redirect("console:lecture", number)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def lecturers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the pool; put somebody into it or take him out."""
    refusal: DomainError | None = None
    if request.method == "POST":
        sent = request.POST
        try:
            most = reading.optional_whole(sent.get("most_a_month", ""), "most_a_month", _("场数"))
            entered = lecturing.enter_lecturer(
                who=sent.get("who", ""),
                topic_codes=tuple(sent.getlist("topics")),
                most_a_month=most or 0,
                words=sent.get("words", ""),
                is_active=sent.get("is_active") == "1",
                by=by,
                at=now(),
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("%(name)s已更新。") % {"name": entered.person.name})
            return redirect("console:lecturers")
    found = lecture_pages.pool(by=by)
    if file := sheet_of(request, list_tables.LECTURERS, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "topics": lecturing.topics(),
        "chosen": set(request.POST.getlist("topics")),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/lecturers.html", context, status=status)
