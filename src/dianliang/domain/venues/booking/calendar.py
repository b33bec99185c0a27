"""Who has what on some days: the rows of the calendar page. Foreign bookings have no details."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Q, QuerySet

from dianliang.domain.venues.booking import access
from dianliang.domain.venues.booking.keeping import TYPES
from dianliang.domain.venues.booking.opening import Week, weeks_of
from dianliang.domain.venues.booking.slots import GRAIN_MIN, slots_of, start_of
from dianliang.domain.venues.lifecycle import BOOKED, LIVE
from dianliang.domain.venues.models import Bookable, Booking, Node, Site
from dianliang.domain.venues.queries import at_or_below
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.masking import mask_name
from dianliang.kernel.periods import TimeWindow

PAGE_ROWS = 40
FIRST_HOUR, LAST_HOUR = 8, 18
"""The day as it is drawn at least; longer where something is open or booked longer."""
SHOWN = tuple({*LIVE, *BOOKED})
TONES = {"ASKED": "warn", "IN_USE": "good", "NO_SHOW": "danger", "ENDED": "plain"}
LONGEST_LABEL = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is shown: at a site and below, of a type, of a unit, by words of its name."""

    site: str = ""
    type: str = ""
    unit: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A booking as the calendar shows it; without number and words where it is not his to read.

    `held` is the part of its window that nobody else can have: what was left early is free.
    """

    number: str
    label: str
    status: str
    tone: str
    pieces: int
    window: TimeWindow
    held: TimeWindow | None
    is_closure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a day in which nothing changes; `columns` are quarters of an hour."""

    state: str
    columns: int
    window: TimeWindow
    given: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOf:
    """One room or stock on one day."""

    on: date
    spans: tuple[TimeWindow, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRow:
    """A room or stock with its days."""

    code: str
    name: str
    type_label: str
    is_room: bool
    places: int | None
    pieces: int
    site_name: str
    unit_name: str
    is_active: bool
    stopped_because: str
    may_book: bool
    days: tuple[DayOf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The rooms and gear that an actor may see, with some days."""

    days: tuple[date, ...]
    rows: tuple[RoomRow, ...]
    count: int
    pages: int
    hours: tuple[int, ...]


def calendar(*, filters: Filters, first_on: date, days: int, by: Actor) -> Calendar:
    """Return the calendar of all bases, in as many queries however many rows there are."""
    found = filtered(access.visible(by), filters)
    count = found.count()
    first = (max(1, filters.page) - 1) * PAGE_ROWS
    shown = list(found.select_related("site", "unit")[first : first + PAGE_ROWS])
    dates = tuple(first_on + timedelta(days=n) for n in range(days))
    weeks = weeks_of(shown, first=dates[0], last=dates[-1])
    booked = _booked(shown, dates)
    rows = tuple(
        _row(bookable, weeks.get(bookable.pk, Week()), booked.get(bookable.pk, []), dates, by=by)
        for bookable in shown
    )
    return Calendar(
        days=dates,
        rows=rows,
        count=count,
        pages=max(1, -(-count // PAGE_ROWS)),
        hours=tuple(range(*_hours(rows))),
    )


def filtered(rows: QuerySet[Bookable], filters: Filters) -> QuerySet[Bookable]:
    """Return what filters leave, by site and name."""
    if filters.site:
        rows = rows.filter(site__in=sites_below(filters.site))
    if filters.type:
        rows = rows.filter(Q(type=filters.type) | Q(kind=filters.type))
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if filters.words:
        rows = rows.filter(
            Q(name__icontains=filters.words) | Q(site__name__icontains=filters.words)
        )
    return rows.order_by("site__code", "code")


def sites_below(code: str) -> list[int]:
    """Return a base and all below it, in whatever matrix, by key."""
    found = set(Site.objects.filter(code=code).values_list("pk", flat=True))
    for matrix, path in Node.objects.filter(site__code=code).values_list("matrix", "path"):
        below = at_or_below(matrix, path).filter(site__isnull=False)
        found |= {pk for pk in below.values_list("site", flat=True) if pk is not None}
    return sorted(found)


def _booked(bookables: Sequence[Bookable], days: Sequence[date]) -> dict[int, list[Booking]]:
    first = datetime.combine(days[0], time(), SHANGHAI)
    rows = Booking.objects.filter(
        bookable__in=bookables,
        status__in=SHOWN,
        starts_at__lt=first + timedelta(days=len(days)),
        ends_at__gt=first,
    )
    found: dict[int, list[Booking]] = {}
    for booking in rows.select_related("unit").order_by("starts_at", "number"):
        found.setdefault(booking.bookable_id, []).append(booking)
    return found


def _row(
    bookable: Bookable, week: Week, booked: Sequence[Booking], days: Sequence[date], *, by: Actor
) -> RoomRow:
    oversees = access.oversees(by, bookable)
    entries = [_entry(booking, by=by, oversees=oversees) for booking in booked]
    return RoomRow(
        code=bookable.code,
        name=bookable.name,
        type_label=TYPES[bookable.type],
        is_room=bookable.kind == Bookable.Kind.ROOM,
        places=bookable.places,
        pieces=bookable.pieces,
        site_name=bookable.site.name,
        unit_name=bookable.unit.name,
        is_active=bookable.is_active,
        stopped_because=bookable.stopped_because,
        may_book=bookable.is_active and access.may_book(by, bookable),
        days=tuple(DayOf(on=day, spans=week.on(day), entries=_on(entries, day)) for day in days),
    )


def _on(entries: Sequence[Entry], day: date) -> tuple[Entry, ...]:
    whole = _whole(day)
    return tuple(entry for entry in entries if entry.window.overlaps(whole))


def _whole(day: date) -> TimeWindow:
    midnight = datetime.combine(day, time(), SHANGHAI)
    return TimeWindow(midnight, midnight + timedelta(days=1))


def _entry(booking: Booking, *, by: Actor, oversees: bool) -> Entry:
    is_own = booking.unit is not None and by.reaches_unit(booking.unit.path)
    is_readable = oversees or is_own
    return Entry(
        number=booking.number if is_readable else "",
        label=_label(booking) if is_readable else "",
        status=booking.status,
        tone="off" if booking.is_closure else TONES.get(booking.status, ""),
        pieces=booking.pieces,
        window=TimeWindow(booking.starts_at, booking.ends_at),
        held=_held(booking),
        is_closure=booking.is_closure,
    )


def _held(booking: Booking) -> TimeWindow | None:
    if booking.status in LIVE:
        return TimeWindow(booking.starts_at, booking.ends_at)
    if booking.ended_at is None or booking.ended_at <= booking.starts_at:
        return None
    used = slots_of(TimeWindow(booking.starts_at, booking.ended_at))
    return TimeWindow(booking.starts_at, min(start_of(used.stop), booking.ends_at))


def _label(booking: Booking) -> str:
    if booking.is_closure:
        return booking.reason[:LONGEST_LABEL]
    who = booking.unit.name if booking.unit else mask_name(booking.name)
    words = booking.purpose[:LONGEST_LABEL]
    return f"{words} · {who}" if words else who


def _hours(rows: Sequence[RoomRow]) -> tuple[int, int]:
    first, last = FIRST_HOUR, LAST_HOUR
    for row in rows:
        for day in row.days:
            whole = _whole(day.on)
            for window in (*day.spans, *(entry.window for entry in day.entries)):
                start = (max(window.start, whole.start) - whole.start).total_seconds()
                end = (min(window.end, whole.end) - whole.start).total_seconds()
                first, last = min(first, int(start // 3600)), max(last, int(-(-end // 3600)))
    return first, last


def segments(row: RoomRow, day: DayOf, *, hours: Sequence[int]) -> tuple[Segment, ...]:
    """Cut a day of a room into stretches, from the first drawn hour to the last."""
    midnight = datetime.combine(day.on, time(), SHANGHAI)
    drawn = TimeWindow(
        midnight + timedelta(hours=hours[0]), midnight + timedelta(hours=hours[-1] + 1)
    )
    holding = [(entry.held, entry) for entry in day.entries if entry.held is not None]
    edges = {drawn.start, drawn.end}
    for window in (*day.spans, *(held for held, _ in holding)):
        edges |= {min(max(at, drawn.start), drawn.end) for at in (window.start, window.end)}
    cuts = sorted(edges)
    return tuple(
        _segment(row, day.spans, holding, TimeWindow(start, end)) for start, end in pairwise(cuts)
    )


def _segment(
    row: RoomRow,
    spans: Sequence[TimeWindow],
    holding: Sequence[tuple[TimeWindow, Entry]],
    window: TimeWindow,
) -> Segment:
    inside = tuple(entry for held, entry in holding if held.overlaps(window))
    given = sum(entry.pieces for entry in inside)
    return Segment(
        state=_state(row, given, inside, is_open=any(span.overlaps(window) for span in spans)),
        columns=round(window.duration.total_seconds() / 60 / GRAIN_MIN),
        window=window,
        given=given,
        entries=inside,
    )


def _state(row: RoomRow, given: int, inside: Sequence[Entry], *, is_open: bool) -> str:
    if any(entry.is_closure for entry in inside):
        return "off"
    if given >= row.pieces:
        return "full"
    if given:
        return "partly"
    return "free" if is_open else "closed"
