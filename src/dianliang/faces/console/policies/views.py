"""Policy lists: written down, published, handed out; measures × units."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.policies import queries
from dianliang.domain.policies.access import READERS, WRITERS
from dianliang.faces.console.appraisal.common import evidence
from dianliang.faces.console.branches.common import Steps, lead_on, press, reason, status_of
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import SHEET_TYPE, download, sent_file
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.flows.policies import keeping as flow
from dianliang.flows.policies import papers
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def policies(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the policy lists that concern one's units."""
    rows, pages = paged(request, queries.policies(by=by, on=today()))
    context = {"by": by, "rows": rows, "may_write": by.role in WRITERS, "pages": pages}
    return TemplateResponse(request, "console/policies/policies.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write a list down."""
    refusal = None
    if request.method == "POST":
        try:
            at, asked = now(), _asked(request)
            begin = partial(flow.begin, asked=asked, by=by, at=at)
            number = made_once(request, "policies.begin", begin, at=at)
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("清单已登记，请写措施，再发布。"))
            return redirect("console:policy", number)
    context = {
        "by": by,
        "units": flow.units(by),
        "refusal": refusal,
        "today": today(),
    }
    return TemplateResponse(
        request, "console/policies/new.html", context, status=status_of(refusal)
    )


def _asked(request: HttpRequest) -> flow.Asked:
    sent = request.POST
    return flow.Asked(
        title=sent.get("title", ""),
        short_name=sent.get("short_name", ""),
        unit=sent.get("unit", ""),
        source=sent.get("source", ""),
        document_number=sent.get("reference", ""),
        issued_on=day(sent.get("issued_on", ""), field="issued_on", label=_("发文日期")),
        link=sent.get("link", ""),
        paper=sent_paper(request, "paper"),
    )


@require_GET
@requires(*READERS)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of measures to fill in."""
    del request, by
    return download(papers.template(), "measures.xlsx")


@require_GET
@requires(*READERS)
def policy(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one list as measures × units."""
    return _policy(request, number, by=by)


def _policy(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = queries.page(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "p": page.row,
        "kinds": flow.KINDS.items(),
        "counts": [(code, label, queries.NARROWS[code]) for code, label in queries.COUNTS.items()],
        "next_position": len(page.draft.measures) + 1 if page.draft else 1,
        "units": flow.units(by) if page.may_lead else (),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/policies/policy.html", context, status=status_of(refusal)
    )


def _number(sent: QueryDict, field: str, label: str) -> int | None:
    text = sent.get(field, "").strip()
    return whole(text, field=field, label=label, digits=8) if text else None


def _put(sent: QueryDict) -> dict[str, Any]:
    return {
        "asked": flow.Put(
            position=_number(sent, "position", _("第几条")) or 0,
            title=sent.get("title", ""),
            words=sent.get("words", ""),
            kind=sent.get("kind", ""),
            counts=sent.get("counts", ""),
            narrows=sent.get("narrows", ""),
            unit_word=sent.get("unit_word", ""),
            least=_number(sent, "least", _("目标数量")),
            due_on=day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
        )
    }


def _handed(sent: QueryDict) -> dict[str, Any]:
    return {
        "positions": sent.getlist("positions"),
        "leads": sent.getlist("leads"),
        "helpers": sent.getlist("helpers"),
        "due_on": optional_day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
        "least": _number(sent, "least", _("目标数量")),
    }


STEPS: Steps = {
    "put": (flow.put, _put),
    "strike": (
        flow.strike,
        lambda sent: {"position": _number(sent, "position", _("第几条")) or 0},
    ),
    "publish": (flow.publish, lambda _sent: {}),
    "revise": (flow.revise, reason),
    "drop": (flow.drop, reason),
    "hand_out": (flow.hand_out, _handed),
}


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a list on, or bring its measures as a table."""
    if verb != "bring":
        return lead_on(request, number, verb, STEPS, _policy, "console:policy", by=by)
    return press(
        lambda: papers.bring(number=number, content=sent_file(request, "table"), by=by, at=now()),
        refused=lambda refusal: _policy(request, number, by=by, refusal=refusal),
        done=lambda: redirect("console:policy", number),
    )


@require_GET
@requires(*READERS)
def export(request: HttpRequest, number: str, form: str, *, by: Actor) -> HttpResponse:
    """Hand a list out as Excel or Word."""
    del request
    makers = {"xlsx": papers.sheet, "docx": papers.document}
    if form not in makers:
        raise Http404
    try:
        made = makers[form](number=number, by=by, on=today(), at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    kind = SHEET_TYPE if form == "xlsx" else TYPES["docx"]
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.content, content_type=kind, headers=headers)


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand out the document that a list comes from."""
    del request
    try:
        content, kind = flow.paper(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    return evidence(content, kind, number)
