"""What happens to a need when its field work moves."""

from datetime import datetime

from django.db import transaction

from dianliang.domain.intake.models import Need, NeedJob
from dianliang.domain.intake.operations import handling
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import SYSTEM, Actor

ENDED = frozenset({"DONE", "CANCELLED"})


@transaction.atomic
def start(job: Job, *, by: Actor, at: datetime) -> None:
    """Mark the needs of a job as being worked on, once its team is on the way."""
    for need in _needs(job):
        if need.status == "ACCEPTED":
            handling.start(need=need, by=by, at=at)


@transaction.atomic
def go_on_working(need: Need, *, at: datetime) -> None:
    """Put a need whose clock runs again back to work, if it has jobs that wait or are planned."""
    unfinished = NeedJob.objects.filter(need=need).exclude(job__status__in=ENDED)
    if need.status == "ACCEPTED" and unfinished.exists():
        handling.start(need=need, by=SYSTEM, at=at)


@transaction.atomic
def settle(job: Job, words: str, *, by: Actor, at: datetime) -> None:
    """Resolve each need of a job that is done, when no other job of the need is left.

    `words` are told to the person who asked.
    """
    for need in _needs(job):
        left = NeedJob.objects.filter(need=need).exclude(job__status__in=ENDED)
        if not left.exists() and need.status in {"ACCEPTED", "IN_PROGRESS"}:
            handling.resolve(need=need, words=words, by=by, at=at)


@transaction.atomic
def tell(job: Job, words: str, *, by: Actor, at: datetime) -> None:
    """Leave the handlers of a job's needs an internal note."""
    for need in _needs(job):
        handling.tell(need=need, text=words, is_internal=True, by=by, at=at)


def _needs(job: Job) -> list[Need]:
    """Lock the needs of a job: of two teams that finish together the later one sees both done."""
    return list(Need.objects.filter(parts__job=job).select_for_update(of=("self",)).order_by("pk"))
