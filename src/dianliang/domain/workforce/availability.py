"""Who can come when: weekly hours, days away, and the one question whether somebody is free."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dianliang.domain.workforce.models import Absence, Attendance, Person, WeeklySlot
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

Slot = tuple[int, time, time]
"""Weekday as Python counts it, from, to."""
LAST_MINUTE = time(23, 59)
"""Stands for midnight: no time of a day is later."""


Engaged = Callable[[Collection[int], TimeWindow], Mapping[int, str]]
"""Tells of people, by key, what else they are bound to do in a window."""
_ENGAGED: list[Engaged] = []


def engaged_by(source: Engaged) -> None:
    """Ask a room further out, too, whether somebody is bound (such as by a roster)."""
    if source not in _ENGAGED:
        _ENGAGED.append(source)


def engagements(people: Collection[int], window: TimeWindow) -> dict[int, str]:
    """Return who is bound elsewhere in a window, by key, and by what. One query for each room."""
    found: dict[int, str] = {}
    if not people:
        return found
    for source in _ENGAGED:
        for pk, words in source(people, window).items():
            found.setdefault(pk, words)
    return found


def shift_of(on: date, starts: time, ends: time) -> TimeWindow:
    """Return the window of a shift that begins on a day; one that ends earlier ends next day."""
    begin = datetime.combine(on, starts, SHANGHAI)
    end = datetime.combine(on, ends, SHANGHAI)
    return TimeWindow(begin, end if end > begin else end + timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """Whether somebody is free, and if not, why."""

    is_free: bool
    words: str = ""


FREE = Available(is_free=True)


def available(person: Person, window: TimeWindow, *, team_code: str = "") -> Available:
    """Tell whether a person is free for the whole of a window.

    Not who has left, is away on one of its days, has told weekly hours that do not cover it, is
    bound by a roster, or is on duty that day with a team other than `team_code`.
    """
    days = _days(window)
    first, last = days[0], days[-1]
    if not person.is_active or (person.left_on is not None and person.left_on <= last):
        return Available(is_free=False, words=Phrase("%(who)s已离岗", who=person.name))
    away = Absence.objects.filter(person=person, first_on__lte=last, last_on__gte=first).first()
    if away is not None:
        words = Phrase(
            "%(who)s %(first)s 至 %(last)s 不在（%(why)s）",
            who=person.name,
            first=f"{away.first_on}",
            last=f"{away.last_on}",
            why=away.reason,
        )
        return Available(is_free=False, words=words)
    slots = slots_of([person.pk]).get(person.pk, ())
    for day in days:
        span = _span(window, day)
        if slots and not covers(slots, day, *span):
            words = Phrase("%(who)s%(hours)s", who=person.name, hours=told(slots, day))
            return Available(is_free=False, words=words)
    bound = engagements([person.pk], window)
    if bound:
        words = Phrase("%(who)s %(words)s", who=person.name, words=bound[person.pk])
        return Available(is_free=False, words=words)
    duty = Attendance.objects.filter(person=person, on__range=(first, last))
    other = duty.exclude(team__code=team_code).select_related("team").order_by("on").first()
    if other is not None:
        words = Phrase(
            "%(who)s %(on)s 已在%(team)s出勤",
            who=person.name,
            on=f"{other.on}",
            team=other.team.name,
        )
        return Available(is_free=False, words=words)
    return FREE


def slots_of(people: Collection[int]) -> dict[int, tuple[Slot, ...]]:
    """Return the weekly hours of people, by key; who has told none is left out. One query."""
    found: dict[int, list[Slot]] = {}
    rows = WeeklySlot.objects.filter(person__in=people).order_by("weekday", "starts")
    for pk, weekday, starts, ends in rows.values_list("person_id", "weekday", "starts", "ends"):
        found.setdefault(pk, []).append((weekday, starts, ends))
    return {pk: tuple(slots) for pk, slots in found.items()}


def covers(slots: Iterable[Slot], on: date, starts: time, ends: time) -> bool:
    """Tell whether weekly hours hold the whole of a span of a day; those that touch are one."""
    reached = starts
    for weekday, begins, until in sorted(slots):
        if weekday == on.weekday() and begins <= reached:
            reached = max(reached, until)
    return reached >= ends


def closed(slots: Iterable[Slot], window: TimeWindow) -> tuple[TimeWindow, ...]:
    """Return the parts of a window that weekly hours do not hold."""
    found, reached, own = list[TimeWindow](), window.start, sorted(slots)
    for on in _days(window):
        for weekday, starts, ends in own:
            begins = datetime.combine(on, starts, SHANGHAI)
            if weekday != on.weekday() or begins >= window.end:
                continue
            if begins > reached:
                found.append(TimeWindow(reached, begins))
            over = datetime.combine(on, ends, SHANGHAI)
            over += timedelta(minutes=1) if ends == LAST_MINUTE else timedelta()
            reached = max(reached, over)
    if reached < window.end:
        found.append(TimeWindow(reached, window.end))
    return tuple(found)


def told(slots: Iterable[Slot], on: date) -> str:
    """Say when somebody can come on a day."""
    spans = [f"{a:%H:%M}–{b:%H:%M}" for weekday, a, b in slots if weekday == on.weekday()]
    label = WeeklySlot.Weekday(on.weekday()).label
    day = Phrase(label)
    if not spans:
        return Phrase("%(day)s不能服务", day=day)
    return Phrase("%(day)s只有 %(spans)s 可服务", day=day, spans="、".join(spans))


def _days(window: TimeWindow) -> list[date]:
    first = window.start.astimezone(SHANGHAI).date()
    last = (window.end - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _span(window: TimeWindow, on: date) -> tuple[time, time]:
    """Return the part of a window that lies on a day."""
    midnight = datetime.combine(on, time(), SHANGHAI)
    start = max(window.start.astimezone(SHANGHAI), midnight)
    end = min(window.end.astimezone(SHANGHAI), midnight + timedelta(days=1))
    is_over = end.date() > on
    return start.time(), LAST_MINUTE if is_over else end.time()
