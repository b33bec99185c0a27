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
    """Show what measures cost, what waits for a second person; to the top unit the forms."""
    rows, waiting, versions = pricing.book()
    context = {
        "by": by,
        "rows": rows,
        "waiting": waiting,
        "withdrawn": [(row, one) for row in versions for one in row.withdrawn],
        "may_check": pricing.checks_prices(by),
        "items": pricing.ITEMS,
        "this_year": today().year,
        "may_keep": pricing.keeps_prices(by),
    }
    return TemplateResponse(request, "console/relief/prices.html", context)


@require_POST
@requires(Role.DISPATCHER, Role.ADMINISTRATOR)
def price(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a version of a price, for another person to check."""
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
        )
        pricing.change(told=told, by=by, at=now())
    except NotVisibleError as hidden:
        raise Http404 from hidden
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已登记新造价，由另一人对照文件核对后生效。"))
    return redirect("console:relief_prices")


@require_POST
@requires(*pricing.CHECKERS)
def check(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Confirm a version against its document, as another than who recorded it."""
    sent = request.POST
    told = {name: sent.get(name, "") for name in ("code", "document", "words")}
    try:
        pricing.check(**told, by=by, at=now())
    except NotVisibleError as hidden:
        raise Http404 from hidden
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已记下核对，新方案按这一版造价。"))
    return redirect("console:relief_prices")


@require_POST
@requires(*pricing.CHECKERS)
def uncheck(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a check back that was wrong."""
    sent = request.POST
    try:
        pricing.withdraw_check(
            code=sent.get("code", ""), words=sent.get("reason", ""), by=by, at=now()
        )
    except NotVisibleError as hidden:
        raise Http404 from hidden
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已撤回核对，可以重新核对。"))
    return redirect("console:relief_prices")


@require_GET
@requires(*READERS)
def table(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the table as a workbook."""
    content = list_sheet(TABLE, pricing.table(), filter_words="", by=by, at=now())
    return download(content, "relief-prices.xlsx")
