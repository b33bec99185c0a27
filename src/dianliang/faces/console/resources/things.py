"""Gear: the list with its table and labels, writing a piece down, the card of a piece."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.papers import PDF
from dianliang.domain.mobilisation.queries import holding
from dianliang.domain.resources.access import KEEPERS, READERS
from dianliang.domain.resources.attributes import PREFIX
from dianliang.domain.resources.queries import things as book
from dianliang.domain.resources.queries.things import Filters
from dianliang.faces.console.branches.common import Steps, lead_on, reason, status_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.resources.reading import others, text_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.flows.resources import fields, keeping, sheets
from dianliang.flows.resources import labels as papers
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


def filters_of(request: HttpRequest) -> Filters:
    """Read what a list of gear is cut by; what makes no sense falls back to all in use."""
    asked = request.GET
    view = asked.get("view", "live")
    return Filters(
        view=view if view in book.VIEWS else "live",
        kind=text_of(asked, "kind", 16),
        unit=text_of(asked, "unit", 24),
        store=text_of(asked, "store", 24),
        words=text_of(asked, "q", 40),
    )


@require_GET
@requires(*READERS)
def gear(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the gear of one's units."""
    return _gear(request, by=by)


def _gear(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    filters = filters_of(request)
    rows, pages = paged(request, book.chosen(filters=filters, by=by, on=today()))
    found = book.counts(filters=filters, by=by, on=today())
    shown = book.rows_of(rows, on=today())
    context = {
        "by": by,
        "shown": shown,
        "holding": holding([row.number for row in shown]),
        "filters": filters,
        "tabs": [(code, label, found[code]) for code, label in book.VIEWS.items()],
        "others": others(request, "view"),
        "query": others(request),
        "pages": pages,
        "kinds": book.kinds(),
        "units": fields.units(by),
        "stores": fields.stores(by),
        "may_keep": by.role in KEEPERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/gear.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the list as an Excel file."""
    content = sheets.gear(filters=filters_of(request), by=by, at=now())
    return download(content, f"gear-{today()}.xlsx")


@require_GET
@requires(*READERS)
def labels(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with QR labels of the gear in the list as PDF."""

    def address(number: str) -> str:
        return request.build_absolute_uri(reverse("console:gear_card", args=[number]))

    try:
        content = papers.of_gear(filters=filters_of(request), address=address, by=by, at=now())
    except DomainError as refusal:
        return _gear(request, by=by, refusal=refusal)
    return pdf_answer(content, "gear-labels")


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF to keep or print."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type=PDF, headers=headers)


@require_http_methods(["GET", "POST"])
@requires(*KEEPERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write a piece of gear down: its kind first, then what the kind is told by."""
    refusal = None
    sent = request.POST or request.GET
    kind = text_of(sent, "kind", 16)
    if request.method == "POST":
        asked = keeping.Asked(
            kind=kind,
            name=sent.get("name", ""),
            store=sent.get("store", ""),
            values=values_of(sent),
        )
        try:
            number = keeping.register_once(key=key_of(request.POST), asked=asked, by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记，可以打印标签贴上。"))
            return redirect("console:gear_card", number)
    attributes = book.kind_attributes(kind)
    context = {
        "by": by,
        "kinds": book.kinds(),
        "kind": kind if attributes else "",
        "fields": [(one, request.GET.get(one.field, "")) for one in attributes],
        "stores": fields.stores(by),
        "asked": request.GET,
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/resources/gear_new.html", context, status=status_of(refusal)
    )


def values_of(sent: QueryDict) -> dict[str, str]:
    """Read the attributes of a form, by their codes."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in sent.items()
        if name.startswith(PREFIX) and isinstance(value, str)
    }


@require_GET
@requires(*READERS)
def card(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a piece of gear."""
    return _card(request, number, by=by)


def _card(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = keeping.page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    known = page.card.values
    context = {
        "by": by,
        "page": page,
        "card": page.card,
        "r": page.card.row,
        "fields": [(one, known.get(one.code, "")) for one in page.card.attributes],
        "refusal": refusal,
        "today": today(),
    }
    return TemplateResponse(
        request, "console/resources/gear_card.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Hand a paper of a piece out: a photo to look at, a document as a download."""
    del request
    try:
        content, kind = keeping.paper_of(number=number, token=token, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    if kind != PDF:
        return photo_answer(content)
    answer = pdf_answer(content, f"{number}-{token[:6]}")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@requires(*KEEPERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change a piece, move it, test it, attach to it, lead it on."""
    steps: Steps = {
        **STEPS,
        "attach": (keeping.attach, partial(_paper, request)),
        "record": (keeping.record_upkeep, partial(_record, request)),
    }
    return lead_on(request, number, verb, steps, _card, "console:gear_card", by=by)


def _describe(sent: QueryDict) -> dict[str, Any]:
    return {"name": sent.get("name", ""), "values": values_of(sent)}


def _place(sent: QueryDict) -> dict[str, Any]:
    return {name: sent.get(name, "") for name in ("place", "lat", "lon")}


def _plan(sent: QueryDict) -> dict[str, Any]:
    every = sent.get("every_days", "").strip()
    return {
        "name": sent.get("name", ""),
        "every_days": whole(every, field="every_days", label=_("周期")) if every else None,
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("到期日")),
    }


def _record(request: HttpRequest, sent: QueryDict) -> dict[str, Any]:
    return {
        "upkeep": sent.get("upkeep", ""),
        "done_on": day(sent.get("done_on", ""), field="done_on", label=_("完成日期")),
        "is_passed": sent.get("is_passed") == "1",
        "told": sent.get("words", ""),
        "content": sent_paper(request, "paper"),
    }


def _paper(request: HttpRequest, sent: QueryDict) -> dict[str, Any]:
    return {"title": sent.get("title", ""), "content": sent_paper(request, "paper")}


STEPS: Steps = {
    "describe": (keeping.describe, _describe),
    "locate": (keeping.locate, _place),
    "plan": (keeping.plan_upkeep, _plan),
    "repair": (partial(keeping.lead, verb="repair"), reason),
    "repaired": (partial(keeping.lead, verb="repaired"), reason),
    "scrap": (partial(keeping.lead, verb="scrap"), reason),
}
