"""What is counted by themes: two-way tables, the report of a programme, the records behind both."""

from typing import NamedTuple
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from dianliang.domain.branches.access import READERS
from dianliang.domain.catalog import theme_queries
from dianliang.faces.console import list_tables
from dianliang.faces.console.branches.common import Period, address_of, period_of, shown, status_of
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.tables import SHEET_TYPE, download
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.themes import files, shapes, tables
from dianliang.flows.themes import report as reporting
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

DEFAULT_TREE, DEFAULT_ACROSS = "WW5", "ZJ5"
PROGRAMMES = "GC5"
KEPT = {**TYPES, "xlsx": SHEET_TYPE}


class Valued(NamedTuple):
    """A record with what it adds to the figure that is looked at."""

    record: shapes.Record
    value: float


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a two-way table."""
    period = period_of(request)
    asked = _asked(request, period)
    refusal: DomainError | None = None
    found = None
    try:
        found = tables.cross(asked=asked, by=by)
    except NotVisibleError as absent:
        refusal = InvalidInputError(absent.message, field="rows")
    except DomainError as wrong:
        refusal = wrong
    context = {
        "by": by,
        "found": found,
        "lines": _table_lines(found) if found else [],
        "sums": list(zip(found.bottom, found.columns, strict=True)) if found else [],
        "asked": asked,
        "axes": tables.axes(on=period.last),
        "figures": tables.figures(),
        "period": period,
        "refusal": refusal,
        "all_rows": _whole(asked.rows, "theme"),
        "all_columns": _whole(asked.columns, "also"),
        "query": request.GET.urlencode(),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/theme_table.html", context, status=status)


def _table_lines(
    found: tables.Cross,
) -> list[tuple[tables.Line, list[tuple[tables.Cell, tables.Place]]]]:
    return [(line, list(zip(line.cells, found.columns, strict=True))) for line in found.lines]


def _whole(axis: str, part: str) -> str:
    """Return how the list behind a sum is asked for: all that stands anywhere along an axis."""
    return "" if axis in tables.AXES else f"{part}={axis}{tables.BELOW}"


def _asked(request: HttpRequest, period: Period) -> tables.Asked:
    sent = request.GET
    return tables.Asked(
        rows=shown(sent.get("rows", DEFAULT_TREE)),
        columns=shown(sent.get("columns", DEFAULT_ACROSS)),
        figure=shown(sent.get("figure", tables.RECORDS)),
        since=period.first,
        until=period.last,
    )


@require_GET
@requires(*READERS)
def table_file(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand a two-way table out as Excel."""
    asked = _asked(request, period_of(request))
    try:
        found = tables.cross(asked=asked, by=by)
    except DomainError:
        return redirect(f"{reverse('console:theme_table')}?{request.GET.urlencode()}")
    content = files.cross_workbook(found, asked=asked, by=by, at=now())
    return download(content, f"themes-{asked.rows}-{asked.columns}.xlsx")


@require_GET
@requires(*READERS)
def report(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the report of a programme."""
    period, code = period_of(request), shown(request.GET.get("tree", PROGRAMMES))
    refusal: DomainError | None = None
    found = None
    try:
        found = reporting.report(code=code, since=period.first, until=period.last, by=by)
    except NotVisibleError as absent:
        refusal = InvalidInputError(absent.message, field="tree")
    except DomainError as wrong:
        refusal = wrong
    context = {
        "by": by,
        "found": found,
        "lines": _report_lines(found) if found else [],
        "trees": theme_queries.trees(on=period.last),
        "tree": code,
        "period": period,
        "refusal": refusal,
        "method": reporting.METHOD,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/theme_report.html", context, status=status)


def _report_lines(
    found: reporting.Report,
) -> list[tuple[reporting.Line, list[tuple[tables.Cell, shapes.Figure]], bool]]:
    return [
        (line, list(zip(line.cells, found.columns, strict=True)), line is found.whole)
        for line in (*found.lines, found.whole)
    ]


@require_GET
@requires(*READERS)
def report_file(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand the report out as Excel, Word or PDF."""
    period, code = period_of(request), shown(request.GET.get("tree", PROGRAMMES))
    kind = request.GET.get("kind", "xlsx")

    def address(theme: str, figure: str) -> str:
        path = f"{reverse('console:theme_records')}?theme={theme}&figure={figure}&{period.query}"
        return request.build_absolute_uri(path)

    try:
        found = reporting.report(code=code, since=period.first, until=period.last, by=by)
        file = files.printed(found, kind=kind, address=address, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError:
        return redirect(f"{reverse('console:theme_report')}?{request.GET.urlencode()}")
    plain = f"report-{code}-{period.first}-{period.last}.{kind}"
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": named}
    return HttpResponse(file.content, content_type=KEPT[kind], headers=headers)


@require_GET
@requires(*READERS)
def records(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the records behind a figure or a cell."""
    sent, period = request.GET, period_of(request)
    figure = shown(sent.get("figure", tables.RECORDS))
    labels = {code: (label, unit) for code, label, unit in tables.figures()}
    if figure not in labels:
        raise Http404
    chosen = tables.Chosen(
        theme=shown(sent.get("theme", "")),
        also=shown(sent.get("also", "")),
        unit=shown(sent.get("unit", "")),
        month=shown(sent.get("month", "")),
        figure=figure,
        since=period.first,
        until=period.last,
    )
    try:
        found = tables.behind(chosen=chosen, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    called = {row.code: row.name for row in theme_queries.themes(on=period.last)}
    values = [1 if figure == tables.RECORDS else row.values.get(figure, 0) for row in found]
    valued = [Valued(record, value) for record, value in zip(found, values, strict=True)]
    if file := sheet_of(request, list_tables.THEME_RECORDS, valued, by=by):
        return file
    rows, at = paged(request, valued)
    context = {
        "by": by,
        "rows": [(one.record, one.value, address_of(one.record, by=by)) for one in rows],
        "total": sum(values),
        "count": len(found),
        "figure": labels[figure],
        "names": [called.get(_plain(code), code) for code in (chosen.theme, chosen.also) if code],
        "cuts": [text for text in (chosen.month, _unit(found, chosen.unit)) if text],
        "period": period,
        "pages": at,
    }
    return TemplateResponse(request, "console/branches/theme_records.html", context)


def _plain(code: str) -> str:
    return code.removesuffix(tables.BELOW)


def _unit(found: tuple[shapes.Record, ...], code: str) -> str:
    return next((row.unit_name for row in found if row.unit_code == code), code)
