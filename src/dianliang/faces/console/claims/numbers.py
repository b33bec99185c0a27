"""Numbers, percentages and files of forms about energy."""

from math import isfinite
from typing import Any

from django.http import HttpRequest, QueryDict

from dianliang.faces.console.tables import sent_file
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase


def number_in(sent: QueryDict, field: str, label: str) -> float | None:
    """Return a number of a form, or None where nothing was entered.

    Raises:
        InvalidInputError: it is none.
    """
    text = sent.get(field, "").strip().replace(",", "")
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InvalidInputError(Phrase("%(label)s应填数。", label=Phrase(label)), field=field)
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
