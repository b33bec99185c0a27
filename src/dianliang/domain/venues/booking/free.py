"""What is still free: times of a day, and what to offer to somebody who came too late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from dianliang.domain.venues.booking.holding import is_free, taken
from dianliang.domain.venues.booking.opening import Week, week_of, weeks_of
from dianliang.domain.venues.booking.rules import UnableToBookError, Wanted, require_rules
from dianliang.domain.venues.booking.slots import slots_of, start_of
from dianliang.domain.venues.models import Bookable, SlotHold
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MOST_OFFERS = 3
DAYS_LOOKED_AT = 21
MOST_SISTERS = 60
HOURS_MIN, DAY_MIN = 12 * 60, 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sister:
    """Another room or stock of the same type that is free at the wanted time."""

    code: str
    name: str
    site_name: str
    distance_m: int
    window: TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What can be had instead: other times of the same, the same time elsewhere."""

    times: tuple[TimeWindow, ...] = ()
    sisters: tuple[Sister, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was found."""
        return not (self.times or self.sisters)


def lengths(bookable: Bookable) -> tuple[int, ...]:
    """Return for how many minutes something may be booked at once: hours first, then days."""
    hours = range(bookable.slot_min, min(bookable.longest_min, HOURS_MIN) + 1, bookable.slot_min)
    days = range(DAY_MIN, bookable.longest_min + 1, DAY_MIN)
    return (*hours, *days)


def starts_of(
    bookable: Bookable, spans: tuple[TimeWindow, ...], minutes: int
) -> Iterator[TimeWindow]:
    """Yield the windows of a length that begin on a slot of an open span."""
    step, length = timedelta(minutes=bookable.slot_min), timedelta(minutes=minutes)
    for span in spans:
        start = span.start
        while start < span.end:
            yield TimeWindow(start, start + length)
            start += step


def free_on(
    bookable: Bookable,
    day: date,
    *,
    minutes: int,
    pieces: int = 1,
    is_keeper: bool,
    at: datetime,
    week: Week | None = None,
) -> tuple[TimeWindow, ...]:
    """Return the free windows of a length on a day, by the rules of the room. Two queries."""
    last_on = day + timedelta(minutes=minutes)
    week = week or week_of(bookable, first=day, last=last_on + timedelta(days=1))
    spans = week.on(day)
    if not spans:
        return ()
    last = spans[-1].end + timedelta(minutes=minutes)
    given = taken(bookable, slots_of(TimeWindow(spans[0].start, last)))

    def fits(window: TimeWindow) -> bool:
        wanted = Wanted(window=window, pieces=pieces)
        return is_free(bookable, window, pieces=pieces, given=given) and is_allowed(
            bookable, wanted, week=week, is_keeper=is_keeper, at=at
        )

    return tuple(window for window in starts_of(bookable, spans, minutes) if fits(window))


def full_on(bookable: Bookable, day: date) -> tuple[TimeWindow, ...]:
    """Return the stretches of a day in which no piece is left. One query."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    whole = slots_of(TimeWindow(midnight, midnight + timedelta(days=1)))
    given = taken(bookable, whole)
    full = [slot for slot in whole if len(given.get(slot, ())) >= bookable.pieces]
    found: list[TimeWindow] = []
    for slot in full:
        start, end = start_of(slot), start_of(slot + 1)
        if found and found[-1].end == start:
            start = found.pop().start
        found.append(TimeWindow(start, end))
    return tuple(found)


def is_allowed(
    bookable: Bookable, wanted: Wanted, *, week: Week, is_keeper: bool, at: datetime
) -> bool:
    """Tell whether the rules of the room let it be booked, whoever has it."""
    try:
        require_rules(bookable, wanted, week=week, is_keeper=is_keeper, at=at)
    except UnableToBookError:
        return False
    return True


def offers(
    bookable: Bookable,
    wanted: Wanted,
    *,
    among: QuerySet[Bookable],
    is_keeper: bool,
    at: datetime,
) -> Offers:
    """Return what is nearest to what was wanted: the same day, later days, other places.

    `among` is what the person may book.
    """
    return Offers(
        times=_other_times(bookable, wanted, is_keeper=is_keeper, at=at),
        sisters=_sisters(bookable, wanted, among=among, at=at),
    )


def _other_times(
    bookable: Bookable, wanted: Wanted, *, is_keeper: bool, at: datetime
) -> tuple[TimeWindow, ...]:
    """Return the nearest free times of the same day, then the same hour of the days that follow."""
    start = wanted.window.start
    minutes = int(wanted.window.duration.total_seconds() // 60)
    day = start.astimezone(SHANGHAI).date()
    last = day + timedelta(days=DAYS_LOOKED_AT, minutes=minutes)
    week = week_of(bookable, first=day, last=last)

    def near(on: date, around: datetime, most: int) -> list[TimeWindow]:
        found = free_on(
            bookable,
            on,
            minutes=minutes,
            pieces=wanted.pieces,
            is_keeper=is_keeper,
            at=at,
            week=week,
        )
        return sorted(found, key=lambda window: abs(window.start - around))[:most]

    times = near(day, start, MOST_OFFERS)
    later: list[TimeWindow] = []
    for n in range(1, DAYS_LOOKED_AT):
        if len(later) == MOST_OFFERS:
            break
        later += near(day + timedelta(days=n), start + timedelta(days=n), 1)
    return tuple(sorted({*times, *later}))


def _sisters(
    bookable: Bookable, wanted: Wanted, *, among: QuerySet[Bookable], at: datetime
) -> tuple[Sister, ...]:
    rows = among.filter(type=bookable.type, is_active=True, pieces__gte=wanted.pieces)
    if wanted.persons_count is not None and bookable.kind == Bookable.Kind.ROOM:
        rows = rows.filter(places__gte=wanted.persons_count)
    start = wanted.window.start
    here = GeoPoint(bookable.site.lat, bookable.site.lon)
    candidates = sorted(
        rows.exclude(pk=bookable.pk).select_related("site", "unit"),
        key=lambda other: (here.distance_m(GeoPoint(other.site.lat, other.site.lon)), other.code),
    )[:MOST_SISTERS]
    first, last = (at.astimezone(SHANGHAI).date() for at in (start, wanted.window.end))
    weeks = weeks_of(candidates, first=first, last=last)
    given = _given([other.pk for other in candidates], slots_of(wanted.window))
    found = []
    for other in candidates:
        week = weeks.get(other.pk, Week())
        free = is_free(other, wanted.window, pieces=wanted.pieces, given=given.get(other.pk, {}))
        if free and is_allowed(other, wanted, week=week, is_keeper=False, at=at):
            far = here.distance_m(GeoPoint(other.site.lat, other.site.lon))
            found.append(
                Sister(
                    code=other.code,
                    name=other.name,
                    site_name=other.site.name,
                    distance_m=round(far),
                    window=wanted.window,
                )
            )
        if len(found) == MOST_OFFERS:
            break
    return tuple(found)


def _given(bookables: list[int], slots: range) -> dict[int, dict[int, set[int]]]:
    rows = SlotHold.objects.filter(
        bookable_id__in=bookables, slot__gte=slots.start, slot__lt=slots.stop
    ).values_list("bookable_id", "slot", "piece")
    found: dict[int, dict[int, set[int]]] = {}
    for pk, slot, piece in rows:
        found.setdefault(pk, {}).setdefault(slot, set()).add(piece)
    return found
