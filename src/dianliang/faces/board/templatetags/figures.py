"""How figures are written and drawn."""

from django import template

from dianliang.domain.insight.measures import Figures
from dianliang.faces.ui.templatetags.ui import minutes

register = template.Library()


@register.filter
def whole_minutes(value: float | None) -> str:
    """Show minutes in words; none as a dash."""
    return minutes(None if value is None else round(value * 60))


@register.filter
def hundred(share: float | None) -> str:
    """Show a share as a position from 0 to 100."""
    return f"{(share or 0) * 100:.1f}"


@register.filter
def interval_width(figures: Figures) -> str:
    """Return how wide the interval of satisfaction is, of 100."""
    return hundred((figures.satisfied_high or 0) - (figures.satisfied_low or 0))
