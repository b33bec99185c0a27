"""What both senders share: judge an answer, and read what it refuses."""

import json
from collections.abc import Collection
from typing import Any

from dianliang.integrations.messaging.model import (
    ChannelDownError,
    ChannelRefusedError,
    Outcome,
)
from dianliang.kernel.text import without_controls

TIMEOUT_S = 20.0
TRY_LATER = frozenset({408, 409, 425, 429})


def judged(status: int, text: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer that says yes; an empty one for an empty body.

    Raises:
        ChannelDownError: it says "not now", or makes no sense: nobody knows what was taken.
        ChannelRefusedError: it says no.
    """
    if status >= 500 or status in TRY_LATER or 300 <= status < 400:
        raise ChannelDownError(f"通道答复 HTTP {status}，稍后再试。")
    if status >= 400:
        raise ChannelRefusedError(f"通道拒绝了这一批（HTTP {status}），请核对地址、密钥和内容。")
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ChannelDownError("通道的答复不是 JSON。") from error
    if not isinstance(found, dict):
        raise ChannelDownError("通道的答复不是 JSON 对象。")
    return found


def outcome(found: dict[str, Any], *, numbers: Collection[str]) -> Outcome:
    """Return what an answer refuses among the messages that were handed over."""
    refused = found.get("refused", [])
    known: dict[str, str] = {}
    for row in refused if isinstance(refused, list) else []:
        number = str(row.get("id")) if isinstance(row, dict) else ""
        if number in numbers:
            known[number] = without_controls(str(row.get("reason") or "通道拒收"))[:120]
    return Outcome(refused=known)
