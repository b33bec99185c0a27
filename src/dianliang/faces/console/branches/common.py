"""What the pages about branches share: who opens them, periods, presses that may be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from dianliang.faces.console.addresses import page_address
from dianliang.faces.ui.keys import press_once
from dianliang.faces.ui.requests import now, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.themes.shapes import Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import (
    DomainError,
    NotVisibleError,
    StaleStateError,
)

Steps = dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]]
"""What may be pressed on a record: the verb, who does it, and what is read of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """First and last day, both included."""

    first: date
    last: date

    @property
    def query(self) -> str:
        """Return the part of an address that asks for it."""
        return f"first={self.first}&last={self.last}"


def period_of(request: HttpRequest) -> Period:
    """Read the period asked for; what makes no sense falls back to the year so far.

    Days in the wrong order are what lies between them: nobody asks for the one day of its end.
    """
    last = day_of(request.GET.get("last", "")) or today()
    first = day_of(request.GET.get("first", "")) or last.replace(month=1, day=1)
    return Period(first=min(first, last), last=max(first, last))


def day_of(text: str) -> date | None:
    """Return a day of an address, or None where it says none that we know."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None


def press(
    act: Callable[[], object],
    *,
    refused: Callable[[DomainError], HttpResponse],
    done: Callable[[], HttpResponse],
) -> HttpResponse:
    """Do what was pressed; show the page again with the refusal's words if it cannot be done."""
    try:
        act()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(refusal)
    return done()


def status_of(refusal: DomainError | None) -> int:
    """Return the status of a page that shows a refusal, or none."""
    if refusal is None:
        return 200
    return 409 if isinstance(refusal, StaleStateError) else 422


def shown(text: str) -> str:
    """Return what an address says as it may be looked for."""
    return text.replace("\0", "")[:60]


def address_of(record: Record, *, by: Actor) -> str:
    """Return where a record is shown to the actor: its own page, or that of its themes."""
    own = page_address(record.kind, record.opens, by=by)
    return own or reverse("console:theme_part", args=[record.kind, record.number])


def lead_on(
    request: HttpRequest,
    number: str,
    verb: str,
    steps: Steps,
    page: Callable[..., HttpResponse],
    to: str,
    *,
    by: Actor,
) -> HttpResponse:
    """Take one step of a record's life with what was sent, and show it again.

    A step that could be taken twice, such as adding something, has a key in its form.
    """
    if verb not in steps:
        raise Http404
    step, read = steps[verb]

    def act() -> None:
        at, values = now(), read(request.POST)
        press_once(request, to, partial(step, number=number, by=by, at=at, **values), at=at)

    def done() -> HttpResponse:
        messages.success(request, _("%(number)s 已更新。") % {"number": number})
        return redirect(to, number)

    return press(
        act,
        refused=lambda refusal: page(request, number, by=by, refusal=refusal),
        done=done,
    )


def reason(sent: QueryDict) -> dict[str, Any]:
    """Read why a step is taken."""
    return {"reason": sent.get("reason", "")}
