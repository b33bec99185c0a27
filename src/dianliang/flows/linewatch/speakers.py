"""Loudspeakers beside a camera: registered, tried, removed; an address becomes what speaks.

An address is ``http(s)://host/path`` or ``mqtt(s)://user@host:port/topic``, in whose topic
``{camera}`` is the camera's number. The device is told when, where and how urgent, never a picture.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.db import transaction

from dianliang.core import jobs
from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.operations import spot
from dianliang.domain.linewatch.spot_models import Speaker as Row
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

if TYPE_CHECKING:
    from dianliang.integrations.loudspeakers import Speaker

TRY = "linewatch.try_speaker"
WEB, BROKER = ("http", "https"), ("mqtt", "mqtts")
PORTS = {"mqtt": 1883, "mqtts": 8883}
TIMEOUT_S = 3.0
LACKING = "这台服务器没有安装 dianliang[lineguard]，不能试播。"
BROKEN = "试播没有做完，请再试一次。"
Now = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a loudspeaker is; of the web the whole address, of a broker its parts."""

    url: str
    scheme: str
    host: str
    port: int
    topic: str
    user: str | None


def address_of(text: str) -> Address:
    """Read an address as a form or the register has it.

    Raises:
        InvalidInputError: nothing can be told there; what is wrong is said.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise InvalidInputError("喇叭地址的端口或主机不对。", field="address") from error
    scheme, host = parts.scheme.lower(), parts.hostname or ""
    if scheme not in (*WEB, *BROKER) or not host:
        words = "喇叭地址应以 http://、https://、mqtt:// 或 mqtts:// 开头，并写明主机。"
        raise InvalidInputError(words, field="address")
    if _is_link_local(host):
        raise InvalidInputError("169.254 和 fe80 开头的地址不能作喇叭地址。", field="address")
    topic = unquote(parts.path).strip("/")
    if scheme in BROKER and (not topic or any(c in topic for c in "+#\0")):
        words = "MQTT 地址里主机后面要写发布的主题，不能有 + 和 #。"
        raise InvalidInputError(words, field="address")
    return Address(
        url=text.strip(),
        scheme=scheme,
        host=host,
        port=port or PORTS.get(scheme, 0),
        topic=topic,
        user=unquote(parts.username) if parts.username else None,
    )


def _is_link_local(host: str) -> bool:
    """Tell whether a host is one where only machines ask machines for their keys."""
    try:
        return ip_address(host).is_link_local
    except ValueError:
        return False


def speaker_of(address: str, secret: str, *, now: Now) -> "Speaker":
    """Return what speaks at an address; `now` gives seconds since 1970, for the signature.

    Raises:
        InvalidInputError: the address can be none.
    """
    from dianliang.integrations.loudspeakers import (  # noqa: PLC0415 (an extra)
        HttpSpeaker,
        MqttSpeaker,
    )

    found = address_of(address)
    if found.scheme in WEB:
        return HttpSpeaker(url=found.url, secret=secret, now=now, timeout_s=TIMEOUT_S)
    return MqttSpeaker(
        host=found.host,
        port=found.port,
        topic=found.topic,
        user=found.user,
        password=secret or None,
        is_encrypted=found.scheme == "mqtts",
        timeout_s=TIMEOUT_S,
    )


def add(*, number: str, name: str, address: str, secret: str, by: Actor, at: datetime) -> int:
    """Put a loudspeaker beside a camera; return its serial number.

    Raises:
        InvalidInputError: address, name or secret make no sense; the field is named.
        NotVisibleError: the actor does not keep this camera.
        UnableToKeepSpeakerError: the camera has as many as it may.
    """
    camera = access.camera_to_keep(number, by=by)
    name = clean_text(name, field="name", label="喇叭名称", most=40, least=1)
    address = clean_text(address, field="address", label="喇叭地址", most=500, least=1)
    secret = clean_text(secret, field="secret", label="密钥", most=200)
    if address_of(address).scheme in WEB and not secret:
        raise InvalidInputError("http 喇叭要填密钥，用来给预警签名。", field="secret")
    made = spot.add_speaker(camera=camera, name=name, address=address, secret=secret, by=by, at=at)
    return made.serial


def remove(*, number: str, serial: int, by: Actor, at: datetime) -> None:
    """Let a loudspeaker warn no more.

    Raises:
        NotVisibleError: there is none that the actor keeps.
    """
    spot.remove_speaker(speaker=access.speaker_to_keep(number, serial, by=by), by=by, at=at)


@transaction.atomic
def try_out(*, number: str, serial: int, by: Actor, at: datetime) -> None:
    """Let a loudspeaker speak once, in the background; its answer is shown beside it.

    Raises:
        NotVisibleError: there is none that the actor keeps.
    """
    speaker = access.speaker_to_keep(number, serial, by=by)
    spot.note_trying(speaker=speaker, by=by, at=at)
    jobs.enqueue(TRY, {"speaker": speaker.pk}, by=by, at=at, max_attempts=1)


def _given_up(context: jobs.JobContext) -> None:
    row = Row.objects.filter(pk=context.payload["speaker"]).first()
    if row is not None:
        spot.note_answer(speaker=row, is_spoken=False, words=BROKEN, at=context.clock())


@jobs.handler(TRY, given_up=_given_up)
def try_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Send a trial to a loudspeaker and keep what it answered."""
    row = Row.objects.select_related("camera").get(pk=context.payload["speaker"])
    refusal = _tried(row, context) if find_spec("paho") else LACKING
    words = refusal or Phrase("已应答")
    spot.note_answer(speaker=row, is_spoken=not refusal, words=words, at=context.clock())
    return {"spoken": not refusal}


def _tried(row: Row, context: jobs.JobContext) -> str:
    """Return why a loudspeaker did not speak, empty where it did."""
    at, camera = context.clock(), row.camera.number
    key = f"{camera}/try/{context.job_id}"
    told = {"type": "test", "key": key, "camera": camera, "at": at.isoformat(), "words": "试播"}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        speaker = speaker_of(row.address, row.secret, now=at.timestamp)
        try:
            speaker.send(body, camera_id=camera, key=key)
        finally:
            speaker.close()
    except DomainError as refusal:
        return refusal.message
    return ""
