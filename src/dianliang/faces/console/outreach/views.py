"""Outreach: drafted, worded, released; its progress, and the lists behind every count."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.outreach.access import READERS, WRITERS
from dianliang.domain.outreach.queries import people as book
from dianliang.domain.outreach.queries import progress
from dianliang.faces.console.branches.common import (
    Steps,
    lead_on,
    press,
    reason,
    shown,
    status_of,
)
from dianliang.faces.console.fields import whole
from dianliang.faces.console.paging import page_number, paged, pages_of
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.outreach import audience, contacts, handoff, leading, receipts
from dianliang.flows.outreach.words import PLACES
from dianliang.flows.policies.keeping import units
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def outreaches(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the outreach of one's units."""
    view = request.GET.get("view", "open")
    view = view if view in progress.VIEWS else "open"
    found, counts = progress.outreaches(view=view, by=by)
    rows, pages = paged(request, found)
    context = {
        "by": by,
        "rows": rows,
        "view": view,
        "tabs": [(code, label, counts[code]) for code, label in progress.VIEWS.items()],
        "may_write": by.role in WRITERS,
        "pages": pages,
    }
    return TemplateResponse(request, "console/outreach/outreaches.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Draft an outreach."""
    refusal = None
    if request.method == "POST":
        try:
            at, asked = now(), _asked(request.POST)
            draft = partial(leading.draft, asked=asked, by=by, at=at)
            number = made_once(request, "outreach.draft", draft, at=at)
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已编制。请写文案，再生成名单。"))
            return redirect("console:outreach", number)
    context = {
        "by": by,
        "units": units(by),
        "sources": leading.SOURCES.items(),
        "bases": leading.BASES.items(),
        "kinds": audience.KINDS.items(),
        "areas": audience.areas(by),
        "incidents": leading.incidents_to_tell_of(by),
        "about": shown(request.POST.get("about", request.GET.get("about", ""))),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/outreach/new.html", context, status=status_of(refusal)
    )


def _asked(sent: QueryDict) -> leading.Asked:
    return leading.Asked(
        title=sent.get("title", ""),
        purpose=sent.get("purpose", ""),
        unit=sent.get("unit", ""),
        basis=sent.get("basis", ""),
        source=sent.get("source", ""),
        wanted=audience.Wanted(
            kind=sent.get("kind", ""),
            unit=shown(sent.get("of_unit", "")),
            area=shown(sent.get("area", "")),
        ),
        quiet_from=sent.get("quiet_from", ""),
        quiet_until=sent.get("quiet_until", ""),
        about=shown(sent.get("about", "")),
    )


@require_GET
@requires(*READERS)
def outreach(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one outreach with how far it has come."""
    return _outreach(request, number, by=by)


def _outreach(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = progress.page(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "o": page.row,
        "scope": audience.said(page.query),
        "ways": leading.WAYS.items(),
        "places": [f"{{{name}}}" for name in PLACES],
        "verbs": [verb for verb, _label in page.verbs],
        "reasons": [(verb, label) for verb, label in page.verbs if verb in REASONED],
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/outreach/outreach.html", context, status=status_of(refusal)
    )


REASONED = ("pause", "resume", "redo", "close", "drop")


def _way(sent: QueryDict) -> dict[str, Any]:
    return {"channel": shown(sent.get("channel", ""))}


def _seen(sent: QueryDict) -> dict[str, Any]:
    seen = sent.get("seen", "")
    return {**_way(sent), "seen": whole(seen, field="seen", label=_("文案")) if seen else None}


def _again(sent: QueryDict) -> dict[str, Any]:
    silent = sent.get("silent_h", "").strip()
    hours = whole(silent, field="silent_h", label=_("无回执小时数")) if silent else None
    return {**_way(sent), "silent_h": hours, **reason(sent)}


STEPS: Steps = {
    "word": (
        leading.word,
        lambda sent: {"kind": sent.get("kind", ""), "text": sent.get("text", "")},
    ),
    "prepare": (audience.prepare, lambda _sent: {}),
    "release": (leading.release, _seen),
    "resend": (leading.resend, _again),
    **{verb: (partial(leading.move, verb=verb), reason) for verb in REASONED},
}
FILES = {"contacts": contacts.bring, "receipts": receipts.bring}
"""Tables that are brought."""


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead an outreach on, or bring a table of contacts or receipts."""
    if verb not in FILES:
        return lead_on(request, number, verb, STEPS, _outreach, "console:outreach", by=by)

    def act_() -> object:
        content = sent_file(request, verb)
        return FILES[verb](number=number, content=content, by=by, at=now())

    return press(
        act_,
        refused=lambda refusal: _outreach(request, number, by=by, refusal=refusal),
        done=lambda: _thanked(request, number),
    )


def _thanked(request: HttpRequest, number: str) -> HttpResponse:
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return redirect("console:outreach", number)


@require_GET
@requires(*READERS)
def people(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show whom an outreach is for: in a state, of a unit."""
    sent = request.GET
    state = sent.get("state", "")
    asked = book.Asked(
        state=state if state in book.STATES else "",
        unit=shown(sent.get("unit", "")),
        key=shown(sent.get("key", "")),
        page=page_number(sent),
    )
    try:
        page = book.listed(number, asked=asked, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "asked": asked,
        "states": book.STATES.items(),
        "pages": pages_of(sent, page.page, page.pages),
    }
    return TemplateResponse(request, "console/outreach/people.html", context)


@require_GET
@requires(*READERS)
def person(request: HttpRequest, number: str, serial: int, *, by: Actor) -> HttpResponse:
    """Show one recipient with every message and receipt."""
    try:
        title, row, said = book.one(number, serial, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "title": title, "number": number, "r": row, "messages_": said}
    return TemplateResponse(request, "console/outreach/person.html", context)


@require_GET
@requires(*READERS)
def record(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand an outreach out as Excel, telephones masked."""
    del request
    try:
        made = handoff.record(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(made.content, made.name)


@require_POST
@requires(*WRITERS)
def fetch(request: HttpRequest, number: str, batch: str, *, by: Actor) -> HttpResponse:
    """Hand a batch out as a file for who delivers it; that it was taken is on record."""
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    try:
        made = handoff.fetch(number=shown(batch), form=form, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _outreach(request, number, by=by, refusal=refusal)
    if form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return HttpResponse(made.content, content_type="text/csv; charset=utf-8", headers=headers)
    return download(made.content, made.name)
