"""The only writer of a ``status``: compare, swap, and record, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from dianliang.core import audit
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.lifecycle import Lifecycle

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def apply(
    obj: M,
    verb: str,
    *,
    lifecycle: Lifecycle,
    by: Actor,
    at: datetime,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
    device_at: datetime | None = None,
) -> M:
    """Move `obj` along its lifecycle and write the audit event.

    `changes` are stored with the new status in the same statement.

    Raises:
        IllegalTransitionError: the verb does not apply to the present state.
        NotYourTurnError: the verb is not for the actor's role.
        StaleStateError: someone else moved the object since it was read.
    """
    before = _status(obj)
    after = lifecycle.target(before, verb, role=by.role)
    values = {**(changes or {}), "status": after}
    moved = type(obj)._default_manager.filter(pk=obj.pk, status=before).update(**values)
    if moved != 1:
        raise StaleStateError("该单据刚被他人处理，请刷新后再试。")
    for name, value in values.items():
        setattr(obj, name, value)
    audit.record(
        f"{obj._meta.label_lower}.{verb}",
        target=obj,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=note,
        device_at=device_at,
    )
    return obj


@transaction.atomic
def apply_each(
    objects: Sequence[models.Model], verb: str, *, lifecycle: Lifecycle, by: Actor, at: datetime
) -> None:
    """Move many objects that are in one state, with one audit event each; all or none.

    Raises:
        IllegalTransitionError, NotYourTurnError: see `apply`.
        StaleStateError: someone else moved one of them since they were read.
    """
    if not objects:
        return
    kind = type(objects[0])
    before = _status(objects[0])
    after = lifecycle.target(before, verb, role=by.role)
    rows = kind._default_manager.filter(pk__in=[obj.pk for obj in objects], status=before)
    if rows.update(status=after) != len(objects):
        raise StaleStateError("其中有单据刚被他人处理，请刷新后再试。")
    for obj in objects:
        vars(obj)["status"] = after
    audit.record_each(
        f"{kind._meta.label_lower}.{verb}",
        targets=[(obj, after) for obj in objects],
        by=by,
        at=at,
        before=before,
    )


def _status(obj: models.Model) -> str:
    status: str = obj.status  # type: ignore[attr-defined]  # every lifecycle model has one
    return status
