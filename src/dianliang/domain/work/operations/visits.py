"""What a team does with a visit. The job follows in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import transitions
from dianliang.core.models import StoredFile
from dianliang.domain.work.lifecycle import VISIT
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations.qualifying import require_qualified
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

FINDINGS_MAX = 2000
REASON_MAX = 200
PHOTOS_MAX = 12


class UnableToCompleteError(DomainError):
    """The record of the visit is not complete."""

    code = "work.unable-to-complete"


class ReasonMissingError(DomainError):
    """Nobody would know why the visit came to nothing."""

    code = "work.reason-missing"


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the checklist as it was ticked on site."""

    item: str
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What came of a visit: what was ticked, seen, photographed and signed."""

    checklist: tuple[Checked, ...] = ()
    findings: str = ""
    photos: tuple[StoredFile, ...] = ()
    signature: StoredFile | None = None


def accept(*, visit: Visit, by: Actor, at: datetime, device_at: datetime | None = None) -> Visit:
    """Say yes to a visit (接单).

    Raises:
        UnqualifiedError: nobody of the crew holds a certificate that the job calls for.
        IllegalTransitionError: the visit is not waiting for an answer.
        StaleStateError: someone else moved the visit first.
    """
    require_qualified(visit)
    return _move(visit, "accept", "accepted_at", by=by, at=at, device_at=device_at)


def depart(*, visit: Visit, by: Actor, at: datetime, device_at: datetime | None = None) -> Visit:
    """Set out for a visit (出发).

    Raises:
        IllegalTransitionError: the visit was not accepted.
        StaleStateError: someone else moved the visit first.
    """
    return _move(visit, "depart", "departed_at", by=by, at=at, device_at=device_at)


def arrive(*, visit: Visit, by: Actor, at: datetime, device_at: datetime | None = None) -> Visit:
    """Be on site (到达).

    Raises:
        IllegalTransitionError: the visit was not accepted.
        StaleStateError: someone else moved the visit first.
    """
    return _move(visit, "arrive", "arrived_at", by=by, at=at, device_at=device_at)


@transaction.atomic
def decline(
    *, visit: Visit, reason: str, by: Actor, at: datetime, device_at: datetime | None = None
) -> Visit:
    """Say no to a visit, with a reason (退单); the job waits for the dispatcher again.

    Raises:
        ReasonMissingError: no reason is given.
        IllegalTransitionError: the team is on site, or the visit has ended.
        StaleStateError: someone else moved the visit first.
    """
    return _give_back(visit, "decline", reason, by=by, at=at, device_at=device_at)


@transaction.atomic
def miss(
    *, visit: Visit, reason: str, by: Actor, at: datetime, device_at: datetime | None = None
) -> Visit:
    """Find nobody at home (未遇); the job waits for the dispatcher again.

    Raises:
        ReasonMissingError: it is not said what was tried.
        IllegalTransitionError: the team is not on site.
        StaleStateError: someone else moved the visit first.
    """
    return _give_back(visit, "miss", reason, by=by, at=at, device_at=device_at)


@transaction.atomic
def withdraw(*, visit: Visit, reason: str, by: Actor, at: datetime) -> Visit:
    """Take a visit back from its team (撤回); the job waits for the dispatcher again.

    Raises:
        ReasonMissingError: the team is not told why.
        IllegalTransitionError: the team is on site, or the visit has ended.
        StaleStateError: someone else moved the visit first.
    """
    return _give_back(visit, "withdraw", reason, by=by, at=at, device_at=None)


@transaction.atomic
def complete(
    *,
    visit: Visit,
    record: Record,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Visit:
    """Finish a visit with its record (完成); the job is done with it.

    Raises:
        UnableToCompleteError: the checklist is not filled in, or the record is too long.
        IllegalTransitionError: the team is not on site, or the job was taken away.
        StaleStateError: someone else moved the visit first.
    """
    ended_at = _when(at, device_at)
    done = transitions.apply(
        visit,
        "complete",
        lifecycle=VISIT,
        by=by,
        at=at,
        device_at=device_at,
        changes={
            "ended_at": ended_at,
            "done_by": Person.objects.filter(number=by.person_number).first(),
            "checklist": _ticked(record.checklist, expected=visit.job.checklist),
            "findings": _bounded(record.findings),
            "signature": record.signature,
        },
    )
    _attach(done, record.photos)
    job_operations.complete(job=done.job, words="", by=by, at=at, done_at=ended_at)
    return done


@transaction.atomic
def finish_as_told(
    *, visit: Visit, words: str, by: Actor, at: datetime, device_at: datetime | None = None
) -> Visit:
    """Finish a visit whose work a crew has reported in another way, step by step from its state.

    Raises:
        UnableToCompleteError: the visit has a checklist, which nobody has filled in.
        StaleStateError: someone else moved the visit first.
    """
    steps = {"SCHEDULED": ("accept", "accepted_at"), "ACCEPTED": ("arrive", "arrived_at")}
    steps["EN_ROUTE"] = steps["ACCEPTED"]
    while visit.status in steps:
        verb, stamp = steps[visit.status]
        visit = _move(visit, verb, stamp, by=by, at=at, device_at=device_at)
    record = Record(findings=words)
    return complete(visit=visit, record=record, by=by, at=at, device_at=device_at)


@transaction.atomic
def add_to_record(*, visit: Visit, words: str, photos: Sequence[StoredFile]) -> Visit:
    """Add words and photos that came late to the record of a visit, whatever its state (补报).

    Raises:
        UnableToCompleteError: the record would become too long.
    """
    visit.findings = _bounded("\n".join(part for part in (visit.findings, words) if part))
    visit.save(update_fields=["findings"])
    _attach(visit, photos)
    return visit


def _move(
    visit: Visit,
    verb: str,
    stamp: str,
    *,
    by: Actor,
    at: datetime,
    device_at: datetime | None,
) -> Visit:
    changes = {stamp: _when(at, device_at)}
    return transitions.apply(
        visit, verb, lifecycle=VISIT, by=by, at=at, device_at=device_at, changes=changes
    )


def _give_back(
    visit: Visit, verb: str, reason: str, *, by: Actor, at: datetime, device_at: datetime | None
) -> Visit:
    words = reason.strip()
    if not words or len(words) > REASON_MAX:
        raise ReasonMissingError(
            Phrase("请写明原因，不超过 %(most)s 字。", most=REASON_MAX), field="reason"
        )
    ended = transitions.apply(
        visit,
        verb,
        lifecycle=VISIT,
        by=by,
        at=at,
        device_at=device_at,
        note=words,
        changes={"ended_at": _when(at, device_at), "reason": words},
    )
    job = Job.objects.get(pk=ended.job_id)
    if job.status == "SCHEDULED":
        job_operations.unschedule(job=job, reason=words, by=by, at=at)
    return ended


def _when(at: datetime, device_at: datetime | None) -> datetime:
    """Return when it happened: when the phone says, but never in the future."""
    return min(device_at, at) if device_at else at


def _ticked(
    checklist: Sequence[Checked], *, expected: Sequence[Any]
) -> list[Mapping[str, str | bool]]:
    given = {line.item: line for line in checklist}
    for item in map(str, expected):
        line = given.get(item)
        if line is None:
            raise UnableToCompleteError(
                Phrase("作业清单“%(item)s”还没有填。", item=item), field="checklist"
            )
        if not line.ok and not line.note.strip():
            message = Phrase("作业清单“%(item)s”未做，请写明原因。", item=item)
            raise UnableToCompleteError(message, field="checklist")
    return [{"item": line.item, "ok": line.ok, "note": line.note.strip()} for line in checklist]


def _bounded(findings: str) -> str:
    if len(findings) > FINDINGS_MAX:
        message = Phrase(
            "情况记录不能超过 %(most)s 字，现为 %(n)d 字。", most=FINDINGS_MAX, n=len(findings)
        )
        raise UnableToCompleteError(message, field="findings")
    return findings.strip()


def _attach(visit: Visit, photos: Sequence[StoredFile]) -> None:
    visit.photos.add(*photos)
    if visit.photos.count() > PHOTOS_MAX:
        raise UnableToCompleteError(
            Phrase("照片最多 %(most)s 张。", most=PHOTOS_MAX), field="photos"
        )
