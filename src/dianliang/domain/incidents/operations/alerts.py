"""Take a public alert in, say that it was read, note the lists of whom to call."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.lifecycle import PUBLIC_ALERT
from dianliang.domain.incidents.models import AlertReference, PublicAlert
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


class UnableToReceiveError(DomainError):
    """Another alert has the same name."""

    code = "incidents.unable-to-receive"


class UnableToListError(DomainError):
    """There is nobody to call, or no need to."""

    code = "incidents.unable-to-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the protocol calls a message: sender, identifier and time of sending together."""

    sender: str
    identifier: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an alert says; `fields` are those of the model."""

    name: Named
    answers: tuple[Named, ...]
    fields: dict[str, Any]
    content: bytes


def receive(*, told: Told, unit: Unit, by: Actor, at: datetime) -> tuple[PublicAlert, bool]:
    """Keep an alert, and tell whether it is new: sent again it is the same one.

    Raises:
        UnableToReceiveError: the same name was used for another text.
    """
    kept = _kept(told)
    if kept is not None:
        return kept, False
    try:
        with transaction.atomic():
            return _create(told, unit=unit, by=by, at=at), True
    except IntegrityError:  # somebody else took it in at the same moment
        kept = _kept(told)
        if kept is None:
            raise
        return kept, False


def _kept(told: Told) -> PublicAlert | None:
    name = told.name
    kept = PublicAlert.objects.filter(
        sender=name.sender, identifier=name.identifier, sent_at=name.sent_at
    ).first()
    if kept is not None and kept.digest != sha256(told.content).hexdigest():
        raise UnableToReceiveError(
            Phrase(
                "预警 %(identifier)s 已收过（%(number)s），但内容不同：更正应另编号发布“更新”。"
                "请与发布者核实。",
                identifier=name.identifier,
                number=kept.number,
            ),
            field="files",
        )
    return kept


def _create(told: Told, *, unit: Unit, by: Actor, at: datetime) -> PublicAlert:
    alert = PublicAlert.objects.create(
        number=next_number("YJ", at=at),
        sender=told.name.sender,
        identifier=told.name.identifier,
        sent_at=told.name.sent_at,
        content=told.content,
        digest=sha256(told.content).hexdigest(),
        unit=unit,
        received_by=by.name,
        received_at=at,
        **told.fields,
    )
    AlertReference.objects.bulk_create(
        AlertReference(
            alert=alert, sender=one.sender, identifier=one.identifier, sent_at=one.sent_at
        )
        for one in dict.fromkeys(told.answers)
    )
    audit.record(
        "incidents.publicalert.receive", target=alert, by=by, at=at, after=alert.identifier
    )
    return alert


def acknowledge(*, alert: PublicAlert, by: Actor, at: datetime) -> PublicAlert:
    """Say that somebody has read it (确认收到).

    Raises:
        IllegalTransitionError, StaleStateError: somebody did so before.
    """
    changes = {"acknowledged_by": by.name, "acknowledged_at": at}
    return transitions.apply(
        alert, "acknowledge", lifecycle=PUBLIC_ALERT, by=by, at=at, changes=changes
    )


def hold(alert: PublicAlert) -> None:
    """Keep the alert as it is now until the transaction ends: two desks open one list."""
    alert.refresh_from_db(from_queryset=PublicAlert.objects.select_for_update())


def note_call_list(*, alert: PublicAlert, number: str, by: Actor, at: datetime) -> None:
    """Note in the trail that a unit opened its list of whom to call about an alert."""
    audit.record("incidents.publicalert.list", target=alert, by=by, at=at, after=number)
