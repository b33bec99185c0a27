"""Every write to a target: planned, done with its evidence, left undone with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import transitions
from dianliang.core.models import StoredFile
from dianliang.domain.programs.lifecycle import TARGET
from dianliang.domain.programs.models import Activity, Campaign, Evidence, Recheck, Target
from dianliang.domain.work.models import Job, Visit
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

Kind = Evidence.Kind
NEEDED: dict[str, tuple[str, ...]] = {
    Campaign.Proof.PHOTO: (Kind.PHOTO,),
    Campaign.Proof.PAIR: (Kind.BEFORE, Kind.AFTER),
    Campaign.Proof.SIGNATURE: (Kind.SIGNATURE,),
    Campaign.Proof.WORDS: (Kind.WORDS,),
}
"""Which pieces a demanded proof is made of."""


class EvidenceMissingError(DomainError):
    """Nobody could see later that it was done."""

    code = "programs.evidence-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence. `source` is the number of the visit or activity it comes from."""

    kind: str
    file: StoredFile | None = None
    words: str = ""
    source: str = ""


def missing(proofs: Sequence[str], *, kinds: set[str]) -> tuple[str, ...]:
    """Return the labels of demanded proofs that pieces of these kinds do not make up.

    A photo of before or after is a photo too.
    """
    has = kinds | ({str(Kind.PHOTO)} if kinds & {Kind.BEFORE, Kind.AFTER} else set())
    return tuple(
        str(Campaign.Proof(proof).label)
        for proof in proofs
        if not all(kind in has for kind in NEEDED[proof])
    )


def plan(*, target: Target, job: Job, by: Actor, at: datetime) -> Target:
    """Note that a job was opened for a target."""
    return _move(target, "plan", by=by, at=at, job=job, reason="", note="")


def unplan(*, target: Target, reason: str, by: Actor, at: datetime) -> Target:
    """Put a target back whose job was cancelled."""
    return _move(target, "unplan", by=by, at=at, note_words=reason, job=None)


@transaction.atomic
def settle(
    *,
    target: Target,
    pieces: Sequence[Piece],
    done_at: datetime,
    by: Actor,
    at: datetime,
    visit: Visit | None = None,
    activity: Activity | None = None,
) -> Target:
    """Keep the evidence; the target is done when all that is demanded is there, else it lacks.

    Raises:
        IllegalTransitionError: it is done already, or taken off the list.
        StaleStateError: someone else moved it first.
    """
    _keep(target, pieces, by=by, at=at)
    lacking = _lacking(target)
    origin: dict[str, Any] = {}
    if visit is not None:
        origin["visit"] = visit
    if activity is not None:
        origin["activity"] = activity
    if lacking:
        words = f"缺{'、'.join(lacking)}"
        if target.status == "LACKING":
            return target
        return _move(
            target, "lack", by=by, at=at, note_words=words, reason="", note=words, **origin
        )
    return _move(target, "complete", by=by, at=at, done_at=done_at, reason="", note="", **origin)


@transaction.atomic
def complete(
    *, target: Target, pieces: Sequence[Piece], done_at: datetime, by: Actor, at: datetime
) -> Target:
    """Count a target as done with the evidence that a person gives.

    Raises:
        EvidenceMissingError: a demanded proof is missing; it is named and nothing is kept. Or
            there is nothing at all since it was last found not done well.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    _keep(target, pieces, by=by, at=at)
    if not _standing(target).exists():
        message = Phrase(
            "%(number)s 还没有任何有效证据，请写明做了什么或附照片后再登记完成。",
            number=target.number,
        )
        raise EvidenceMissingError(message, field="evidence")
    lacking = _lacking(target)
    if lacking:
        message = Phrase(
            "%(number)s 还缺%(lacking)s，请补齐后再登记完成。",
            number=target.number,
            lacking=joined("、", lacking),
        )
        raise EvidenceMissingError(message, field="evidence")
    return _move(target, "complete", by=by, at=at, done_at=done_at, reason="", note="")


def give_up(*, target: Target, reason: str, note: str, by: Actor, at: datetime) -> Target:
    """Say why a target is left undone.

    Raises:
        InvalidInputError: no known reason; or "other" without words.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if reason not in Target.Reason.values:
        raise InvalidInputError("请选择未完成的原因。", field="reason")
    words = note.strip()
    if reason == Target.Reason.OTHER and not words:
        raise InvalidInputError("选“其他”时请写明原因。", field="note")
    if len(words) > 200:
        raise InvalidInputError("说明不超过 200 字。", field="note")
    label = str(Target.Reason(reason).label)
    return _move(
        target,
        "give_up",
        by=by,
        at=at,
        note_words=f"{label} {words}".strip(),
        reason=reason,
        note=words,
        job=None,
    )


def try_again(*, target: Target, by: Actor, at: datetime) -> Target:
    """Put a target that was not done, or not done well, back to be done."""
    return _move(target, "try_again", by=by, at=at, reason="", note="", job=None)


def _keep(target: Target, pieces: Sequence[Piece], *, by: Actor, at: datetime) -> None:
    Evidence.objects.bulk_create(
        Evidence(
            target=target,
            kind=piece.kind,
            file=piece.file,
            words=piece.words,
            source=piece.source,
            given_at=at,
            given_by=by.name,
        )
        for piece in pieces
    )


def rejected_at(target: Target) -> datetime | None:
    """Return when looking again last showed that a target was not done well, if it ever did."""
    failed = Recheck.objects.filter(target=target, passed=False)
    return failed.order_by("-checked_at").values_list("checked_at", flat=True).first()


def _standing(target: Target) -> QuerySet[Evidence]:
    """Return the evidence that no re-check has rejected."""
    kept, rejected = Evidence.objects.filter(target=target), rejected_at(target)
    return kept.filter(given_at__gt=rejected) if rejected else kept


def _lacking(target: Target) -> tuple[str, ...]:
    """Return the labels of what is missing; one picture given twice shows no change."""
    standing = list(_standing(target).values_list("kind", "file__sha256"))
    kinds = {kind for kind, _ in standing}
    pictures = {picture for kind, picture in standing if kind in {Kind.BEFORE, Kind.AFTER}}
    is_twice = kinds >= {Kind.BEFORE, Kind.AFTER} and len(pictures) == 1
    if not is_twice:
        return missing(target.campaign.proofs, kinds=kinds)
    pair = str(Campaign.Proof.PAIR.label)
    lacking = missing(target.campaign.proofs, kinds=kinds - {str(Kind.AFTER)})
    return tuple(f"{label}（前后是同一张）" if label == pair else label for label in lacking)


def _move(
    target: Target, verb: str, *, by: Actor, at: datetime, note_words: str = "", **changes: Any
) -> Target:
    return transitions.apply(
        target, verb, lifecycle=TARGET, by=by, at=at, note=note_words, changes=changes
    )
