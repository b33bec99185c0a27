"""What happens to a need when its field work moves."""

from datetime import datetime

from django.db import transaction

from dianliang.core import transitions
from dianliang.domain.intake.lifecycle import NEED
from dianliang.domain.intake.models import Message, Need, NeedJob
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor

ENDED = frozenset({"DONE", "CANCELLED"})


@transaction.atomic
def start(job: Job, *, by: Actor, at: datetime) -> None:
    """Mark the needs of a job as being worked on, once its team is on the way."""
    for need in _needs(job):
        if need.status == "ACCEPTED":
            transitions.apply(need, "start", lifecycle=NEED, by=by, at=at)


@transaction.atomic
def settle(job: Job, *, by: Actor, at: datetime) -> None:
    """Resolve each need of a job that is done, when no other job of the need is left."""
    for need in _needs(job):
        left = NeedJob.objects.filter(need=need).exclude(job__status__in=ENDED)
        if left.exists() or need.status not in {"ACCEPTED", "IN_PROGRESS"}:
            continue
        handler = Person.objects.filter(number=by.person_number).first()
        transitions.apply(
            need,
            "resolve",
            lifecycle=NEED,
            by=by,
            at=at,
            note=f"工单 {job.number} 已完成",
            changes={"resolved_at": at, "handler": handler},
        )


@transaction.atomic
def tell(job: Job, words: str, *, by: Actor, at: datetime) -> None:
    """Leave the handlers of a job's needs an internal message."""
    for need in _needs(job):
        Message.objects.create(need=need, at=at, author=by.name, is_internal=True, text=words)


def _needs(job: Job) -> list[Need]:
    """Lock the needs of a job: of two teams that finish together the later one sees both done."""
    return list(Need.objects.filter(parts__job=job).select_for_update(of=("self",)).order_by("pk"))
