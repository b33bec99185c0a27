"""Read single fields of small forms; what makes no sense is refused in plain words."""

from datetime import date
from math import nan

from django.http import QueryDict

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

FIRST_YEAR, LAST_YEAR = 1950, 2100
"""But for birthdays no form of ours is about days outside; a slip of the keyboard is."""
MOST_DIGITS = 18
"""Every number of these fits into a key of 64 bits."""


def key_in(sent: QueryDict, field: str) -> int:
    """Return a database key as a form sends it; what is none names nothing."""
    text = sent.get(field, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


def whole(text: str, *, field: str, label: str, digits: int = 5) -> int:
    """Return a whole number of at most so many digits.

    Raises:
        InvalidInputError: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= digits):
        raise InvalidInputError(Phrase("%(label)s应填整数。", label=Phrase(label)), field=field)
    return int(text)


def degrees(text: str, *, field: str, label: str, most: int) -> float | None:
    """Return degrees of latitude or longitude, or None where nothing was entered.

    Raises:
        InvalidInputError: it is no number, or none on this globe.
    """
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = nan
    if not -most <= found <= most:
        raise InvalidInputError(
            Phrase(
                "%(label)s应填 -%(most)s 到 %(most)s 之间的十进制度数。",
                label=Phrase(label),
                most=most,
            ),
            field=field,
        )
    return found


def day(text: str, *, field: str, label: str) -> date:
    """Return a day.

    Raises:
        InvalidInputError: it is none.
    """
    found = optional_day(text, field=field, label=label)
    if found is None:
        raise InvalidInputError(Phrase("请填写%(label)s。", label=Phrase(label)), field=field)
    return found


def optional_day(text: str, *, field: str, label: str, first_year: int = FIRST_YEAR) -> date | None:
    """Return a day, or None where nothing was entered.

    Raises:
        InvalidInputError: it is no day, or one that nobody can mean.
    """
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            Phrase("%(label)s应为“年-月-日”。", label=Phrase(label)), field=field
        ) from error
    if not first_year <= found.year <= LAST_YEAR:
        message = Phrase(
            "%(label)s应在 %(first_year)s 年到 %(last_year)s 年之间，现为 %(year)s 年。",
            label=Phrase(label),
            first_year=first_year,
            last_year=LAST_YEAR,
            year=found.year,
        )
        raise InvalidInputError(message, field=field)
    return found
