"""What the public may book, and when it is free: nothing of who else has booked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.venues.booking import access
from dianliang.domain.venues.booking.calendar import Filters, filtered
from dianliang.domain.venues.booking.keeping import TYPES
from dianliang.domain.venues.booking.opening import coming, week_of
from dianliang.domain.venues.models import Bookable
from dianliang.flows.booking import asking
from dianliang.flows.booking.asking import FreeDay
from dianliang.kernel.calendar import SHANGHAI

PAGE_ROWS = 30
DAYS_OFFERED = 14
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """Something that anybody may book."""

    code: str
    name: str
    type: str
    type_label: str
    is_room: bool
    size: int
    site_name: str
    address: str
    spot: str
    words: str
    needs_approval: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicList:
    """One page of what anybody may book, and which types there are."""

    rows: tuple[PublicRow, ...]
    types: tuple[tuple[str, str], ...]
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """One thing with its rules, and what is free on a day."""

    row: PublicRow
    keeper_name: str
    keeper_phone: str
    hours: tuple[str, ...]
    day: FreeDay
    days: tuple[date, ...]
    lead_min: int
    ahead_days: int
    grace_min: int


def offered(*, filters: Filters) -> PublicList:
    """Return what the public may book, by site. Three queries."""
    everything = access.public()
    known = set(everything.values_list("type", flat=True).distinct())
    rows = filtered(everything, filters).select_related("site")
    count = rows.count()
    first = (max(1, filters.page) - 1) * PAGE_ROWS
    return PublicList(
        rows=tuple(_row(row) for row in rows[first : first + PAGE_ROWS]),
        types=tuple((code, label) for code, label in TYPES.items() if code in known),
        pages=max(1, -(-count // PAGE_ROWS)),
    )


def _row(bookable: Bookable) -> PublicRow:
    return PublicRow(
        code=bookable.code,
        name=bookable.name,
        type=bookable.type,
        type_label=TYPES[bookable.type],
        is_room=bookable.kind == Bookable.Kind.ROOM,
        size=bookable.places or bookable.pieces,
        site_name=bookable.site.name,
        address=bookable.site.address,
        spot=bookable.spot,
        words=bookable.words,
        needs_approval=bookable.needs_approval,
    )


def page(*, code: str, on: date | None, minutes: int, pieces: int, at: datetime) -> PublicPage:
    """Return one thing and what is free on a day, the first that it may be booked if none is told.

    Raises:
        NotVisibleError: nothing of this code is open to the public.
    """
    bookable = access.public_bookable(code)
    today = at.astimezone(SHANGHAI).date()
    first = (at + timedelta(minutes=bookable.lead_min)).astimezone(SHANGHAI).date()
    last = today + timedelta(days=bookable.ahead_days)
    chosen = min(max(on or first, first), max(first, last))
    longest = timedelta(minutes=bookable.longest_min)
    week = week_of(bookable, first=today, last=max(first, last, today + WEEK) + longest)
    offered_days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    open_days = [day for day in offered_days if week.on(day)]
    if on is None and open_days:
        chosen = open_days[0]
    return PublicPage(
        row=_row(bookable),
        keeper_name=bookable.unit.name,
        keeper_phone=bookable.unit.public_phone,
        hours=coming(week, since=today),
        day=asking.free_day(
            bookable=bookable, on=chosen, minutes=minutes, pieces=pieces, week=week, at=at
        ),
        days=_around(open_days, chosen),
        lead_min=bookable.lead_min,
        ahead_days=bookable.ahead_days,
        grace_min=bookable.grace_min,
    )


def _around(days: list[date], chosen: date) -> tuple[date, ...]:
    """Return two weeks of open days, with the chosen one where it is among them."""
    before = sum(day < chosen for day in days)
    first = max(0, min(before - 1, len(days) - DAYS_OFFERED))
    return tuple(days[first : first + DAYS_OFFERED])
