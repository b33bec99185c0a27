"""Whether something may be booked as asked: the rules of the room, then those of the person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.domain.venues.booking.opening import Week, told
from dianliang.domain.venues.booking.slots import GRAIN_MIN, slot_of
from dianliang.domain.venues.models import Bookable, Booking
from dianliang.domain.venues.opening import WEEKDAYS
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

MISSES_WITHIN = timedelta(days=90)
MOST_OPEN = 3
"""Bookings that one telephone number of the public may have ahead of it."""
Kind = Bookable.Kind


class UnableToBookError(DomainError):
    """The rules of this room or gear, or of its booker, do not allow it."""

    code = "venues.unable-to-book"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be booked: when, how many pieces, for how many people."""

    window: TimeWindow
    pieces: int = 1
    persons_count: int | None = None


def require_rules(
    bookable: Bookable, wanted: Wanted, *, week: Week, is_keeper: bool, at: datetime
) -> None:
    """Refuse what the rules of a room or of gear do not allow.

    Who keeps it need not ask ahead, and may plan beyond the horizon of others.

    Raises:
        UnableToBookError: with the rule, and what would be allowed.
    """
    if not bookable.is_active:
        why = bookable.stopped_because
        raise UnableToBookError(Phrase("%(room)s已停用：%(why)s。", room=bookable.name, why=why))
    _require_amount(bookable, wanted)
    _require_open(bookable, wanted.window, week=week)
    start, duration = wanted.window.start, wanted.window.duration
    longest = timedelta(minutes=bookable.longest_min)
    if duration > longest:
        message = Phrase(
            "%(room)s一次最长 %(span)s，请缩短或分几次预约。",
            room=bookable.name,
            span=span_words(bookable.longest_min),
        )
        raise UnableToBookError(message, field="ends")
    if slot_of(start) < slot_of(at):
        message = Phrase("开始时间已过，请选择以后的时间。")
        raise UnableToBookError(message, field="starts")
    if is_keeper:
        return
    if start < at + timedelta(minutes=bookable.lead_min):
        message = Phrase(
            "%(room)s须至少提前 %(span)s预约。",
            room=bookable.name,
            span=span_words(bookable.lead_min),
        )
        raise UnableToBookError(message, field="starts")
    last = at.astimezone(SHANGHAI).date() + timedelta(days=bookable.ahead_days)
    if start.astimezone(SHANGHAI).date() > last:
        message = Phrase(
            "%(room)s最多提前 %(n)d 天预约，现在可约到 %(last)s。",
            room=bookable.name,
            n=bookable.ahead_days,
            last=f"{last}",
        )
        raise UnableToBookError(message, field="starts")


def _require_amount(bookable: Bookable, wanted: Wanted) -> None:
    if bookable.kind == Kind.ROOM and bookable.places is not None:
        if wanted.pieces != 1:
            raise UnableToBookError("场室一次只能约一间。", field="pieces")
        if wanted.persons_count is not None and not 0 < wanted.persons_count <= bookable.places:
            message = Phrase(
                "%(room)s可容纳 %(n)d 人，请填写 1 到 %(n)d。",
                room=bookable.name,
                n=bookable.places,
            )
            raise UnableToBookError(message, field="persons")
    elif not 0 < wanted.pieces <= bookable.pieces:
        message = Phrase(
            "%(room)s共 %(n)d 件，请填写 1 到 %(n)d。", room=bookable.name, n=bookable.pieces
        )
        raise UnableToBookError(message, field="pieces")


def _require_open(bookable: Bookable, window: TimeWindow, *, week: Week) -> None:
    """Both ends lie in open hours and on slots; a room is used within one span."""
    first = week.holding(window.start)
    if first is None:
        raise UnableToBookError(_closed(bookable, window.start, week=week), field="starts")
    last = week.holding(window.end, as_end=True)
    if last is None or (bookable.kind == Kind.ROOM and last != first):
        raise UnableToBookError(_closed(bookable, window.end, week=week), field="ends")
    step = timedelta(minutes=bookable.slot_min)
    for field, span, end in (("starts", first, window.start), ("ends", last, window.end)):
        if (end - span.start) % step and end != span.end:
            opens = span.start.astimezone(SHANGHAI)
            message = Phrase(
                "时间应从 %(first)s 起每 %(n)d 分钟一段，如 %(first)s、%(next)s。",
                first=f"{opens:%H:%M}",
                next=f"{opens + step:%H:%M}",
                n=bookable.slot_min,
            )
            raise UnableToBookError(message, field=field)


def _closed(bookable: Bookable, at: datetime, *, week: Week) -> str:
    day = at.astimezone(SHANGHAI).date()
    spans = week.on(day)
    when = Phrase("%(on)s（%(day)s）", on=f"{day:%m-%d}", day=Phrase(WEEKDAYS[day.weekday()]))
    if not spans:
        return Phrase("%(room)s%(when)s不开放，请换一天。", room=bookable.name, when=when)
    return Phrase(
        "%(room)s%(when)s的开放时间是 %(hours)s，请选在同一段内。",
        room=bookable.name,
        when=when,
        hours=told(spans),
    )


def span_words(minutes: int) -> str:
    """Return a length of time in words: 90 is ``1.5 小时``."""
    if minutes >= 1440 and minutes % 1440 == 0:
        return Phrase("%(n)d 天", n=minutes // 1440)
    if minutes >= 60:
        return Phrase("%(n)s 小时", n=f"{minutes / 60:g}")
    return Phrase("%(n)d 分钟", n=minutes)


def require_good_record(
    bookable: Bookable, *, booker_id: str, phone_index: str, at: datetime
) -> None:
    """Refuse somebody who lately did not come too often, until his pause is over.

    Raises:
        UnableToBookError: with the day from which he may book again.
    """
    if not bookable.misses_allowed or not (booker_id or phone_index):
        return
    missed = Booking.objects.filter(status="NO_SHOW", starts_at__gt=at - MISSES_WITHIN)
    mine = (
        missed.filter(phone_index=phone_index)
        if phone_index
        else missed.filter(booker_id=booker_id)
    )
    latest = mine.order_by("-starts_at").values_list("starts_at", flat=True)
    times = list(latest[: bookable.misses_allowed])
    if len(times) < bookable.misses_allowed:
        return
    again = times[0] + timedelta(days=bookable.pause_days)
    if at < again:
        message = Phrase(
            "近 90 天有 %(n)s 次预约未到场，%(again)s 起可再预约；有误请联系%(unit)s更正。",
            n=len(times),
            again=f"{again.astimezone(SHANGHAI):%Y-%m-%d}",
            unit=bookable.unit.name,
        )
        raise UnableToBookError(message, field="phone" if phone_index else None)


def require_few_open(*, phone_index: str, at: datetime) -> None:
    """Refuse a telephone number that already holds as much as one may.

    Raises:
        UnableToBookError: it has too many bookings ahead.
    """
    ahead = Booking.objects.filter(
        phone_index=phone_index, unit=None, status__in=["ASKED", "APPROVED"], ends_at__gt=at
    )
    if ahead.count() >= MOST_OPEN:
        message = Phrase(
            "这个电话已有 %(most_open)s 个未使用的预约，用完或取消后再约。", most_open=MOST_OPEN
        )
        raise UnableToBookError(message, field="phone")


def is_on_grain(window: TimeWindow) -> bool:
    """Tell whether a window begins and ends with a quarter of an hour."""
    step = timedelta(minutes=GRAIN_MIN).total_seconds()
    return not (window.start.timestamp() % step or window.end.timestamp() % step)
