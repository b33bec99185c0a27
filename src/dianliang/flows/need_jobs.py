"""What units do with the jobs that a need was split into, each in its own queue."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.directory.models import Unit
from dianliang.domain.intake import access
from dianliang.domain.intake.models import NeedJob
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations import jobs as operations
from dianliang.domain.work.operations.jobs import UnableToMoveJobError
from dianliang.flows import need_follow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text


def _part(number: str, job_number: str, *, by: Actor) -> NeedJob:
    need = access.need_to_note(number, by=by)
    related = ("need", "need__unit", "job", "job__unit", "job__handed_over_from")
    found = need.parts.select_related(*related).filter(job__number=job_number)
    part = None if "\0" in job_number else found.first()
    if part is None:
        raise NotVisibleError("没有找到这张工单。")
    return part


def _own_job(number: str, job_number: str, *, by: Actor) -> Job:
    job = _part(number, job_number, by=by).job
    if not by.reaches_unit(job.unit.path):
        raise NotVisibleError("没有找到这张工单。")
    return job


def _reason(text: str, *, label: str = "原因", field: str = "reason") -> str:
    return clean_text(text, field=field, label=label, most=500, least=1)


def take(*, number: str, job_number: str, by: Actor, at: datetime) -> Job:
    """Take over a job that another unit offered."""
    return operations.take(job=_own_job(number, job_number, by=by), by=by, at=at)


def hand_over(
    *, number: str, job_number: str, unit_code: str, reason: str, by: Actor, at: datetime
) -> Job:
    """Offer a job to another unit; the need and its promise stay as they are.

    Raises:
        InvalidInputError: there is no such unit, or no reason.
    """
    job = _own_job(number, job_number, by=by)
    unit_code = clean_text(unit_code, field="unit_code", label="单位", most=40)
    unit = Unit.objects.filter(code=unit_code).first()
    if unit is None:
        raise InvalidInputError("没有这个单位，请重新选择。", field="unit_code")
    return operations.hand_over(job=job, to=unit, reason=_reason(reason), by=by, at=at)


def hand_back(*, number: str, job_number: str, reason: str, by: Actor, at: datetime) -> Job:
    """Give a job back to the unit that offered it."""
    job = _own_job(number, job_number, by=by)
    return operations.hand_back(job=job, reason=_reason(reason), by=by, at=at)


def recall(*, number: str, job_number: str, by: Actor, at: datetime) -> Job:
    """Take back a job that another unit was offered and has not taken yet."""
    job = _part(number, job_number, by=by).job
    giver = job.handed_over_from
    if giver is None or not by.reaches_unit(giver.path):
        raise NotVisibleError("没有找到这张工单。")
    return operations.recall(job=job, by=by, at=at)


def cancel(*, number: str, job_number: str, reason: str, by: Actor, at: datetime) -> Job:
    """Give up a job that waits: the unit that has it may, and the one that answers for the need.

    Raises:
        UnableToMoveJobError: it is in a plan.
    """
    part = _part(number, job_number, by=by)
    if not (by.reaches_unit(part.job.unit.path) or by.reaches_unit(part.need.unit.path)):
        raise NotVisibleError("没有找到这张工单。")
    if part.job.status == "SCHEDULED":
        raise UnableToMoveJobError("工单已排给队伍，请先在计划里移出，再撤销。")
    return operations.cancel(job=part.job, reason=_reason(reason), by=by, at=at)


@transaction.atomic
def finish(*, number: str, job_number: str, words: str, by: Actor, at: datetime) -> Job:
    """Report a job as done that needed no visit; with the last one the need is resolved.

    Raises:
        UnableToMoveJobError: a team is to go there and reports it itself.
    """
    job = _own_job(number, job_number, by=by)
    if job.status == "SCHEDULED":
        raise UnableToMoveJobError("工单已排给队伍，由队伍在现场完成。")
    words = _reason(words, field="words", label="办理结果")
    done = operations.complete(job=job, words=words, by=by, at=at)
    need_follow.settle(done, words, by=by, at=at)
    return done


ACTS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "take": (take, ()),
    "recall": (recall, ()),
    "hand_back": (hand_back, ("reason",)),
    "cancel": (cancel, ("reason",)),
    "finish": (finish, ("words",)),
    "hand_over": (hand_over, ("unit_code", "reason")),
}
"""Each verb of a need's job with the fields that it takes."""


def perform(
    *, verb: str, number: str, job_number: str, fields: dict[str, str], by: Actor, at: datetime
) -> Job:
    """Do one thing with a job of a need.

    Raises:
        NotVisibleError: there is no such verb, need or job for this actor.
        DomainError: what the verb itself refuses.
    """
    if verb not in ACTS:
        raise NotVisibleError("没有这种操作。")
    function, names = ACTS[verb]
    values = {name: fields.get(name, "") for name in names}
    done: Job = function(number=number, job_number=job_number, by=by, at=at, **values)
    return done
