"""What feedback speaks for, and what a person makes of it; signs that somebody saw standing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.domain.linewatch.models import (
    Camera,
    RuleDecision,
    RuleProposal,
    RuleVersion,
    SignCheck,
)
from dianliang.domain.linewatch.operations import cameras
from dianliang.domain.linewatch.operations.cameras import UnableToKeepCameraError
from dianliang.domain.linewatch.signs import CODES
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import NotVisibleError, StaleStateError
from dianliang.kernel.phrases import kept


@transaction.atomic
def propose(
    *,
    rules: RuleVersion,
    changes: Mapping[str, tuple[float, float]],
    true_count: int,
    false_count: int,
    reason: str,
    at: datetime,
) -> RuleProposal:
    """Keep a proposal of other thresholds, made on feedback under these rules (提建议)."""
    camera = Camera.objects.select_for_update(no_key=True).get(pk=rules.camera_id)
    made = RuleProposal.objects.create(
        camera=camera,
        number=camera.proposals.count() + 1,
        rules=rules,
        true_count=true_count,
        false_count=false_count,
        changes={name: list(pair) for name, pair in changes.items()},
        reason=reason[:300],
        parts=kept(reason),
        made_at=at,
    )
    audit.record("linewatch.camera.propose", target=camera, by=SYSTEM, at=at, reason=made.reason)
    return made


@transaction.atomic
def decide(
    *, proposal: RuleProposal, is_applied: bool, reason: str, by: Actor, at: datetime
) -> RuleDecision:
    """Apply a proposal, or decline it (采用、不采用).

    Raises:
        UnableToKeepCameraError: the rules are others by now.
        StaleStateError: somebody has decided already.
    """
    camera = proposal.camera
    latest = camera.rule_versions.order_by("-number")[0]
    if is_applied and latest.pk != proposal.rules_id:
        raise UnableToKeepCameraError("阈值已经改过，这条建议不再适用，请不采用并等新的建议。")
    try:
        with transaction.atomic():
            made = RuleDecision.objects.create(
                proposal=proposal,
                is_applied=is_applied,
                reason=reason.strip()[:200],
                decided_at=at,
                decided_by=by.name,
            )
    except IntegrityError as error:
        raise StaleStateError("这条建议刚被他人处理。") from error
    told = "采用" if is_applied else "不采用"
    audit.record(
        "linewatch.camera.decide", target=camera, by=by, at=at, after=told, reason=made.reason
    )
    if is_applied:
        values = {name: pair[1] for name, pair in proposal.changes.items()}
        cameras.set_rules(camera=camera, values=values, reason=proposal.reason, by=by, at=at)
    return made


@transaction.atomic
def check_sign(
    *, camera: Camera, code: str, photo: StoredFile | None, note: str, by: Actor, at: datetime
) -> SignCheck:
    """Note that a sign stands, or a duty is done, with a photo or words (登记警示牌).

    Raises:
        NotVisibleError: the list has no such line.
        UnableToKeepCameraError: neither photo nor words prove it.
    """
    if code not in CODES:
        raise NotVisibleError("没有这个警示牌项目。")
    note = note.strip()[:200]
    if photo is None and not note:
        raise UnableToKeepCameraError("请上传照片，或写明怎样完成的。", field="photo")
    made, _is_new = SignCheck.objects.update_or_create(
        camera=camera,
        code=code,
        defaults={"photo": photo, "note": note, "done_at": at, "done_by": by.name},
    )
    audit.record(
        "linewatch.camera.check_sign", target=camera, by=by, at=at, after=code, reason=note
    )
    return made
