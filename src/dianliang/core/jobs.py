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

LEASE = timedelta(seconds=60)
RETRY_AFTER = timedelta(seconds=10)

Status = BackgroundJob.Status
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

    def progress(self, share: float, note: str = "") -> None:
        """Report progress in [0, 1] and renew the lease.

        Raises:
            JobCancelledError: stop working; nobody wants the result.
        """
        kept = BackgroundJob.objects.filter(
            pk=self.job_id, status=Status.RUNNING, lease_owner=self.owner
        ).update(
            progress_share=min(1.0, max(0.0, share)),
            progress_note=note[:200],
            lease_until=self.clock() + LEASE,
        )
        if not kept:
            raise JobCancelledError("任务已取消。")


Handler = Callable[[JobContext], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of a kind."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
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
) -> BackgroundJob:
    """Add work to the queue, in the caller's transaction. The same `key` is added once."""
    fields = {
        "payload": payload,
        "run_after": run_after or at,
        "created_by": by.id,
        "created_at": at,
        "max_attempts": max_attempts,
    }
    if key is None:
        return BackgroundJob.objects.create(kind=kind, **fields)
    return BackgroundJob.objects.get_or_create(key=key, defaults={"kind": kind, **fields})[0]


def cancel(job_id: int, *, at: datetime) -> bool:
    """Cancel a job that has not ended; a running handler notices at its next report."""
    return bool(
        BackgroundJob.objects.filter(pk=job_id, status__in=[Status.QUEUED, Status.RUNNING]).update(
            status=Status.CANCELLED, finished_at=at
        )
    )


def run_next(*, owner: str, clock: Clock) -> bool:
    """Take the next due job and do it; tell whether there was one."""
    job = _take(owner=owner, at=clock())
    if job is None:
        return False
    context = JobContext(
        job_id=job.pk, payload=job.payload, created_by=job.created_by, clock=clock, owner=owner
    )
    try:
        result = _handlers[job.kind](context)
    except JobCancelledError:
        return True
    except Exception:  # noqa: BLE001 (the one place that must outlive any handler)
        _give_up_or_retry(job, owner=owner, at=clock(), error=traceback.format_exc())
        return True
    _end(job, owner=owner, status=Status.DONE, at=clock(), result=result, progress_share=1.0)
    return True


@transaction.atomic
def _take(*, owner: str, at: datetime) -> BackgroundJob | None:
    due = Q(status=Status.QUEUED, run_after__lte=at)
    abandoned = Q(status=Status.RUNNING, lease_until__lt=at)
    waiting = BackgroundJob.objects.filter(due | abandoned).order_by("run_after", "id")
    job = waiting.filter(kind__in=list(_handlers)).select_for_update(skip_locked=True).first()
    if job is None:
        return None
    if job.attempts >= job.max_attempts:
        job.status, job.error, job.finished_at = Status.FAILED, "多次中断，已放弃。", at
        job.save(update_fields=["status", "error", "finished_at"])
        return None
    job.status, job.lease_owner, job.lease_until = Status.RUNNING, owner, at + LEASE
    job.attempts += 1
    job.save(update_fields=["status", "lease_owner", "lease_until", "attempts"])
    return job


def _give_up_or_retry(job: BackgroundJob, *, owner: str, at: datetime, error: str) -> None:
    if job.attempts >= job.max_attempts:
        _end(job, owner=owner, status=Status.FAILED, at=at, error=error)
        return
    BackgroundJob.objects.filter(pk=job.pk, lease_owner=owner, status=Status.RUNNING).update(
        status=Status.QUEUED, run_after=at + RETRY_AFTER * job.attempts, error=error
    )


def _end(job: BackgroundJob, *, owner: str, status: str, at: datetime, **fields: Any) -> None:
    BackgroundJob.objects.filter(pk=job.pk, lease_owner=owner, status=Status.RUNNING).update(
        status=status, finished_at=at, **fields
    )
