"""Numbers, percentages and files of forms about energy."""

import re
from math import isfinite
from typing import Any
from unicodedata import normalize

from django.http import HttpRequest, QueryDict

from dianliang.faces.console.tables import sent_file
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

PLAIN = re.compile(
    r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE
)
"""Digits, in groups of three or in none: what else Python reads as a number was a slip."""


def number_in(sent: QueryDict, field: str, label: str) -> float | None:
    """Return a number of a form, or None where nothing was entered.

    Raises:
        InvalidInputError: it is none.
    """
    text = normalize("NFKC", sent.get(field, "")).strip()
    if not text:
        return None
    try:
        found = float(text.replace(",", "")) if PLAIN.fullmatch(text) else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        words = Phrase("%(label)s应填数，如 12000 或 12,000。", label=Phrase(label))
        raise InvalidInputError(words, field=field)
    return found


def named_file(request: HttpRequest, field: str) -> dict[str, Any]:
    """Return the content and the name of a form's file.

    Raises:
        InvalidInputError: none was chosen.
    """
    content = sent_file(request, field)
    sent = request.FILES.get(field)
    return {"content": content, "name": (getattr(sent, "name", "") or "")[:60]}


def share_in(sent: QueryDict, field: str, label: str) -> float | None:
    """Return a percentage of a form as a share, or None where nothing was entered.

    Raises:
        InvalidInputError: it is no number.
    """
    found = number_in(sent, field, label)
    return None if found is None else found / 100
