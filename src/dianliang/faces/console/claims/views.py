"""Claims: listed without adding up what does not add up, opened with all that bears them out."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.energy.access import READERS, WRITERS
from dianliang.domain.energy.lifecycle import LABELS
from dianliang.domain.energy.queries import claims as queries
from dianliang.domain.energy.queries import factors as library
from dianliang.faces.console.addresses import record_address
from dianliang.faces.console.branches.common import Steps, lead_on, reason, shown, status_of
from dianliang.faces.console.claims.numbers import number_in, share_in
from dianliang.faces.console.claims.tables import CLAIMS
from dianliang.faces.console.fields import optional_day
from dianliang.faces.console.paging import LOOKED_FOR, paged, sheet_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import claims as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

STATES = {"current": "有效", **LABELS, "": "全部"}
ENTERED = frozenset({"carbon_entries", "carbon_entry"})
"""Kinds of evidence that stand in a carbon account."""
BY_HAND = {"ESTIMATED": LABELS["ESTIMATED"], "SCREENED": LABELS["SCREENED"]}
"""How far a number that a person types in can have been shown: measured is what was computed."""


@require_GET
@requires(*READERS)
def claims(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the claims of the actor's units, and what they add up to."""
    asked = _cut(request.GET)
    listed = queries.claims(asked=asked, by=by)
    if file := sheet_of(request, CLAIMS, listed, by=by):
        return file
    rows, at = paged(request, listed)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "asked": asked,
        "totals": queries.totals(asked=asked, by=by),
        "states": STATES.items(),
        "kinds": queries.KINDS.items(),
        "measures": queries.MEASURES.items(),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/claims/claims.html", context)


def _cut(query: QueryDict) -> queries.Asked:
    status, kind = query.get("status", "current"), query.get("kind", "")
    measure = query.get("measure", "")
    return queries.Asked(
        status=status if status in STATES else "current",
        kind=kind if kind in queries.KINDS else "",
        measure=measure if measure in queries.MEASURES else "",
        subject_kind=shown(query.get("subject_kind", "")),
        subject_number=shown(query.get("subject", "")),
        words=shown(query.get(LOOKED_FOR, "")),
    )


@require_GET
@requires(*READERS)
def claim(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one number with all that bears it out."""
    return _claim(request, number, by=by)


def _claim(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = queries.claim_page(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    row = page.row
    about = row.subject_kind and row.subject_number
    context = {
        "by": by,
        "page": page,
        "c": row,
        "evidence": [(one, _address(one, page, by=by)) for one in page.evidence],
        "subject": record_address(row.subject_kind, row.subject_number, by=by) if about else "",
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/claim.html", context, status=status_of(refusal)
    )


def _address(one: queries.EvidenceRow, page: queries.ClaimPage, *, by: Actor) -> str:
    """Return where evidence is shown: entries in their account, in the year of the claim."""
    row = page.row
    if one.kind not in ENTERED or page.from_on is None:
        return record_address(one.kind, one.number, by=by)
    account = record_address(row.subject_kind, row.subject_number, by=by)
    return f"{account}?year={page.from_on.year}#entries" if account else ""


@require_POST
@requires(*READERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a claim on; after a correction show the one that took its place."""
    if verb != "supersede":
        return lead_on(request, number, verb, STEPS, _claim, "console:claim", by=by)
    at = now()
    try:
        values = _corrected(request.POST)
        made = made_once(
            request,
            "energy.supersede",
            lambda: flow.correct_claim(number=number, by=by, at=at, **values),
            at=at,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        return _claim(request, number, by=by, refusal=wrong)
    messages.success(request, _("已更正，原来的数仍可查看。"))
    return redirect("console:claim", made)


def _corrected(sent: QueryDict) -> dict[str, Any]:
    value = number_in(sent, "value", "数值")
    if value is None:
        raise InvalidInputError(_("请填写数值。"), field="value")
    low, high = number_in(sent, "low", "下限"), number_in(sent, "high", "上限")
    activity = number_in(sent, "activity", "活动数据")
    return {"value": value, "low": low, "high": high, "activity": activity, **reason(sent)}


STEPS: Steps = {
    verb: (partial(flow.lead_on, verb=verb), reason)
    for verb in ("screen", "confirm", "verify", "contest", "withdraw")
}


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """State a number by hand: an estimate, with its method and boundary."""
    refusal = None
    if request.method == "POST":
        try:
            draft, at = _draft(request.POST), now()
            number = made_once(
                request,
                "energy.record",
                lambda: flow.record_claim(draft=draft, by=by, at=at),
                at=at,
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记。数不能改，只能更正。"))
            return redirect("console:claim", number)
    context = {
        "by": by,
        "states": BY_HAND.items(),
        "kinds": queries.KINDS.items(),
        "measures": queries.MEASURES.items(),
        "options": queries.OPTIONS.items(),
        "factors": library.official("电力") + library.factors(kind="fuel"),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/claim_new.html", context, status=status_of(refusal)
    )


def _draft(sent: QueryDict) -> flow.ClaimDraft:
    value, sure = number_in(sent, "value", "数值"), share_in(sent, "confidence", "置信水平")
    if value is None:
        raise InvalidInputError(_("请填写数值。"), field="value")
    status = sent.get("status", "")
    return flow.ClaimDraft(
        title=sent.get("title", "")[:120],
        kind=sent.get("kind", ""),
        value=value,
        measure=sent.get("measure", ""),
        low=number_in(sent, "low", "下限"),
        high=number_in(sent, "high", "上限"),
        confidence=sure,
        no_interval=sent.get("no_interval", "")[:300],
        option=sent.get("option", ""),
        method=sent.get("method", "")[:400],
        boundary=sent.get("boundary", "")[:400],
        subject_name=sent.get("subject_name", "")[:120],
        status=status if status in BY_HAND else "",
        from_on=optional_day(sent.get("from_on", ""), field="from_on", label=_("数据期起")),
        until_on=optional_day(sent.get("until_on", ""), field="until_on", label=_("数据期止")),
        factor=sent.get("factor", ""),
        activity=number_in(sent, "activity", "活动数据"),
        activity_unit=sent.get("activity_unit", "")[:12],
        evidence=_evidence(sent),
    )


def _evidence(sent: QueryDict) -> list[flow.EvidenceDraft]:
    words = sent.get("evidence", "").strip()[:300]
    return [flow.EvidenceDraft(kind="note", words=words)] if words else []
