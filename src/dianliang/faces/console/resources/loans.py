"""Loans of gear between units: the list, asking, a loan with its steps."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.resources.access import KEEPERS, READERS
from dianliang.domain.resources.queries import loans as book
from dianliang.domain.resources.queries import things
from dianliang.faces.console.branches.common import Steps, lead_on, reason, status_of
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged
from dianliang.faces.console.resources.reading import text_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires, sent_photo, today
from dianliang.flows.resources import fields, lending
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def loans(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the loans in which one's units lend or borrow."""
    view = request.GET.get("view", "live")
    view = view if view in book.VIEWS else "live"
    rows, pages = paged(request, book.chosen(view=view, by=by, on=today()))
    context = {
        "by": by,
        "shown": [book.row_of(loan, on=today()) for loan in rows],
        "view": view,
        "tabs": [
            (code, label, book.chosen(view=code, by=by, on=today()).count())
            for code, label in book.VIEWS.items()
        ],
        "pages": pages,
        "may_keep": by.role in KEEPERS,
    }
    return TemplateResponse(request, "console/resources/loans.html", context)


@require_http_methods(["GET", "POST"])
@requires(*KEEPERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Look for gear of neighbouring units, and ask for a piece."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _asked(request.POST), now()
            number = made_once(
                request, "resource.loan", lambda: lending.ask(asked=asked, by=by, at=at), at=at
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("借用申请已发给出借单位。"))
            return redirect("console:gear_loan", number)
    kind, words = text_of(request.GET, "kind", 16), text_of(request.GET, "q", 40)
    rows, pages = paged(request, book.lendable(words=words, kind=kind, by=by))
    context = {
        "by": by,
        "shown": things.rows_of(rows, on=today()),
        "kinds": things.kinds(),
        "kind": kind,
        "words": words,
        "units": fields.units(by),
        "asked": request.GET,
        "refusal": refusal,
        "pages": pages,
        "today": today(),
    }
    return TemplateResponse(
        request, "console/resources/loan_new.html", context, status=status_of(refusal)
    )


def _asked(sent: QueryDict) -> lending.Asked:
    return lending.Asked(
        number=sent.get("number", ""),
        borrower=sent.get("borrower", ""),
        purpose=sent.get("purpose", ""),
        place=sent.get("place", ""),
        lat=sent.get("lat", ""),
        lon=sent.get("lon", ""),
        until_on=day(sent.get("until_on", ""), field="until_on", label=_("归还期限")),
    )


@require_GET
@requires(*READERS)
def loan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a loan."""
    return _loan(request, number, by=by)


def _loan(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        found = book.card(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "card": found, "r": found.row, "refusal": refusal}
    return TemplateResponse(
        request, "console/resources/loan.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Show a photo of a loan."""
    del request
    try:
        return photo_answer(lending.photo_of(number=number, token=token, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent


@require_POST
@requires(*KEEPERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Grant, refuse, cancel, hand over, take back."""
    steps: Steps = {
        **STEPS,
        "hand_over": (lending.hand_over, partial(_condition, request)),
        "return": (lending.take_back, partial(_back, request)),
    }
    return lead_on(request, number, verb, steps, _loan, "console:gear_loan", by=by)


def _condition(request: HttpRequest, sent: QueryDict) -> dict[str, Any]:
    return {"condition": sent.get("condition", ""), "photo": sent_photo(request)}


def _back(request: HttpRequest, sent: QueryDict) -> dict[str, Any]:
    return {**_condition(request, sent), "is_damaged": "is_damaged" in sent}


STEPS: Steps = {
    verb: (partial(lending.answer, verb=verb), reason) for verb in ("grant", "refuse", "cancel")
}
