"""Book again and again: every date is looked at before anything is stored."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.venues.booking import access, free, holding, recurring, taking
from dianliang.domain.venues.booking.opening import Week, week_over
from dianliang.domain.venues.booking.recurring import Rule
from dianliang.domain.venues.booking.rules import UnableToBookError, Wanted, require_rules
from dianliang.domain.venues.booking.slots import slots_of
from dianliang.domain.venues.models import Bookable, Booking, BookingSeries
from dianliang.flows.booking.asking import Asked, booker_of, checked, once, to_book
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_OFFERED = 3


class SeriesConflictError(DomainError):
    """Some dates are not possible; nothing was stored. `occurrences` tells each."""

    code = "venues.series-conflict"

    def __init__(self, occurrences: tuple["Occurrence", ...]) -> None:
        wrong = [one for one in occurrences if one.problem]
        days = "、".join(f"{one.on:%m-%d}" for one in wrong[:12])
        more = f"等 {len(wrong)} 天" if len(wrong) > 12 else ""
        super().__init__(f"{days}{more}约不上，整组都没有保存：请改时间，或勾选跳过这些天。")
        self.occurrences = occurrences


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One date of a series: what stands against it, and what is free instead that day."""

    on: date
    window: TimeWindow
    problem: str = ""
    is_taken: bool = False
    instead: tuple[TimeWindow, ...] = ()
    left_out_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A booking that comes again, as a form sends it."""

    asked: Asked
    rule: Rule
    skips_holidays: bool = False


def occurrences(*, repeated: Repeated, by: Actor, at: datetime) -> tuple[Occurrence, ...]:
    """Return every date of a series and how it stands, without storing anything.

    Raises:
        NotVisibleError: nothing of this code is the actor's to book.
        InvalidInputError: the form or its rule makes no sense.
    """
    bookable = to_book(repeated.asked.code, by=by)
    asked = checked(repeated.asked, is_public=False)
    return _looked_at(bookable, asked, repeated, by=by, at=at)


def _looked_at(
    bookable: Bookable, asked: Asked, repeated: Repeated, *, by: Actor, at: datetime
) -> tuple[Occurrence, ...]:
    wanted = asked.wanted()
    first = wanted.window.start.astimezone(SHANGHAI).date()
    calendar = work_calendar()
    skipped, asked_for = [], []
    for day in recurring.dates(repeated.rule):
        window = _moved(wanted.window, day - first)
        if repeated.skips_holidays and not calendar.is_working_day(day):
            skipped.append(Occurrence(on=day, window=window, left_out_because="不是工作日"))
        else:
            persons = wanted.persons_count
            asked_for.append(Wanted(window=window, pieces=wanted.pieces, persons_count=persons))
    is_keeper = access.keeps(by, bookable)
    found = looked_at(bookable, asked_for, is_keeper=is_keeper, at=at)
    return tuple(sorted((*skipped, *found), key=lambda one: one.on))


def looked_at(
    bookable: Bookable, asked_for: Sequence[Wanted], *, is_keeper: bool, at: datetime
) -> tuple[Occurrence, ...]:
    """Return how each of some dates, in their order, stands at a room. A few queries for all."""
    if not asked_for:
        return ()
    first, last = asked_for[0].window, asked_for[-1].window
    week = week_over(bookable, TimeWindow(first.start, last.end))
    given = holding.taken(bookable, range(slots_of(first).start, slots_of(last).stop))
    return tuple(
        _occurrence(
            bookable,
            one,
            on=one.window.start.astimezone(SHANGHAI).date(),
            week=week,
            given=given,
            is_keeper=is_keeper,
            at=at,
        )
        for one in asked_for
    )


def _occurrence(
    bookable: Bookable,
    wanted: Wanted,
    *,
    on: date,
    week: Week,
    given: dict[int, set[int]],
    is_keeper: bool,
    at: datetime,
) -> Occurrence:
    problem, is_taken = "", False
    try:
        require_rules(bookable, wanted, week=week, is_keeper=is_keeper, at=at)
    except UnableToBookError as refusal:
        problem = refusal.message
    else:
        is_taken = not holding.is_free(bookable, wanted.window, pieces=wanted.pieces, given=given)
        problem = Phrase("已被约走。") if is_taken else ""
    if not problem:
        return Occurrence(on=on, window=wanted.window)
    minutes = int(wanted.window.duration.total_seconds() // 60)
    instead = free.free_on(
        bookable, on, minutes=minutes, pieces=wanted.pieces, is_keeper=is_keeper, at=at, week=week
    )
    near = sorted(instead, key=lambda window: abs(window.start - wanted.window.start))
    return Occurrence(
        on=on,
        window=wanted.window,
        problem=problem,
        is_taken=is_taken,
        instead=tuple(sorted(near[:MOST_OFFERED])),
    )


def _moved(window: TimeWindow, by: timedelta) -> TimeWindow:
    """Move a window by days; Shanghai has had no summer time since 1991."""
    return TimeWindow(window.start + by, window.end + by)


def book(
    *, repeated: Repeated, left_out: Collection[date], key: str, by: Actor, at: datetime
) -> tuple[str, int]:
    """Book every date but those left out, all or none; return the series' number and how many.

    The same key books once.

    Raises:
        KeyReusedError: the key came before with another body.
        NotVisibleError: nothing of this code is the actor's to book.
        InvalidInputError: the form or its rule makes no sense.
        SeriesConflictError: a date is not possible; each is told.
        UnableToBookError: the person may not book for now.
    """
    rule = repeated.rule
    body = {
        **asdict(repeated.asked),
        "rule": [rule.repeat, rule.first_on, rule.last_on, rule.every, repeated.skips_holidays],
        "days": [sorted(days) for days in (rule.weekdays, rule.left_out, left_out)],
    }

    def act() -> dict[str, Any]:
        number, count = _book(repeated, left_out, by=by, at=at)
        return {"number": number, "count": count}

    answer = once(body, key, act, at=at)
    return answer["number"], answer["count"]


def _book(
    repeated: Repeated, left_out: Collection[date], *, by: Actor, at: datetime
) -> tuple[str, int]:
    bookable = holding.locked(to_book(repeated.asked.code, by=by))
    asked = checked(repeated.asked, is_public=False)
    seen = _looked_at(bookable, asked, repeated, by=by, at=at)
    chosen = [one for one in seen if one.on not in left_out and not one.left_out_because]
    if any(one.problem for one in chosen):
        raise SeriesConflictError(seen)
    if not chosen:
        raise UnableToBookError("所有日期都被跳过了，没有可预约的。", field="last_on")
    rule, wanted = repeated.rule, asked.wanted()
    skipped = {one.on for one in seen} - {one.on for one in chosen}
    series, made = taking.take_series(
        bookable=bookable,
        series=BookingSeries(
            bookable=bookable,
            repeat=rule.repeat,
            every=rule.every,
            weekdays=sorted(rule.weekdays),
            first_on=rule.first_on,
            last_on=rule.last_on,
            left_out=[f"{day}" for day in sorted(skipped | rule.left_out)],
            created_by=by.id,
            created_at=at,
        ),
        occurrences=[
            Wanted(window=one.window, pieces=wanted.pieces, persons_count=wanted.persons_count)
            for one in chosen
        ],
        purpose=asked.purpose,
        booker=booker_of(by, phone=asked.phone),
        is_keeper=access.keeps(by, bookable),
        by=by,
        at=at,
    )
    return series.number, len(made)


@transaction.atomic
def cancel_rest(*, number: str, reason: str, by: Actor, at: datetime) -> int:
    """Call off what is still ahead of the series that a booking belongs to; return how many.

    Raises:
        NotVisibleError: the booking is absent or foreign, or comes only once.
        InvalidInputError: the reason cannot be kept.
    """
    booking = access.booking_to_see(number, by=by)
    if booking.series is None:
        raise NotVisibleError("这个预约不是周期预约。")
    words = clean_text(reason, field="reason", label="原因", most=200)
    ahead = Booking.objects.filter(
        series=booking.series, status__in=["ASKED", "APPROVED"], starts_at__gt=at
    )
    rows = list(ahead.select_related("bookable__unit").order_by("starts_at"))
    for row in rows:
        taking.cancel(booking=row, reason=words, by=by, at=at)
    return len(rows)
