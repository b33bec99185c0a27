"""When something may be booked: weeks by version, days as half-open windows."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from django.db.models import TextField
from django.db.models.functions import Cast

from dianliang.domain.venues.booking.slots import GRAIN_MIN
from dianliang.domain.venues.models import Bookable, BookableHours
from dianliang.domain.venues.opening import DAY_MIN, MOST_NAMED, WEEKDAYS, openings, parsed
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

Span = tuple[int, int, int]
"""Weekday (1 is Monday), opening and closing in minutes of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """When something may be booked: its own hours by version, oldest first, within its base's.

    `base` holds a base's hours for the days from `base_from` on, None where nobody has said; a day
    that was not asked for counts as closed. Without `base_from` a base sets no limit.
    """

    versions: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    base_from: date | None = None
    base: tuple[tuple[tuple[int, int], ...] | None, ...] = ()

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return its own hours in force on a day, of all weekdays."""
        found: tuple[Span, ...] = ()
        for valid_from, spans in self.versions:
            if valid_from <= day:
                found = spans
        return found

    def on(self, day: date) -> tuple[TimeWindow, ...]:
        """Return when it is open on a day."""
        midnight = datetime.combine(day, time(), SHANGHAI)
        return tuple(
            TimeWindow(midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes))
            for opens, closes in self._within(day)
        )

    def _within(self, day: date) -> Iterator[tuple[int, int]]:
        limits = self._of_base(day)
        for weekday, opens, closes in self.spans(day):
            if weekday != day.isoweekday():
                continue
            for begins, ends in ((0, DAY_MIN),) if limits is None else limits:
                # A base may open at ten to nine; time is held by whole quarters of an hour.
                first, last = max(opens, -(-begins // GRAIN_MIN) * GRAIN_MIN), min(closes, ends)
                last -= last % GRAIN_MIN
                if first < last:
                    yield first, last

    def _of_base(self, day: date) -> tuple[tuple[int, int], ...] | None:
        if self.base_from is None:
            return None
        place = (day - self.base_from).days
        return self.base[place] if 0 <= place < len(self.base) else ()

    def between(self, since: date, until: date) -> tuple[TimeWindow, ...]:
        """Return when it is open on the days [since, until)."""
        days = range((until - since).days)
        return tuple(span for n in days for span in self.on(since + timedelta(days=n)))

    def holding(self, at: datetime, *, as_end: bool = False) -> TimeWindow | None:
        """Return the span in which an instant lies; as an end it may lie on the close."""
        local = at.astimezone(SHANGHAI)
        days = [local.date(), local.date() - timedelta(days=1)] if as_end else [local.date()]
        for day in days:
            for span in self.on(day):
                if span.start < at <= span.end if as_end else at in span:
                    return span
        return None


class HasHours(Protocol):
    """A room or stock as far as its hours need it: its key, and that of its base."""

    @property
    def pk(self) -> int:
        """Return its key."""

    @property
    def site_id(self) -> int:
        """Return the key of its base."""


def weeks_of(bookables: Collection[HasHours], *, first: date, last: date) -> Mapping[int, Week]:
    """Return by key when several may be booked from a day to a day, both counted. Four queries.

    Those with the same hours at bases with the same hours share one object.
    """
    rows = BookableHours.objects.order_by("valid_from")
    if len(bookables) <= MOST_NAMED:
        rows = rows.filter(bookable__in=[bookable.pk for bookable in bookables])
    versions: dict[int, list[tuple[date, tuple[Span, ...]]]] = {}
    read: dict[str, tuple[Span, ...]] = {}
    stored = rows.annotate(text=Cast("spans", TextField()))
    for pk, valid_from, text in stored.values_list("bookable_id", "valid_from", "text"):
        spans = read.get(text)
        if spans is None:
            spans = read[text] = tuple((int(d), int(a), int(b)) for d, a, b in json.loads(text))
        versions.setdefault(pk, []).append((valid_from, spans))
    begins, days = first - timedelta(days=1), (last - first).days + 3
    of_bases = openings({bookable.site_id for bookable in bookables}, first=begins, days=days)
    told: dict[int, tuple[tuple[tuple[int, int], ...] | None, ...]] = {}
    made: dict[tuple[object, ...], Week] = {}
    found: dict[int, Week] = {}
    for bookable in bookables:
        opened = of_bases[bookable.site_id]
        base = told.get(id(opened))
        if base is None:
            base = told[id(opened)] = tuple(d.spans if d.is_known else None for d in opened)
        own = tuple(versions.get(bookable.pk, ()))
        key = (own, id(opened))
        week = made.get(key)
        if week is None:
            week = made[key] = Week(versions=own, base_from=begins, base=base)
        found[bookable.pk] = week
    return found


def week_of(bookable: Bookable, *, first: date, last: date) -> Week:
    """Return when one may be booked from a day to a day, both counted."""
    return weeks_of([bookable], first=first, last=last)[bookable.pk]


def week_over(bookable: Bookable, window: TimeWindow) -> Week:
    """Return when one may be booked around a window."""
    first, last = (at.astimezone(SHANGHAI).date() for at in (window.start, window.end))
    return week_of(bookable, first=first, last=last)


def read_hours(days: Sequence[str]) -> tuple[Span, ...]:
    """Return spans from seven texts such as ``8:30-12:00, 13:30-17:30``, Monday first.

    Raises:
        InvalidInputError: a text makes no sense; its weekday is named.
    """
    spans: list[Span] = []
    for number, text in enumerate(days[:7], start=1):
        field, label = f"day{number}", WEEKDAYS[number - 1]
        for opens, closes in parsed(text, field=field, label=label):
            if opens % GRAIN_MIN or closes % GRAIN_MIN:
                raise InvalidInputError(
                    Phrase("%(label)s的时间应为整刻，如 8:00、8:15。", label=label), field=field
                )
            spans.append((number, opens, closes))
    if not spans:
        raise InvalidInputError("请至少填写一天的开放时间。", field="day1")
    return tuple(spans)


def written(spans: Iterable[Span]) -> tuple[str, ...]:
    """Return seven texts as `read_hours` reads them, Monday first; empty where closed."""
    days: list[list[str]] = [[] for _ in WEEKDAYS]
    for weekday, opens, closes in spans:
        days[weekday - 1].append(f"{_clock(opens)}-{_clock(closes)}")
    return tuple(", ".join(day) for day in days)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def told(windows: Iterable[TimeWindow]) -> str:
    """Return windows of one day in words: ``08:30–12:00、13:30–17:30``."""
    return "、".join(
        f"{window.start.astimezone(SHANGHAI):%H:%M}–{_end(window)}" for window in windows
    )


def _end(window: TimeWindow) -> str:
    end = window.end.astimezone(SHANGHAI)
    is_midnight = end.time() == time() and window.end > window.start
    return "24:00" if is_midnight else f"{end:%H:%M}"


def coming(week: Week, *, since: date) -> tuple[str, ...]:
    """Return when it is open on the seven days from one on: seven texts, Monday first."""
    days = sorted((since + timedelta(days=n) for n in range(7)), key=date.weekday)
    return tuple(told(week.on(day)) for day in days)


def minutes_within(window: TimeWindow, spans: Iterable[TimeWindow]) -> int:
    """Return how many minutes of a window lie in open spans."""
    seconds = sum(
        max(0.0, (min(window.end, span.end) - max(window.start, span.start)).total_seconds())
        for span in spans
    )
    return round(seconds / 60)
