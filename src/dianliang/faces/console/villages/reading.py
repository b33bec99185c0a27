"""Read what people enter on the pages about villages."""

from datetime import date, datetime

from django.http import HttpRequest

from dianliang.faces.console.fields import optional_day
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

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
        raise InvalidInputError(f"{label}应填整数。", field=field)
    return int(text)


def moment(text: str, *, field: str, label: str) -> datetime:
    """Return an instant as the browser's field for day and hour sends it.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise InvalidInputError(f"请选择{label}。", field=field) from error
