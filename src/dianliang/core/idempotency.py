"""Writes that a phone may repeat: the same key gets the same answer, and acts once."""

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core.models import IdempotencyRecord
from dianliang.kernel.errors import InvalidInputError, KeyReusedError


def digest(body: Any) -> str:
    """Return a stable fingerprint of a JSON-like body."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def recall(*, scope: str, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what keys were answered with before; a key that never came is left out."""
    records = IdempotencyRecord.objects.filter(scope=scope, key__in=keys)
    return dict(records.values_list("key", "answer"))


@transaction.atomic
def once(
    *,
    scope: str,
    key: str,
    body: Any,
    at: datetime,
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Run `act` unless this key was answered before; return the answer either way.

    The record is inserted first, so that of two simultaneous senders one waits for the other.

    Raises:
        KeyReusedError: the key came before with another body.
        InvalidInputError: the key is empty or too long.
    """
    if not 8 <= len(key) <= 80:
        raise InvalidInputError("幂等键应为 8 到 80 个字符。", field="idempotency_key")
    body_hash = digest(body)
    record, is_new = IdempotencyRecord.objects.get_or_create(
        scope=scope, key=key, defaults={"body_hash": body_hash, "created_at": at}
    )
    if not is_new:
        if record.body_hash != body_hash:
            raise KeyReusedError("同一幂等键不能用于不同内容。", field="idempotency_key")
        answer: dict[str, Any] = record.answer
        return answer
    fresh = act()
    record.answer = fresh
    record.save(update_fields=["answer"])
    return fresh
