"""The signed, dated list of certificates that count no more."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dianliang.engines.attesting._keys import PublicKey, key_id_of, loaded, public_bytes_of
from dianliang.engines.attesting._model import AttestingError

KIND = "dianliang.certificate-revocations"
VERSION = 1
CONTEXT = b"dianliang.hours.revocations.1\0"
WHAT = "撤销名单"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A certificate that counts no more, since when, and why; nothing about the person."""

    number: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """All revoked certificates as of an instant."""

    issued_at: datetime
    key_id: str
    entries: tuple[Revocation, ...]

    def find(self, number: str) -> Revocation | None:
        """Return the entry of a certificate, if it was revoked."""
        return next((entry for entry in self.entries if entry.number == number), None)


def revocations_document(
    entries: Sequence[Revocation], *, issued_at: datetime, key: Ed25519PrivateKey
) -> str:
    """Return the signed list as JSON."""
    body: dict[str, Any] = {
        "kind": KIND,
        "version": VERSION,
        "issued_at": issued_at.isoformat(),
        "key_id": key_id_of(public_bytes_of(key)),
        "revoked": [
            {"number": entry.number, "on": entry.on.isoformat(), "reason": entry.reason}
            for entry in entries
        ],
    }
    body["signature"] = key.sign(_signed(body)).hex()
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def read_revocations(text: str, *, keys: Sequence[PublicKey]) -> RevocationList:
    """Return a list whose signature holds.

    A list that cannot be trusted is refused rather than left out: a revoked certificate would
    pass.

    Raises:
        AttestingError: it is no such list, no key fits, or the signature does not hold.
    """
    body = loaded(text, kind=KIND, version=VERSION, what=WHAT)
    key = next((key for key in keys if key.id == body.get("key_id")), None)
    if key is None or key.revoked_on is not None:
        raise AttestingError("撤销名单的签名密钥不在公钥文件里，或已作废。请重新下载两个文件。")
    try:
        signature = bytes.fromhex(body["signature"])
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, _signed(body))
        return RevocationList(
            issued_at=datetime.fromisoformat(body["issued_at"]),
            key_id=key.id,
            entries=tuple(_entry(entry) for entry in body["revoked"]),
        )
    except InvalidSignature as error:
        raise AttestingError("撤销名单的签名不符，文件被改动。请重新下载。") from error
    except (KeyError, TypeError, ValueError) as error:
        raise AttestingError("撤销名单读不出来，请重新下载。") from error


def _entry(entry: dict[str, str]) -> Revocation:
    day = date.fromisoformat(entry["on"])
    return Revocation(number=entry["number"], on=day, reason=entry["reason"])


def _signed(body: dict[str, Any]) -> bytes:
    """Return the bytes under the signature: the list without it, written in one way only."""
    rest = {name: value for name, value in body.items() if name != "signature"}
    text = json.dumps(rest, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return CONTEXT + text.encode("ascii")
