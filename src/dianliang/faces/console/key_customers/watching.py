"""The supply of key customers through an occasion: list, curves, reports, corrections."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.key_customers import following
from dianliang.domain.key_customers.access import READERS, WRITERS
from dianliang.domain.key_customers.told import ToldReport
from dianliang.domain.territory.queries import village_choices
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.key_customers.charts import curves, moment
from dianliang.faces.console.paging import page_number, pages_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import key_of, once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires, sent_photo
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.key_customers import watching as flow
from dianliang.flows.key_customers import workbooks
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import instant

TONES = {"normal": "good", "tied": "warn", "own": "warn", "lost": "danger"}


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def watches(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what is followed; begin to follow."""
    refusal = None
    if request.method == "POST":
        try:
            made = once(request, "key_watch", lambda: _open(request.POST, by), at=now())
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as refused:
            refusal = refused
        else:
            return redirect("console:key_watch", made["number"])
    asked = request.GET
    view = request.GET.get("view", "")
    view = view if view in following.VIEWS else "all"
    words = request.GET.get("words", "").replace("\0", "").strip()[:40]
    found = following.watch_list(view=view, words=words, page=page_number(request.GET), by=by)
    context = {
        "by": by,
        "rows": found.rows,
        "view": view,
        "words": words,
        "tabs": [(code, label, found.counts[code]) for code, label in following.VIEWS.items()],
        "pages": pages_of(request.GET, found.page, found.pages),
        "occasions": following.OCCASIONS,
        "towns": village_choices(),
        "asked": asked,
        "chosen": asked.getlist("areas"),
        "starts_at": asked.get("starts_at") or moment(now())[:16],
        "may_open": by.role in WRITERS,
        "key": key_of(request.POST),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/key_customers/watches.html", context, status=status)


def _open(sent: QueryDict, by: Actor) -> dict[str, Any]:
    asked = flow.Asked(
        title=sent.get("title", ""),
        occasion_kind=sent.get("occasion_kind", ""),
        occasion_number=sent.get("occasion_number", ""),
        areas=[code for code in sent.getlist("areas") if code],
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
    )
    return {"number": flow.open_asked(asked=asked, by=by, at=now()).number}


@require_GET
@requires(*READERS)
def watch(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the curves, how all stand at a moment, and who stands behind each figure."""
    return _watch(request, number, by=by)


def _moment(request: HttpRequest) -> datetime | None:
    try:
        return instant(request.GET.get("at", "")[:32], field="at", label=_("时间"))
    except InvalidInputError:
        return None


def _watch(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in following.STATE_LABELS else ""
    try:
        found = flow.page(
            number=number,
            moment=_moment(request),
            state=state,
            page=page_number(request.GET),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    at = {} if found.is_now else {"at": moment(found.at)}
    context = {
        "by": by,
        "page": found,
        "row": found.row,
        "chart": curves(found.points),
        "tiles": [
            (code, label, TONES[code], found.here.counts[code]) for code, label in following.STATES
        ],
        "tones": TONES,
        "at": urlencode(at),
        "pages": pages_of(request.GET, found.page, found.pages),
        "states": following.STATES,
        "towns": village_choices() if found.may_report else (),
        "ticked": request.POST.getlist("customers"),
        "now": moment(now())[:16],
        "key": key_of(request.POST),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/key_customers/watch.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*WRITERS)
def report(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down how the ticked customers are supplied."""

    def act() -> dict[str, Any]:
        told = flow.report(
            number=number,
            customers=request.POST.getlist("customers"),
            told=_told(request.POST),
            photo=sent_photo(request),
            by=by,
            at=now(),
        )
        return {"n": len(told)}

    try:
        done = once(request, f"key_report:{number}", act, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _watch(request, number, by=by, refusal=refusal)
    messages.success(request, _("已登记 %(n)d 户的供电情况。") % done)
    return redirect("console:key_watch", number)


def _told(sent: QueryDict) -> ToldReport:
    return ToldReport(
        state=sent.get("state", ""),
        happened_at=instant(sent.get("happened_at", ""), field="happened_at", label=_("发生时间")),
        generator=sent.get("generator", ""),
        reporter=sent.get("reporter", ""),
        words=sent.get("words", ""),
    )


def _add(number: str, sent: QueryDict, by: Actor) -> str:
    areas = [code for code in sent.getlist("areas") if code]
    added = flow.add_areas(number=number, areas=areas, by=by, at=now())
    return _("新列入 %(n)d 户。") % {"n": added}


def _close(number: str, sent: QueryDict, by: Actor) -> str:
    ends_at = instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间"))
    flow.close(number=number, ends_at=ends_at, by=by, at=now())
    return _("跟踪已结束，曲线定格在结束时间。")


def _reopen(number: str, sent: QueryDict, by: Actor) -> str:
    flow.reopen(number=number, reason=sent.get("reason", ""), by=by, at=now())
    return _("已继续跟踪。")


ACTS: dict[str, Callable[[str, QueryDict, Actor], str]] = {
    "add": _add,
    "close": _close,
    "reopen": _reopen,
}


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Follow more areas, end the following, go on."""
    if verb not in ACTS:
        raise Http404
    try:
        messages.success(request, ACTS[verb](number, request.POST, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _watch(request, number, by=by, refusal=refusal)
    return redirect("console:key_watch", number)


@require_GET
@requires(*READERS)
def told(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one report."""
    return _report(request, number, by=by)


def _report(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        found = flow.report_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": found,
        "row": found.row,
        "tones": TONES,
        "states": following.STATES,
        "happened": request.POST.get("happened_at") or moment(found.row.happened_at)[:16],
        "refusal": refusal,
    }
    answer = TemplateResponse(
        request, "console/key_customers/report.html", context, status=status_of(refusal)
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@requires(*WRITERS)
def correct(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Correct a report by a second row, or take it out."""
    sent = request.POST
    try:
        told_now = None if sent.get("act") == "withdraw" else _told(sent)
        reason = sent.get("reason", "")
        made = flow.correct(number=number, told=told_now, reason=reason, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _report(request, number, by=by, refusal=refusal)
    messages.success(request, _("已更正，原来的一条仍可查。"))
    return redirect(reverse("console:key_report", args=[made.number]))


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give the points and the reports of a watch as Excel."""
    del request
    try:
        return download(workbooks.of_watch(number=number, by=by, at=now()), f"{number}.xlsx")
    except NotVisibleError as absent:
        raise Http404 from absent


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return the photo of a report."""
    del request
    try:
        return photo_answer(flow.photo_of(number=number, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent
