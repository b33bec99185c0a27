"""Carbon accounts: all of them, one with its year, tables taken in, entries reversed, papers."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.energy.access import READERS, WRITERS
from dianliang.domain.energy.queries import factors as library
from dianliang.domain.energy.queries.carbon import ACCOUNT_KINDS
from dianliang.domain.enterprises.queries import named as firm_row
from dianliang.faces.console.addresses import record_address
from dianliang.faces.console.branches.common import Steps, lead_on, press, reason, status_of
from dianliang.faces.console.claims.numbers import named_file
from dianliang.faces.console.claims.tables import CARBON
from dianliang.faces.console.fields import key_in
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.carbon_charts import cumulative_chart
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.branches.choices import choices
from dianliang.flows.carbon import keeping, reading, reckoning
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_GET
@requires(*READERS)
def accounts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the carbon accounts with what a year comes to."""
    year = key_in(request.GET, "year") or today().year
    listed = reckoning.overview(year=min(year, today().year), by=by)
    if file := sheet_of(request, CARBON, listed, by=by):
        return file
    rows, at = paged(request, listed)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "year": year,
        "years": range(today().year, today().year - 6, -1),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/claims/carbon.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open an account."""
    refusal = None
    if request.method == "POST":
        sent, at = request.POST, now()
        try:
            number = made_once(
                request,
                "energy.open_account",
                lambda: keeping.open_account(
                    name=sent.get("name", ""),
                    kind=sent.get("kind", ""),
                    boundary=sent.get("boundary", ""),
                    unit_code=sent.get("unit", ""),
                    subject_number=sent.get("firm", ""),
                    by=by,
                    at=at,
                ),
                at=at,
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("账户已开立，请导入活动数据。"))
            return redirect("console:carbon_account", number)
    firm = request.POST.get("firm", "") or request.GET.get("firm", "")
    context = {
        "by": by,
        "firm": firm_row(firm, by=by) if firm else None,
        "kinds": ACCOUNT_KINDS.items(),
        "units": choices(by=by).hosts,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/carbon_new.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def account(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show an account with one of its years."""
    return _account(request, number, by=by)


def _account(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    asked = key_in(request.GET, "year") or key_in(request.POST, "year")
    try:
        page = reckoning.page(number=number, year=asked, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    told = page.reckoned
    entries, at = paged(request, page.entries)
    context = {
        "by": by,
        "page": page,
        "a": page.row,
        "told": told,
        "total": told.lines[-1] if told and told.lines else None,
        "entries": entries,
        "pages": at,
        "stated": [
            (basis, label, page.claims.get(reckoning.claim_key(number, told.year, basis)))
            for basis, label in reckoning.BASES.items()
        ]
        if told
        else [],
        "curve": cumulative_chart(told.curve) if told and told.curve else None,
        "subject": record_address("firm", page.row.subject_number, by=by)
        if page.row.subject_number
        else "",
        "lacks_scope_three": not library.factors(kind="value_chain"),
        "may_write": by.role in WRITERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/carbon_account.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Take a table in, reverse an entry, or state a year."""
    if verb == "take_in":
        return _take_in(request, number, by=by)
    steps: Steps = {
        "reverse": (keeping.reverse, lambda sent: {"entry": sent.get("entry", ""), **reason(sent)}),
        "state": (keeping.state_year, _year),
    }
    answer = lead_on(request, number, verb, steps, _account, "console:carbon_account", by=by)
    return answer if answer.status_code != 302 else _shown(number, key_in(request.POST, "year"))


def _take_in(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a table in, say how many rows it had, and show the year that it is of."""
    at, taken = now(), list[keeping.TakenIn]()

    def act() -> None:
        # Read before anything is written: reading holds nobody up.
        found = reading.read(**named_file(request, "file"), today=today())
        step = partial(keeping.enter, number=number, found=found, by=by, at=at)
        press_once(request, "console:carbon_account", lambda: taken.append(step()), at=at)

    def done() -> HttpResponse:
        for one in taken:
            messages.success(request, _("已导入 %(n)s 条分录。") % {"n": one.count})
        year = taken[0].year if taken else key_in(request.POST, "year")
        return _shown(number, year)

    return press(
        act,
        refused=lambda refusal: _account(request, number, by=by, refusal=refusal),
        done=done,
    )


def _shown(number: str, year: int | None) -> HttpResponse:
    address = reverse("console:carbon_account", args=[number])
    return redirect(f"{address}?year={year}" if year else address)


def _year(sent: QueryDict) -> dict[str, Any]:
    return {"year": key_in(sent, "year"), "basis": sent.get("basis", ""), **reason(sent)}


@require_GET
@requires(*WRITERS)
def blank(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table to fill in."""
    del request, by
    return download(reading.blank(), "carbon.xlsx")


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, form: str, *, by: Actor) -> HttpResponse:
    """Answer with an account's year as PDF or Word."""
    if form not in TYPES:
        raise Http404
    year = key_in(request.GET, "year")
    try:
        content = keeping.printed(number=number, year=year, form=form, by=by, at=now())
    except DomainError as absent:
        raise Http404 from absent
    headers = {"Content-Disposition": f'attachment; filename="{number}.{form}"'}
    return HttpResponse(content, content_type=TYPES[form], headers=headers)
