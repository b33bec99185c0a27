"""Encrypted columns: AES-256-GCM bound to table and column, with a key id for rotation."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from dianliang.core.home import checked
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

NONCE_BYTES = 12
"""NIST SP 800-38D, 8.2: 96-bit nonces."""


class DecryptionError(DomainError):
    """A stored value cannot be read with the keys that are there."""

    code = "crypto.unreadable"


def _key(key_id: str) -> bytes:
    if key_id not in settings.FIELD_KEYS:
        _read_keys_again()
    try:
        return bytes.fromhex(settings.FIELD_KEYS[key_id])
    except KeyError as error:
        raise DecryptionError(
            Phrase("缺少编号为 %(key_id)s 的字段密钥，请检查密钥文件。", key_id=key_id)
        ) from error


def _read_keys_again() -> None:
    """Learn of a key that another process has put in while this one was running."""
    path = Path(settings.SECRETS_FILE)
    if path.exists():
        known = checked(json.loads(path.read_text(encoding="utf-8")))["field_keys"]
        settings.FIELD_KEYS = {**known, **settings.FIELD_KEYS}


def encrypt(text: str, *, context: str) -> str:
    """Encrypt `text` for one column; `context` is ``table.column`` and is authenticated."""
    key_id: str = settings.FIELD_KEY_CURRENT
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(key_id)).encrypt(nonce, text.encode(), f"{context}.{key_id}".encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, context: str) -> str:
    """Undo `encrypt`.

    Raises:
        DecryptionError: the key is missing or wrong, or the value was moved or altered.
    """
    key_id, _, payload = stored.partition(":")
    try:
        raw = base64.b64decode(payload, validate=True)
        plain = AESGCM(_key(key_id)).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{context}.{key_id}".encode()
        )
    except (InvalidTag, ValueError) as error:
        raise DecryptionError("加密字段无法解读：密钥不符或数据被改动。") from error
    return plain.decode()


def blind_index(value: str, *, context: str) -> str:
    """Return a keyed fingerprint by which an encrypted value can be looked up exactly."""
    secret = bytes.fromhex(settings.BLIND_INDEX_KEY)
    return hmac.new(secret, f"{context}:{value}".encode(), hashlib.sha256).hexdigest()


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """Text that is stored encrypted. Empty stays empty; cannot be filtered by value."""

    def _context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        text = super().get_prep_value(value)
        return encrypt(text, context=self._context()) if text else text

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Decrypt on the way out."""
        return decrypt(value, context=self._context()) if value else value
