"""Key customers: the list with its map, one card, its forms."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.key_customers import queries
from dianliang.domain.key_customers.access import CALLERS, READERS, WRITERS
from dianliang.domain.territory.queries import village_choices
from dianliang.faces.console.key_customers.reading import (
    SUPPLY_ROWS,
    asked_of,
    filters_of,
    graded_of,
    without_page,
)
from dianliang.faces.console.paging import pages_of
from dianliang.faces.ui.keys import key_of, once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.key_customers import keeping as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def customers(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a page of the register with its map."""
    filters = filters_of(request)
    is_whole = request.GET.get("all") == "1"
    page = flow.page(filters=filters, by=by, on=today(), is_whole=is_whole)
    rows = [(row, page.checked.get(row.pk)) for row in page.found.rows]
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "filters": filters,
        "kept": without_page(request),
        "pages": pages_of(request.GET, page.found.page, page.found.pages),
        "tabs": [(code, label, page.found.counts[code]) for code, label in queries.VIEWS.items()],
        "tiles": [(code, label, page.found.grades.get(code, 0)) for code, label in queries.GRADES],
        "grades": queries.GRADES,
        "kinds": queries.KINDS,
        "towns": village_choices(),
        "points": list(page.points),
        "is_cut": len(page.points) == flow.MOST_POINTS,
        "most": flow.MOST_POINTS,
    }
    return TemplateResponse(request, "console/key_customers/list.html", context)


@require_GET
@requires(*READERS)
def customer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one key customer; the contact stays masked."""
    return _card(request, number, by=by)


def _card(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    is_whole = request.GET.get("all") == "1"
    try:
        page = flow.card_page(number=number, by=by, on=today(), is_whole=is_whole)
    except NotVisibleError as absent:
        raise Http404 from absent
    return _shown(request, page, by=by, refusal=refusal)


def _shown(
    request: HttpRequest, page: flow.CardPage, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    context = {
        "by": by,
        "page": page,
        "card": page.card,
        "row": page.card.row,
        "points": [page.point] if page.point else [],
        "grades": queries.GRADES,
        "refusal": refusal,
        "today": today(),
    }
    answer = TemplateResponse(
        request, "console/key_customers/card.html", context, status=422 if refusal else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@requires(*CALLERS)
def reveal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the contact, for a reason that is kept."""
    try:
        page = flow.reveal(number=number, reason=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _card(request, number, by=by, refusal=refusal)
    return _shown(request, page, by=by)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a key customer in."""
    refusal = None
    if request.method == "POST":
        sent = request.POST

        def act() -> dict[str, Any]:
            made = flow.take_in(
                number=sent.get("number", ""),
                asked=asked_of(sent),
                graded=graded_of(sent),
                by=by,
                at=now(),
            )
            return {"number": made.number}

        try:
            made = once(request, "key_customer", act, at=now())
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, _("已登记 %(number)s。") % made)
            return redirect("console:key_customer", made["number"])
    return _form(request, {"grade": "second", "tie_in": "unknown"}, by=by, refusal=refusal)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Bring a key customer up to date."""
    refusal = None
    try:
        page = flow.card_page(number=number, by=by, on=today())
        if request.method == "POST":
            sent = request.POST
            flow.change(
                number=number, asked=asked_of(sent), seen=sent.get("seen", ""), by=by, at=now()
            )
            messages.success(request, _("档案已保存。"))
            return redirect("console:key_customer", number)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refused:
        refusal = refused
    return _form(
        request, _values(page.card, unit=page.unit_code), by=by, refusal=refusal, page=page
    )


def _values(card: queries.Card, *, unit: str) -> Mapping[str, Any]:
    """Return what is kept as the form shows it; the contact stays away."""
    row = card.row
    return {
        "name": row.name,
        "kind": row.kind,
        "unit": unit,
        "area": row.area_code,
        "checklist": card.checklist_code,
        "address": card.address,
        "lat": _plain(row.lat),
        "lon": _plain(row.lon),
        "tie_in": row.tie_in,
        "cable_m": "" if row.cable_m is None else str(row.cable_m),
        "plug": row.plug,
        "note": card.note,
        "main": "".join(feed.code for feed in card.feeds if feed.is_main),
        "others": "、".join(feed.code for feed in card.feeds if not feed.is_main),
    }


def _form(
    request: HttpRequest,
    values: Mapping[str, Any],
    *,
    by: Actor,
    refusal: DomainError | None,
    page: flow.CardPage | None = None,
) -> HttpResponse:
    context = {
        "by": by,
        "page": page,
        "sent": values,
        "supplies": _supply_rows(request.POST, page),
        "choices": flow.choices(by=by),
        "grades": queries.GRADES,
        "kinds": queries.KINDS,
        "tie_ins": queries.TIE_INS,
        "supply_kinds": queries.SUPPLY_KINDS,
        "towns": village_choices(),
        "refusal": refusal,
        "key": key_of(request.POST),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/key_customers/form.html", context, status=status)


def _supply_rows(sent: QueryDict, page: flow.CardPage | None) -> list[dict[str, str]]:
    """Return the rows of own supplies: what was typed, or what is kept, and some empty ones."""
    columns = ("supply_kind", "kva", "kw", "hours", "tested")
    if sent:
        told = [
            dict(zip(columns, cells, strict=True))
            for cells in zip(*(sent.getlist(name) for name in columns), strict=False)
        ]
        return [row for row in told if row["supply_kind"]] + [{}] * SUPPLY_ROWS
    kept = page.card.row.supplies if page else ()
    return [
        {
            "supply_kind": row.kind,
            "kva": _plain(row.power_kva),
            "kw": _plain(row.power_kw),
            "hours": _plain(row.autonomy_h),
            "tested": row.tested_on.isoformat() if row.tested_on else "",
        }
        for row in kept
    ] + [{}] * SUPPLY_ROWS


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _grade(number: str, sent: QueryDict, by: Actor) -> str:
    flow.decide_grade(number=number, graded=graded_of(sent), by=by, at=now())
    return _("等级认定已登记，原来的认定保留在历史里。")


def _remove(number: str, sent: QueryDict, by: Actor) -> str:
    flow.remove(number=number, reason=sent.get("reason", ""), by=by, at=now())
    return _("已移出，历史记录仍可查。")


def _put_back(number: str, sent: QueryDict, by: Actor) -> str:
    flow.put_back(number=number, reason=sent.get("reason", ""), by=by, at=now())
    return _("已恢复在册。")


ACTS: dict[str, Callable[[str, QueryDict, Actor], str]] = {
    "grade": _grade,
    "remove": _remove,
    "put_back": _put_back,
}


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Decide on the grade, take out of the register, put back."""
    if verb not in ACTS:
        raise Http404
    try:
        told = once(
            request, "key_act", lambda: {"words": ACTS[verb](number, request.POST, by)}, at=now()
        )
        messages.success(request, told["words"])
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _card(request, number, by=by, refusal=refusal)
    return redirect("console:key_customer", number)
