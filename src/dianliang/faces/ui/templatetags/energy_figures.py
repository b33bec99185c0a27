"""How figures of energy and money are written: thousands apart in every language."""

from django import template

register = template.Library()


@register.filter
def whole(value: float) -> str:
    """Write a figure without decimals."""
    return f"{value:,.0f}"


@register.filter
def tenth(value: float) -> str:
    """Write a figure with one decimal."""
    return f"{value:,.1f}"


@register.filter
def cents(value: float) -> str:
    """Write a figure with two decimals."""
    return f"{value:,.2f}"


@register.filter
def price(value: float) -> str:
    """Write a price with two decimals at least and six at most: 1.18, 0.0525."""
    whole, _, rest = f"{value:,.6f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


@register.filter
def signed_percent(share: float) -> str:
    """Write a change as a percentage with its sign: +3.2%, -0.5%."""
    return f"{share:+.1%}"
