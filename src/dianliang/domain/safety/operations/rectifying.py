"""What becomes of a hazard: told, put right, checked again, closed by a pair of photos."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import HazardClass
from dianliang.domain.safety.lifecycle import HAZARD
from dianliang.domain.safety.models import Hazard, Notice
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

REASON_MAX = 200
MOST_DAYS = {HazardClass.GENERAL: 90, HazardClass.MAJOR: 30, HazardClass.GRAVE: 3}
"""No hazard of a class may wait longer from when it was found, whoever sets its deadline."""
REWORK_DAYS = {HazardClass.GENERAL: 15, HazardClass.MAJOR: 7, HazardClass.GRAVE: 1}
"""How long whoever failed a re-check has for another try, where the deadline leaves less."""


class EvidenceMissingError(DomainError):
    """There is no photo that proves it."""

    code = "safety.evidence-missing"


class UnableToMoveHazardError(DomainError):
    """What was said about the hazard cannot be."""

    code = "safety.unable-to-move"


def require_other_picture(before: StoredFile, after: StoredFile) -> None:
    """Refuse a proof that is the photo of the hazard itself once more.

    Raises:
        EvidenceMissingError: both photos show exactly the same.
    """
    if before.pk == after.pk or before.sha256 == after.sha256:
        message = "整改后的照片与整改前是同一张，请在现场重新拍。"
        raise EvidenceMissingError(message, field="photo")


def last_deadline(hazard: Hazard) -> datetime:
    """Return the latest deadline that a hazard may ever have."""
    return hazard.found_at + timedelta(days=MOST_DAYS[HazardClass(hazard.hazard_class)])


def _when(device_at: datetime | None, *, at: datetime, since: datetime) -> datetime:
    """Trust a phone's clock between `since` and now: nothing ends before it began."""
    return max(min(device_at, at) if device_at else at, since)


def _move(
    hazard: Hazard,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    device_at: datetime | None = None,
    **changes: Any,
) -> Hazard:
    return transitions.apply(
        hazard,
        verb,
        lifecycle=HAZARD,
        by=by,
        at=at,
        note=note,
        device_at=device_at,
        changes=changes or None,
    )


def _said(words: str, *, label: str = "原因") -> str:
    words = words.strip()
    if not words or len(words) > REASON_MAX:
        message = Phrase(
            "请写明%(label)s，不超过 %(most)s 字。", label=Phrase(label), most=REASON_MAX
        )
        raise UnableToMoveHazardError(message, field="reason")
    return words


def notify(*, hazard: Hazard, by: Actor, at: datetime) -> Hazard:
    """Note that who must put it right has been told (告知)."""
    return _move(hazard, "notify", by=by, at=at)


@transaction.atomic
def deliver(*, notice: Notice, how: str, by: Actor, at: datetime) -> Notice:
    """Note how a notice came into the hands of whom it is for; its hazards count as told (送达).

    Raises:
        UnableToMoveHazardError: it is not said how, or it was delivered before.
    """
    said = _said(how, label="怎样送达、谁签收")
    # Compared and swapped: of two who deliver at once, the first one's signature stays.
    waiting = Notice.objects.filter(pk=notice.pk, received_at=None)
    if not waiting.update(received_how=said, received_at=at):
        raise UnableToMoveHazardError("这份通知书已经送达，请刷新页面。", field="how")
    notice.received_how, notice.received_at = said, at
    audit.record("safety.notice.deliver", target=notice, by=by, at=at)
    for hazard in notice.hazards.filter(status="FOUND"):
        notify(hazard=hazard, by=by, at=at)
    return notice


def start(*, hazard: Hazard, by: Actor, at: datetime, repair_job: Job | None = None) -> Hazard:
    """Note that it is being put right, by a job of ours where it is our duty (开始整改)."""
    if repair_job is None:
        return _move(hazard, "start", by=by, at=at)
    return _move(hazard, "start", by=by, at=at, note=repair_job.number, repair_job=repair_job)


@transaction.atomic
def rectify(
    *,
    hazard: Hazard,
    photo: StoredFile | None,
    words: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Hazard:
    """Take somebody's word, with a photo, that it was put right; it is checked again (报整改).

    Raises:
        EvidenceMissingError: there is no photo, or it is the one from before.
    """
    if photo is None:
        raise EvidenceMissingError("请附上整改后的照片。", field="photo")
    require_other_picture(hazard.before, photo)
    return _move(
        hazard,
        "rectify",
        by=by,
        at=at,
        device_at=device_at,
        claim=photo,
        claimed_at=_when(device_at, at=at, since=hazard.found_at),
        claimed_by=by.name[:64],
        claim_words=words.strip(),
    )


def plan_recheck(*, hazard: Hazard, job: Job, by: Actor, at: datetime) -> Hazard:
    """Note which job checks it again (安排复查)."""
    return _move(hazard, "plan_recheck", by=by, at=at, note=job.number, recheck_job=job)


@transaction.atomic
def replan_recheck(*, hazard: Hazard, job: Job, by: Actor, at: datetime) -> Hazard:
    """Put another job in the place of a re-check that came to nothing."""
    was, hazard.recheck_job = hazard.recheck_job, job
    hazard.save(update_fields=["recheck_job"])
    audit.record(
        "safety.hazard.replan_recheck",
        target=hazard,
        by=by,
        at=at,
        before=was.number if was else "",
        after=job.number,
    )
    return hazard


def close(
    *,
    hazard: Hazard,
    photo: StoredFile | None,
    by: Actor,
    at: datetime,
    words: str = "",
    device_at: datetime | None = None,
) -> Hazard:
    """Close a hazard that was seen to be right, with the photo after beside the one before (销号).

    Raises:
        EvidenceMissingError: there is no photo of the re-check, or it was sent before: as that of
            the hazard, or with the word that it was put right.
    """
    if photo is None:
        raise EvidenceMissingError("没有复查照片不能销号，请在现场拍照。", field="photo")
    if hazard.claim is not None and photo.sha256 == hazard.claim.sha256:
        message = "复查照片与报整改的照片是同一张，请在复查现场重新拍。"
        raise EvidenceMissingError(message, field="photo")
    return _close(hazard, photo, words=words, by=by, at=at, device_at=device_at)


def _close(
    hazard: Hazard,
    photo: StoredFile,
    *,
    words: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Hazard:
    require_other_picture(hazard.before, photo)
    since = hazard.claimed_at or hazard.found_at
    return _move(
        hazard,
        "close",
        by=by,
        at=at,
        note=words,
        device_at=device_at,
        after=photo,
        ended_at=_when(device_at, at=at, since=since),
        ended_by=by.name[:64],
    )


def fail(
    *,
    hazard: Hazard,
    words: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Hazard:
    """Send a hazard back that a re-check found not right, with time for another try (复查不合格).

    What was escalated stays so until it is right. No number of tries moves the last deadline.

    Raises:
        UnableToMoveHazardError: it is not said what is still wrong.
    """
    days = REWORK_DAYS[HazardClass(hazard.hazard_class)]
    due_at = min(max(hazard.due_at, at + timedelta(days=days)), last_deadline(hazard))
    words = _said(words, label="哪里还不合格")
    verb = "fail" if hazard.escalated_at is None else "fail_escalated"
    return _move(hazard, verb, by=by, at=at, note=words, device_at=device_at, due_at=due_at)


def extend(*, hazard: Hazard, until: datetime, reason: str, by: Actor, at: datetime) -> Hazard:
    """Give more time, for a reason (延期). What was escalated stays so.

    Raises:
        UnableToMoveHazardError: no reason, or the new deadline is not later, or later than the
            class allows.
    """
    last = last_deadline(hazard).astimezone(SHANGHAI)
    if not max(at, hazard.due_at) < until <= last:
        grade = HazardClass(hazard.hazard_class)
        message = Phrase(
            "新期限应晚于原期限，最迟 %(last)s：%(label)s从发现起最多 %(most)s "
            "天。再晚请升级督办。",
            last=f"{last:%Y-%m-%d %H:%M}",
            label=Phrase(grade.label),
            most=MOST_DAYS[grade],
        )
        raise UnableToMoveHazardError(message, field="until")
    days = [f"{end.astimezone(SHANGHAI):%Y-%m-%d}" for end in (hazard.due_at, until)]
    note = f"{' → '.join(days)}：{_said(reason)}"
    return _move(hazard, "extend", by=by, at=at, note=note, due_at=until)


def escalate(*, hazard: Hazard, reason: str, by: Actor, at: datetime) -> Hazard:
    """Bring a hazard that nobody puts right before those above (升级).

    Raises:
        UnableToMoveHazardError: there is no reason.
    """
    said = _said(reason)
    return _move(hazard, "escalate", by=by, at=at, note=said, reason=said, escalated_at=at)


def withdraw(*, hazard: Hazard, reason: str, by: Actor, at: datetime) -> Hazard:
    """Give a hazard up that was none, for a reason (撤销).

    Raises:
        UnableToMoveHazardError: there is no reason.
    """
    said = _said(reason)
    return _move(
        hazard,
        "withdraw",
        by=by,
        at=at,
        note=said,
        reason=said,
        ended_at=_when(None, at=at, since=hazard.claimed_at or hazard.found_at),
        ended_by=by.name[:64],
    )


def put_right_at_once(*, hazard: Hazard, photo: StoredFile, by: Actor, at: datetime) -> Hazard:
    """Close a hazard that was put right before our eyes, on the visit that found it (当场整改).

    One photo proves both, that it was put right and that we saw it.
    """
    rectify(hazard=hazard, photo=photo, words="当场整改", by=by, at=at)
    plan_recheck(hazard=hazard, job=hazard.inspection.visit.job, by=by, at=at)
    return _close(hazard, photo, words="当场整改", by=by, at=at)
