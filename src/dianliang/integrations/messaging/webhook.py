"""Push a batch to a web hook: one signed POST, the same key however often it is tried.

``POST <address>`` with ``{"batch": …, "messages": [{"id", "to", "text", "link"}, …]}``, the header
``Idempotency-Key: <batch>`` and the signature of `signing`. Any answer of 2xx means taken; its body
may be ``{"refused": [{"id", "reason"}]}``. A receiver that sees a key again answers as before and
does nothing.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from dianliang.integrations.messaging import guard, signing
from dianliang.integrations.messaging.model import Message, Outcome
from dianliang.integrations.messaging.wire import TIMEOUT_S, judged, outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A receiver at an address, with the secret that signs what we send."""

    url: str
    secret: str
    clock: Callable[[], datetime]
    trusted: Collection[str] = ()
    timeout_s: float = TIMEOUT_S

    def hand_over(self, batch: str, messages: Sequence[Message], *, again: bool) -> Outcome:
        """Push messages; `again` changes nothing, since the key is the same.

        Raises:
            ChannelDownError, ChannelRefusedError: see `wire.judged`.
            InvalidInputError: the address is none that may be called.
        """
        del again
        rows = [
            {"id": one.number, "to": one.phone, "text": one.text, "link": one.link}
            for one in messages
        ]
        body = json.dumps({"batch": batch, "messages": rows}, ensure_ascii=False).encode()
        address = guard.checked(self.url, trusted=self.trusted)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": batch,
            signing.HEADER: signing.sign(body, secret=self.secret, at=self.clock()),
        }
        status, text = guard.ask(
            address, "POST", address.path, body=body, headers=headers, timeout_s=self.timeout_s
        )
        return outcome(judged(status, text), numbers={one.number for one in messages})
