"""Write down what happened. Called inside the business transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from dianliang.core.models import AuditEvent
from dianliang.kernel.actor import Actor


def record(
    verb: str,
    *,
    target: models.Model,
    by: Actor,
    at: datetime,
    before: str = "",
    after: str = "",
    reason: str = "",
    outcome: str = AuditEvent.Outcome.OK,
    device_at: datetime | None = None,
) -> AuditEvent:
    """Append one audit event about a stored object, under its readable number if it has one."""
    return record_about(
        verb,
        target_type=target._meta.label_lower,
        target_id=_name(target),
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
        outcome=outcome,
        device_at=device_at,
    )


def record_each(
    verb: str,
    *,
    targets: Iterable[tuple[models.Model, str]],
    by: Actor,
    at: datetime,
    before: str = "",
) -> None:
    """Append one audit event about each of many objects, with what it is after it happened."""
    changes = ((target, before, after) for target, after in targets)
    record_changes(verb, changes=changes, by=by, at=at)


def record_changes(
    verb: str, *, changes: Iterable[tuple[models.Model, str, str]], by: Actor, at: datetime
) -> None:
    """Append one audit event about each of many objects, with what it was and is."""
    AuditEvent.objects.bulk_create(
        (
            _event(
                verb,
                target_type=target._meta.label_lower,
                target_id=_name(target),
                by=by,
                at=at,
                before=before,
                after=after,
            )
            for target, before, after in changes
        ),
        batch_size=500,
    )


def record_about(
    verb: str,
    *,
    target_type: str,
    target_id: str,
    by: Actor,
    at: datetime,
    before: str = "",
    after: str = "",
    reason: str = "",
    outcome: str = AuditEvent.Outcome.OK,
    device_at: datetime | None = None,
) -> AuditEvent:
    """Append one audit event about anything that can be named: a log-in, a denial, an export."""
    event = _event(
        verb,
        target_type=target_type,
        target_id=target_id,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
        outcome=outcome,
        device_at=device_at,
    )
    event.save()
    return event


def _event(
    verb: str,
    *,
    target_type: str,
    target_id: str,
    by: Actor,
    at: datetime,
    before: str = "",
    after: str = "",
    reason: str = "",
    outcome: str = AuditEvent.Outcome.OK,
    device_at: datetime | None = None,
) -> AuditEvent:
    return AuditEvent(
        at=at,
        device_at=device_at,
        actor_id=_storable(by.id),
        actor_name=_storable(by.name),
        role=by.role,
        unit_code=by.unit_code,
        verb=verb,
        target_type=target_type,
        target_id=_storable(target_id)[:64],
        before=_storable(before)[:120],
        after=_storable(after)[:120],
        reason=_storable(reason),
        outcome=outcome,
    )


def _name(target: models.Model) -> str:
    return str(getattr(target, "number", None) or target.pk)


def _storable(text: str) -> str:
    """Return a text that both databases keep: what was refused is recorded, whatever it holds."""
    shown = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return shown.encode("utf-8", "replace").decode("utf-8")
