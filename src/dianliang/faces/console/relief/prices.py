"""What measures against overload cost (造价口径): the table, and its next version."""

from math import isfinite

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.fields import whole
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.console.tables import download
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.flows.relief import pricing
from dianliang.flows.relief.pricing import Priced
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

LONGEST_NUMBER = 16
TABLE = Table(
    "relief.measureprice",
    "造价口径",
    (
        ("措施", "item_label"),
        ("额定容量（kVA）", "rating_kva"),
        ("造价（元）", "cny"),
        ("来源", "source"),
        ("年份", "year"),
        ("版次", "edition"),
        ("登记人", "recorded_by"),
        ("登记时间", "recorded_at"),
    ),
)


def money(sent: QueryDict, field: str, *, label: str) -> float | None:
    """Return an amount, or None where nothing was entered.

    Raises:
        InvalidInputError: it is no number.
    """
    text = sent.get(field, "").strip().replace(",", "")
    if not text:
        return None
    try:
        found = float(text) if len(text) <= LONGEST_NUMBER else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InvalidInputError(Phrase("%(label)s应填数字。", label=Phrase(label)), field=field)
    return found


@require_GET
@requires(*READERS)
def prices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what measures cost, with source and year; to the top unit the form to change it."""
    context = {
        "by": by,
        "rows": pricing.table(),
        "items": pricing.ITEMS,
        "this_year": today().year,
        "may_keep": pricing.keeps_prices(by),
    }
    return TemplateResponse(request, "console/relief/prices.html", context)


@require_POST
@requires(Role.DISPATCHER, Role.ADMINISTRATOR)
def price(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Put another version of a price in the place of the last."""
    sent = request.POST
    rating = sent.get("rating_kva", "").strip()
    try:
        cny = money(sent, "cny", label="造价")
        if cny is None:
            raise InvalidInputError("请填写造价（元）。", field="cny")
        told = Priced(
            item=sent.get("item", ""),
            rating_kva=whole(rating, field="rating_kva", label="额定容量") if rating else None,
            cny=cny,
            source=sent.get("source", ""),
            year=whole(sent.get("year", ""), field="year", label="年份"),
            is_confirmed="is_confirmed" in sent,
        )
        pricing.change(told=told, by=by, at=now())
    except NotVisibleError as hidden:
        raise Http404 from hidden
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已登记新造价；以前的方案仍按当时的造价。"))
    return redirect("console:relief_prices")


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the table as a workbook."""
    content = list_sheet(TABLE, pricing.table(), filter_words="", by=by, at=now())
    return download(content, "relief-prices.xlsx")
