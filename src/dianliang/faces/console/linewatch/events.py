"""Events: a cut of them, one with its pictures, what a person says of it; weeks and deletions."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.linewatch.access import READERS
from dianliang.domain.linewatch.queries.events import KINDS, WARNINGS
from dianliang.faces.console.fields import optional_day
from dianliang.faces.console.linewatch.navigation import PAGES
from dianliang.faces.ui.refused import or_page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.linewatch import answering, posting_signs, reading, weekly
from dianliang.flows.linewatch.strip_shape import COLUMNS
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

PAPERS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SHOWN = {code: label for code, label in WARNINGS.items() if code}


@require_GET
@requires(*READERS)
def events(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a cut of the events."""
    cut = reading.cut_of(request.GET.dict())
    page = reading.events_page(cut=cut, by=by)
    kept = request.GET.copy()
    kept.pop("view", None)
    context = {
        "by": by,
        "page": page,
        "cut": cut,
        "kept": kept.urlencode(),
        "tabs": [(code, label, page.counts[code]) for code, label in reading.VIEWS.items()],
        "kinds": KINDS.items(),
        "warnings": SHOWN.items(),
        "most": reading.MOST_ROWS,
        "pages": PAGES,
    }
    return TemplateResponse(request, "console/linewatch/events.html", context)


@require_GET
@requires(*READERS)
def event(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one event with its replay and its story."""
    try:
        page = reading.event_page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "row": page.row, "columns": COLUMNS}
    answer = TemplateResponse(request, "console/linewatch/event.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@requires(*READERS)
def picture(request: HttpRequest, number: str, part: str, *, by: Actor) -> HttpResponse:
    """Return a picture or the film of an event; a film is there to be kept."""
    del request
    try:
        content, kind = reading.picture(number=number, part=part, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    answer = HttpResponse(content, content_type=kind)
    answer["Cache-Control"] = "no-store"
    if part == "clip":
        answer["Content-Disposition"] = f'attachment; filename="{number}.mp4"'
    return answer


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def answer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say whether an event was true."""
    answering.answer(
        number=number,
        verdict=request.POST.get("verdict", ""),
        note=request.POST.get("note", ""),
        by=by,
        at=now(),
    )
    messages.success(request, _("已记下。"))
    return redirect("console:watch_event", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def send(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Send the steward of the cell."""
    reason = request.POST.get("reason", "")
    answering.send(number=number, reason=reason, by=by, at=now())
    messages.success(request, _("已派急单。"))
    return redirect("console:watch_event", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def ask(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Make a true event a need for warning signs."""
    words = request.POST.get("words", "")
    event = posting_signs.ask_for_signs(number=number, words=words, by=by, at=now())
    messages.success(request, _("已提需求 %(n)s。") % {"n": event.need})
    return redirect("console:watch_event", number=number)


@require_GET
@requires(*READERS)
def week(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the week of all cameras."""
    found = weekly.week(day=_day(request), by=by)
    context = {"by": by, "page": found, "privacy": weekly.PRIVACY, "pages": PAGES}
    return TemplateResponse(request, "console/linewatch/week.html", context)


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with a week as Word or PDF."""
    kind = request.GET.get("kind", "docx")
    if kind not in PAPERS:
        raise Http404
    day = _day(request)
    content = weekly.paper(day=day, kind=kind, by=by, at=now())
    name = f"linewatch-{weekly.monday_of(day)}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=PAPERS[kind], headers=headers)


def _day(request: HttpRequest) -> date:
    """Return the day that is asked for; what is none means today."""
    try:
        return optional_day(request.GET.get("day", ""), field="day", label=_("日期")) or today()
    except InvalidInputError:
        return today()


@require_GET
@requires(*READERS)
def deletions(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what was deleted when."""
    rows = reading.deletions(by=by)
    context = {"by": by, "rows": rows, "pages": PAGES}
    return TemplateResponse(request, "console/linewatch/deletions.html", context)
