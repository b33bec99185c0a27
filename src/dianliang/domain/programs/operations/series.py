"""Every write about a series: open it, leave a day out or move it, make what is due, end it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Skill
from dianliang.domain.programs import recurrence
from dianliang.domain.programs.lifecycle import SESSION_LABELS
from dianliang.domain.programs.models import Series, SeriesException, Session
from dianliang.domain.programs.models.sessions import MOST_PLACES
from dianliang.domain.programs.operations import rooms, sessions
from dianliang.domain.programs.operations.sessions import FARTHEST, Change, Planned
from dianliang.domain.programs.recurrence import Occurrence, Rule
from dianliang.domain.venues.models import Bookable
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MOST_AHEAD_DAYS = 120


class UnableToRepeatError(DomainError):
    """The rule gives no day, or the exception is about none of its days."""

    code = "programs.unable-to-repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A series as it begins: its fields as they are stored, and its skills."""

    fields: dict[str, Any]
    skills: Collection[Skill] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A day of a series on which its room is not to be had, and why."""

    on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How many sessions were announced, and which of them are without the room."""

    count: int = 0
    missed: tuple[Missed, ...] = ()


def rule_of(series: Series) -> Rule:
    """Return the rule of a series."""
    return Rule(
        frequency=series.frequency,
        every=series.every,
        weekdays=tuple(series.weekdays),
        month_day=series.month_day,
        nth=series.nth,
        on_holiday=series.on_holiday,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
    )


def require_rule(rule: Rule) -> None:
    """Refuse a rule that gives no day.

    Raises:
        UnableToRepeatError: a part of it is missing or makes no sense; the field is named.
    """
    if rule.frequency not in Series.Frequency.values:
        raise UnableToRepeatError("请选择频率。", field="frequency")
    if rule.on_holiday not in Series.OnHoliday.values:
        raise UnableToRepeatError("请选择遇节假日怎么办。", field="on_holiday")
    if not 1 <= rule.every <= 12:
        raise UnableToRepeatError("间隔应在 1 到 12 之间。", field="every")
    if rule.frequency == Series.Frequency.MONTHLY_DAY:
        if rule.month_day is None or not 1 <= rule.month_day <= 31:
            raise UnableToRepeatError("请填写每月几日（1 到 31）。", field="month_day")
    elif not rule.weekdays:
        raise UnableToRepeatError("请勾选星期几。", field="weekdays")
    if rule.frequency == Series.Frequency.MONTHLY_WEEKDAY and rule.nth is None:
        raise UnableToRepeatError("请选择每月第几个。", field="nth")
    if rule.ends_on is not None and rule.ends_on < rule.starts_on:
        raise UnableToRepeatError("截止日期不能早于起始日期。", field="ends_on")


@transaction.atomic
def open_series(*, opened: Opened, by: Actor, at: datetime) -> Series:
    """Write down a series.

    Raises:
        UnableToRepeatError: its rule gives no day, or its length, horizon or number of places
            makes no sense.
    """
    series = Series(
        number=next_number("XL", at=at), created_by=by.name, created_at=at, **opened.fields
    )
    require_rule(rule_of(series))
    if not 10 <= series.minutes <= 1440:
        raise UnableToRepeatError("时长应在 10 到 1440 分钟之间。", field="minutes")
    if not 1 <= series.ahead_days <= MOST_AHEAD_DAYS:
        message = Phrase("提前发布应在 1 到 %(most)s 天之间。", most=MOST_AHEAD_DAYS)
        raise UnableToRepeatError(message, field="ahead_days")
    if series.places is not None and not 1 <= series.places <= MOST_PLACES:
        message = Phrase("名额应在 1 到 %(most)s 之间；不限名额请留空。", most=MOST_PLACES)
        raise UnableToRepeatError(message, field="places")
    series.save()
    series.skills.set(opened.skills)
    audit.record("programs.series.open", target=series, by=by, at=at, after=series.title)
    return series


@transaction.atomic
def make_due(*, series: Series, calendar: WorkCalendar, by: Actor, at: datetime) -> Made:
    """Announce the sessions of a series up to its horizon, each with its room.

    A day that was made before is not made again, whatever became of it. Where the room is not to
    be had, the session is held all the same, and the day is told.
    """
    series = Series.objects.select_for_update(of=("self",)).select_related("site").get(pk=series.pk)
    today = at.astimezone(SHANGHAI).date()
    until = today + timedelta(days=series.ahead_days + 1)
    since = max(series.made_until or series.starts_on, series.starts_on)
    is_shut = series.site is not None and series.site.closed_on is not None
    if since >= until or is_shut:
        return Made()
    excepted = {one.on: one for one in series.exceptions.filter(on__gte=since, on__lt=until)}
    known = set(series.sessions.filter(series_on__gte=since).values_list("series_on", flat=True))
    made, missed = 0, []
    for occurrence in recurrence.occurrences(
        rule_of(series), since=since, until=until, calendar=calendar
    ):
        if occurrence.of in known:
            continue
        span = _span(series, occurrence, excepted.get(occurrence.of))
        if span is None or span[1] <= at:
            continue
        words = _make(series, occurrence, span, by=by, at=at)
        missed += [Missed(on=span[0].astimezone(SHANGHAI).date(), words=words)] if words else []
        made += 1
    Series.objects.filter(pk=series.pk).update(made_until=until)
    if made:
        told = "；".join(f"{one.on} {one.words}" for one in missed)
        audit.record(
            "programs.series.make",
            target=series,
            by=by,
            at=at,
            after=f"{made} 场",
            reason=told[:400],
        )
    return Made(count=made, missed=tuple(missed))


def _span(
    series: Series, occurrence: Occurrence, exception: SeriesException | None
) -> tuple[datetime, datetime] | None:
    if exception is not None and exception.kind == SeriesException.Kind.SKIPPED:
        return None
    start = datetime.combine(occurrence.on, series.begins_at, SHANGHAI)
    if exception is not None and exception.moved_to is not None:
        start = exception.moved_to
    return start, start + timedelta(minutes=series.minutes)


def _make(
    series: Series,
    occurrence: Occurrence,
    span: tuple[datetime, datetime],
    *,
    by: Actor,
    at: datetime,
) -> str:
    """Announce one session with its room; return why it has none where it should have one."""
    session = sessions.plan(
        planned=Planned(
            title=series.title,
            kind=series.kind,
            role=series.role,
            unit=series.unit,
            team=series.team,
            area=series.area,
            site=series.site,
            place=series.place,
            service=series.service,
            skills=series.skills.all(),
            words=series.words,
            contact=series.contact,
            starts_at=span[0],
            ends_at=span[1],
            places=series.places,
            is_public=series.is_public,
            series=series,
            series_on=occurrence.of,
            is_generated=series.is_generated,
        ),
        by=by,
        at=at,
    )
    words = _take_room(session, series.room, by=by, at=at) if series.room else ""
    sessions.announce(session=session, by=by, at=at)
    return words


def _take_room(session: Session, room: Bookable, *, by: Actor, at: datetime) -> str:
    """Book a room for a session, or leave all as it is; return why it is not to be had."""
    is_keeper = room.unit.path.startswith(session.unit.path)
    try:
        with transaction.atomic():
            rooms.book(session=session, room=room, is_keeper=is_keeper, by=by, at=at)
    except DomainError as refusal:
        return refusal.message
    return ""


@transaction.atomic
def choose_room(
    *, series: Series, room: Bookable | None, by: Actor, at: datetime
) -> tuple[Missed, ...]:
    """Book a room for each session to come, and from now on; without one, give all back.

    Returns the days on which it is not to be had: they keep what they had.

    Raises:
        UnableToRepeatError: the room is at another base.
    """
    if room is not None and series.site_id not in {None, room.site_id}:
        message = Phrase(
            "%(room)s在%(site)s，和系列的阵地不同，请改选。",
            room=room.name,
            site=room.site.name,
        )
        raise UnableToRepeatError(message, field="room")
    series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    Series.objects.filter(pk=series.pk).update(room=room)
    ahead = series.sessions.filter(status="ANNOUNCED", starts_at__gt=at).order_by("starts_at")
    missed = []
    ahead = ahead.select_related("unit", "booking__bookable").select_for_update(of=("self",))
    for session in ahead:
        if room is None:
            rooms.release(session=session, reason="不再使用", by=by, at=at)
        elif not _has(session, room):
            words = _take_room(session, room, by=by, at=at)
            on = session.starts_at.astimezone(SHANGHAI).date()
            missed += [Missed(on=on, words=words)] if words else []
    audit.record(
        "programs.series.choose_room",
        target=series,
        by=by,
        at=at,
        after=room.code if room else "",
        reason="；".join(f"{one.on} {one.words}" for one in missed)[:400],
    )
    return tuple(missed)


def _has(session: Session, room: Bookable) -> bool:
    booking = session.booking
    return booking is not None and booking.bookable_id == room.pk and booking.status in rooms.AHEAD


@transaction.atomic
def make_exception(
    *,
    series: Series,
    on: date,
    moved_to: datetime | None,
    reason: str,
    calendar: WorkCalendar,
    by: Actor,
    at: datetime,
) -> SeriesException:
    """Leave a day of a series out, or hold it at another time; who signed up is told.

    Raises:
        UnableToRepeatError: it is no day of the series, is over, was excepted before, its session
            has begun or was called off, or the new time makes no sense.
    """
    series = Series.objects.select_for_update().get(pk=series.pk)
    days = recurrence.occurrences(
        rule_of(series), since=on, until=on + timedelta(days=1), calendar=calendar
    )
    if not days:
        raise UnableToRepeatError(Phrase("%(on)s 不是这个系列的日期。", on=on), field="on")
    if days[0].on < at.astimezone(SHANGHAI).date():
        raise UnableToRepeatError("这一天已经过去，不能再改。", field="on")
    if series.exceptions.filter(on=on).exists():
        raise UnableToRepeatError(Phrase("%(on)s 已登记过例外。", on=on), field="on")
    if moved_to is not None and moved_to <= at:
        raise UnableToRepeatError("改到的时间已经过去。", field="moved_to")
    if moved_to is not None and moved_to > at + FARTHEST:
        raise UnableToRepeatError("改到的时间太远，请检查年份。", field="moved_to")
    session = series.sessions.filter(series_on=on).first()
    if session is not None and session.status != "ANNOUNCED":
        label = SESSION_LABELS[session.status]
        raise UnableToRepeatError(
            Phrase("%(on)s 的场次现为“%(label)s”，不能再改。", on=on, label=Phrase(label)),
            field="on",
        )
    kind = SeriesException.Kind.SKIPPED if moved_to is None else SeriesException.Kind.MOVED
    exception = SeriesException.objects.create(
        series=series, on=on, kind=kind, moved_to=moved_to, reason=reason
    )
    audit.record(
        "programs.series.except",
        target=series,
        by=by,
        at=at,
        before=str(on),
        after=f"{moved_to.astimezone(SHANGHAI):%F %H:%M}" if moved_to else "不办",
        reason=reason,
    )
    if session is not None:
        _apply(session, moved_to, reason=reason, minutes=series.minutes, by=by, at=at)
    return exception


def _apply(
    session: Session,
    moved_to: datetime | None,
    *,
    reason: str,
    minutes: int,
    by: Actor,
    at: datetime,
) -> None:
    if moved_to is None:
        sessions.cancel(session=session, reason=reason, by=by, at=at)
        return
    change = Change(
        starts_at=moved_to,
        ends_at=moved_to + timedelta(minutes=minutes),
        place=session.place,
        places=session.places,
        reason=reason,
    )
    sessions.change(session=session, change=change, by=by, at=at)


@transaction.atomic
def end_series(*, series: Series, on: date, reason: str, by: Actor, at: datetime) -> int:
    """End a series after a day; later sessions are called off. Returns how many.

    Raises:
        UnableToRepeatError: the day lies before the series began, before today, or after its end.
    """
    series = Series.objects.select_for_update().get(pk=series.pk)
    if on < series.starts_on:
        raise UnableToRepeatError("最后一天不能早于起始日期。", field="on")
    if on < at.astimezone(SHANGHAI).date() - timedelta(days=1):
        raise UnableToRepeatError("最后一天已经过去，请填今天或以后。", field="on")
    if series.ends_on is not None and on > series.ends_on:
        message = Phrase("系列本来到 %(ends_on)s 结束，最后一天不能更晚。", ends_on=series.ends_on)
        raise UnableToRepeatError(message, field="on")
    Series.objects.filter(pk=series.pk).update(ends_on=on)
    audit.record("programs.series.end", target=series, by=by, at=at, after=str(on), reason=reason)
    later = list(series.sessions.filter(series_on__gt=on, status="ANNOUNCED"))
    for session in later:
        sessions.cancel(session=session, reason=reason, by=by, at=at)
    return len(later)
