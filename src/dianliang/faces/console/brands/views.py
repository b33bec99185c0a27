"""Brands: written down, reviewed, shown; with the figures of what carries them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.branches.queries.links import branches_at_work
from dianliang.domain.brands import queries
from dianliang.faces.console import party_tables
from dianliang.faces.console.branches.common import (
    Steps,
    address_of,
    lead_on,
    period_of,
    reason,
    status_of,
)
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires, sent_photo, today
from dianliang.flows.branches.choices import choices
from dianliang.flows.brands import keeping as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def brands(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the brands, and the branches that have none."""
    view = request.GET.get("view", "live")
    view = view if view in queries.VIEWS else "live"
    listed, found = queries.brands(view=view, by=by)
    if file := sheet_of(request, party_tables.BRANDS, listed, by=by):
        return file
    rows, at = paged(request, listed)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "tabs": [(code, label, found[code]) for code, label in queries.VIEWS.items()],
        "without": queries.without(by=by),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/brands/brands.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write a brand down."""
    refusal = None
    if request.method == "POST":
        try:
            asked, at = _asked(request), now()
            number = made_once(
                request, "brands.create", lambda: flow.create(asked=asked, by=by, at=at), at=at
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("品牌已创建，请挂上活动记录后提交评审。"))
            return redirect("console:brand", number)
    context = {
        "by": by,
        "kinds": flow.KINDS.items(),
        "branches": branches_at_work(by),
        "units": choices(by=by).hosts,
        "asked": request.GET,
        "refusal": refusal,
        "today": today(),
    }
    return TemplateResponse(
        request, "console/brands/brand_new.html", context, status=status_of(refusal)
    )


def _asked(request: HttpRequest) -> flow.Asked:
    sent = request.POST
    return flow.Asked(
        name=sent.get("name", ""),
        slogan=sent.get("slogan", ""),
        kind=sent.get("kind", ""),
        branch=sent.get("branch", ""),
        unit=sent.get("unit", ""),
        intro=sent.get("intro", ""),
        since=day(sent.get("since", ""), field="since", label=_("创建日期")),
        photo=sent_photo(request),
    )


@require_GET
@requires(*READERS)
def brand(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one brand with what is counted of it."""
    return _brand(request, number, by=by)


def _brand(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    period = period_of(request)
    try:
        file = queries.brand(number, by=by)
        page = flow.page(number=number, since=period.first, until=period.last, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        refusal, page = wrong, None
    found = page.report if page else None
    context = {
        "by": by,
        "file": file,
        "b": file.row,
        "period": period,
        "figures": list(zip(found.columns, found.whole.cells, strict=True)) if found else [],
        "records": [(r, address_of(r, by=by)) for r, _t in found.records] if found else [],
        "media": page.media if page else (),
        "grades": flow.GRADES.items(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/brands/brand.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a brand on, attach a record, review it."""
    steps: Steps = {**STEPS, "describe": (flow.describe, partial(_described, request))}
    return lead_on(request, number, verb, steps, _brand, "console:brand", by=by)


def _described(request: HttpRequest, sent: QueryDict) -> dict[str, Any]:
    return {
        "slogan": sent.get("slogan", ""),
        "intro": sent.get("intro", ""),
        "photo": sent_photo(request),
    }


def _record(sent: QueryDict) -> dict[str, Any]:
    return {"record": sent.get("record", "")}


def _review(sent: QueryDict) -> dict[str, Any]:
    return {
        "since": day(sent.get("since", ""), field="since", label=_("评审期起")),
        "until": day(sent.get("until", ""), field="until", label=_("评审期止")),
        "grade": sent.get("grade", ""),
        **reason(sent),
    }


STEPS: Steps = {
    "submit": (flow.submit, lambda _sent: {}),
    "approve": (partial(flow.decide, verb="approve"), reason),
    "send_back": (partial(flow.decide, verb="send_back"), reason),
    "retire": (partial(flow.end, verb="retire"), reason),
    "drop": (partial(flow.end, verb="drop"), reason),
    "show": (flow.show, lambda sent: {"is_public": sent.get("is_public") == "1"}),
    "attach": (flow.attach, _record),
    "detach": (flow.detach, _record),
    "review": (flow.review, _review),
}


@require_GET
@requires(*READERS)
def logo(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return the logo of a brand."""
    del request
    try:
        return photo_answer(flow.logo_of(number=number, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with a brand as PDF."""
    period = period_of(request)
    try:
        content = flow.printed(
            number=number, since=period.first, until=period.last, by=by, at=now()
        )
    except DomainError as absent:
        raise Http404 from absent
    headers = {"Content-Disposition": f'attachment; filename="{number}.pdf"'}
    return HttpResponse(content, content_type=TYPES["pdf"], headers=headers)
