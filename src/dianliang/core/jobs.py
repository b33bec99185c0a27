"""Background work in the same database: enqueued in the business transaction, run under a lease.

At least once: a worker that dies loses its lease and another takes over. Effect once: a handler
writes its result through a compare-and-swap of its own (a lifecycle, an idempotency key).
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from dianliang.core.models import BackgroundJob
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import to_text

LEASE = timedelta(seconds=60)
RETRY_AFTER = timedelta(seconds=10)

Status = BackgroundJob.Status
GOING_ON = (Status.QUEUED, Status.RUNNING)
Clock = Callable[[], datetime]


class JobCancelledError(DomainError):
    """The job was cancelled, or another worker holds it now."""

    code = "jobs.cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """What a handler gets: its payload, a clock, and a way to report."""

    job_id: int
    payload: dict[str, Any]
    created_by: str
    clock: Clock
    owner: str

    def progress(self, share: float, note: str = "") -> bool:
        """Report progress in [0, 1] and renew the lease; False asks to end with what there is.

        Raises:
            JobCancelledError: stop working; nobody wants the result.
        """
        mine = BackgroundJob.objects.filter(
            pk=self.job_id, status=Status.RUNNING, lease_owner=self.owner
        )
        kept = mine.update(
            progress_share=min(1.0, max(0.0, share)),
            progress_note=to_text(note, most=200),
            lease_until=self.clock() + LEASE,
        )
        if not kept:
            raise JobCancelledError("任务已取消。")
        return not mine.filter(wrap_up_at__isnull=False).exists()


Handler = Callable[[JobContext], dict[str, Any] | None]
GivenUp = Callable[[JobContext], None]
_handlers: dict[str, Handler] = {}
_given_up: dict[str, GivenUp] = {}


def handler(kind: str, *, given_up: GivenUp | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of a kind.

    `given_up` is called in the transaction that marks a job failed for good, so that what waits
    for the job does not wait for ever.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if given_up is not None:
            _given_up[kind] = given_up
        return function

    return register


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
    key: str | None = None,
    run_after: datetime | None = None,
    max_attempts: int = 5,
    expected_s: int | None = None,
) -> BackgroundJob:
    """Add work to the queue, in the caller's transaction. The same `key` is added once.

    `expected_s` is how long it will take, where the caller knows better than the past tells.
    """
    fields = {
        "payload": payload,
        "run_after": run_after or at,
        "created_by": by.id,
        "created_at": at,
        "max_attempts": max_attempts,
        "expected_s": expected_s,
    }
    if key is None:
        return BackgroundJob.objects.create(kind=kind, **fields)
    return BackgroundJob.objects.get_or_create(key=key, defaults={"kind": kind, **fields})[0]


def enqueue_alone(
    kind: str, payload: dict[str, Any], *, by: Actor, at: datetime, max_attempts: int = 5
) -> BackgroundJob | None:
    """Add work of which there may be one at a time; None if some is waiting or going on.

    Two who ask at the same moment name the same job before theirs, and so the same key: the
    database lets one of them in.
    """
    last = BackgroundJob.objects.filter(kind=kind).order_by("-pk").first()
    if is_going_on(kind):  # asked after `last` was read: what came between is seen
        return None
    fields = {
        "kind": kind,
        "payload": payload,
        "run_after": at,
        "created_by": by.id,
        "created_at": at,
        "max_attempts": max_attempts,
    }
    key = f"{kind}:after:{last.pk if last else 0}"
    job, is_new = BackgroundJob.objects.get_or_create(key=key, defaults=fields)
    return job if is_new else None


def unfinished(kind: str, *, by: Actor) -> int:
    """Return how many jobs of a kind somebody has in the queue or running."""
    mine = BackgroundJob.objects.filter(kind=kind, created_by=by.id)
    return mine.filter(status__in=GOING_ON).count()


def is_going_on(kind: str) -> bool:
    """Tell whether a job of a kind is in the queue or running, whoever wanted it."""
    return BackgroundJob.objects.filter(kind=kind, status__in=GOING_ON).exists()


def cancel(job_id: int, *, at: datetime) -> bool:
    """Cancel a job that has not ended; a running handler notices at its next report."""
    return bool(
        BackgroundJob.objects.filter(pk=job_id, status__in=GOING_ON).update(
            status=Status.CANCELLED, finished_at=at
        )
    )


def wrap_up(job_id: int, *, at: datetime) -> bool:
    """Ask a job to end early with the best it has; tell whether it had not ended yet."""
    return bool(BackgroundJob.objects.filter(pk=job_id, status__in=GOING_ON).update(wrap_up_at=at))


def run_next(*, owner: str, clock: Clock) -> bool:
    """Take the next due job and do it; tell whether there was one."""
    job = _take(owner=owner, clock=clock)
    if job is None:
        return False
    context = _context(job, owner=owner, clock=clock)
    try:
        result = _handlers[job.kind](context)
    except JobCancelledError:
        return True
    except Exception:  # noqa: BLE001 (the one place that must outlive any handler)
        _give_up_or_retry(job, context, error=traceback.format_exc())
        return True
    _end(job, owner=owner, status=Status.DONE, at=clock(), result=result, progress_share=1.0)
    return True


def _context(job: BackgroundJob, *, owner: str, clock: Clock) -> JobContext:
    return JobContext(
        job_id=job.pk, payload=job.payload, created_by=job.created_by, clock=clock, owner=owner
    )


@transaction.atomic
def _take(*, owner: str, clock: Clock) -> BackgroundJob | None:
    at = clock()
    due = Q(status=Status.QUEUED, run_after__lte=at)
    abandoned = Q(status=Status.RUNNING, lease_until__lt=at)
    waiting = BackgroundJob.objects.filter(due | abandoned).order_by("run_after", "id")
    waiting = waiting.filter(kind__in=list(_handlers)).select_for_update(skip_locked=True)
    while job := waiting.first():
        job.lease_owner = owner
        if job.attempts < job.max_attempts:
            job.status, job.lease_until, job.started_at = Status.RUNNING, at + LEASE, at
            job.attempts += 1
            kept = ["status", "lease_owner", "lease_until", "attempts", "started_at"]
            job.save(update_fields=kept)
            return job
        job.status, job.error, job.finished_at = Status.FAILED, "多次中断，已放弃。", at
        job.save(update_fields=["status", "lease_owner", "error", "finished_at"])
        _tell_given_up(job, _context(job, owner=owner, clock=clock))
    return None


def _tell_given_up(job: BackgroundJob, context: JobContext) -> None:
    if job.kind in _given_up:
        _given_up[job.kind](context)


@transaction.atomic
def _give_up_or_retry(job: BackgroundJob, context: JobContext, *, error: str) -> None:
    at = context.clock()
    if job.attempts >= job.max_attempts:
        if _end(job, owner=context.owner, status=Status.FAILED, at=at, error=error):
            _tell_given_up(job, context)
        return
    BackgroundJob.objects.filter(
        pk=job.pk, lease_owner=context.owner, status=Status.RUNNING
    ).update(status=Status.QUEUED, run_after=at + RETRY_AFTER * job.attempts, error=error)


def _end(job: BackgroundJob, *, owner: str, status: str, at: datetime, **fields: Any) -> bool:
    mine = BackgroundJob.objects.filter(pk=job.pk, lease_owner=owner, status=Status.RUNNING)
    return bool(mine.update(status=status, finished_at=at, **fields))
