"""Measurement projects and county roll-ups: opened, given readings, computed, stated."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.energy.access import READERS, WRITERS
from dianliang.domain.energy.queries import measuring as queries
from dianliang.domain.energy.shapes import ProjectDraft
from dianliang.faces.console.addresses import record_address
from dianliang.faces.console.branches.common import Steps, lead_on, reason, status_of
from dianliang.faces.console.claims.numbers import named_file, number_in, share_in
from dianliang.faces.console.claims.tables import PROJECTS
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.carbon_charts import measured_chart
from dianliang.faces.ui.charts import Chart
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.branches.choices import choices
from dianliang.flows.measuring import bringing, rolling
from dianliang.flows.measuring import projects as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

SEED = {
    "title": "注塑机节能发热圈改造",
    "machines": "4000",
    "fraction": "35",
    "measured_fraction": "36",
    "saved_kwh": "60000000",
    "co2_t": "59000",
    "cost_cny": "40000000",
    "before": "85",
    "after": "99.8",
    "share": "100",
}
"""What a county reported (seed row 004-18): where the form begins, each figure to be changed."""

MOST_MACHINES = 1_000_000_000


@require_GET
@requires(*READERS)
def projects(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the measurement projects."""
    listed = queries.projects(by=by)
    if file := sheet_of(request, PROJECTS, listed, by=by):
        return file
    rows, at = paged(request, listed)
    context = {"by": by, "rows": rows, "pages": at, "may_write": by.role in WRITERS}
    return TemplateResponse(request, "console/claims/measuring.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open a project."""
    refusal = None
    if request.method == "POST":
        try:
            draft, at = _draft(request.POST), now()
            number = made_once(
                request,
                "energy.open_project",
                lambda: flow.open_project(
                    draft=draft, unit_code=request.POST.get("unit", ""), by=by, at=at
                ),
                at=at,
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("项目已登记，请导入读数。"))
            return redirect("console:measuring_project", number)
    context = {
        "by": by,
        "designs": [(code, queries.DESIGNS[code]) for code in bringing.DESIGNS],
        "units": choices(by=by).hosts,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/measuring_new.html", context, status=status_of(refusal)
    )


def _draft(sent: QueryDict) -> ProjectDraft:
    part = share_in(sent, "part_share", "占比")
    return ProjectDraft(
        title=sent.get("title", ""),
        subject_name=sent.get("subject_name", ""),
        boundary=sent.get("boundary", ""),
        design=sent.get("design", ""),
        measure_on=day(sent.get("measure_on", ""), field="measure_on", label=_("措施投用日期")),
        efficiency_before=share_in(sent, "efficiency_before", "改造前效率"),
        efficiency_after=share_in(sent, "efficiency_after", "改造后效率"),
        part_share=1.0 if part is None else part,
    )


@require_GET
@requires(*READERS)
def project(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a project with what was computed of it."""
    return _project(request, number, by=by)


def _project(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        row = queries.project(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "p": row,
        "result": row.result,
        "chart": _chart(row),
        "has_days": row.design in {"weather", "calendar"},
        "subject": record_address("firm", row.subject_number, by=by) if row.subject_number else "",
        "finding": record_address("finding", row.finding_number, by=by)
        if row.finding_number
        else "",
        "claim_row": flow.stated(number, by=by),
        "may_write": by.role in WRITERS and row.status != "CLOSED",
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/measuring_project.html", context, status=status_of(refusal)
    )


def _chart(row: queries.ProjectRow) -> Chart | None:
    """Draw a result that has days; results of before charts have none."""
    series = (row.result or {}).get("series")
    return measured_chart(series, measure_on=f"{row.measure_on}") if series else None


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Take readings in, note an event, state the result, or close the project."""
    steps: Steps = {
        "take_in": (flow.take_in, partial(_file, request)),
        "note_event": (flow.note_event, _event),
        "state": (flow.state, reason),
        "close": (flow.close, reason),
    }
    return lead_on(request, number, verb, steps, _project, "console:measuring_project", by=by)


def _file(request: HttpRequest, sent: QueryDict) -> dict[str, Any]:
    words = sent.get("meters", "").replace("，", " ").replace("、", " ").replace(",", " ")
    wanted = bringing.Wanted(
        meters=tuple(words.split()),
        hours=number_in(sent, "hours", "一年运行小时数"),
        hours_error=number_in(sent, "hours_error", "小时数的标准误差"),
    )
    return {**named_file(request, "file"), "wanted": wanted}


def _event(sent: QueryDict) -> dict[str, Any]:
    return {
        "name": sent.get("name", ""),
        "first": day(sent.get("first", ""), field="first", label=_("事件起")),
        "last": day(sent.get("last", ""), field="last", label=_("事件止")),
        "kwh_per_day": number_in(sent, "kwh_per_day", "每天影响电量"),
    }


@require_GET
@requires(*WRITERS)
def blank(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of a design to fill in."""
    del by
    design = request.GET.get("design", "weather")
    if design not in bringing.DESIGNS:
        raise Http404
    return download(bringing.blank(design), f"measure-{design}.xlsx")


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def rollup(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a county's roll-up apart; state it as estimates."""
    asked = request.POST if request.method == "POST" else request.GET
    figures = {name: asked.get(name, value) for name, value in SEED.items()}
    refusal: DomainError | None = None
    found = stated = None
    try:
        scenario = _scenario(figures)
        found = rolling.rolled_up(scenario)
        if request.method == "POST":
            rolling.state(scenario=scenario, by=by, at=now())
            messages.success(request, _("推算已登记为工程估算。"))
        stated = rolling.stated(scenario, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        refusal = wrong
    context = {
        "by": by,
        "asked": figures,
        "found": found,
        "stated": stated or (),
        "may_write": by.role in WRITERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/rollup.html", context, status=status_of(refusal)
    )


def _scenario(figures: dict[str, str]) -> rolling.Scenario:
    sent = QueryDict(mutable=True)
    sent.update(figures)
    labels = {"saved_kwh": "年节电量", "co2_t": "年减碳量", "cost_cny": "年节省电费"}
    amounts = {name: number_in(sent, name, label) for name, label in labels.items()}
    shares = {
        name: share_in(sent, name, label)
        for name, label in (
            ("fraction", "推算节能率"),
            ("measured_fraction", "单机实测节能率"),
            ("before", "改造前效率"),
            ("after", "改造后效率"),
            ("share", "占比"),
        )
    }
    machines = number_in(sent, "machines", "机器台数")
    missing = [
        name for name, value in {**amounts, **shares, "machines": machines}.items() if not value
    ]
    if missing or machines is None:
        raise InvalidInputError(_("每个数都要填，且大于零。"), field=(missing or ["machines"])[0])
    if machines != int(machines) or not 0 < machines <= MOST_MACHINES:
        words = Phrase("机器台数应是 1 到 %(most)s 的整数。", most=f"{MOST_MACHINES:,}")
        raise InvalidInputError(words, field="machines")
    return rolling.Scenario(
        title=figures["title"].strip()[:60] or SEED["title"],
        machines=int(machines),
        **{name: value or 0.0 for name, value in {**amounts, **shares}.items()},
    )
