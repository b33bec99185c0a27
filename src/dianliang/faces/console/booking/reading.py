"""What the pages about rooms and gear read of an address or a form. Meaning is checked inside."""

from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from dianliang.domain.venues.booking.calendar import Filters
from dianliang.domain.venues.booking.keeping import Offer
from dianliang.domain.venues.lifecycle import KEEPERS
from dianliang.faces.console.fields import whole
from dianliang.faces.console.paging import page_number
from dianliang.kernel.actor import Role

BOOKERS = (*KEEPERS, Role.ALLIANCE_UNIT)
READERS = (*BOOKERS, Role.COMMANDER, Role.AUDITOR)
NUMBERS = (
    ("slot_min", "时段长度"),
    ("longest_min", "一次最长"),
    ("lead_min", "至少提前"),
    ("ahead_days", "最多提前"),
    ("grace_min", "迟到保留"),
    ("misses_allowed", "未到场次数"),
    ("pause_days", "暂停预约天数"),
)


def filters_of(query: QueryDict) -> Filters:
    """Read filters from an address; what makes no sense is left out."""

    def word(name: str, most: int) -> str:
        return query.get(name, "").replace("\0", "")[:most]

    return Filters(
        site=word("site", 24),
        type=word("type", 12),
        unit=word("unit", 24),
        words=word("q", 40),
        page=page_number(query),
    )


def day_of(text: str, *, default: date) -> date:
    """Read a day from an address; one that nobody can mean is the default."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return default
    return found if 2000 <= found.year <= 2100 else default


def amount(text: str, *, field: str, label: str) -> int | None:
    """Return a whole number, or None where nothing was entered.

    Raises:
        InvalidInputError: it is none.
    """
    return whole(text, field=field, label=label) if text.strip() else None


def offer_of(sent: QueryDict) -> Offer:
    """Read the form of a room or gear.

    Raises:
        InvalidInputError: a number is none; its field is named.
    """
    rules = {name: whole(sent.get(name, ""), field=name, label=_(label)) for name, label in NUMBERS}
    is_room = sent.get("kind", "") == "room"
    size = amount(sent.get("size", ""), field="size", label=_("容纳人数或件数"))
    return Offer(
        name=sent.get("name", ""),
        kind=sent.get("kind", ""),
        type=sent.get("type", ""),
        spot=sent.get("spot", ""),
        words=sent.get("words", ""),
        places=size if is_room else None,
        pieces=1 if is_room else size or 0,
        audience=sent.get("audience", ""),
        needs_approval=sent.get("needs_approval") == "1",
        **rules,
    )


def hours_of(sent: QueryDict) -> tuple[str, ...]:
    """Read the seven lines of opening hours."""
    return tuple(sent.get(f"day{number}", "")[:120] for number in range(1, 8))


def kept_query(request: HttpRequest, *without: str) -> str:
    """Return the query of an address without some of its parts, to be added to."""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()
