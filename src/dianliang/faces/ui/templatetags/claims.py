"""Show a number as a link to what bears it out: ``12.3 万 kWh（90 % 10.1–14.4）ⓘ``."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dianliang.domain.energy.access import READERS
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.faces.ui.templatetags.ui import translated
from dianliang.faces.ui.wording import gettext as _
from dianliang.kernel.quantities import Quantity

register = template.Library()


@register.simple_tag(takes_context=True)
def claim(context: Context, row: ClaimRow | None) -> SafeString:
    """Show a claim's number with unit and interval, linked for whoever may open it.

    Without a claim a dash: a number that nothing bears out is not shown. The page's context names
    the actor as `by`.
    """
    if row is None:
        return SafeString("—")
    said = format_html('<span class="number">{}</span>', figure(row.quantity))
    between = interval(row.quantity)
    if between:
        said += format_html(' <span class="soft small number">({})</span>', between)
    by = context.get("by")
    if by is None or by.role not in READERS:
        return said
    title = f"{_(row.status_label)} · {translated(row.title)}"
    address = reverse("console:claim", args=[row.number])
    mark = format_html(
        '<span aria-hidden="true"> ⓘ</span><span class="visually-hidden"> {}</span>', _("看依据")
    )
    return format_html('<a class="claim" href="{}" title="{}">{}{}</a>', address, title, said, mark)


@register.filter
def figure(quantity: Quantity | None) -> str:
    """Show a quantity with its unit in the reader's counting."""
    return "—" if quantity is None else quantity.figure(language=_counting())


@register.filter
def interval(quantity: Quantity | None) -> str:
    """Show the interval of a quantity beside its figure, or nothing; a range says so."""
    return _between(quantity, "")


@register.filter
def interval_alone(quantity: Quantity | None) -> str:
    """Show the interval of a quantity with its unit, where the figure does not stand beside it."""
    return "" if quantity is None else _between(quantity, quantity.counted_in(language=_counting()))


def _between(quantity: Quantity | None, unit: str) -> str:
    ends = "" if quantity is None else quantity.interval(language=_counting())
    if quantity is None or not ends:
        return ""
    ends += unit
    if quantity.confidence is not None:
        return ends
    return _("范围 %(ends)s，不是置信区间") % {"ends": ends}


def _counting() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"
