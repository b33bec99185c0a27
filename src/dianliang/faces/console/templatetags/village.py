"""How the values of a village's file are written on a page."""

from django import template

from dianliang.faces.ui.templatetags.ui import counted, translated
from dianliang.flows.village_file.model import Fact, Table, Value, said

register = template.Library()


@register.simple_tag(name="said")
def fact_value(fact: Fact) -> str:
    """Say a fact's value with its unit."""
    return said(_told(fact.value), counted(fact.unit, fact.value))


@register.filter
def cells(row: tuple[Value, ...], table: Table) -> list[tuple[str, str, bool]]:
    """Return the cells of a row: column, what it says, whether it is a figure."""
    return [
        (column, said(_told(cell)), place in table.numbers)
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True))
    ]


def _told(value: Value) -> Value:
    """Translate what is a word of ours; names and figures stay."""
    return translated(value) if isinstance(value, str) else value
