"""Put a chart and its table on a page."""

from typing import Any

from django import template

from dianliang.faces.ui.charts import Chart, Heat, Spans

register = template.Library()


@register.inclusion_tag("ui/chart.html")
def chart(drawn: Chart | Heat | Spans, is_open: bool = False) -> dict[str, Any]:
    """Draw a chart under its title, with its figures as a table that `is_open` unfolds."""
    return {"chart": drawn, "is_open": is_open}
