"""Hand a batch to a gateway for short messages: a few lines of HTTP that fit any provider's.

``POST <address>/messages`` with ``{"batch": …, "messages": [{"id", "to", "text"}, …]}`` under
``Authorization: Bearer <secret>`` answers ``{"refused": [{"id", "reason"}]}``; the rest is taken.
``GET <address>/messages?batch=<batch>`` answers ``{"known": [<id>, …]}``: what was taken so far.
After a crash or a lost answer the second is asked first, and only what is not known goes out again.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dianliang.integrations.messaging import guard
from dianliang.integrations.messaging.guard import Address
from dianliang.integrations.messaging.model import ChannelDownError, Message, Outcome
from dianliang.integrations.messaging.wire import TIMEOUT_S, judged, outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway at an address, with the secret that it knows us by."""

    url: str
    secret: str
    trusted: Collection[str] = ()
    timeout_s: float = TIMEOUT_S

    def hand_over(self, batch: str, messages: Sequence[Message], *, again: bool) -> Outcome:
        """Hand messages over; the second time only those that the gateway does not know.

        Raises:
            ChannelDownError, ChannelRefusedError: see `wire.judged`.
            InvalidInputError: the address is none that may be called.
        """
        address = guard.checked(self.url.rstrip("/"), trusted=self.trusted)
        known = self._known(address, batch) if again else frozenset[str]()
        rows = [
            {"id": one.number, "to": one.phone, "text": one.text}
            for one in messages
            if one.number not in known
        ]
        if not rows:
            return Outcome()
        body = json.dumps({"batch": batch, "messages": rows}, ensure_ascii=False).encode()
        status, text = self._ask(address, "POST", "/messages", body)
        return outcome(judged(status, text), numbers={one.number for one in messages})

    def _known(self, address: Address, batch: str) -> frozenset[str]:
        status, text = self._ask(address, "GET", f"/messages?batch={quote(batch)}", b"")
        found = judged(status, text).get("known")
        if not isinstance(found, list):
            raise ChannelDownError("网关没有说明它收过哪些消息，不能判断是否要再发。")
        return frozenset(str(number) for number in found)

    def _ask(self, address: Address, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.secret}",
        }
        whole = address.path.rstrip("/") + path
        return guard.ask(
            address, method, whole, body=body, headers=headers, timeout_s=self.timeout_s
        )
