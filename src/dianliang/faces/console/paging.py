"""Lists: which page is asked for, the addresses beside it, and the whole list as Excel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from dianliang.core.rows import in_order
from dianliang.faces.console.tables import download
from dianliang.faces.ui.requests import now
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.kernel.actor import Actor

Row = TypeVar("Row")
ROWS_A_PAGE = 60
AS, SHEET = "as", "xlsx"
"""What an address says that asks for the list as a file."""
LOOKED_FOR = "q"
"""Holds what somebody typed to look for: a name perhaps, or a telephone. The trail keeps none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where a page stands: the addresses of its neighbours, and of the list as a file."""

    here: int
    count: int
    total: int = 0
    before: str = ""
    after: str = ""
    sheet: str = ""


def page_number(asked: QueryDict) -> int:
    """Return the page that is asked for; what makes no sense is the first."""
    text = asked.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def pages_of(asked: QueryDict, here: int, count: int, *, total: int = 0) -> Pages:
    """Return where a page stands among as many as there are."""
    other, found = asked.copy(), {}
    for name, number in (("before", here - 1), ("after", here + 1)):
        if 1 <= number <= count:
            other["page"] = str(number)
            found[name] = other.urlencode()
    other.pop("page", None)
    other[AS] = SHEET
    return Pages(here=here, count=count, total=total, sheet=other.urlencode(), **found)


def paged(
    request: HttpRequest, rows: Sequence[Row] | QuerySet[Any, Row], *, each: int = ROWS_A_PAGE
) -> tuple[Sequence[Row], Pages]:
    """Return the rows of the page that is asked for, and where it stands."""
    all_pages = Paginator(in_order(rows) if isinstance(rows, QuerySet) else rows, each)
    page = all_pages.get_page(page_number(request.GET))
    found = pages_of(request.GET, page.number, all_pages.num_pages, total=all_pages.count)
    return page, found


def sheet_of(
    request: HttpRequest, table: Table, rows: Sequence[object], *, by: Actor
) -> HttpResponse | None:
    """Answer with a list as Excel, where the address asks for it: all that its filter shows."""
    if request.GET.get(AS) != SHEET:
        return None
    asked = request.GET.copy()
    for name in (AS, "page"):
        asked.pop(name, None)
    if asked.get(LOOKED_FOR):
        asked[LOOKED_FOR] = "…"
    at = now()
    content = list_sheet(table, rows, filter_words=asked.urlencode(), by=by, at=at)
    return download(content, f"{table.kind.replace('.', '-')}.xlsx")
