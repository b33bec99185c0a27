"""What the forms about incidents share: the revision that was seen, moments left out."""

from datetime import datetime

from django.http import QueryDict

from dianliang.kernel.text import instant

MOST_DIGITS = 9


def revision_of(sent: QueryDict) -> int:
    """Return the revision that the page showed; what makes no sense is as old as can be."""
    text = sent.get("seen", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else -1


def moment(sent: QueryDict, name: str, *, label: str) -> datetime | None:
    """Return a moment of a form in Shanghai time, or None where nothing was entered.

    Raises:
        InvalidInputError: it is none.
    """
    text = sent.get(name, "").strip()
    return instant(text, field=name, label=label) if text else None
