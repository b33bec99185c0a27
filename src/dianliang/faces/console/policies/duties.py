"""What units do about measures: all of it, and one duty with what shows it."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.policies import queries
from dianliang.domain.policies.access import READERS, WRITERS
from dianliang.faces.console.addresses import page_address
from dianliang.faces.console.appraisal.common import evidence
from dianliang.faces.console.branches.common import (
    Steps,
    lead_on,
    press,
    reason,
    shown,
    status_of,
)
from dianliang.faces.console.fields import key_in, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.flows.policies import keeping as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

MOST_SHOWN = 50


@require_GET
@requires(*READERS)
def duties(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show duties of a list, a unit, in a state."""
    sent = request.GET
    state = sent.get("state", "")
    asked = {
        "policy": shown(sent.get("policy", "")),
        "unit": shown(sent.get("unit", "")),
        "state": state if state in queries.STATES else "",
    }
    rows, pages = paged(request, queries.duties(by=by, on=today(), **asked))
    context = {
        "by": by,
        "rows": rows,
        "count": pages.total,
        "asked": asked,
        "states": queries.STATES.items(),
        "policies": queries.policies(by=by, on=today()),
        "pages": pages,
    }
    return TemplateResponse(request, "console/policies/duties.html", context)


@require_GET
@requires(*READERS)
def duty(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one duty."""
    return _duty(request, number, by=by)


def _duty(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = queries.duty(number, by=by, on=today())
        quantity, records = flow.shown(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    settled = page.row.status in {"REPORTED", "DONE"}
    rows = page.kept_records if settled else records
    context = {
        "by": by,
        "page": page,
        "d": page.row,
        "is_counted": page.measure.kind == "counted",
        "quantity": page.row.quantity if settled else quantity,
        "records": [(row, _opens(row, by)) for row in rows[:MOST_SHOWN]],
        "evidence": [
            (row, page_address(row.record_kind, row.record_number, by=by)) for row in page.evidence
        ],
        "decisions": [
            (verb, label)
            for verb, label in (("send_back", _("退回")), ("reopen", _("重新落实")))
            if verb in page.verbs
        ],
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/policies/duty.html", context, status=status_of(refusal)
    )


def _opens(row: tuple[str, ...], by: Actor) -> str:
    kind, number = row[0], row[1]
    try:
        if kind == "outreach":
            asked = urlencode({"state": "reached", "key": row[2]})
            return reverse("console:outreach_people", args=[number]) + f"?{asked}"
        if kind == "visit":
            return reverse("console:theme_part", args=[kind, number])
    except NoReverseMatch:
        return ""
    return page_address(kind, number, by=by)


STEPS: Steps = {
    "report": (flow.report, reason),
    "cancel": (flow.cancel, reason),
    **{
        verb: (partial(flow.decide, verb=verb), reason)
        for verb in ("approve", "send_back", "reopen")
    },
    "withdraw": (
        flow.withdraw,
        lambda sent: {"evidence": key_in(sent, "evidence")},
    ),
}


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a duty on, or add what shows that it was done."""
    if verb != "prove":
        return lead_on(request, number, verb, STEPS, _duty, "console:policy_duty", by=by)
    return press(
        lambda: flow.prove(
            number=number,
            **_proof(request.POST),
            content=sent_paper(request, "file"),
            by=by,
            at=now(),
        ),
        refused=lambda refusal: _duty(request, number, by=by, refusal=refusal),
        done=lambda: redirect("console:policy_duty", number),
    )


def _proof(sent: QueryDict) -> dict[str, Any]:
    text = sent.get("quantity", "").strip()
    return {
        "text": sent.get("words", ""),
        "quantity": whole(text, field="quantity", label=_("数量"), digits=7) if text else None,
        "record": sent.get("record", ""),
    }


@require_GET
@requires(*READERS)
def file(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Hand uploaded evidence out."""
    del request
    try:
        content, kind = flow.evidence_file(number=number, token=token, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    return evidence(content, kind, f"{number}-{token[:6]}")
