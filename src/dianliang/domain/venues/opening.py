"""When a base is open: weekly hours, holidays of the Chinese calendar, days that differ.

A special day counts before everything else, then a public holiday, then a weekend day that is
worked (调休), then the day of the week. Spans are minutes since midnight in Shanghai.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar

from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.venues.models import OpeningDay, OpeningHours, Site
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined

_TEXTS = ("week_text", "holiday_text")
"""Spans as they are stored: thousands of bases keep a few different ones, each read once."""
Row = TypeVar("Row", bound=Model)
Span = tuple[int, int]
DAY_MIN = 24 * 60
MOST_SPANS = 4
MOST_NAMED = 200
"""Beyond so many bases all rows are read: a query that names thousands is the slower one."""
MAKE_UP_DAY, HOLIDAY, CLOSED_FOR_GOOD = "调休上班日", "法定节假日", "已停用"
SHUT, UNKNOWN = "不开放", "未登记"
REASONS = (MAKE_UP_DAY, HOLIDAY, CLOSED_FOR_GOOD, SHUT, UNKNOWN)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
ON_HOLIDAYS = tuple((str(v), str(label)) for v, label in OpeningHours.OnHolidays.choices)
ON_MAKE_UP = tuple((str(v), str(label)) for v, label in OpeningHours.OnMakeUp.choices)
CLOSED_WORDS = frozenset({"", "关", "休", "不开放", "闭馆", "休息", "无"})
_SPAN = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})\s*[-~至到]\s*(\d{1,2}):(\d{2})(?!\d)")
_BETWEEN = re.compile(r"[、,;\s]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Opening hours that count from a day on."""

    from_on: date
    week: tuple[tuple[Span, ...], ...]
    on_holidays: str
    holiday: tuple[Span, ...]
    on_make_up: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a base is open on a day, and why; `is_known` is false where nobody has said."""

    on: date
    spans: tuple[Span, ...]
    why: str
    is_known: bool = True

    @property
    def words(self) -> str:
        """Return the hours as people write them."""
        if not self.is_known:
            return UNKNOWN
        return spoken(self.spans)


def parsed(text: str, *, field: str, label: str) -> tuple[Span, ...]:
    """Read spans such as ``8:30-12:00、13:30-17:30``; nothing, or 不开放, is a day without any.

    Raises:
        InvalidInputError: it is no span, one ends before it begins, two overlap, or too many.
    """
    plain = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-").strip()
    if plain in CLOSED_WORDS:
        return ()
    if not (_SPAN.search(plain) and _BETWEEN.fullmatch(_SPAN.sub("", plain))):
        message = Phrase(
            "%(label)s应形如 8:30-12:00、13:30-17:30，现为“%(text)s”。", label=label, text=text[:40]
        )
        raise InvalidInputError(message, field=field)
    spans = []
    for found in _SPAN.finditer(plain):
        h1, m1, h2, m2 = (int(digits) for digits in found.groups())
        begins, ends = h1 * 60 + m1, h2 * 60 + m2
        if m1 > 59 or m2 > 59 or not begins < ends <= DAY_MIN:
            message = Phrase(
                "%(label)s的“%(found)s”不是一天之内先后的两个时刻（最晚到 24:00）。",
                label=label,
                found=found[0],
            )
            raise InvalidInputError(message, field=field)
        spans.append((begins, ends))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise InvalidInputError(Phrase("%(label)s的时段有重叠，请核对。", label=label), field=field)
    if len(spans) > MOST_SPANS:
        raise InvalidInputError(
            Phrase("%(label)s最多 %(most_spans)s 个时段。", label=label, most_spans=MOST_SPANS),
            field=field,
        )
    return tuple(spans)


def spoken(spans: Iterable[Span]) -> str:
    """Return spans as people write them."""
    told = joined("、", (f"{_clock(begins)}–{_clock(ends)}" for begins, ends in spans))
    return told or Phrase(SHUT)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def week_words(hours: Hours) -> str:
    """Return weekly hours in a line: ``周一至周五 8:30–17:30；周六、周日不开放；节假日不开放``."""
    parts: list[str] = []
    at = 0
    while at < 7:
        until = at
        while until < 6 and hours.week[until + 1] == hours.week[at]:
            until += 1
        first, last = Phrase(WEEKDAYS[at]), Phrase(WEEKDAYS[until])
        if until == at:
            days = first
        elif until == at + 1:
            days = Phrase("%(first)s、%(last)s", first=first, last=last)
        else:
            days = Phrase("%(first)s至%(last)s", first=first, last=last)
        told = "%(days)s %(hours)s" if hours.week[at] else "%(days)s%(hours)s"
        parts.append(Phrase(told, days=days, hours=spoken(hours.week[at])))
        at = until + 1
    on_holidays = {
        OpeningHours.OnHolidays.CLOSED: Phrase("法定节假日不开放"),
        OpeningHours.OnHolidays.USUAL: Phrase("法定节假日照常"),
        OpeningHours.OnHolidays.OWN: Phrase("法定节假日 %(hours)s", hours=spoken(hours.holiday)),
    }
    return joined("；", (*parts, on_holidays[OpeningHours.OnHolidays(hours.on_holidays)]))


def is_holiday(day: date, *, calendar: WorkCalendar) -> bool:
    """Tell whether a day belongs to a public holiday.

    The calendar names the weekdays that are off; the weekend that runs into them is part of the
    holiday, as the State Council announces it.
    """
    if day in calendar.holidays:
        return True
    if calendar.is_working_day(day) or day.weekday() < 5:
        return False
    for step in (timedelta(days=-1), timedelta(days=1)):
        near = day + step
        while near.weekday() >= 5 and near not in calendar.make_up_days:
            near += step
        if near in calendar.holidays:
            return True
    return False


def on_day(hours: Hours, *, day: date, calendar: WorkCalendar) -> Opening:
    """Return what weekly hours mean on a day."""
    usual = hours.week[day.weekday()]
    if day in calendar.make_up_days:
        if hours.on_make_up == OpeningHours.OnMakeUp.WORKDAY:
            return Opening(on=day, spans=hours.week[0], why=MAKE_UP_DAY)
    elif is_holiday(day, calendar=calendar) and hours.on_holidays != OpeningHours.OnHolidays.USUAL:
        is_own = hours.on_holidays == OpeningHours.OnHolidays.OWN
        return Opening(on=day, spans=hours.holiday if is_own else (), why=HOLIDAY)
    return Opening(on=day, spans=usual, why=WEEKDAYS[day.weekday()])


def opening(site: Site, *, on: date) -> Opening:
    """Return when a base is open on a day."""
    return openings([site.pk], first=on, days=1)[site.pk][0]


def openings(
    sites: Collection[int], *, first: date, days: int
) -> Mapping[int, tuple[Opening, ...]]:
    """Return when each of many bases is open on days in a row. Three queries.

    Most bases keep the same hours and have no day of their own: these share one answer, which is
    the same object for all of them.
    """
    wanted = [first + timedelta(days=n) for n in range(days)]
    versions = _versions(sites, until=wanted[-1])
    days_of_own = OpeningDay.objects.filter(on__gte=first, on__lte=wanted[-1])
    special = {(row.site_id, row.on): row for row in _of(sites, days_of_own)}
    apart = {site for site, _ in special}
    closed = dict(Site.objects.filter(closed_on__isnull=False).values_list("pk", "closed_on"))
    calendar = work_calendar()
    shared: dict[tuple[int, ...], tuple[Opening, ...]] = {}
    found: dict[int, tuple[Opening, ...]] = {}
    for site in sites:
        hours = versions.get(site, ())
        is_alike = site not in apart and site not in closed
        key = tuple(id(version) for version in hours)
        opened = shared.get(key) if is_alike else None
        if opened is None:
            opened = tuple(
                _on(hours, special.get((site, day)), closed.get(site), day, calendar)
                for day in wanted
            )
            if is_alike:
                shared[key] = opened
        found[site] = opened
    return found


def _of(sites: Collection[int], rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the rows of some bases; to name thousands costs more than to read all."""
    return rows if len(sites) > MOST_NAMED else rows.filter(site__in=sites)


def _on(
    versions: Sequence[Hours],
    special: OpeningDay | None,
    closed_on: date | None,
    day: date,
    calendar: WorkCalendar,
) -> Opening:
    if closed_on is not None and closed_on <= day:
        return Opening(on=day, spans=(), why=CLOSED_FOR_GOOD)
    if special is not None:
        return Opening(on=day, spans=spans_of(special.spans), why=special.reason)
    counting = next((hours for hours in versions if hours.from_on <= day), None)
    if counting is None:
        return Opening(on=day, spans=(), why="", is_known=False)
    return on_day(counting, day=day, calendar=calendar)


def is_open(site: Site, *, window: TimeWindow) -> bool | None:
    """Tell whether a base is open during all of a window; None where nobody has said.

    A window over midnight is open when the one day ends and the next begins with it.
    """
    first = window.start.astimezone(SHANGHAI).date()
    last = (window.end - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    told = openings([site.pk], first=first, days=(last - first).days + 1)[site.pk]
    return covers(told, window=window) if all(day.is_known for day in told) else None


def covers(days: Iterable[Opening], *, window: TimeWindow) -> bool:
    """Tell whether the hours of days in a row leave nothing of a window out."""
    reached = window.start
    for day in days:
        midnight = datetime.combine(day.on, time(), SHANGHAI)
        for begins, ends in day.spans:
            if midnight + timedelta(minutes=begins) <= reached:
                reached = max(reached, midnight + timedelta(minutes=ends))
    return reached >= window.end


def with_hours(sites: Collection[int] | None, *, on: date) -> frozenset[int]:
    """Return which bases have hours that count on a day; of all bases when none are named."""
    rows = OpeningHours.objects.filter(from_on__lte=on).order_by()
    if sites is not None:
        rows = rows.filter(site__in=sites)
    return frozenset(rows.values_list("site", flat=True))


def versions_of(site: Site) -> tuple[Hours, ...]:
    """Return every version of a base's hours, newest first."""
    return tuple(_hours(row) for row in OpeningHours.objects.filter(site=site))


def special_days(site: Site, *, since: date) -> tuple[tuple[date, str, str], ...]:
    """Return the days to come that differ: day, hours, reason."""
    rows = OpeningDay.objects.filter(site=site, on__gte=since)
    return tuple((row.on, spoken(spans_of(row.spans)), row.reason) for row in rows)


def mark_of(site: Site) -> str:
    """Return a mark of a base's hours: another mark means that somebody changed them."""
    newest = OpeningHours.objects.filter(site=site).order_by("-decided_at", "-pk").first()
    return f"{newest.pk}@{newest.decided_at.isoformat()}" if newest else ""


def _versions(sites: Collection[int], *, until: date) -> dict[int, tuple[Hours, ...]]:
    """Return the versions of bases, latest first; equal ones are the same object."""
    found: dict[int, list[Hours]] = {}
    rows = _of(sites, OpeningHours.objects.filter(from_on__lte=until)).order_by("-from_on")
    known: dict[tuple[object, ...], Hours] = {}
    text = {name: Cast(name.removesuffix("_text"), TextField()) for name in _TEXTS}
    names = ("from_on", "on_holidays", "on_make_up", *_TEXTS)
    for site, *told in rows.annotate(**text).values_list("site_id", *names):
        key = tuple(told)
        if key not in known:
            from_on, on_holidays, on_make_up, week, holiday = told
            known[key] = Hours(
                from_on=from_on,
                week=tuple(spans_of(spans) for spans in json.loads(week)),
                on_holidays=on_holidays,
                holiday=spans_of(json.loads(holiday)),
                on_make_up=on_make_up,
            )
        found.setdefault(site, []).append(known[key])
    return {site: tuple(versions) for site, versions in found.items()}


def _hours(row: OpeningHours) -> Hours:
    return Hours(
        from_on=row.from_on,
        week=tuple(spans_of(spans) for spans in row.week),
        on_holidays=row.on_holidays,
        holiday=spans_of(row.holiday),
        on_make_up=row.on_make_up,
    )


def spans_of(stored: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    """Return spans as they are stored."""
    return tuple((begins, ends) for begins, ends in stored)
