"""Tell devices at the place of warnings, without ever waiting for one of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dianliang.engines.vision import Warned
from dianliang.flows.lineguard.outputs import Output
from dianliang.integrations.loudspeakers import (
    Failed,
    HttpSpeaker,
    MqttSpeaker,
    Outlet,
    Pace,
    Speaker,
)
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_SECRET_BYTES = 4096
Say = Callable[[dict[str, Any]], None]


class Outlets:
    """All devices of one watch."""

    def __init__(
        self,
        outputs: Sequence[Output],
        *,
        folder: Path,
        now: Callable[[], float],
        say: Say,
        pace: Pace | None = None,
    ) -> None:
        """Connect; `folder` is what names of secret files are relative to.

        Raises:
            InvalidInputError: a secret cannot be read.
        """
        secrets = [_secret(one, folder) for one in outputs]  # all, before a thread begins
        self._say = say
        self._outlets = [
            (one, Outlet(speaker_of(one, secret, now=now), failed=self._given_up, pace=pace))
            for one, secret in zip(outputs, secrets, strict=True)
        ]

    def warn(self, warned: Warned) -> None:
        """Hand a warning to every device that it is for; returns at once."""
        camera_id, record = warned.event.camera_id, record_of(warned)
        body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        for output, outlet in self._outlets:
            if output.takes(camera_id, warned.level):
                outlet.push(body, camera_id=camera_id, key=record["key"])

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Send what is left and end."""
        for _, outlet in self._outlets:
            outlet.close(timeout_s=timeout_s)

    def _given_up(self, failed: Failed) -> None:
        camera_id = failed.key.partition("/")[0]
        words = f"预警没有送到 {failed.speaker}：{failed.words}"
        self._say({"type": "output", "camera": camera_id, "key": failed.key, "words": words})


def speaker_of(output: Output, secret: str | None, *, now: Callable[[], float]) -> Speaker:
    """Return what speaks to a device."""
    if output.kind == "http":
        return HttpSpeaker(url=output.url, secret=secret or "", now=now, timeout_s=output.timeout_s)
    return MqttSpeaker(
        host=output.host,
        port=output.port,
        topic=output.topic,
        user=output.user,
        password=secret,
        is_encrypted=output.is_encrypted,
        timeout_s=output.timeout_s,
    )


def record_of(warned: Warned) -> Mapping[str, Any]:
    """Return what a device is told: when, where, how urgent and why; never a picture."""
    event, at = warned.event, datetime.fromtimestamp(warned.at_s, UTC)
    return {
        "type": "warning",
        "key": f"{event.camera_id}/{warned.zone_id}/{at:%Y%m%dT%H%M%S%f}/{warned.level}",
        "camera": event.camera_id,
        "zone": warned.zone_id,
        "level": warned.level,
        "kind": event.kind,
        "at": at.isoformat(timespec="milliseconds"),
        "since": datetime.fromtimestamp(event.since_s, UTC).isoformat(timespec="milliseconds"),
        "people": event.people,
        "confidence": event.confidence,
        "reasons": [{"code": one.code, "words": one.words} for one in warned.reasons],
    }


def _secret(output: Output, folder: Path) -> str | None:
    if output.secret_file is None:
        return None
    path = folder / output.secret_file
    try:
        with path.open("rb") as file:
            content = file.read(MOST_SECRET_BYTES)
        secret = content.decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            Phrase("%(id)s：读不了 %(path)s。", id=output.id, path=str(path))
        ) from error
    if not secret:
        raise InvalidInputError(Phrase("%(id)s：%(path)s 是空的。", id=output.id, path=str(path)))
    return secret
