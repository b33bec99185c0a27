"""The bars that lead through the console."""

from typing import Any

from django import template

from dianliang.faces.console.navigation import bars
from dianliang.kernel.actor import Role

register = template.Library()


@register.simple_tag(takes_context=True)
def console_bars(context: dict[str, Any]) -> Any:
    """Return the bars of the present page for the person who reads it."""
    here = context["request"].resolver_match
    return bars(role=Role(context["by"].role), page=here.view_name if here else "")
