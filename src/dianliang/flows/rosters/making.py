"""Make a roster and let the engine arrange it in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import idempotency
from dianliang.core import jobs as background
from dianliang.domain.catalog.models import Skill
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.rosters import operations
from dianliang.domain.rosters.models import Roster
from dianliang.domain.rosters.operations import Outline, Span, UnableToRosterError
from dianliang.domain.rosters.queries import roster_of
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.engines import rostering
from dianliang.flows.rosters.building import Built, build, keys_of, outcome_of, weight_of
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

ARRANGE = "rosters.arrange"
LONGEST = timedelta(days=92)
FURTHEST = timedelta(days=366)
MOST_SHIFTS, MOST_PEOPLE, MOST_A_SHIFT = 400, 600, 200
MOST_CHANGES = 12
EFFORT = 4.0
PURPOSES = tuple((str(value), str(label)) for value, label in Roster.Purpose.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A roster as a form asks for it. Codes and text come from outside and are checked here."""

    title: str
    purpose: str
    site_code: str
    starts_at: datetime
    ends_at: datetime
    changes: Sequence[time]
    size: int
    skills: Mapping[str, int]
    rest_h: int
    week_h: int | None
    days_in_row: int | None
    nights_in_row: int | None
    people: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a form offers: people with unit, sites, skills."""

    people: tuple[tuple[str, str, str], ...]
    sites: tuple[tuple[str, str], ...]
    skills: tuple[tuple[str, str], ...]


def choices(*, by: Actor) -> Choices:
    """Return who and what an actor may put into a roster."""
    people = _people(by).select_related("unit").order_by("unit__path", "number")
    sites = Site.objects.filter(unit__path__startswith=by.unit_path or "-").order_by("code")
    return Choices(
        people=tuple((p.number, p.name, p.unit.name) for p in people),
        sites=tuple(sites.values_list("code", "name")),
        skills=tuple(Skill.objects.order_by("code").values_list("code", "name")),
    )


def make(*, asked: Asked, by: Actor, at: datetime) -> Roster:
    """Write a roster down: its shifts are cut so that nothing is left open and nothing doubles.

    Raises:
        InvalidInputError: the field that cannot be, in words.
        UnableToRosterError: the actor acts for no unit.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if unit is None:
        raise UnableToRosterError("当前身份没有所属单位，不能编制值班表。")
    if asked.purpose not in Roster.Purpose.values:
        raise InvalidInputError("请选择用途。", field="purpose")
    windows = _windows(asked, at=at)
    people = _chosen(asked, by=by)
    outline = Outline(
        title=clean_text(asked.title, field="title", label="名称", most=60, least=2),
        purpose=asked.purpose,
        unit=unit,
        site=_site(asked.site_code, by=by),
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        changes=[f"{change:%H:%M}" for change in sorted(asked.changes)],
        size=_within(asked.size, 1, MOST_A_SHIFT, field="size", label="每班人数"),
        skills=_skills(asked),
        rest_h=_within(asked.rest_h, 0, 48, field="rest_h", label="班间休息"),
        week_h=_limit(asked.week_h, 168, field="week_h", label="每周最多小时"),
        days_in_row=_limit(asked.days_in_row, 31, field="days_in_row", label="最多连续天数"),
        nights_in_row=_limit(asked.nights_in_row, 31, field="nights_in_row", label="最多连续夜班"),
    )
    calendar = work_calendar()
    spans = [Span(starts_at=w.start, ends_at=w.end, weight=weight_of(w, calendar)) for w in windows]
    return operations.draft(outline=outline, spans=spans, people=people, by=by, at=at)


def make_once(*, key: str, asked: Asked, by: Actor, at: datetime) -> str:
    """Write a roster down as `make` does and return its number; a second press makes no second.

    The same page may ask for another roster after going back: what was asked is part of the key.

    Raises:
        InvalidInputError, UnableToRosterError: see `make`.
    """
    body = {**asdict(asked), "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        return {"number": make(asked=asked, by=by, at=at).number}

    return str(idempotency.once(scope="roster", key=pressed, body=body, at=at, act=act)["number"])


@transaction.atomic
def arrange(*, number: str, revision: int, by: Actor, at: datetime) -> Roster:
    """Queue the arrangement in the transaction that marks it.

    A roster that people know already changes as little as it can, and what has begun stays.

    Raises:
        NotVisibleError: absent, or another unit's.
        StaleStateError: somebody else changed it first.
        UnableToRosterError: it is over.
    """
    roster = roster_of(number, by=by)
    if roster.ends_at <= at:
        raise UnableToRosterError("这张值班表已经结束，请另编一张。")
    queued = background.enqueue(ARRANGE, {"roster": number}, by=by, at=at, max_attempts=3)
    return operations.begin(roster=roster, revision=revision, job_id=queued.pk, by=by, at=at)


def _given_up(context: background.JobContext) -> None:
    roster = Roster.objects.get(number=context.payload["roster"])
    if roster.status == "SOLVING" and roster.background_job_id == context.job_id:
        words = "排班多次中断，请再排一次；仍不行请联系管理员查看后台任务。"
        operations.give_up(roster=roster, words=words, by=SYSTEM, at=context.clock())


@background.handler(ARRANGE, given_up=_given_up)
def arrange_in_background(context: background.JobContext) -> dict[str, Any]:
    """Arrange a queued roster and store the result once."""
    roster = Roster.objects.get(number=context.payload["roster"])
    if roster.status != "SOLVING" or roster.background_job_id != context.job_id:
        return {"skipped": roster.status}
    built = build(roster, at=context.clock())
    context.progress(0.1, f"{len(built.shifts)} 个班次，{len(built.people)} 名人员")
    try:
        result = rostering.solve(built.problem, rostering.Params(effort=EFFORT))
    except rostering.InvalidProblemError as refusal:
        words = built.readable(str(refusal))
        operations.give_up(roster=roster, words=words, by=SYSTEM, at=context.clock())
        return {"error": words}
    keep(roster, built, result, at=context.clock())
    return {"turns": len(result.turns), "missing": result.missing}


def keep(roster: Roster, built: Built, result: rostering.Roster, *, at: datetime) -> None:
    """Store what the engine made of a roster."""
    chosen, outcome = keys_of(built, result.turns), outcome_of(built, result)
    operations.keep(roster=roster, chosen=chosen, outcome=outcome, by=SYSTEM, at=at)


def _windows(asked: Asked, *, at: datetime) -> tuple[TimeWindow, ...]:
    if asked.ends_at <= asked.starts_at:
        raise InvalidInputError("结束必须晚于开始。", field="ends_at")
    if asked.ends_at <= at:
        raise InvalidInputError("这段时间已经过去。", field="ends_at")
    if asked.ends_at - asked.starts_at > LONGEST:
        raise InvalidInputError(
            Phrase("一张值班表最长 %(days)s 天，请分开编。", days=LONGEST.days), field="ends_at"
        )
    if abs(asked.starts_at - at) > FURTHEST:
        raise InvalidInputError("开始日期离今天超过一年，请核对年份。", field="starts_at")
    if not 1 <= len(asked.changes) <= MOST_CHANGES:
        message = Phrase(
            "请写 1 到 %(most_changes)s 个交接班时间，例如 08:00 16:00 00:00。",
            most_changes=MOST_CHANGES,
        )
        raise InvalidInputError(message, field="changes")
    windows = rostering.cut(TimeWindow(asked.starts_at, asked.ends_at), list(asked.changes))
    if len(windows) > MOST_SHIFTS:
        message = Phrase(
            "共 %(n)s 个班次，最多 %(most_shifts)s 个，请缩短时间或减少交接班。",
            n=len(windows),
            most_shifts=MOST_SHIFTS,
        )
        raise InvalidInputError(message, field="changes")
    return windows


def _people(by: Actor) -> QuerySet[Person]:
    return Person.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "-")


def _chosen(asked: Asked, *, by: Actor) -> list[Person]:
    wanted = set(asked.people)
    if not wanted:
        raise InvalidInputError("请至少选一名可排人员。", field="people")
    if len(wanted) > MOST_PEOPLE:
        raise InvalidInputError(
            Phrase("一张值班表最多 %(most_people)s 人。", most_people=MOST_PEOPLE), field="people"
        )
    found = list(_people(by).filter(number__in=wanted))
    strange = sorted(wanted - {person.number for person in found})
    if strange:
        message = Phrase(
            "%(numbers)s 不在本单位或已离岗，请重新选择。", numbers="、".join(strange[:5])
        )
        raise InvalidInputError(message, field="people")
    return found


def _site(code: str, *, by: Actor) -> Site | None:
    if not code:
        return None
    site = Site.objects.filter(code=code, unit__path__startswith=by.unit_path or "-").first()
    if site is None:
        raise InvalidInputError("没有这个地点，请重新选择。", field="site_code")
    return site


def _skills(asked: Asked) -> dict[str, int]:
    known = dict(Skill.objects.filter(code__in=asked.skills).values_list("code", "name"))
    for code, wanted in asked.skills.items():
        if code not in known:
            raise InvalidInputError("没有这项技能，请重新选择。", field="skills")
        _within(wanted, 1, asked.size, field="skills", label=f"会“{known[code]}”的人数")
    return dict(asked.skills)


def _limit(value: int | None, most: int, *, field: str, label: str) -> int | None:
    return None if value is None else _within(value, 1, most, field=field, label=label)


def _within(value: int, least: int, most: int, *, field: str, label: str) -> int:
    if not least <= value <= most:
        raise InvalidInputError(
            Phrase(
                "%(label)s应在 %(least)s 到 %(most)s 之间。", label=label, least=least, most=most
            ),
            field=field,
        )
    return value


def hours(text: str) -> tuple[time, ...]:
    """Read the times at which shifts change, written like "08:00 16:00 00:00".

    Raises:
        InvalidInputError: a word is no time.
    """
    found = []
    for word in text.replace("，", " ").replace(",", " ").replace("、", " ").split():
        try:
            found.append(datetime.strptime(word.replace("：", ":"), "%H:%M").time())  # noqa: DTZ007 (a time of day)
        except ValueError as wrong:
            message = Phrase("“%(word)s”不是时间，请写成 08:00 这样。", word=word[:10])
            raise InvalidInputError(message, field="changes") from wrong
    return tuple(dict.fromkeys(found))


def at_hour(day: date, hour: time) -> datetime:
    """Return an instant from a day and a time in Shanghai."""
    return datetime.combine(day, hour, SHANGHAI)
