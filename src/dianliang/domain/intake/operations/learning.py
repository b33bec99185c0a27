"""What triage learnt is kept, used, replaced and brought back; each with its event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.intake.lifecycle import LEARNT_MODEL
from dianliang.domain.intake.models import LearntModel
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

BODIES_KEPT = 10
"""So many of the newest can be brought back; older ones keep their figures only."""


class UnableToBringBackError(DomainError):
    """There is nothing left to bring back."""

    code = "intake.learnt-model-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What is kept of one time of learning."""

    version: str
    newest_decision: int
    decided: int
    history: int
    body: bytes
    unseen: tuple[tuple[int, str], ...]
    figures: dict[str, Any]


@transaction.atomic
def keep(learnt: Learnt, *, worse: str, note: str = "", by: Actor, at: datetime) -> LearntModel:
    """Keep what was learnt; use it at once unless it is `worse`, or a person holds updates.

    `note` says what one should know about one that is used.
    """
    row = LearntModel.objects.create(
        made_at=at,
        made_by=by.name,
        version=learnt.version,
        newest_decision=learnt.newest_decision,
        decided=learnt.decided,
        history=learnt.history,
        body=learnt.body,
        unseen=learnt.unseen,
        figures=learnt.figures,
    )
    audit.record("intake.learntmodel.learn", target=row, by=by, at=at, after=str(learnt.decided))
    for older in LearntModel.objects.filter(status="READY").exclude(pk=row.pk):
        _refuse(older, reason="已有更新的学习结果", by=by, at=at)
    if worse:
        _refuse(row, reason=worse, by=by, at=at)
    elif not LearntModel.objects.filter(is_held=True).exists():
        _use(row, "promote", reason=note, by=by, at=at)
    _clear_old()
    return row


@transaction.atomic
def use(row: LearntModel, *, reason: str, by: Actor, at: datetime) -> LearntModel:
    """Use one of the kept models instead of the present one.

    One from before, or one that was found worse, stays until a person releases it: or the next
    night would undo what he decided.

    Raises:
        InvalidInputError: there is no reason.
        UnableToBringBackError: its content was cleared.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise InvalidInputError("请写明启用的原因。", field="reason")
    if row.status == "IN_USE":
        raise UnableToBringBackError("这一次正在使用，不必再启用。")
    if not row.body:
        raise UnableToBringBackError(
            Phrase(
                "只保留最近 %(most)s 次学习的内容，这一次的已清除，不能重新启用。",
                most=BODIES_KEPT,
            )
        )
    is_new = row.status == "READY"
    used = _use(row, "promote" if is_new else "bring_back", reason=reason, by=by, at=at)
    if not is_new:
        hold(reason=reason, by=by, at=at)
    return used


@transaction.atomic
def back_to_day_one(*, reason: str, by: Actor, at: datetime) -> None:
    """Stop using anything that was learnt, until a person releases it.

    Raises:
        InvalidInputError: there is no reason.
        UnableToBringBackError: nothing learnt is in use.
    """
    if not reason:
        raise InvalidInputError("请写明停用的原因。", field="reason")
    present = LearntModel.objects.filter(status="IN_USE").first()
    if present is None:
        raise UnableToBringBackError("现在没有使用中的学习结果。")
    hold(reason=reason, by=by, at=at)
    transitions.apply(
        present,
        "replace",
        lifecycle=LEARNT_MODEL,
        by=by,
        at=at,
        note=reason,
        changes={"reason": reason[:200]},
    )


@transaction.atomic
def hold(*, reason: str, by: Actor, at: datetime) -> None:
    """Keep what is in use now: new ones are learnt and measured, not used."""
    newest = LearntModel.objects.order_by("-pk").first()
    if newest is None or LearntModel.objects.filter(is_held=True).exists():
        return
    LearntModel.objects.filter(pk=newest.pk).update(is_held=True)
    audit.record("intake.learntmodel.hold", target=newest, by=by, at=at, reason=reason)


@transaction.atomic
def release(*, by: Actor, at: datetime) -> None:
    """Let what is learnt from now on be used again without a person."""
    for row in LearntModel.objects.filter(is_held=True):
        LearntModel.objects.filter(pk=row.pk).update(is_held=False)
        audit.record("intake.learntmodel.release", target=row, by=by, at=at)


def _use(row: LearntModel, verb: str, *, reason: str, by: Actor, at: datetime) -> LearntModel:
    present = LearntModel.objects.filter(status="IN_USE").first()
    if present is not None:
        note = f"换成第 {row.pk} 次"
        transitions.apply(present, "replace", lifecycle=LEARNT_MODEL, by=by, at=at, note=note)
    changes = {"used_from": at, "reason": reason[:200]}
    return transitions.apply(
        row, verb, lifecycle=LEARNT_MODEL, by=by, at=at, note=reason, changes=changes
    )


def _refuse(row: LearntModel, *, reason: str, by: Actor, at: datetime) -> None:
    transitions.apply(
        row,
        "refuse",
        lifecycle=LEARNT_MODEL,
        by=by,
        at=at,
        note=reason,
        changes={"reason": reason[:200]},
    )


def _clear_old() -> None:
    kept = LearntModel.objects.exclude(body=b"").order_by("-pk")
    older = kept.exclude(status="IN_USE").values_list("pk", flat=True)[BODIES_KEPT:]
    LearntModel.objects.filter(pk__in=list(older)).update(body=b"", unseen=[])
