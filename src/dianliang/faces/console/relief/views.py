"""Relief of overloaded transformers (台区治理): propose, decide, build, measure again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.relief.prices import money
from dianliang.faces.console.tables import download
from dianliang.faces.ui.charts import Chart, Limit, Series, Shape, Tone
from dianliang.faces.ui.refused import page_again, refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.relief import deciding, page, planning, pricing, screening, stating
from dianliang.flows.relief import effects as measuring
from dianliang.flows.relief.effects import Effects
from dianliang.flows.relief.page import OneProposal
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

PAPERS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
TONES = {"relieved": "done", "not_chosen": "soon", "no_means": "danger"}


@require_GET
@requires(*READERS)
def proposals(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show proposals, and to a dispatcher the form to ask for one."""
    context = {
        "by": by,
        "page": page.proposals(by=by),
        "prices": pricing.table(),
        "may_plan": by.role == Role.DISPATCHER,
    }
    return TemplateResponse(request, "console/relief/proposals.html", context)


@require_POST
@requires(Role.DISPATCHER)
def make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for a proposal."""
    sent = request.POST
    try:
        wanted = planning.Wanted(
            month=screening.month_of(sent.get("month", "")),
            budget_cny=money(sent, "budget_cny", label="预算"),
            most_units=_units(sent),
        )
        planning.order(wanted=wanted, by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已开始生成方案，完成后在这里显示。"))
    return redirect("console:relief")


def _units(sent: QueryDict) -> int | None:
    text = sent.get("most_units", "").strip()
    return whole(text, field="most_units", label="台数上限") if text else None


@require_GET
@requires(*READERS)
def proposal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a proposal: what to do where, why, with what proof, and what other budgets reach."""
    return _shown(request, number, by=by)


def _refused(request: HttpRequest, number: str, refusal: DomainError, *, by: Actor) -> HttpResponse:
    return refused(_shown(request, number, by=by), refusal)


def _shown(request: HttpRequest, number: str, *, by: Actor) -> TemplateResponse:
    try:
        shown = page.proposal(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": shown,
        "row": shown.row,
        "budgets": _budgets(shown),
        "points": [
            {
                "lat": line.lat,
                "lon": line.lon,
                "number": line.number,
                "title": f"{line.name} {_(line.outcome_label)}",
                "tone": TONES[line.outcome],
            }
            for line in shown.lines
            if line.lat is not None
        ],
        "today": today(),
        "may_decide": by.role == Role.DISPATCHER,
    }
    return TemplateResponse(request, "console/relief/proposal.html", context)


def _budgets(shown: OneProposal) -> Chart:
    rows = shown.row.by_budget
    return Chart(
        key="chart-budgets",
        title=_("不同预算能治理多少台区"),
        x_name=_("预算（元）"),
        y_name=_("台区（个）"),
        x=tuple(row["budget_cny"] for row in rows),
        series=(
            Series(
                name=_("可治理"),
                values=tuple(float(row["relieved"]) for row in rows),
                shape=Shape.STEP,
            ),
        ),
        limits=(Limit(name=_("过载台区"), value=float(shown.row.areas), tone=Tone.SOFT),),
        digits=0,
    )


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with a proposal as a workbook."""
    try:
        content = page.sheet(number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"relief-{number}.xlsx")


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Answer with a proposal as Word or PDF."""
    if kind not in PAPERS:
        raise Http404
    try:
        content = page.paper(number, kind=kind, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    headers = {"Content-Disposition": f'attachment; filename="relief-{number}.{kind}"'}
    return HttpResponse(content, content_type=PAPERS[kind], headers=headers)


@require_POST
@requires(Role.DISPATCHER)
def decide(request: HttpRequest, number: str, transformer: str, *, by: Actor) -> HttpResponse:
    """Take or decline what is proposed for a transformer."""
    sent = request.POST
    try:
        deciding.decide(
            proposal=number,
            transformer=transformer,
            verdict=sent.get("verdict", ""),
            reason=sent.get("reason", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refused(request, number, refusal, by=by)
    messages.success(request, _("已记下 %(number)s 的决定。") % {"number": transformer})
    return redirect("console:relief_one", number)


@require_POST
@requires(Role.DISPATCHER)
def complete(request: HttpRequest, number: str, transformer: str, *, by: Actor) -> HttpResponse:
    """Record what was built for a transformer."""
    sent = request.POST
    try:
        deciding.complete(
            proposal=number,
            transformer=transformer,
            built_on=day(sent.get("built_on", ""), field="built_on", label="投运日期"),
            spent_cny=money(sent, "spent_cny", label="实际费用") or 0.0,
            note=sent.get("note", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refused(request, number, refusal, by=by)
    messages.success(request, _("已登记 %(number)s 投运。") % {"number": transformer})
    return redirect("console:relief_one", number)


@require_POST
@requires(Role.DISPATCHER)
def state(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """State what a proposal's measures took off, as measured, as claims."""
    try:
        stating.state_relief(proposal=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refused(request, number, refusal, by=by)
    messages.success(request, _("已登记为量化声明。"))
    return redirect("console:relief_one", number)


@require_GET
@requires(*READERS)
def effects(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what was built, before and after as measured."""
    found = measuring.effects(by=by)
    context = {"by": by, "page": found, "chart": _before_after(found)}
    return TemplateResponse(request, "console/relief/effects.html", context)


def _before_after(found: Effects) -> Chart | None:
    rows = [row for row in found.rows if row.before and row.after]
    if not rows:
        return None
    return Chart(
        key="chart-effects",
        title=_("治理前后过载小时（每 30 天）"),
        x_name=_("变压器"),
        y_name=_("小时"),
        x=tuple(row.built.number for row in rows),
        series=(
            Series(
                name=_("治理前"),
                values=tuple(row.before.over_hours for row in rows if row.before),
                shape=Shape.BAR,
                tone=Tone.WARN,
            ),
            Series(
                name=_("治理后"),
                values=tuple(row.after.over_hours for row in rows if row.after),
                shape=Shape.BAR,
            ),
        ),
    )
