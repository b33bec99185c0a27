"""Rules of points: versions, drafts, the trial on past records."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.faces.console.ledgers.reading import optional_whole
from dianliang.faces.ui.keys import press_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.ledgers import earning
from dianliang.flows.ledgers import ruling as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

READERS = (Role.PARTY_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR)
WRITERS = (Role.PARTY_AFFAIRS, Role.ADMINISTRATOR)
TRIED_DAYS = 90


@require_GET
@requires(*READERS)
def rules(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the rules with their versions."""
    return _rules(request, by=by)


def _rules(
    request: HttpRequest,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    trial: earning.Trial | None = None,
) -> HttpResponse:
    context = {
        "by": by,
        "rows": flow.rule_rows(on=today()),
        "books": flow.point_books(),
        "bases": flow.BASES,
        "refusal": refusal,
        "trial": trial,
        "since": today() - timedelta(days=TRIED_DAYS),
        "until": today(),
        "may_write": earning.may_rule(by),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/rules.html", context, status=status)


@require_POST
@requires(*WRITERS)
def add(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write down what is to earn points."""
    sent, at = request.POST, now()
    try:
        press_once(
            request,
            "ledger.rule",
            lambda: flow.add(
                book=sent.get("book", ""),
                basis=sent.get("basis", ""),
                name=sent.get("name", ""),
                members_only=sent.get("members_only") == "1",
                by=by,
                at=at,
            ),
            at=at,
        )
    except DomainError as refusal:
        return _rules(request, by=by, refusal=refusal)
    messages.success(request, _("规则已登记，请拟定分值。"))
    return redirect("console:ledger_rules")


@require_POST
@requires(*WRITERS)
def draft(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Draft the next version of a rule."""
    try:
        code, offer, at = _code(request), _offer(request.POST), now()
        press_once(
            request,
            "ledger.rule.draft",
            lambda: flow.draft(code=code, offer=offer, by=by, at=at),
            at=at,
        )
    except DomainError as refusal:
        return _rules(request, by=by, refusal=refusal)
    messages.success(request, _("草稿已保存，试算后由另一人批准生效。"))
    return redirect("console:ledger_rules")


def _offer(sent: QueryDict) -> flow.Offer:
    return flow.Offer(
        points=whole(sent.get("points", ""), field="points", label=_("分值")),
        per=whole(sent.get("per", "") or "1", field="per", label=_("每多少计一次")),
        most_a_day=optional_whole(
            sent.get("most_a_day", ""), field="most_a_day", label=_("每日上限")
        ),
        most_a_month=optional_whole(
            sent.get("most_a_month", ""), field="most_a_month", label=_("每月上限")
        ),
        from_on=day(sent.get("from_on", ""), field="from_on", label=_("生效日期")),
        until_on=optional_day(sent.get("until_on", ""), field="until_on", label=_("终止日期")),
        reason=sent.get("reason", ""),
    )


@require_POST
@requires(*WRITERS)
def attempt(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Try the draft of a rule on past records, and show for whom it would differ."""
    sent = request.POST
    try:
        trial = earning.try_out(
            code=_code(request),
            since=day(sent.get("since", ""), field="since", label=_("起始日期")),
            until=day(sent.get("until", ""), field="until", label=_("截止日期")),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return _rules(request, by=by, refusal=refusal)
    return _rules(request, by=by, trial=trial)


@require_POST
@requires(*WRITERS)
def decide(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Put a draft in force, or give it up."""
    verb = request.POST.get("verb", "")
    try:
        flow.decide_draft(code=_code(request), verb=verb, by=by, at=now())
    except DomainError as refusal:
        return _rules(request, by=by, refusal=refusal)
    messages.success(request, _("已生效。") if verb == "enact" else _("草稿已作废。"))
    return redirect("console:ledger_rules")


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "").replace("\0", "")[:24]
