"""What a dispatcher does with single targets: evidence, reasons, corrections, re-checks."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dianliang.core import files
from dianliang.domain.programs import access
from dianliang.domain.programs.models import Campaign, Recheck, RecheckRound, Target
from dianliang.domain.programs.models.campaigns import Evidence
from dianliang.domain.programs.operations import campaigns, rechecks, targets
from dianliang.domain.programs.operations.targets import Piece
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations import jobs
from dianliang.flows.campaigns.following import settle_people
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

Kind = Evidence.Kind
PHOTO_KINDS = (Kind.PHOTO, Kind.BEFORE, Kind.AFTER, Kind.SIGNATURE)
MOST_PHOTOS = 12


def complete(
    *,
    number: str,
    photos: Sequence[tuple[str, bytes]],
    words: str,
    by: Actor,
    at: datetime,
) -> Target:
    """Count a target as done with photos (kind, content) and words that a person brings.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError: a photo is none, or there are too many.
        EvidenceMissingError: a demanded proof is missing; it is named.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    target = access.target_to_move(number, by=by)
    _require_running(target.campaign)
    if len(photos) > MOST_PHOTOS:
        raise InvalidInputError(
            Phrase("一次最多 %(most)s 张照片。", most=MOST_PHOTOS), field="photos"
        )
    said = clean_text(words, field="words", label="文字说明", most=2000)
    kept = [
        Piece(kind=kind, file=files.keep_image(content, at=at, field=kind))
        for kind, content in photos
        if kind in PHOTO_KINDS
    ]
    pieces = [*kept, *([Piece(kind=Kind.WORDS, words=said)] if said else [])]
    with transaction.atomic():
        done = targets.complete(target=target, pieces=pieces, done_at=at, by=by, at=at)
        _call_off(target.job, reason=f"{number} 已完成", at=at)
    return done


def _call_off(job: Job | None, *, reason: str, at: datetime) -> None:
    """Cancel the job of a target that is done, unless a team has it already."""
    if job is not None and job.status == "OPEN":
        jobs.cancel(job=job, reason=reason, by=SYSTEM, at=at)


def _require_running(campaign: Campaign) -> None:
    if campaign.status != "FROZEN":
        raise InvalidInputError("行动不在进行中，不能再登记。", field="number")


def give_up(*, number: str, reason: str, note: str, by: Actor, at: datetime) -> Target:
    """Say why a target is left undone.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError, IllegalTransitionError, StaleStateError: see the operation.
    """
    target = access.target_to_move(number, by=by)
    _require_running(target.campaign)
    words = clean_text(note, field="note", label="说明", most=200)
    return targets.give_up(target=target, reason=reason, note=words, by=by, at=at)


def try_again(*, number: str, by: Actor, at: datetime) -> Target:
    """Put a target back to be done.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    target = access.target_to_move(number, by=by)
    _require_running(target.campaign)
    return targets.try_again(target=target, by=by, at=at)


def correct(*, number: str, is_back: bool, reason: str, by: Actor, at: datetime) -> Target:
    """Take a target off the frozen list, or put it back, with a reason.

    Raises:
        NotVisibleError: it is absent, or another unit leads the campaign.
        UnableToCorrectError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    target = access.target_to_move(number, by=by)
    if not by.reaches_unit(target.campaign.unit.path):
        raise NotVisibleError("没有找到这个目标。")
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    act = campaigns.restore if is_back else campaigns.remove
    return act(target=target, reason=words, by=by, at=at)


def draw(*, number: str, size: int, seed: int, by: Actor, at: datetime) -> RecheckRound:
    """Draw a sample of what is done, to be looked at again.

    Raises:
        NotVisibleError: the campaign is absent or another unit's.
        InvalidInputError, UnableToSampleError: see the operation.
    """
    campaign = access.campaign_to_lead(number, by=by)
    return rechecks.draw(campaign=campaign, size=size, seed=seed, by=by, at=at)


def judge(*, number: str, passed: bool, words: str, by: Actor, at: datetime) -> Recheck:
    """Write down what looking again has shown.

    Raises:
        NotVisibleError: the target is absent or another unit's.
        InvalidInputError: the campaign is not running, or it failed and nobody says how.
        UnableToSampleError, IllegalTransitionError: see the operation.
    """
    target = access.target_to_move(number, by=by)
    _require_running(target.campaign)
    said = clean_text(words, field="words", label="情况", most=200)
    return rechecks.judge(target=target, passed=passed, words=said, by=by, at=at)


def count_deeds(*, number: str, by: Actor, at: datetime) -> int:
    """Count the deeds on record of a campaign whose targets are people.

    Raises:
        NotVisibleError: the campaign is absent or another unit's.
    """
    campaign = access.campaign_to_lead(number, by=by)
    _require_running(campaign)
    return settle_people(campaign=campaign, by=by, at=at)


def photo_of(*, number: str, token: str, by: Actor) -> bytes:
    """Return a photo or signature of a target that the actor may see.

    Raises:
        NotVisibleError: there is none.
    """
    target = access.target_to_move(number, by=by)
    piece = Evidence.objects.select_related("file").filter(target=target, file__token=token).first()
    if piece is None or piece.file is None:
        raise NotVisibleError("没有找到这张照片。")
    return files.read(piece.file)
