"""Where pictures come from, as people type it: what may be a source, and what is shown of it.

A source may hold a login anywhere: before the host, in the path, in the query. Only scheme, host
and port are ever shown; what cannot be read for certain is not shown at all.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.networks import Address, is_own

SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
UNREADABLE = "地址看不懂"
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,250}[A-Za-z0-9_])?\.?")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_NO_FILM = re.compile(r"[@=&?#:＠＝＆？＃：]|//|／／")
_DRIVE = re.compile(r"[A-Za-z]:(?=[/\\])")


def network_parts(source: str, *, schemes: frozenset[str] = SCHEMES) -> SplitResult | None:
    """Return the parts of a camera's address on the network; None for whatever else it may be.

    An `@` behind the host or a `#` are the traces of a password that was not percent-encoded: what
    then looks like host and port may be a part of it (RFC 3986, 3.2).
    """
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    behind = f"{parts.path}{parts.query}"
    is_sound = (
        parts.scheme.lower() in schemes
        and source.isprintable()
        and " " not in source
        and not set("#\\") & set(source)
        and "@" not in behind
        and port != 0
        and (":" in host or _HOST.fullmatch(host) is not None)
    )
    return parts if is_sound else None


def is_film_name(source: str) -> bool:
    """Tell whether a source can be the name of a film or folder, with nothing of an address."""
    return _NO_FILM.search(_DRIVE.sub("", source, count=1).replace("\\", "/")) is None


def shown(source: str, *, schemes: frozenset[str] = SCHEMES) -> str:
    """Return scheme, host and port of a device, the last name of a film. Never raises."""
    parts = network_parts(source, schemes=schemes)
    if parts is not None:
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{host}{port}/…"
    if not is_film_name(source):
        return UNREADABLE
    return source.replace("\\", "/").rstrip("/").rpartition("/")[2]


def check(source: str) -> None:
    """Refuse what can be no source, or is this computer itself.

    Names are looked up only when the source is opened (`is_reachable` then judges the addresses).

    Raises:
        InvalidInputError: it is neither a camera's address nor a film's name.
    """
    parts = network_parts(source)
    if parts is None:
        if is_film_name(source):
            return
        words = (
            "画面来源看不懂：应是 rtsp、rtsps、http、https 地址，或录像的文件名。"
            "密码里的 #、/、?、@ 请写成 %23、%2F、%3F、%40。"
        )
        raise InvalidInputError(words, field="source")
    if not _may_name(parts.hostname or ""):
        raise InvalidInputError("画面来源不能是本机或保留地址，请填摄像机的地址。", field="source")


def is_reachable(addresses: Iterable[Address]) -> bool:
    """Tell whether a name that stands for these addresses may be asked for pictures."""
    found = list(addresses)
    return bool(found) and not any(is_own(address) for address in found)


def _may_name(host: str) -> bool:
    """Tell whether a host can be a camera; a number that is no plain address may hide any."""
    name = host.rstrip(".").lower()
    try:
        return not is_own(ip_address(name.split("%", maxsplit=1)[0]))
    except ValueError:
        last = name.rpartition(".")[2]
        return ":" not in name and last != "localhost" and not _NUMERIC.fullmatch(last)
