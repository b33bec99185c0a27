"""Keep calls to addresses that somebody typed out of our own network.

Names are resolved here, every address they stand for must be public, and the connection goes to
the very address that was looked at: a name that changes its mind in between leads nowhere.
Redirects are not followed. An operator may name hosts that he trusts (a gateway in his own
network); only those may be private, or spoken to without TLS.
"""

import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import urlsplit

from dianliang.integrations.messaging.model import ChannelDownError
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.networks import Address as IpAddress
from dianliang.kernel.networks import is_allowed

MOST_ANSWER_BYTES = 4 * 1024 * 1024
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that was checked for its form: where to connect, and what to ask for."""

    scheme: str
    host: str
    port: int
    path: str
    is_trusted: bool


def checked(url: str, *, trusted: Collection[str]) -> Address:
    """Return the parts of an address; `trusted` holds ``host:port`` that may be private.

    Raises:
        InvalidInputError: it is no address, holds a password, or is neither TLS nor trusted.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise InvalidInputError("网址不对，请核对。", field="address") from error
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or not url.isascii():
        message = "网址应形如 https://主机/路径，不能带用户名或密码。"
        raise InvalidInputError(message, field="address")
    is_trusted = f"{host}:{port}" in trusted
    if parts.scheme != "https" and not is_trusted:
        message = "网址应以 https:// 开头。内网网关请先由运维写入 DIANLIANG_OUTREACH_HOSTS。"
        raise InvalidInputError(message, field="address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(scheme=parts.scheme, host=host, port=port, path=path, is_trusted=is_trusted)


def resolved(address: Address) -> str:
    """Return the one numeric address to connect to.

    Raises:
        ChannelDownError: the name is unknown, or leads into a private network.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ChannelDownError(f"找不到主机 {address.host}。") from error
    numbers = [str(row[4][0]) for row in found]
    if not address.is_trusted:
        private = [number for number in numbers if not is_allowed(_read(number))]
        if private or not numbers:
            message = f"主机 {address.host} 指向内网或保留地址，已拒绝连接。"
            raise ChannelDownError(message)
    return numbers[0]


def _read(number: str) -> IpAddress:
    return ip_address(number.split("%", maxsplit=1)[0])


def ask(
    address: Address,
    method: str,
    path: str,
    *,
    body: bytes,
    headers: dict[str, str],
    timeout_s: float,
) -> tuple[int, bytes]:
    """Ask once; return status and body.

    Raises:
        ChannelDownError: no answer, or one that is too large.
    """
    connection = _connection(address, resolved(address), timeout_s)
    try:
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        text = answer.read(MOST_ANSWER_BYTES + 1)
    except (OSError, HTTPException) as error:
        raise ChannelDownError(f"通道没有答复：{type(error).__name__}。") from error
    finally:
        connection.close()
    if len(text) > MOST_ANSWER_BYTES:
        raise ChannelDownError("通道的答复过大。")
    return answer.status, text


def _connection(address: Address, number: str, timeout_s: float) -> HTTPConnection:
    if address.scheme == "http":
        plain = _Pinned(address.host, address.port, timeout=timeout_s)
        plain.number = number
        return plain
    context = ssl.create_default_context()
    sealed = _PinnedTls(address.host, address.port, timeout=timeout_s, context=context)
    sealed.number, sealed.tls = number, context
    return sealed


class _Pinned(HTTPConnection):
    """A connection to the address that was looked at, under the name that was asked for."""

    number: str

    def connect(self) -> None:
        """Connect to the number."""
        self.sock = socket.create_connection((self.number, self.port), self.timeout)


class _PinnedTls(HTTPSConnection):
    """The same with TLS: the certificate must be that of the name."""

    number: str
    tls: ssl.SSLContext

    def connect(self) -> None:
        """Connect to the number and have the name proved."""
        plain = socket.create_connection((self.number, self.port), self.timeout)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)
