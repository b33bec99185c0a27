"""Messages, what became of them at the door, and what carries them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dianliang.kernel.errors import DomainError


class ChannelDownError(DomainError):
    """The channel did not answer: it may or may not have taken what was sent."""

    code = "messaging.down"


class ChannelRefusedError(DomainError):
    """The channel answered that it takes none of it; nothing has left."""

    code = "messaging.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody is to read. `number` comes back with receipts, and is never used twice."""

    number: str
    phone: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a batch went: the rest was taken, `refused` names single messages with why."""

    refused: Mapping[str, str] = field(default_factory=dict)


class Carrier(Protocol):
    """Hands a batch over. The same batch may come again: whoever takes it acts once.

    Raises:
        ChannelDownError: nobody knows whether it was taken; ask again with `again`.
        ChannelRefusedError: it was not taken.
    """

    def hand_over(self, batch: str, messages: Sequence[Message], *, again: bool) -> Outcome:
        """Hand messages over under the number of their batch."""
        ...
