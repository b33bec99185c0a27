"""What every kind of loudspeaker or relay can do."""

from typing import Protocol

from dianliang.kernel.errors import DomainError


class NotHeardError(DomainError):
    """The device did not take the warning; `may_retry` tells whether another try may help."""

    code = "loudspeakers.not-heard"

    def __init__(self, message: str, *, may_retry: bool = True) -> None:
        super().__init__(message)
        self.may_retry = may_retry


class Speaker(Protocol):
    """A device at the place that speaks, flashes or switches when it is told of a warning."""

    @property
    def name(self) -> str:
        """Return what people call it, without secrets."""
        ...

    def send(self, body: bytes, *, camera_id: str, key: str) -> None:
        """Hand over a warning (JSON, UTF-8); `key` is the same however often it is tried.

        Raises:
            NotHeardError: it was not taken within the time limit.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
