"""One small file over HTTP: pinned address, few redirects, limits of size and time."""

import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    RemoteDisconnected,
)
from ipaddress import ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, getaddrinfo, socket
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from dianliang.kernel.errors import DomainError
from dianliang.kernel.networks import Address, Network, is_allowed
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import without_controls

USUAL = (
    (ConnectionRefusedError, Phrase("对方没有在这个端口上提供服务")),
    (ConnectionResetError, Phrase("对方中断了连接")),
    (TimeoutError, Phrase("等了太久没有回音")),
    (ssl.SSLCertVerificationError, Phrase("对方的证书不可信或已过期")),
    (ssl.SSLError, Phrase("加密连接没有建立起来，请核对 http 还是 https")),
    (RemoteDisconnected, Phrase("对方没有答复就断开了")),
)
"""What goes wrong most often when an address is asked, the narrower before the wider."""
MOST_REDIRECTS = 3
CHUNK_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
NOT_MODIFIED = 304
MOVED = frozenset({301, 302, 303, 307, 308})
LONGEST_URL = 500
Resolve = Callable[[str, int], Sequence[Address]]


def resolved(host: str, port: int) -> tuple[Address, ...]:
    """Return the addresses that a name has.

    Raises:
        OSError: it has none.
    """
    found = getaddrinfo(host, port, type=SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(str(entry[4][0]).split("%")[0]) for entry in found))


class NotFetchedError(DomainError):
    """The address gave nothing that could be taken; the message says why."""

    code = "web.not-fetched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave: nothing new since `etag`, or its content."""

    content: bytes
    etag: str
    is_new: bool


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that may be typed in.

    Raises:
        NotFetchedError: it is no plain http or https address of a host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise NotFetchedError("地址不完整，应形如 https://主机/路径。", field="url") from wrong
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not is_plain or parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise NotFetchedError(
            f"地址应形如 https://主机/路径，最多 {LONGEST_URL} 个字符，不含空格和汉字。",
            field="url",
        )
    if "@" in parts.netloc:
        raise NotFetchedError("地址里不要写用户名和密码。", field="url")
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """How patient to be, and which networks inside may be asked. `limit_s` is for it all."""

    most_bytes: int
    timeout_s: float = 10.0
    limit_s: float = 30.0
    inside: Sequence[Network] = ()
    resolve: Resolve = resolved
    clock: Callable[[], float] = time.monotonic
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def fetch(self, url: str, *, etag: str = "", accept: str = "*/*") -> Fetched:
        """Return what an address gives.

        Raises:
            NotFetchedError: it leads where nobody may ask, does not answer in time, answers with
                an error, or with more than `most_bytes`.
        """
        ends_at = self.clock() + self.limit_s
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(url, etag=etag, accept=accept, ends_at=ends_at)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise NotFetchedError(Phrase("转向超过 %(n)d 次。", n=MOST_REDIRECTS))

    def _once(self, url: str, *, etag: str, accept: str, ends_at: float) -> Fetched | str:
        """Return the content, or the next address where it leads on."""
        parts = check_url(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        connection = self._connection(parts.scheme, host, port, ends_at=ends_at)
        headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "dianliang"}
        if etag:
            headers["If-None-Match"] = etag
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("GET", path, headers=headers)
            answer = self._answer(connection, ends_at=ends_at)
            if answer.status in MOVED and answer.getheader("Location"):
                return urljoin(url, str(answer.getheader("Location")))
            if answer.status == NOT_MODIFIED:
                return Fetched(content=b"", etag=etag, is_new=False)
            if answer.status != 200:
                raise NotFetchedError(Phrase("对方答复 HTTP %(status)d。", status=answer.status))
            content = self._read(answer, ends_at=ends_at)
            return Fetched(content=content, etag=answer.getheader("ETag") or "", is_new=True)
        except (OSError, HTTPException, UnicodeError, ValueError) as error:
            raise NotFetchedError(Phrase("没有收到答复：%(why)s。", why=_why(error))) from error
        finally:
            connection.close()

    def _connection(self, scheme: str, host: str, port: int, *, ends_at: float) -> HTTPConnection:
        left = min(self.timeout_s, self._left_s(ends_at))
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NotFetchedError(Phrase("找不到主机 %(host)s。", host=host)) from error
        barred = [str(one) for one in addresses if not is_allowed(one, self.inside)]
        if barred or not addresses:
            raise NotFetchedError(
                Phrase(
                    "%(host)s 指向内部网络地址（%(addresses)s），不能访问。"
                    "确需访问内网来源的，请管理员在 DIANLIANG_ALERT_NETWORKS 中写明网段。",
                    host=host,
                    addresses="、".join(barred[:3]),
                )
            )
        made = (
            HTTPSConnection(host, port, timeout=left, context=self.tls)
            if scheme == "https"
            else HTTPConnection(host, port, timeout=left)
        )
        setattr(made, "_create_connection", partial(_to, str(addresses[0])))  # noqa: B010 (private)
        return made

    def _answer(self, connection: HTTPConnection, *, ends_at: float) -> HTTPResponse:
        """Return an answer with its headers, which may come byte by byte, each of them in time."""
        late = Timer(self._left_s(ends_at), _cut, [connection.sock])
        late.start()
        try:
            return connection.getresponse()
        finally:
            late.cancel()
            self._left_s(ends_at)

    def _read(self, answer: HTTPResponse, *, ends_at: float) -> bytes:
        content = b""
        while chunk := answer.read1(CHUNK_BYTES):
            content += chunk
            if len(content) > self.most_bytes:
                size_mb = self.most_bytes / 1024 / 1024
                raise NotFetchedError(Phrase("内容超过 %(mb)d MB，没有收下。", mb=round(size_mb)))
            self._left_s(ends_at)
        return content

    def _left_s(self, ends_at: float) -> float:
        left = ends_at - self.clock()
        if left <= 0:
            raise NotFetchedError(Phrase("超过 %(s)d 秒没有收完。", s=round(self.limit_s)))
        return left


def _to(address: str, end: tuple[str, int], *rest: Any) -> socket:
    """Connect to the address that was checked, not to what the name may mean by now."""
    return create_connection((address, end[1]), *rest)


def _cut(end: socket) -> None:
    """End a wait; the other side may have done so already."""
    with suppress(OSError):
        end.shutdown(SHUT_RDWR)


def _why(error: Exception) -> str:
    """Return what went wrong, in words where it is one of the usual things.

    The rare keep the system's own words: another protocol answers with bytes no database keeps.
    """
    for kind, words in USUAL:
        if isinstance(error, kind):
            return words
    return without_controls(f"{type(error).__name__} {error}".strip())[:200]
