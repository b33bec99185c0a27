"""The library of factors: present versions, all of one, a new one by an administrator."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.energy.access import FACTOR_CHECKERS, FACTOR_WRITERS, READERS, checks_factors
from dianliang.domain.energy.queries import claims
from dianliang.domain.energy.queries import factors as library
from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.console.fields import whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import claims as flow
from dianliang.flows.carbon import factor_tables
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def factors(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the present version of every factor."""
    return _factors(request, request.GET, by=by)


def _factors(
    request: HttpRequest, query: QueryDict, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    every = library.factors()
    asked = {name: shown(query.get(name, "")) for name in ("carrier", "kind", "region")}
    listed = [row for row in every if _fits(row, asked)]
    rows, at = paged(request, listed)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "asked": asked,
        "carriers": sorted({row.carrier for row in every}),
        "regions": sorted({row.region for row in every}),
        "kinds": library.FACTOR_KINDS.items(),
        "levels": library.LEVELS.items(),
        "may_write": by.role in FACTOR_WRITERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/factors.html", context, status=status_of(refusal)
    )


def _fits(row: library.FactorRow, asked: dict[str, str]) -> bool:
    mine = {"carrier": row.carrier, "kind": row.kind, "region": row.region}
    return all(not value or mine[name] == value for name, value in asked.items())


@require_GET
@requires(*READERS)
def factor(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show all versions of one factor; without one, the way to all of them."""
    if "series" not in request.GET:
        return redirect("console:factors")
    return _factor(request, request.GET.get("series", ""), by=by)


def _factor(
    request: HttpRequest, series: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        editions = library.editions(series)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "f": editions[0],
        "editions": editions,
        "claims": claims.using(series, by=by),
        "may_write": by.role in FACTOR_WRITERS,
        "may_check": checks_factors(by),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/factor.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*FACTOR_WRITERS)
def keep(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a factor, or a new version of one that there is."""
    sent = request.POST
    series = sent.get("series", "")
    try:
        asked = _again(series) if series else _new(sent)
        asked |= {name: sent.get(name, "") for name in ("value", "low", "high", "source")}
        kept = flow.keep_factor(asked=asked, reason=sent.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        if series:
            return _factor(request, series, by=by, refusal=wrong)
        return _factors(request, QueryDict(), by=by, refusal=wrong)
    messages.success(request, _("已登记新版本；以前用过的版本不变。"))
    return redirect(f"{reverse('console:factor')}?{urlencode({'series': kept.series})}")


@require_GET
@requires(*READERS)
def blank(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of factors to fill in."""
    del request, by
    return download(factor_tables.blank(), "factors.xlsx")


@require_POST
@requires(*FACTOR_WRITERS)
def bring(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a table of factors in, all of it or nothing."""
    try:
        content = sent_file(request, "table")
        done = factor_tables.take_in(content=content, name=_("因子表"), by=by, at=now())
    except DomainError as wrong:
        return _factors(request, QueryDict(), by=by, refusal=wrong)
    words = _("新增 %(new)d 个因子版本，%(same)d 个没有变化；请县公司另一人对照文件核对。")
    messages.success(request, words % {"new": done.new, "same": done.same})
    return redirect("console:factors")


@require_POST
@requires(*FACTOR_CHECKERS)
def check(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Confirm a version against its document, as another than who recorded it."""
    sent = request.POST
    code = sent.get("code", "")
    try:
        series = flow.check_factor(
            code=code,
            document=sent.get("document", ""),
            words=sent.get("words", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        return _factor(request, code.partition("@")[0], by=by, refusal=wrong)
    messages.success(request, _("已记下核对。"))
    return redirect(f"{reverse('console:factor')}?{urlencode({'series': series})}")


@require_POST
@requires(*FACTOR_CHECKERS)
def uncheck(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a check back that was wrong."""
    code, words = request.POST.get("code", ""), request.POST.get("reason", "")
    try:
        series = flow.withdraw_factor_check(code=code, words=words, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        return _factor(request, code.partition("@")[0], by=by, refusal=wrong)
    messages.success(request, _("已撤回核对，可以重新核对。"))
    return redirect(f"{reverse('console:factor')}?{urlencode({'series': series})}")


def _again(series: str) -> dict[str, object]:
    last = library.editions(series)[0]
    return {
        "series": last.series,
        "name": last.name,
        "carrier": last.carrier,
        "kind": last.kind,
        "level": last.level,
        "region": last.region,
        "year": last.year,
        "unit": last.unit,
    }


def _new(sent: QueryDict) -> dict[str, object]:
    year = whole(sent.get("year", ""), field="year", label="年份", digits=4)
    names = ("carrier", "kind", "level", "region", "unit")
    said = {name: sent.get(name, "").strip() for name in names}
    kind = library.FACTOR_KINDS.get(said["kind"], "")
    name = f"{year} 年{said['region']}{said['carrier']}{kind}因子"
    identity = {key: said[key] for key in ("carrier", "kind", "level", "region")}
    series = library.series_of(**identity, year=year)
    return {**said, "year": year, "name": name, "series": series}
