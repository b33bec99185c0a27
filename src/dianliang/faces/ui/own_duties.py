"""What somebody does with his own duties, at a desk or on a phone: report, propose, appeal."""

from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dianliang.faces.ui.keys import once
from dianliang.faces.ui.requests import now, sent_paper
from dianliang.flows.appraisal import filling, lists, rounds
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import (
    DomainError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)

Answer = tuple[HttpResponse | None, DomainError | None]


def act(request: HttpRequest, *, to: str, by: Actor) -> Answer:
    """Do what was pressed and lead back to the page `to`, or return why it was refused."""
    at = now()
    try:
        done = once(request, "own duties", lambda: {"words": _act(request, by, at)}, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return None, refusal
    messages.success(request, done["words"])
    return redirect(to), None


def status_of(refusal: DomainError | None) -> int:
    """Return the status of a page that shows a refusal, or none."""
    if refusal is None:
        return 200
    return 409 if isinstance(refusal, StaleStateError) else 422


def _act(request: HttpRequest, by: Actor, at: datetime) -> str:
    sent = request.POST
    verb = sent.get("act", "")
    if verb == "report":
        lists.report_own(
            number=sent.get("number", ""),
            text=sent.get("words", ""),
            content=sent_paper(request, "file"),
            record=sent.get("record", ""),
            by=by,
            at=at,
        )
        return _("已报完成，等待确认。")
    if verb == "propose":
        lists.propose_own(
            sheet=sent.get("sheet", ""),
            title=sent.get("title", ""),
            text=sent.get("words", ""),
            weight=filling.whole(sent.get("weight", ""), "加分", most=100),
            due_on=_day(sent.get("due_on", "")),
            by=by,
            at=at,
        )
        return _("已提出，等待批准。")
    if verb == "appeal":
        rounds.appeal(
            number=sent.get("round", ""),
            subject=by.person_number,
            indicator=sent.get("indicator", ""),
            text=sent.get("words", ""),
            by=by,
            at=at,
        )
        return _("申诉已提交。")
    raise Http404


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(_("请填写完成期限。"), field="due_on") from error
