"""Take alerts in (收预警): files from a desk, bodies from programs, answers of polled addresses.

Whatever way one comes: kept once by its name in the protocol, to the byte, and put before whoever
decides about the incidents that follow its chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import access
from dianliang.domain.incidents.operations import alerts as operations
from dianliang.domain.incidents.operations import following
from dianliang.domain.incidents.operations.alerts import Named, Told, UnableToReceiveError
from dianliang.integrations import cap
from dianliang.integrations.cap.model import Alert, Info, Severity
from dianliang.integrations.cap.model import Area as AlertArea
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined

NameReusedError = UnableToReceiveError
"""What the interface for programs answers as a conflict."""
MOST_FILES = 50
_LONGEST = {"event": 200, "headline": 400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file that was taken in."""

    number: str
    headline: str
    is_new: bool


@transaction.atomic
def take_in(*, files: Iterable[tuple[str, bytes]], by: Actor, at: datetime) -> tuple[Taken, ...]:
    """Keep the alerts in CAP files, all or none; a file sent again is the same alert.

    Raises:
        NotVisibleError: the actor has no business with alerts.
        InvalidInputError: a file is no alert, or too many; the file and the place are named.
        UnableToReceiveError: a name was used for another text.
    """
    unit = access.unit_of(by)
    if by.role not in access.WRITERS or unit is None:
        raise NotVisibleError("您的岗位不接收预警。")
    named = list(files)
    if not named:
        raise InvalidInputError("请选择预警文件（CAP 1.2，.xml）。", field="files")
    if len(named) > MOST_FILES:
        raise InvalidInputError(
            Phrase("一次最多 %(most)s 个文件。", most=MOST_FILES), field="files"
        )
    return tuple(_keep(one, unit=unit, by=by, at=at) for one in _all_told(named))


@transaction.atomic
def take_one(*, content: bytes, by: Actor, at: datetime) -> Taken:
    """Keep the alert that a program sends; sent again it is the same one.

    Raises:
        NotVisibleError: the account has no business with alerts.
        BadAlertError: it is no alert; all faults, each with its place.
        UnableToReceiveError: its name was used for another text.
    """
    unit = access.unit_of(by)
    if by.role not in access.WRITERS or unit is None:
        raise NotVisibleError("没有找到。")
    return _keep(_told(cap.read(content), content), unit=unit, by=by, at=at)


@transaction.atomic
def take_found(*, content: bytes, unit: Unit, by: Actor, at: datetime) -> Taken:
    """Keep an alert that was found at a polled address; see `take_one`.

    Raises:
        BadAlertError, UnableToReceiveError: see `take_one`.
    """
    return _keep(_told(cap.read(content), content), unit=unit, by=by, at=at)


def _keep(told: Told, *, unit: Unit, by: Actor, at: datetime) -> Taken:
    alert, is_new = operations.receive(told=told, unit=unit, by=by, at=at)
    if is_new:
        following.catch_up(incidents=following.follows(alert), by=by, at=at)
    return Taken(number=alert.number, headline=alert.headline or alert.event, is_new=is_new)


def _all_told(named: Iterable[tuple[str, bytes]]) -> list[Told]:
    told, faults = list[Told](), list[str]()
    for name, content in named:
        try:
            told.append(_told(cap.read(content), content))
        except cap.BadAlertError as error:
            faults += [
                Phrase("%(file)s %(fault)s", file=name, fault=one.told) for one in error.faults
            ]
    if faults:
        raise InvalidInputError(joined("\n", faults), field="files")
    return told


def _told(alert: Alert, content: bytes) -> Told:
    infos = _in_chinese(alert.infos)
    worst = min(infos, key=lambda info: list(Severity).index(info.severity), default=None)
    fields: dict[str, Any] = {
        "purpose": alert.status.value,
        "message_type": alert.message_type.value,
        "begins_at": alert.sent_at,
    }
    if worst is not None:
        expires = [info.expires_at for info in infos if info.expires_at is not None]
        begins = [info.onset_at or info.effective_at or alert.sent_at for info in infos]
        fields |= {
            "event": "、".join(dict.fromkeys(info.event for info in infos))[: _LONGEST["event"]],
            "headline": (worst.headline or worst.event)[: _LONGEST["headline"]],
            "severity": worst.severity.value,
            "urgency": worst.urgency.value,
            "certainty": worst.certainty.value,
            "description": _together(info.description for info in infos),
            "instruction": _together(info.instruction for info in infos),
            "area_words": _together(area.description for info in infos for area in info.areas),
            "zones": [_stored(area) for info in infos for area in info.areas],
            "begins_at": min(begins),
            "expires_at": max(expires) if len(expires) == len(infos) else None,
        }
    return Told(
        name=Named(sender=alert.sender, identifier=alert.identifier, sent_at=alert.sent_at),
        answers=tuple(
            Named(sender=one.sender, identifier=one.identifier, sent_at=one.sent_at)
            for one in alert.references
        ),
        fields=fields,
        content=content,
    )


def _in_chinese(infos: tuple[Info, ...]) -> tuple[Info, ...]:
    """Return the parts in Chinese; where there are none, those in the first language."""
    chinese = tuple(info for info in infos if info.language.lower().startswith("zh"))
    return chinese or tuple(info for info in infos if info.language == infos[0].language)


def _together(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _stored(area: AlertArea) -> dict[str, Any]:
    return {
        "words": area.description,
        "polygons": [[[point.lat, point.lon] for point in ring] for ring in area.polygons],
        "circles": [[one.centre.lat, one.centre.lon, one.radius_km] for one in area.circles],
        "codes": [code.value for code in area.geocodes],
    }
