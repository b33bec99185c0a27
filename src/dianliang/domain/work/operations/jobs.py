"""Every write to jobs, from opening to completion."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number, next_numbers
from dianliang.domain.catalog.models import Checklist, Service, Skill
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.work.lifecycle import JOB
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow


class UnableToMoveJobError(DomainError):
    """The job cannot go where it was meant to."""

    code = "work.unable-to-move-job"


@transaction.atomic
def open_job(
    *,
    title: str,
    area: Area,
    point: GeoPoint,
    unit: Unit,
    by: Actor,
    at: datetime,
    detail: str = "",
    service: Service | None = None,
    skill: Skill | None = None,
    gear: Mapping[str, int] | None = None,
    checklist: Sequence[str] = (),
    inspects: Checklist | None = None,
    customer: Customer | None = None,
    address: str = "",
    duration_min: int = 45,
    priority: str = Job.Priority.SHOULD,
    windows: Sequence[TimeWindow] = (),
    due_at: datetime | None = None,
    preferred_team: Team | None = None,
    forbidden_team: Team | None = None,
) -> Job:
    """Open a piece of field work for a unit (开单).

    An inspection has the lines of its checklist to answer instead of a service's to tick.

    Raises:
        InvalidInputError: it would last no time or longer than a day.
    """
    if not 0 < duration_min <= 24 * 60:
        raise InvalidInputError("预计时长应在 1 分钟到 24 小时之间。", field="duration_min")
    inspects_id = inspects.pk if inspects else service.inspects_id if service else None
    ticks = service.checklist if service and inspects_id is None else ()
    job = Job.objects.create(
        number=next_number("GD", at=at),
        title=title[:120],
        detail=detail,
        service=service,
        skill=skill or (service.skill if service else None),
        gear=dict(gear or {}),
        checklist=list(checklist or ticks),
        inspects_id=inspects_id,
        customer=customer,
        area=area,
        address=address,
        lat=point.lat,
        lon=point.lon,
        duration_min=duration_min,
        priority=priority,
        windows=[[w.start.isoformat(), w.end.isoformat()] for w in windows],
        due_at=due_at if due_at and due_at > at else None,
        unit=unit,
        preferred_team=preferred_team,
        forbidden_team=forbidden_team,
        opened_at=at,
    )
    audit.record("work.job.open", target=job, by=by, at=at, after=job.status)
    return job


@transaction.atomic
def open_jobs(*, drafts: Sequence[Job], by: Actor, at: datetime) -> list[Job]:
    """Open many jobs in one go; `drafts` are not stored yet and get their numbers here.

    Raises:
        InvalidInputError: one would last no time or longer than a day.
    """
    if any(not 0 < job.duration_min <= 24 * 60 for job in drafts):
        raise InvalidInputError("预计时长应在 1 分钟到 24 小时之间。", field="duration_min")
    numbers = next_numbers("GD", count=len(drafts), at=at) if drafts else []
    for job, number in zip(drafts, numbers, strict=True):
        job.number, job.opened_at = number, at
    made = Job.objects.bulk_create(drafts, batch_size=500)
    audit.record_each("work.job.open", targets=[(job, job.status) for job in made], by=by, at=at)
    return made


def _move(job: Job, verb: str, *, by: Actor, at: datetime, note: str = "", **changes: Any) -> Job:
    return transitions.apply(
        job, verb, lifecycle=JOB, by=by, at=at, note=note, changes=changes or None
    )


@transaction.atomic
def hand_over(*, job: Job, to: Unit, reason: str, by: Actor, at: datetime) -> Job:
    """Offer a job to another unit; until it takes it, nothing is lost.

    Raises:
        UnableToMoveJobError: it is that unit's already.
    """
    if to.pk == job.unit_id:
        raise UnableToMoveJobError("已经由该单位承办。")
    note = f"{job.unit.name} → {to.name}：{reason}"
    return _move(job, "hand_over", by=by, at=at, note=note, handed_over_from=job.unit, unit=to)


@transaction.atomic
def take(*, job: Job, by: Actor, at: datetime) -> Job:
    """Take over what another unit offered."""
    return _move(job, "take", by=by, at=at, handed_over_from=None)


@transaction.atomic
def hand_back(*, job: Job, reason: str, by: Actor, at: datetime) -> Job:
    """Give a job back to the unit that offered it.

    Raises:
        UnableToMoveJobError: nobody offered it.
    """
    if job.handed_over_from is None:
        raise UnableToMoveJobError("没有移交单位，无法退回。")
    former = job.handed_over_from
    return _move(job, "hand_back", by=by, at=at, note=reason, unit=former, handed_over_from=None)


@transaction.atomic
def recall(*, job: Job, by: Actor, at: datetime) -> Job:
    """Take back a job that another unit was offered and has not taken yet.

    Raises:
        UnableToMoveJobError: nobody offered it.
    """
    if job.handed_over_from is None:
        raise UnableToMoveJobError("没有移交单位，无法撤回。")
    return _move(job, "recall", by=by, at=at, unit=job.handed_over_from, handed_over_from=None)


@transaction.atomic
def reprioritise(*, job: Job, priority: str, by: Actor, at: datetime) -> Job:
    """Let a job that waits follow the urgency of what it serves; the next plan respects it."""
    if job.priority == priority or job.status not in {"OPEN", "HANDED_OVER"}:
        return job
    was, job.priority = job.priority, priority
    Job.objects.filter(pk=job.pk).update(priority=priority)
    audit.record("work.job.reprioritise", target=job, by=by, at=at, before=was, after=priority)
    return job


@transaction.atomic
def shrink(*, job: Job, to: Job, gear: Mapping[str, int], by: Actor, at: datetime) -> Job:
    """Let a job be the part of it that is left: title, place, time and gear of `to`."""
    was = job.title
    job.title, job.lat, job.lon = to.title, to.lat, to.lon
    job.duration_min, job.gear = to.duration_min, dict(gear)
    job.save(update_fields=["title", "lat", "lon", "duration_min", "gear"])
    audit.record("work.job.shrink", target=job, by=by, at=at, reason=f"{was} → {job.title}")
    return job


@transaction.atomic
def schedule(*, job: Job, by: Actor, at: datetime) -> Job:
    """Note that a published plan has the job."""
    return _move(job, "schedule", by=by, at=at)


def schedule_each(*, jobs: Sequence[Job], by: Actor, at: datetime) -> None:
    """Note that a published plan has jobs which waited."""
    transitions.apply_each(jobs, "schedule", lifecycle=JOB, by=by, at=at)


@transaction.atomic
def unschedule(*, job: Job, reason: str, by: Actor, at: datetime) -> Job:
    """Put a job back into the queue, for the dispatcher to see."""
    return _move(job, "unschedule", by=by, at=at, note=reason)


@transaction.atomic
def complete(
    *, job: Job, words: str, by: Actor, at: datetime, done_at: datetime | None = None
) -> Job:
    """Note that the work is done; `done_at` is earlier than `at` when it is told later."""
    return _move(job, "complete", by=by, at=at, note=words, done_at=done_at or at)


@transaction.atomic
def cancel(*, job: Job, reason: str, by: Actor, at: datetime) -> Job:
    """Give a job up, with a reason.

    Raises:
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("撤销工单必须说明原因。", field="reason")
    return _move(job, "cancel", by=by, at=at, note=reason)
