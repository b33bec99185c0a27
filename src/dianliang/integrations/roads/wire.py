"""Ask a server over HTTP for JSON: time limits, few retries, no surprise in size."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any

MOST_BYTES = 64 * 1024 * 1024
PAUSE_S = 0.5
BUSY = 429


class NoAnswerError(Exception):
    """The server did not answer with JSON, however often it was asked."""


@dataclass(slots=True, kw_only=True)
class Wire:
    """A connection that is opened anew when it breaks."""

    host: str
    port: int | None
    is_tls: bool
    timeout_s: float
    attempts: int
    wait: Callable[[float], None] = time.sleep
    _connection: HTTPConnection | None = field(default=None, init=False)

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return the JSON object of an answer, whatever its status.

        Broken connections, answers of 500 and above, and "too many requests" are asked again.

        Raises:
            NoAnswerError: none came.
        """
        why = ""
        for attempt in range(self.attempts):
            if attempt:
                self.wait(PAUSE_S * 2 ** (attempt - 1))
            try:
                status, text = self._once(method, path, body)
            except (OSError, HTTPException) as error:
                self.close()
                why = f"{type(error).__name__} {error}".strip()
                continue
            if status >= 500 or status == BUSY:
                why = f"HTTP {status}"
                continue
            return _object(text, status)
        raise NoAnswerError(why)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _once(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        if self._connection is None:
            kind = HTTPSConnection if self.is_tls else HTTPConnection
            self._connection = kind(self.host, self.port, timeout=self.timeout_s)
        data = None if body is None else json.dumps(body).encode()
        headers = {"accept": "application/json"} | (
            {"content-type": "application/json"} if data else {}
        )
        self._connection.request(method, path, body=data, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise HTTPException(f"more than {MOST_BYTES} bytes")
        return answer.status, text


def _object(text: bytes, status: int) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise NoAnswerError(f"HTTP {status}, not JSON") from error
    if not isinstance(found, dict):
        raise NoAnswerError(f"HTTP {status}, not a JSON object")
    return found
