"""Read what addresses and forms of these pages say; what makes no sense is left out or refused."""

from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.faces.console.paging import page_number
from dianliang.faces.ui.requests import sent_photo, today
from dianliang.flows.ledgers.balances import BY, Asked
from dianliang.flows.ledgers.donations import Sent
from dianliang.kernel.errors import InvalidInputError

FIRST_BOOK = "volunteer_hours"


def period_of(query: QueryDict) -> tuple[date, date]:
    """Return the days that are asked for, the last one excluded; else this year up to today."""
    now = today()
    try:
        since = optional_day(query.get("since", ""), field="since", label=_("起始日期"))
        until = optional_day(query.get("until", ""), field="until", label=_("截止日期"))
    except InvalidInputError:
        since = until = None
    since = since or now.replace(month=1, day=1)
    until = until or date.fromordinal(now.toordinal() + 1)
    return (since, until) if since < until else (now.replace(month=1, day=1), until)


def asked_of(query: QueryDict) -> Asked:
    """Return which balances are asked for."""
    since, until = period_of(query)
    return Asked(
        book=query.get("book", FIRST_BOOK).replace("\0", "")[:24],
        by=query.get("by", "person") if query.get("by") in BY else "person",
        since=since,
        until=until,
        article=query.get("article", "").replace("\0", "")[:24],
        q=query.get("q", "").replace("\0", "").strip()[:40],
        page=page_number(query),
    )


def optional_whole(text: str, *, field: str, label: str) -> int | None:
    """Return a whole number, or None where nothing was entered.

    Raises:
        InvalidInputError: it is none.
    """
    return whole(text, field=field, label=label) if text.strip() else None


def sent_of(request: HttpRequest) -> Sent:
    """Return what a form of a gift or a grant says.

    Raises:
        InvalidInputError: a day or a number makes no sense.
    """
    sent = request.POST
    book, _colon, article = sent.get("thing", "").partition(":")
    return Sent(
        book=book[:24],
        article=article[:24],
        amount=sent.get("amount", ""),
        on=day(sent.get("on", "") or today().isoformat(), field="on", label=_("日期")),
        words=sent.get("words", ""),
        kind=sent.get("kind", ""),
        name=sent.get("name", ""),
        phone=sent.get("phone", ""),
        shown_name=sent.get("shown_name", ""),
        people=whole(sent.get("people", "") or "1", field="people", label=_("人数")),
        pairing=sent.get("pairing", "")[:24],
        photo=sent_photo(request),
    )
