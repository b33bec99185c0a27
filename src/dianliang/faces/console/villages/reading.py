"""Read what people enter on the pages about villages."""

from datetime import date

from django.http import HttpRequest

from dianliang.faces.console.fields import optional_day
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

LONGEST_CODE = 40


def code(request: HttpRequest, name: str) -> str:
    """Return a short plain text of the address; what no database could look for is left out."""
    text = request.GET.get(name, "").strip()[:LONGEST_CODE]
    return text if text.isprintable() else ""


def as_of(text: str) -> date | None:
    """Return the day of which a file is asked for.

    Raises:
        InvalidInputError: it is no day.
    """
    return optional_day(text, field="on", label="日期")


def count(text: str, *, field: str, label: str) -> int | None:
    """Return a whole number, or None where nothing was entered.

    Raises:
        InvalidInputError: it is no whole number.
    """
    if not text.strip():
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise InvalidInputError(Phrase("%(label)s应填整数。", label=Phrase(label)), field=field)
    return int(text)
