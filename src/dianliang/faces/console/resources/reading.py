"""What pages about gear and stores read of a request: texts, pages of a list, keys of forms."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from dianliang.faces.console.paging import ROWS_A_PAGE, Pages, pages_of


def text_of(sent: QueryDict, name: str, most: int = 60) -> str:
    """Return what an address says, as it may be looked for."""
    return sent.get(name, "").replace("\0", "").strip()[:most]


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """Return the page of a list that was asked for."""
    return Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))


def beside(request: HttpRequest, page: Page[Any] | None) -> Pages | None:
    """Return the addresses of the pages beside one, for its list."""
    if page is None:
        return None
    return pages_of(request.GET, page.number, page.paginator.num_pages)


def query_of_page(request: HttpRequest) -> str:
    """Return the filters of an address without its page, for the links to other pages."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def others(request: HttpRequest, *names: str) -> str:
    """Return the rest of an address, for tabs that set some of its parts anew."""
    kept = request.GET.copy()
    for name in ("page", *names):
        kept.pop(name, None)
    return kept.urlencode()
