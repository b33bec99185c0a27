"""Every write to a guarded event: plan, release, log, review."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers.models import Feed, KeyCustomer
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.protection.lifecycle import EVENT, LOGGABLE, PLANNABLE
from dianliang.domain.protection.models import (
    Duty,
    Equipment,
    Event,
    Hall,
    LogEntry,
    Patrol,
    Standby,
)
from dianliang.domain.rosters.models import Roster
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined

LONGEST = timedelta(days=92)
FURTHEST = timedelta(days=366)


class UnableToGuardError(DomainError):
    """The event cannot be planned, released, logged or reviewed like this."""

    code = "protection.unable-to-guard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What an event is about, checked."""

    title: str
    level: str
    window: TimeWindow
    demand: str
    unit: Unit


@transaction.atomic
def draft(*, outline: Outline, by: Actor, at: datetime) -> Event:
    """Write an event down; its plan comes piece by piece.

    Raises:
        InvalidInputError: the level is unknown, or the period cannot be.
    """
    if outline.level not in Event.Level.values:
        raise InvalidInputError("请选择保电等级。", field="level")
    window = outline.window
    if window.end <= at or window.duration > LONGEST or abs(window.start - at) > FURTHEST:
        message = Phrase(
            "保电时间应在今后一年之内，且不超过 %(days)s 天，请核对。", days=LONGEST.days
        )
        raise InvalidInputError(message, field="ends_at")
    event = Event.objects.create(
        number=next_number("BD", at=at),
        title=outline.title,
        level=outline.level,
        unit=outline.unit,
        starts_at=window.start,
        ends_at=window.end,
        demand=outline.demand,
        created_by=by.name,
        created_at=at,
    )
    audit.record("protection.event.draft", target=event, by=by, at=at, after=event.title)
    return event


def plannable(event: Event) -> Event:
    """Return an event locked, whose plan may change.

    Raises:
        UnableToGuardError: the plan is out.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if locked.status not in PLANNABLE:
        raise UnableToGuardError("方案已发布，退回修改后才能改。", field="number")
    return locked


@transaction.atomic
def add_halls(
    *,
    event: Event,
    customers: Sequence[KeyCustomer] = (),
    sites: Sequence[Site] = (),
    by: Actor,
    at: datetime,
) -> list[Hall]:
    """Add halls; what feeds a key customer comes with it. One that is there stays as it is."""
    locked = plannable(event)
    known = {(hall.customer_id, hall.site_id) for hall in locked.halls.all()}
    halls = [
        Hall.objects.create(event=locked, customer=customer)
        for customer in customers
        if (customer.pk, None) not in known
    ]
    for hall in halls:
        feeds = Feed.objects.filter(customer=hall.customer_id)
        Equipment.objects.bulk_create(
            Equipment(
                event=locked,
                hall=hall,
                feeder_id=feed.feeder_id,
                transformer_id=feed.transformer_id,
                is_main=feed.is_main,
            )
            for feed in feeds
        )
    halls += [
        Hall.objects.create(event=locked, site=site)
        for site in sites
        if (None, site.pk) not in known
    ]
    words = "、".join(str(hall) for hall in halls)
    audit.record("protection.event.add_halls", target=locked, by=by, at=at, after=words[:120])
    return halls


@transaction.atomic
def add_equipment(
    *, hall: Hall, thing: Feeder | Transformer, is_main: bool, by: Actor, at: datetime
) -> Equipment:
    """Name a line or transformer that feeds a hall.

    Raises:
        UnableToGuardError: it is named already, or the plan is out.
    """
    locked = plannable(hall.event)
    named = {"feeder": thing} if isinstance(thing, Feeder) else {"transformer": thing}
    made, is_new = Equipment.objects.get_or_create(
        event=locked, hall=hall, **named, defaults={"is_main": is_main}
    )
    if not is_new:
        raise UnableToGuardError(
            Phrase("%(thing)s 已在这个场所的设备里。", thing=thing), field="thing"
        )
    audit.record("protection.event.add_equipment", target=locked, by=by, at=at, after=str(thing))
    return made


@transaction.atomic
def add_patrol(
    *, event: Event, job: Job, thing: Hall | Feeder | Transformer, by: Actor, at: datetime
) -> Patrol:
    """Note which job looks at a hall, a line or a transformer."""
    locked = plannable(event)
    name = {Hall: "hall", Feeder: "feeder", Transformer: "transformer"}[type(thing)]
    patrol = Patrol.objects.create(event=locked, job=job, **{name: thing})
    audit.record("protection.event.add_patrol", target=locked, by=by, at=at, after=job.number)
    return patrol


@transaction.atomic
def add_standby(
    *, hall: Hall, team: Team, window: TimeWindow, gear: str, by: Actor, at: datetime
) -> Standby:
    """Let a team stand by at a hall.

    Raises:
        UnableToGuardError: the team stands by elsewhere then, or the time lies outside the event.
    """
    locked = plannable(hall.event)
    if window.start < locked.starts_at or window.end > locked.ends_at:
        raise UnableToGuardError("驻守时间应在保电时间之内。", field="starts_at")
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)  # other events may want it, too
    busy = Standby.objects.filter(
        team=team,
        starts_at__lt=window.end,
        ends_at__gt=window.start,
        event__status__in=["DRAFT", "READY", "RUNNING"],
    )
    taken = busy.select_related("hall__customer", "hall__site").first()
    if taken is not None:
        message = Phrase(
            "%(name)s这段时间已在%(hall)s驻守，请换队伍或时间。", name=team.name, hall=taken.hall
        )
        raise UnableToGuardError(message, field="team")
    made = Standby.objects.create(
        event=locked,
        hall=hall,
        team=team,
        starts_at=window.start,
        ends_at=window.end,
        gear=gear,
    )
    audit.record("protection.event.add_standby", target=locked, by=by, at=at, after=str(made))
    return made


@transaction.atomic
def add_duty(*, event: Event, roster: Roster, post: str, by: Actor, at: datetime) -> Duty:
    """Let a roster man a post of an event.

    Raises:
        UnableToGuardError: it mans one already, or does not touch the event.
    """
    locked = plannable(event)
    if roster.ends_at <= locked.starts_at or roster.starts_at >= locked.ends_at:
        raise UnableToGuardError("这张值班表不在保电时间之内。", field="roster")
    made, is_new = Duty.objects.get_or_create(event=locked, roster=roster, defaults={"post": post})
    if not is_new:
        raise UnableToGuardError(
            Phrase("%(number)s 已在“%(post)s”岗位。", number=roster.number, post=made.post),
            field="roster",
        )
    audit.record("protection.event.add_duty", target=locked, by=by, at=at, after=str(made))
    return made


@transaction.atomic
def take_out(*, part: Hall | Equipment | Standby | Duty, by: Actor, at: datetime) -> None:
    """Take a part out of a plan that is not out yet.

    Raises:
        UnableToGuardError: the plan is out, or patrols look at the hall.
    """
    locked = plannable(part.event)
    if isinstance(part, Hall) and part.patrols.exists():
        raise UnableToGuardError("这个场所已开特巡工单，不能移出。", field="number")
    audit.record("protection.event.take_out", target=locked, by=by, at=at, before=str(part))
    part.delete()


@transaction.atomic
def release(
    *, event: Event, lacking: Callable[[Event], Sequence[str]], by: Actor, at: datetime
) -> Event:
    """Release a plan that lacks nothing, looked at while nobody can change it.

    Raises:
        UnableToGuardError: something is lacking; all of it is told.
        IllegalTransitionError, StaleStateError: it is no draft any more.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if missing := lacking(locked):
        words = Phrase("方案还缺：\n%(missing)s", missing=joined("\n", missing))
        raise UnableToGuardError(words, field="number")
    return _move(locked, "release", by=by, at=at)


def _move(event: Event, verb: str, *, by: Actor, at: datetime, **more: Any) -> Event:
    return transitions.apply(event, verb, lifecycle=EVENT, by=by, at=at, **more)


def move(*, event: Event, verb: str, reason: str, by: Actor, at: datetime) -> Event:
    """Send a plan back, begin, end or cancel.

    Raises:
        InvalidInputError: the verb is another's, or a plan goes back or away without a reason.
        UnableToGuardError: it has not begun yet.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if verb not in {"revise", "begin", "end", "cancel"}:
        raise InvalidInputError("不认识这个操作，请刷新后再试。", field="verb")
    if verb in {"revise", "cancel"} and not reason:
        raise InvalidInputError("请写明原因。", field="reason")
    if verb == "end" and at < event.starts_at:
        raise UnableToGuardError("保电还没有开始，不能结束。", field="verb")
    return _move(event, verb, by=by, at=at, note=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is written into the log."""

    kind: str
    happened_at: datetime
    words: str
    hall: Hall | None = None


@transaction.atomic
def log(
    *, event: Event, told: Told, corrects: LogEntry | None = None, by: Actor, at: datetime
) -> LogEntry:
    """Append to the log; with `corrects` the new row holds in place of another.

    Raises:
        UnableToGuardError: the event takes no log now, or the time cannot be.
        StaleStateError: the row was corrected before.
        InvalidInputError: the kind is unknown.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if locked.status not in LOGGABLE:
        raise UnableToGuardError("方案发布后、总结归档前才能记日志。", field="words")
    if told.kind not in LogEntry.Kind.values:
        raise InvalidInputError("请选择日志类别。", field="kind")
    if not locked.created_at <= told.happened_at <= at + timedelta(minutes=5):
        raise UnableToGuardError("发生时间应在编制方案之后，且不晚于现在。", field="happened_at")
    if corrects is not None and LogEntry.objects.filter(corrects=corrects).exists():
        raise StaleStateError("这条日志已被更正，请刷新。")
    entry = LogEntry.objects.create(
        number=next_number("BZ", at=at),
        event=locked,
        hall=told.hall,
        kind=told.kind,
        happened_at=told.happened_at,
        words=told.words,
        corrects=corrects,
        recorded_at=at,
        recorded_by=by.name,
    )
    audit.record("protection.logentry.log", target=entry, by=by, at=at, after=entry.kind)
    return entry


def review(
    *, event: Event, lessons: str, figures: dict[str, Any], by: Actor, at: datetime
) -> Event:
    """Close an event with what was learnt and the figures of that moment.

    Raises:
        InvalidInputError: nothing was learnt.
        IllegalTransitionError, StaleStateError: it has not ended, or is reviewed.
    """
    if len(lessons) < 2:
        raise InvalidInputError("请写总结。", field="lessons")
    changes = {
        "lessons": lessons,
        "figures": figures,
        "reviewed_by": by.name,
        "reviewed_at": at,
    }
    return _move(event, "review", by=by, at=at, changes=changes)
