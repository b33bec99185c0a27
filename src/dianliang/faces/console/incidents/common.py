"""What the pages about incidents share: moments of forms, keys, answers to refusals, files."""

from datetime import datetime

from django.http import HttpResponse, QueryDict

from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.ui.keys import fresh_key, key_of
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import instant

__all__ = [
    "fresh_key",
    "instant",
    "key_of",
    "moment",
    "needed",
    "revision_of",
    "shown",
    "status_of",
    "table",
]
MOST_DIGITS = 9
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def needed(sent: QueryDict, name: str, *, label: str) -> datetime:
    """Return a moment of a form that must be there.

    Raises:
        InvalidInputError: it is not there, or none.
    """
    found = moment(sent, name, label=label)
    if found is None:
        raise InvalidInputError(f"请填写{label}。", field=name)
    return found


def table(content: bytes, *, name: str) -> HttpResponse:
    """Answer with a workbook."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(content, content_type=EXCEL, headers=headers)
