"""Devices that are told of warnings, as people write them down beside the cameras (JSON)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dianliang.engines.vision import Level
from dianliang.flows.lineguard.configuration import Watched, loaded, refuse
from dianliang.kernel.errors import InvalidInputError

KINDS = ("http", "mqtt")
COMMON = frozenset({"id", "kind", "levels", "cameras", "timeout_s", "secret_file"})
OWN = {"http": frozenset({"url"}), "mqtt": frozenset({"host", "port", "topic", "user", "tls"})}
MOST_SECONDS = 30.0
LEVELS = tuple(level.value for level in Level)
MOST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A device, and which warnings of which cameras it gets (`cameras` None: of all).

    `secret_file` holds the key of the signature (HTTP) or the password (MQTT).
    """

    id: str
    kind: str
    levels: frozenset[str]
    cameras: frozenset[str] | None
    secret_file: str | None
    timeout_s: float
    url: str = ""
    host: str = ""
    port: int = 1883
    topic: str = ""
    user: str | None = None
    is_encrypted: bool = False

    def takes(self, camera_id: str, level: str) -> bool:
        """Tell whether a warning is for this device."""
        return level in self.levels and (self.cameras is None or camera_id in self.cameras)


def outputs_of(text: str, watched: Sequence[Watched]) -> tuple[Output, ...]:
    """Read the devices of a configuration; there may be none.

    Raises:
        InvalidInputError: some device cannot be; all errors are listed.
    """
    given = loaded(text)
    rows = given.get("outputs", []) if isinstance(given, dict) else []
    if not isinstance(rows, list):
        raise InvalidInputError("outputs 应是一列喇叭或继电器。", field="outputs")
    cameras = {one.camera.id for one in watched}
    errors: list[str] = []
    for number, row in enumerate(rows, 1):
        errors += _wrong(f"outputs 第 {number} 个", row, cameras)
    refuse(errors)
    return tuple(_output(row) for row in rows)


def _wrong(where: str, row: Any, cameras: set[str]) -> Iterator[str]:
    """Yield everything that is wrong with a device."""
    if not isinstance(row, dict) or row.get("kind") not in KINDS:
        yield f"{where}：kind 应是 {'、'.join(KINDS)} 之一。"
        return
    kind = row["kind"]
    for name in row.keys() - COMMON - OWN[kind]:
        yield f"{where}：不认识 {name}。"
    if not _is_text(row.get("id")):
        yield f"{where}：要有 id。"
    if not set(_texts(row.get("levels", ["voice"]))) <= set(LEVELS) or not row.get("levels", True):
        yield f"{where}：levels 应取自 {'、'.join(LEVELS)}。"
    unknown = sorted(set(_texts(row.get("cameras", []))) - cameras)
    if unknown:
        yield f"{where}：cameras 里的 {'、'.join(unknown)} 不在配置里。"
    seconds = row.get("timeout_s", 3.0)
    if not isinstance(seconds, int | float) or not 0 < seconds <= MOST_SECONDS:
        yield f"{where}：timeout_s 应大于 0、不超过 {MOST_SECONDS:g} 秒。"
    if not _is_text(row.get("secret_file", "-")):
        yield f"{where}：secret_file 应是文件名。"
    yield from (_wrong_http if kind == "http" else _wrong_mqtt)(where, row)


def _wrong_http(where: str, row: dict[str, Any]) -> Iterator[str]:
    if not _is_web_address(row.get("url")):
        yield f"{where}：url 应是 http 或 https 地址，端口在 1 到 {MOST_PORT} 之间。"
    if "secret_file" not in row:
        yield f"{where}：要有 secret_file，给预警签名。"


def _is_web_address(url: Any) -> bool:
    """Tell whether a speaker can be asked at it; one whose port is no number cannot."""
    if not _is_text(url) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _wrong_mqtt(where: str, row: dict[str, Any]) -> Iterator[str]:
    if not _is_text(row.get("host")):
        yield f"{where}：要有 host。"
    topic = row.get("topic", "")
    if not _is_text(topic) or any(c in topic for c in "+#"):
        yield f"{where}：topic 是发布的主题，不能有 + 和 #。"
    port = row.get("port", 1883)
    if not isinstance(port, int) or not 0 < port <= MOST_PORT:
        yield f"{where}：port 应在 1 到 {MOST_PORT} 之间。"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: Any) -> list[str]:
    """Return a list of texts; what is none becomes something that is never allowed."""
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if is_list else [""]


def _output(row: dict[str, Any]) -> Output:
    return Output(
        id=row["id"],
        kind=row["kind"],
        levels=frozenset(row.get("levels", ["voice"])),
        cameras=frozenset(row["cameras"]) if "cameras" in row else None,
        secret_file=row.get("secret_file"),
        timeout_s=float(row.get("timeout_s", 3.0)),
        url=row.get("url", ""),
        host=row.get("host", ""),
        port=row.get("port", 1883),
        topic=row.get("topic", ""),
        user=row.get("user"),
        is_encrypted=bool(row.get("tls", False)),
    )
