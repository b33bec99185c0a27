"""Public keys, and the file in which an issuer publishes them, old ones included."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dianliang.engines.attesting._model import AttestingError
from dianliang.kernel.phrases import Phrase

KIND = "dianliang.certificate-keys"
VERSION = 1
KEY_BYTES, ID_BYTES = 32, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key of an issuer: from which day, until which it signs, and whether it was given up.

    `valid_until` is the last day on which it signed. A key with a `revoked_on` may be in strange
    hands: nothing that it signed counts any more, whatever day stands on it.
    """

    public: bytes
    valid_from: date
    valid_until: date | None = None
    revoked_on: date | None = None

    @property
    def id(self) -> str:
        """Return what the key is called: the beginning of its SHA-256 in hexadecimal."""
        return key_id_of(self.public)

    def signed_on(self, day: date) -> bool:
        """Tell whether the key was in use on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def key_id_of(public: bytes) -> str:
    """Return the id of a public key: four bytes of its SHA-256, as eight hexadecimal digits."""
    return hashlib.sha256(public).digest()[:ID_BYTES].hex()


def public_bytes_of(key: Ed25519PrivateKey) -> bytes:
    """Return the public half of a key, raw (RFC 8032)."""
    encoding, form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return key.public_key().public_bytes(encoding, form)


def keys_document(keys: Sequence[PublicKey], *, issuer: str) -> str:
    """Return the file that publishes keys, as JSON for people and programs."""
    body = {
        "kind": KIND,
        "version": VERSION,
        "algorithm": "Ed25519",
        "issuer": issuer,
        "keys": [
            {
                "id": key.id,
                "public_key": key.public.hex(),
                "valid_from": key.valid_from.isoformat(),
                "valid_until": key.valid_until.isoformat() if key.valid_until else None,
                "revoked_on": key.revoked_on.isoformat() if key.revoked_on else None,
            }
            for key in keys
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def read_keys(text: str) -> tuple[PublicKey, ...]:
    """Return the keys of a published file.

    Raises:
        AttestingError: it is no such file, or an entry is wrong; the entry is named.
    """
    body = loaded(text, kind=KIND, version=VERSION, what="公钥文件")
    entries: list[Any] = body["keys"] if isinstance(body.get("keys"), list) else []
    if not entries:
        raise AttestingError("公钥文件里没有公钥。请重新下载。")
    return tuple(_key(entry, place) for place, entry in enumerate(entries, start=1))


def _key(entry: Any, place: int) -> PublicKey:
    try:
        public = bytes.fromhex(entry["public_key"])
        key = PublicKey(
            public=public,
            valid_from=date.fromisoformat(entry["valid_from"]),
            valid_until=_day(entry.get("valid_until")),
            revoked_on=_day(entry.get("revoked_on")),
        )
        is_named = entry["id"] == key.id and len(public) == KEY_BYTES
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AttestingError(
            Phrase("公钥文件第 %(place)s 把公钥读不出来，请重新下载。", place=place)
        ) from error
    if not is_named:
        raise AttestingError(
            Phrase("公钥文件第 %(place)s 把公钥与它的编号不符，文件可能被改动。", place=place)
        )
    return key


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def loaded(text: str, *, kind: str, version: int, what: str) -> dict[str, Any]:
    """Return the object in a JSON file of a kind.

    Raises:
        AttestingError: it is no JSON, another kind of file, or of a version we do not know.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AttestingError(
            Phrase("%(what)s不是 JSON 文件，请重新下载。", what=Phrase(what))
        ) from error
    if not isinstance(body, dict):
        raise AttestingError(Phrase("这不是%(what)s，请重新下载。", what=Phrase(what)))
    found = cast("dict[str, Any]", body)
    if found.get("kind") != kind:
        raise AttestingError(Phrase("这不是%(what)s，请重新下载。", what=Phrase(what)))
    if found.get("version") != version:
        raise AttestingError(
            Phrase(
                "%(what)s的版本 %(version)s 认不出，请更新本程序。",
                what=Phrase(what),
                version=found.get("version"),
            )
        )
    return found
