"""Warnings by HTTP: one signed POST of JSON to a device on the operator's own network.

The header ``X-Dianliang-Signature: t=<seconds since 1970>,v1=<hex>`` is HMAC-SHA256 over
``<t>.<body>``; a device should refuse what is older than five minutes, and do nothing twice for one
``Idempotency-Key``. Redirects are not followed: a warning goes where the operator said.
"""

import hashlib
import hmac
import http.client
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from dianliang.integrations.loudspeakers.model import NotHeardError
from dianliang.kernel.phrases import Phrase

HEADER = "X-Dianliang-Signature"
TIMEOUT_S = 3.0
OKAY = range(200, 300)
FOR_GOOD = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
"""Answers that another try of the same will not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSpeaker:
    """A device at an address. `now` gives seconds since 1970, for the signature."""

    url: str
    secret: str
    now: Callable[[], float]
    timeout_s: float = TIMEOUT_S

    @property
    def name(self) -> str:
        """Return host and path: user, password and query stay out of logs."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}{parts.path}"

    def send(self, body: bytes, *, camera_id: str, key: str) -> None:
        """Post a warning.

        Raises:
            NotHeardError: no answer in time, or one that is no success.
        """
        del camera_id  # it is in the body
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            HEADER: signature(body, secret=self.secret, at_s=self.now()),
        }
        try:
            status = self._answer(body, headers)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NotHeardError(
                Phrase("%(name)s 没有应答：%(why)s。", name=self.name, why=type(error).__name__)
            ) from error
        if status not in OKAY:
            words = Phrase(
                "%(name)s 答复 %(status)d，没有接受预警。", name=self.name, status=status
            )
            raise NotHeardError(words, may_retry=status not in FOR_GOOD)

    def _answer(self, body: bytes, headers: dict[str, str]) -> int:
        """Return the status of the answer to one request, which ends within the time limit.

        A socket's own limit begins anew with every byte: a device that trickles its answer is cut
        off by a timer.
        """
        parts = urlsplit(self.url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        until_s = time.monotonic() + self.timeout_s
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout_s)
        try:
            connection.connect()
            cut = threading.Timer(max(0.0, until_s - time.monotonic()), _cut, [connection.sock])
            cut.daemon = True
            cut.start()
            try:
                connection.request("POST", path, body=body, headers=headers)
                return connection.getresponse().status
            finally:
                cut.cancel()
        finally:
            connection.close()

    def close(self) -> None:
        """Do nothing: each warning has a connection of its own."""


def _cut(connected: socket.socket) -> None:
    """Wake whoever waits for the other side, from another thread."""
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def signature(body: bytes, *, secret: str, at_s: float) -> str:
    """Return the value of the header for a body."""
    seconds = int(at_s)
    digest = hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
