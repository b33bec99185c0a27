"""The register of honours, and of what media reported."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.honours.queries import register as book
from dianliang.faces.console.branches.common import (
    Steps,
    lead_on,
    period_of,
    reason,
    shown,
    status_of,
)
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import page_number, pages_of
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires, sent_photo, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.branches.choices import choices
from dianliang.flows.honours import keeping as flow
from dianliang.flows.honours import sheets
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

YEARS_BACK = 3


def _asked(request: HttpRequest) -> book.Asked:
    period, sent = period_of(request), request.GET
    first = period.first
    if not sent.get("first"):  # honours are few: what counts is more than this year's
        first = date(period.last.year - YEARS_BACK, 1, 1)
    level, holder = sent.get("level", ""), sent.get("holder", "")
    return book.Asked(
        since=first,
        until=period.last,
        level=level if level in book.LEVELS else "",
        holder=holder if holder in book.HOLDERS else "",
        words=shown(sent.get("q", "")),
    )


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@require_GET
@requires(*READERS)
def honours(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register of honours."""
    return _honours(request, by=by)


def _honours(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    asked = _asked(request)
    page = book.honours(asked=asked, by=by, page=page_number(request.GET))
    context = {
        "by": by,
        "page": page,
        "pages": pages_of(request.GET, page.page, page.pages),
        "asked": asked,
        "levels": book.LEVELS.items(),
        "holders": book.HOLDERS.items(),
        "query": _query(request),
        "refusal": refusal,
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(
        request, "console/honours/honours.html", context, status=status_of(refusal)
    )


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Enter an honour."""

    def enter() -> object:
        sent = request.POST
        asked = flow.Asked(
            title=sent.get("title", ""),
            level=sent.get("level", ""),
            issuer=sent.get("issuer", ""),
            on=day(sent.get("on", ""), field="on", label=_("授予日期")),
            holder=sent.get("holder", ""),
            name=sent.get("name", ""),
            photo=sent_photo(request),
        )
        return flow.enter(asked=asked, by=by, at=now())

    context = {"levels": book.LEVELS.items(), "holders": book.HOLDERS.items()}
    return _form(request, "honour_new", enter, lambda n: redirect("console:honour", n), context, by)


def _form(
    request: HttpRequest,
    name: str,
    write: Callable[[], Any],
    done: Callable[[str], HttpResponse],
    more: dict[str, Any],
    by: Actor,
) -> HttpResponse:
    """Offer a form; write down what was sent, or show it again with the refusal's words."""
    refusal = None
    if request.method == "POST":
        try:
            number = made_once(request, f"honours.{name}", write, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记 %(number)s。") % {"number": number})
            return done(number)
    context = {"by": by, "refusal": refusal, "today": today(), **more}
    page = f"console/honours/{name}.html"
    return TemplateResponse(request, page, context, status=status_of(refusal))


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the register as Excel: empty, or as it stands."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "honours-blank.xlsx")
    content = sheets.filled(asked=_asked(request), by=by, at=now())
    return download(content, f"honours-{today()}.xlsx")


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the register as PDF."""
    content = sheets.printed(asked=_asked(request), by=by, on=today(), at=now())
    headers = {"Content-Disposition": f'attachment; filename="honours-{today()}.pdf"'}
    return HttpResponse(content, content_type=TYPES["pdf"], headers=headers)


@require_POST
@requires(*WRITERS)
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Enter the honours of an Excel file."""
    try:
        count = sheets.read(content=sent_file(request, "table"), by=by, at=now())
    except DomainError as refusal:
        return _honours(request, by=by, refusal=refusal)
    words = _("已登记 %(n)d 项荣誉。") % {"n": count}
    messages.success(request, words if count else _("表中内容与台账一致，没有变化。"))
    return redirect("console:honours")


@require_GET
@requires(*READERS)
def honour(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one honour."""
    return _honour(request, number, by=by)


def _honour(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        row = book.honour(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "h": row,
        "refusal": refusal,
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(
        request, "console/honours/honour.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return the photo of an honour's certificate."""
    del request
    try:
        return photo_answer(flow.photo_of(number=number, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Revoke an honour, or show it among the models."""
    return lead_on(request, number, verb, STEPS, _honour, "console:honour", by=by)


STEPS: Steps = {
    "revoke": (flow.revoke, reason),
    "show": (flow.show_as_model, lambda sent: {"story": sent.get("story", "")}),
}


@require_GET
@requires(*READERS)
def media(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what media reported, with counts by level."""
    asked = _asked(request)
    page = book.reports(asked=asked, by=by, page=page_number(request.GET))
    context = {
        "by": by,
        "page": page,
        "pages": pages_of(request.GET, page.page, page.pages),
        "asked": asked,
        "levels": book.LEVELS.items(),
        "query": _query(request),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/honours/media.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def media_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Enter a media report."""

    def report() -> object:
        sent = request.POST
        told = flow.Told(
            outlet=sent.get("outlet", ""),
            level=sent.get("level", ""),
            title=sent.get("title", ""),
            on=day(sent.get("on", ""), field="on", label=_("刊播日期")),
            link=sent.get("link", ""),
            unit=sent.get("unit", ""),
            record=sent.get("record", ""),
        )
        return flow.report(told=told, by=by, at=now())

    context = {"levels": book.LEVELS.items(), "units": choices(by=by).units}
    return _form(request, "media_new", report, lambda _n: redirect("console:media"), context, by)


@require_GET
@requires(*READERS)
def media_sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the media reports as Excel."""
    content = sheets.reports(asked=_asked(request), by=by, at=now())
    return download(content, f"media-{today()}.xlsx")
