"""Writes that a phone may repeat: the same key gets the same answer, and acts once."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from dianliang.core.models import IdempotencyRecord
from dianliang.kernel.errors import DomainError, InvalidInputError, KeyReusedError


def digest(body: Any) -> str:
    """Return a stable fingerprint of a JSON-like body."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a key was answered with, and the fingerprint of what it came with."""

    body_hash: str
    answer: dict[str, Any]

    def require_same(self, body_hash: str) -> None:
        """Refuse a key that comes again with another body.

        Raises:
            KeyReusedError: the bodies differ.
        """
        if self.body_hash != body_hash:
            raise KeyReusedError("同一幂等键不能用于不同内容。", field="idempotency_key")


def recall(*, scope: str, keys: Collection[str]) -> dict[str, Kept]:
    """Return what keys were answered with before; a key that never came is left out."""
    records = IdempotencyRecord.objects.filter(scope=scope, key__in=keys)
    rows = records.values_list("key", "body_hash", "answer")
    return {key: Kept(body_hash=found, answer=answer) for key, found, answer in rows}


def keep(*, scope: str, key: str, kept: Kept, at: datetime) -> None:
    """Store an answer in the transaction that acted, after `recall` did not know the key.

    Cheaper than `once` for a batch. Of two simultaneous senders the later gets an IntegrityError,
    which undoes what it did: it recalls the answer of the other.
    """
    IdempotencyRecord.objects.create(
        scope=scope, key=key, body_hash=kept.body_hash, answer=kept.answer, created_at=at
    )


def once(
    *,
    scope: str,
    key: str,
    body: Any,
    at: datetime,
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Run `act` unless this key was answered before; return the answer either way.

    Of two simultaneous senders both may act, but only one can leave a record: what the other
    wrote is rolled back, or refused because the first one's work is done, and he gets the first
    one's answer.

    Raises:
        KeyReusedError: the key came before with another body.
        InvalidInputError: the key is empty or too long.
    """
    if not 8 <= len(key) <= 80:
        raise InvalidInputError("幂等键应为 8 到 80 个字符。", field="idempotency_key")
    body_hash = digest(body)
    earlier = _answered(scope, key, body_hash)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            answer = act()
            IdempotencyRecord.objects.create(
                scope=scope, key=key, body_hash=body_hash, answer=answer, created_at=at
            )
    except (IntegrityError, DomainError):
        earlier = _answered(scope, key, body_hash)
        if earlier is None:
            raise
        return earlier
    return answer


def _answered(scope: str, key: str, body_hash: str) -> dict[str, Any] | None:
    """Return the answer that a key was given before, if it came with the same body."""
    found = recall(scope=scope, keys=[key]).get(key)
    if found is None:
        return None
    found.require_same(body_hash)
    return found.answer
