"""Firms ranked by what they could save; one firm with its findings, report, visit and effect."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.energy.access import WRITERS as CARBON_WRITERS
from dianliang.domain.energy.queries import carbon, claims
from dianliang.domain.energy.queries import measuring as projects
from dianliang.domain.energy.queries.measuring import ProjectRow
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.enterprises import passes, queries
from dianliang.domain.enterprises.access import READERS, WRITERS
from dianliang.domain.enterprises.shapes import FindingRow, FirmPage
from dianliang.faces.console.branches.common import Steps, press, status_of
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, not_exported, sent_file
from dianliang.faces.ui.firm_charts import day_chart, demand_chart
from dianliang.faces.ui.keys import press_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.enterprises import (
    books,
    following,
    measuring,
    own,
    papers,
    running,
    words,
)
from dianliang.flows.enterprises.bodies import excludes
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

STEPS: Steps = {
    "decide": (
        following.decide,
        lambda sent: {"verdict": sent.get("verdict", ""), "words": sent.get("words", "")},
    ),
    "visit": (following.visit, lambda _sent: {}),
    "measure": (
        measuring.measure,
        lambda sent: {
            "acted_on": day(sent.get("acted_on", ""), field="acted_on", label=_("措施完成日"))
        },
    ),
}
FORMS = {"pdf": "application/pdf", "docx": TYPES["docx"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A finding as the page says it."""

    row: FindingRow
    told: words.Told
    confidence: str
    checks: tuple[str, ...]
    same: tuple[str, ...]
    effect: ClaimRow | None
    project: ProjectRow | None

    @property
    def is_measurable(self) -> bool:
        """Tell whether it changes how much is drawn, was accepted, and no visit is to come."""
        decision = self.row.decision
        is_accepted = decision is not None and decision.verdict == "accepted"
        is_over = self.row.may_have_effect
        return is_accepted and is_over and self.row.body["kind"] in measuring.MEASURED_IN_KWH

    @property
    def moments(self) -> list[tuple[str, float]]:
        """The quarter hours that show it, with what was drawn in kW."""
        return [(papers.moment(point), point["kw"]) for point in self.row.body["points"]]


@require_GET
@requires(*READERS)
def firms(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the firms of the newest analysis, or of the one asked for, the dearest first."""
    return _firms(request, by=by)


def _firms(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    all_runs = queries.runs(by=by)
    asked = request.GET.get("run", "")
    here = next((run for run in all_runs if run.number == asked), None) or queries.latest(by=by)
    view, kind = request.GET.get("view", ""), request.GET.get("kind", "")
    view = view if view in queries.VIEWS else ""
    kind = kind if kind in words.TITLES else ""
    number = here.number if here else ""
    page, pages = paged(request, queries.ranked(run=number, view=view, kind=kind, by=by))
    rows = [
        (row, [words.TITLES[one] for one in row.findings], words.SHAPES.get(row.shape, ""))
        for row in queries.firm_rows(list(page))
    ]
    context = {
        "by": by,
        "here": here,
        "runs": all_runs,
        "going_on": next((run for run in all_runs if run.is_going_on), None),
        "rows": rows,
        "pages": pages,
        "asked": {"view": view, "kind": kind},
        "views": queries.VIEWS.items(),
        "kinds": words.TITLES.items(),
        "contracts": queries.contracts(by=by),
        "may_write": by.role in WRITERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/enterprises/firms.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*WRITERS)
def ask(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for an analysis of all firms of one's unit."""

    def act() -> None:
        at = now()
        started = partial(
            running.ask,
            from_on=day(request.POST.get("from_on", ""), field="from_on", label=_("起")),
            until_on=day(request.POST.get("until_on", ""), field="until_on", label=_("止")),
            by=by,
            at=at,
        )
        press_once(request, "console:enterprise_ask", started, at=at)
        messages.success(request, _("分析已开始，完成后排名会更新。"))

    return _pressed(request, act, by=by)


@require_POST
@requires(*WRITERS)
def contracts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a table of firms' contracts in."""

    def act() -> None:
        content = sent_file(request, "table")
        done = books.bring_contracts(content=content, name=_("企业用电表"), by=by, at=now())
        messages.success(request, _("已登记 %(n)d 户的用电合同。") % {"n": done.firms})
        if done.other_meters:
            told = {"numbers": "、".join(done.other_meters)}
            messages.warning(request, _("表号与原来登记的不同，请核对：%(numbers)s。") % told)

    return _pressed(request, act, by=by)


def _pressed(request: HttpRequest, act: Any, *, by: Actor) -> HttpResponse:
    return press(
        act,
        refused=lambda refusal: _firms(request, by=by, refusal=refusal),
        done=lambda: redirect("console:enterprises"),
    )


@require_GET
@requires(*WRITERS)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of firms' contracts to fill in, with what is known of one's firms."""
    del request
    return download(books.contract_table(by=by, at=now()), "firms.xlsx")


@require_GET
@requires(*READERS)
def firm(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what an analysis says of one firm."""
    return _firm(request, number, by=by)


def _firm(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    link: str = "",
) -> HttpResponse:
    """Show a firm; `link` is one that was just made, and is never shown again."""
    try:
        page = queries.firm(number, run=request.GET.get("run", ""), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context: dict[str, Any] = {
        "by": by,
        "page": page,
        "claims": claims.of_subject("firm", page.number, by=by),
        "accounts": carbon.of_subject("firm", page.number, by=by),
        "passes": [(one, one.is_live(today())) for one in passes.passes(page.number, by=by)],
        "link": link,
        "may_open": by.role in CARBON_WRITERS,
        "refusal": refusal,
    }
    if not page.problem:
        context |= {
            "findings": _said(page, by=by),
            "periods": words.period_rows(page.body),
            "day": day_chart(page.body),
            "months": demand_chart(page.body, capacity_kva=page.capacity_kva),
            "shape": words.SHAPES[page.body["shape"]],
            "way": words.WAYS[page.way],
            "status": words.STATUS,
        }
    return TemplateResponse(
        request, "console/enterprises/firm.html", context, status=status_of(refusal)
    )


def _said(page: FirmPage, *, by: Actor) -> list[Said]:
    findings = page.findings
    bodies = [dict(row.body) for row in findings]
    effects = claims.by_key([measuring.key_of(row.number) for row in findings], by=by)
    standing = reversed(projects.of_firm(page.number, by=by))
    known = {one.finding_number: one for one in standing}
    return [
        Said(
            row=row,
            told=words.told(body["kind"], body["rule"], body["facts"]),
            confidence=words.CONFIDENCES[body["confidence"]],
            checks=words.TO_CHECK[body["kind"]],
            same=tuple(words.TITLES[kind] for kind in excludes(bodies, body)),
            effect=effects.get(measuring.key_of(row.number)) if row.may_have_effect else None,
            project=known.get(row.number),
        )
        for row, body in zip(findings, bodies, strict=True)
    ]


@require_GET
@requires(*READERS)
def report(request: HttpRequest, number: str, form: str, *, by: Actor) -> HttpResponse:
    """Hand out the report of a firm."""
    if form not in FORMS:
        raise Http404
    try:
        made = following.report(
            number=number, run=request.GET.get("run", ""), form=form, by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return not_exported(request, refusal)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.content, content_type=FORMS[form], headers=headers)


@require_POST
@requires(*WRITERS)
def give_link(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give a firm a link to its own figures; it is shown this once."""
    sent = request.POST
    try:
        made = own.issue(
            number=number,
            post=sent.get("post", ""),
            valid_until=day(sent.get("until", ""), field="valid_until", label=_("有效期至")),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _firm(request, number, by=by, refusal=refusal)
    address = request.build_absolute_uri(reverse("portal:firm", args=[made.token]))
    return _firm(request, number, by=by, link=address)


@require_POST
@requires(*WRITERS)
def take_link_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a link back: from now on it opens nothing."""
    try:
        firm_number = own.firm_of(number, by=by)
        own.take_back(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _firm(request, firm_number, by=by, refusal=refusal)
    messages.success(request, _("链接已收回。"))
    return redirect("console:enterprise", firm_number)


@require_GET
@requires(*READERS)
def finding(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Lead to a finding on the page of its firm."""
    del request
    try:
        firm_number, run = queries.place_of(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    return redirect(f"{reverse('console:enterprise', args=[firm_number])}?run={run}#{number}")


@require_POST
@requires(*WRITERS)
def finding_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Decide about a finding, open a visit for it, or measure what it brought."""
    if verb not in STEPS:
        raise Http404
    try:
        firm_number = queries.firm_of(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent

    def act() -> None:
        at, (step, read) = now(), STEPS[verb]
        taken = partial(step, number=number, by=by, at=at, **read(request.POST))
        press_once(request, "console:enterprise", taken, at=at)

    def done() -> HttpResponse:
        messages.success(request, _("%(number)s 已更新。") % {"number": number})
        return redirect("console:enterprise", firm_number)

    return press(
        act,
        refused=lambda refusal: _firm(request, firm_number, by=by, refusal=refusal),
        done=done,
    )
