"""Series at the desk: open one by its rule, see what comes, except days, make what is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from dianliang.core.rows import Rows
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import recurrence
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs import session_queries as queries
from dianliang.domain.programs.models import Series, Session
from dianliang.domain.programs.operations import series as operations
from dianliang.domain.programs.operations.series import Opened, UnableToRepeatError
from dianliang.domain.programs.recurrence import Rule
from dianliang.domain.programs.session_queries import SessionRow
from dianliang.flows.activities import series_rooms
from dianliang.flows.activities.planning import around
from dianliang.flows.activities.series_rooms import Lacking, Untaken
from dianliang.flows.booking.asking import to_book
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

FREQUENCIES = tuple((str(value), str(label)) for value, label in Series.Frequency.choices)
ON_HOLIDAY = tuple((str(value), str(label)) for value, label in Series.OnHoliday.choices)
WEEKDAYS = tuple(enumerate(("周一", "周二", "周三", "周四", "周五", "周六", "周日")))
NTHS = (("1", "第一个"), ("2", "第二个"), ("3", "第三个"), ("4", "第四个"), ("-1", "最后一个"))
PREVIEW_DAYS = 180
MOST_PREVIEWED = 12
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A series as a form sends it."""

    title: str
    kind: str
    role: str
    unit_code: str
    team_code: str = ""
    site_code: str = ""
    area_code: str = ""
    room_code: str = ""
    place: str = ""
    service_code: str = ""
    skill_codes: Sequence[str] = ()
    words: str = ""
    contact: str = ""
    places: int | None = None
    is_public: bool = True
    frequency: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth: int | None = None
    on_holiday: str = "keep"
    begins_at: time
    minutes: int
    starts_on: date
    ends_on: date | None = None
    ahead_days: int = 30

    @property
    def rule(self) -> Rule:
        """Return the rule that it describes."""
        return Rule(
            frequency=self.frequency,
            every=self.every,
            weekdays=self.weekdays,
            month_day=self.month_day,
            nth=self.nth,
            on_holiday=self.on_holiday,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that a rule gives."""

    of: date
    on: date
    weekday: str
    problem: str = ""
    """Why the room is not to be had that day."""

    @property
    def is_put_off(self) -> bool:
        """Tell whether a holiday has moved it."""
        return self.of != self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSeries:
    """What came of it: its number, and how many sessions were announced at once."""

    number: str
    made: int
    missed: Untaken = ()


def preview(*, repeated: Repeated, by: Actor, at: datetime) -> tuple[Day, ...]:
    """Return the first days that a rule gives, those that holidays move, and where the room lacks.

    Raises:
        UnableToRepeatError: the rule gives no day; the field is named.
        NotVisibleError, InvalidInputError: the room is not the actor's to book.
    """
    operations.require_rule(repeated.rule)
    until = repeated.starts_on + timedelta(days=PREVIEW_DAYS)
    days = _days(repeated.rule, since=repeated.starts_on, until=until)[:MOST_PREVIEWED]
    if not repeated.room_code:
        return days
    room = to_book(repeated.room_code, by=by)
    lasts = timedelta(minutes=max(1, repeated.minutes))
    starts = [datetime.combine(day.on, repeated.begins_at, SHANGHAI) for day in days]
    told = series_rooms.problems(
        room,
        [TimeWindow(start, start + lasts) for start in starts if start > at],
        unit_path=_unit_path(repeated.unit_code, by=by),
        places=repeated.places,
        at=at,
    )
    return tuple(replace(day, problem=told.get(day.on, "")) for day in days)


def _unit_path(code: str, *, by: Actor) -> str:
    own = Unit.objects.filter(code=code, path__startswith=by.unit_path or "-")
    return own.values_list("path", flat=True).first() or by.unit_path


def _days(rule: Rule, *, since: date, until: date) -> tuple[Day, ...]:
    found = recurrence.occurrences(rule, since=since, until=until, calendar=work_calendar())
    return tuple(Day(of=one.of, on=one.on, weekday=WEEKDAYS[one.on.weekday()][1]) for one in found)


@transaction.atomic
def open_series(*, repeated: Repeated, by: Actor, at: datetime) -> OpenedSeries:
    """Open a series and announce its sessions up to its horizon, each with its room.

    Raises:
        InvalidInputError, UnableToRepeatError: a field makes no sense; it is named.
        NotVisibleError: the room is not the actor's to book.
    """
    room = to_book(repeated.room_code, by=by) if repeated.room_code else None
    found = around(
        unit_code=repeated.unit_code,
        team_code=repeated.team_code,
        site_code=repeated.site_code or (room.site.code if room else ""),
        area_code=repeated.area_code,
        service_code=repeated.service_code,
        skill_codes=repeated.skill_codes,
        by=by,
    )
    known = (dict(queries.KINDS), dict(queries.ROLES))
    if repeated.kind not in known[0] or repeated.role not in known[1]:
        raise InvalidInputError("请选择类别和报名身份。", field="kind")
    if room is not None and found.site != room.site:
        message = Phrase(
            "%(room)s在%(site)s，和系列的阵地不同，请改选。",
            room=room.name,
            site=room.site.name,
        )
        raise UnableToRepeatError(message, field="room")
    place = repeated.place or (room.name if room else "")
    fields = {
        "room": room,
        "title": clean_text(repeated.title, field="title", label="名称", most=60, least=2),
        "place": clean_text(place, field="place", label="地点", most=80),
        "words": clean_text(repeated.words, field="words", label="说明", most=2000),
        "contact": clean_text(repeated.contact, field="contact", label="联系电话", most=40),
        "unit": found.unit,
        "team": found.team,
        "area": found.area,
        "site": found.site,
        "service": found.service,
        "weekdays": sorted(set(repeated.weekdays)),
    }
    plain = (
        *("kind", "role", "places", "is_public", "frequency", "every", "month_day", "nth"),
        *("on_holiday", "begins_at", "minutes", "starts_on", "ends_on", "ahead_days"),
    )
    fields |= {name: getattr(repeated, name) for name in plain}
    series = operations.open_series(opened=Opened(fields=fields, skills=found.skills), by=by, at=at)
    made = operations.make_due(series=series, calendar=work_calendar(), by=by, at=at)
    return OpenedSeries(
        number=series.number, made=made.count, missed=series_rooms.untaken(made.missed)
    )


def make_exception(
    *,
    number: str,
    on: date,
    moved_to: datetime | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Leave a day of a series out, or hold it at another time.

    Raises:
        NotVisibleError: the series is absent or not the actor's.
        UnableToRepeatError: see the operation.
    """
    series = access.series_to_lead(number, by=by)
    reason = clean_text(reason, field="reason", label="原因", most=120, least=2)
    operations.make_exception(
        series=series,
        on=on,
        moved_to=moved_to,
        reason=reason,
        calendar=work_calendar(),
        by=by,
        at=at,
    )


def end_series(*, number: str, on: date, reason: str, by: Actor, at: datetime) -> int:
    """End a series after a day; return how many later sessions were called off.

    Raises:
        NotVisibleError: the series is absent or not the actor's.
        UnableToRepeatError: see the operation.
    """
    series = access.series_to_lead(number, by=by)
    reason = clean_text(reason, field="reason", label="原因", most=120, least=2)
    return operations.end_series(series=series, on=on, reason=reason, by=by, at=at)


def make_all_due(*, at: datetime) -> int:
    """Announce what is due of every running series; return how many sessions. Due every minute."""
    today = at.astimezone(SHANGHAI).date()
    running = Series.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    behind = [
        series
        for series in running
        if series.made_until is None
        or series.made_until < today + timedelta(days=series.ahead_days + 1)
    ]
    calendar = work_calendar()
    return sum(
        operations.make_due(series=series, calendar=calendar, by=SYSTEM, at=at).count
        for series in behind
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """A series as a list shows it: its rule in words, and how often it was held in a year."""

    number: str
    title: str
    kind_label: str
    unit_name: str
    place: str
    rule: str
    starts_on: date
    ends_on: date | None
    is_running: bool
    next_at: datetime | None
    held: int
    cancelled: int
    visitors: int


def series_list(*, by: Actor, on: date) -> tuple[SeriesRow, ...]:
    """Return the series of the actor's units, running ones first."""
    own = Series.objects.filter(access.within(by)).select_related("unit", "site", "area")
    rows = _rows(list(own.order_by("number")), on=on)
    return tuple(sorted(rows, key=lambda row: not row.is_running))


def _rows(found: Sequence[Series], *, on: date) -> list[SeriesRow]:
    ids = [series.pk for series in found]
    ahead: dict[int, datetime] = {}
    coming = Session.objects.filter(
        series__in=ids, status="ANNOUNCED", starts_at__gte=datetime.combine(on, time(), SHANGHAI)
    )
    for series_id, starts_at in coming.order_by("-starts_at").values_list("series_id", "starts_at"):
        ahead[series_id or 0] = starts_at
    counted = {
        row.series: row
        for row in queries.open_days(
            since=on - YEAR, until=on + YEAR, numbers=[series.number for series in found]
        )
    }
    return [
        SeriesRow(
            number=series.number,
            title=series.title,
            kind_label=series.get_kind_display(),
            unit_name=series.unit.name,
            place=series.place or (series.site.name if series.site else series.area.name),
            rule=rule_words(series),
            starts_on=series.starts_on,
            ends_on=series.ends_on,
            is_running=series.ends_on is None or series.ends_on >= on,
            next_at=ahead.get(series.pk),
            held=counted[series.number].held if series.number in counted else 0,
            cancelled=counted[series.number].cancelled if series.number in counted else 0,
            visitors=counted[series.number].visitors if series.number in counted else 0,
        )
        for series in found
    ]


def rule_words(series: Series) -> str:
    """Say a rule as people do."""
    days = joined("、", [Phrase(WEEKDAYS[n][1]) for n in series.weekdays])
    message = RULE_WORDS[series.frequency, series.every == 1]
    nth = dict(NTHS).get(str(series.nth), "")
    often = Phrase(message, n=series.every, days=days, day=series.month_day, nth=Phrase(nth))
    return Phrase(
        "%(often)s %(at)s，%(minutes)d 分钟；遇节假日%(holiday)s",
        often=often,
        at=f"{series.begins_at:%H:%M}",
        minutes=series.minutes,
        holiday=Phrase(dict(ON_HOLIDAY)[series.on_holiday]),
    )


RULE_WORDS = {
    ("weekly", True): "每周%(days)s",
    ("weekly", False): "每 %(n)d 周%(days)s",
    ("month_day", True): "每月%(day)d 日",
    ("month_day", False): "每 %(n)d 个月%(day)d 日",
    ("month_nth", True): "每月%(nth)s%(days)s",
    ("month_nth", False): "每 %(n)d 个月%(nth)s%(days)s",
}
"""How often, by frequency and whether it is every week or month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRow:
    """A day on which something else holds."""

    on: date
    kind_label: str
    moved_to: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPage:
    """A series with its sessions."""

    row: SeriesRow
    words: str
    sessions: Sequence[SessionRow]
    exceptions: tuple[ExceptionRow, ...]
    days_ahead: tuple[Day, ...]
    room: tuple[str, str] | None
    """Code and name of the room that every session books."""
    lacking: tuple[Lacking, ...]


def series_page(*, number: str, by: Actor, at: datetime) -> SeriesPage:
    """Return a series with its sessions, the latest first.

    Raises:
        NotVisibleError: it is absent or not the actor's.
    """
    series, on = access.series_to_lead(number, by=by), at.astimezone(SHANGHAI).date()
    (row,) = _rows([series], on=on)
    excepted = series.exceptions.filter(on__gte=on - YEAR)
    days = _days(operations.rule_of(series), since=on, until=on + timedelta(days=PREVIEW_DAYS))
    return SeriesPage(
        row=row,
        words=series.words,
        sessions=Rows(series.sessions.order_by("-starts_at"), queries.rows),
        exceptions=tuple(
            ExceptionRow(
                on=one.on,
                kind_label=one.get_kind_display(),
                moved_to=one.moved_to,
                reason=one.reason,
            )
            for one in excepted
        ),
        days_ahead=days[:MOST_PREVIEWED],
        room=(series.room.code, series.room.name) if series.room else None,
        lacking=series_rooms.lacking(series, at=at),
    )
