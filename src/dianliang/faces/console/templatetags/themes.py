"""The card about themes on the page of a record."""

from typing import Any

from django import template

from dianliang.flows.themes import marking

register = template.Library()


@register.inclusion_tag("console/branches/theme_slot.html", takes_context=True)
def theme_slot(context: dict[str, Any], kind: str, number: str) -> dict[str, Any]:
    """Show the card of a record's themes to whoever may open it; everybody else sees nothing."""
    is_offered = marking.offers(kind=kind, number=number, by=context["by"])
    return {"kind": kind, "number": number} if is_offered else {}
