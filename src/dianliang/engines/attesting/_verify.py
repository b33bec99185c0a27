"""Is a certificate genuine, unaltered and in force? Answered from two published files alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dianliang.engines.attesting._keys import PublicKey
from dianliang.engines.attesting._model import Statement
from dianliang.engines.attesting._payload import find, statement_of, unpack
from dianliang.engines.attesting._revocations import Revocation, RevocationList


class State(StrEnum):
    """What verifying found."""

    VALID = "valid"
    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    KEY_REVOKED = "key_revoked"
    OUT_OF_PERIOD = "out_of_period"
    REVOKED = "revoked"


STATE_WORDS: Mapping[State, str] = {
    State.VALID: "真实有效：内容没有被改动。",
    State.UNREADABLE: "没有找到完整的核验码。请扫描证明上的二维码，把全部文字粘贴进来。",
    State.UNKNOWN_KEY: "签名密钥不在公钥文件里：不是这个单位签发的，或公钥文件太旧。",
    State.FORGED: "签名不符：内容被改动，或不是这个单位签发的。",
    State.KEY_REVOKED: "签名密钥已作废，用它签发的证明不再有效，请向签发单位换发。",
    State.OUT_OF_PERIOD: "签发日期不在密钥的使用期内，不能认定为真。",
    State.REVOKED: "已被签发单位撤销。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verifying found, in words. `statement` is there only where the signature holds."""

    state: State
    key_id: str = ""
    statement: Statement | None = None
    revocation: Revocation | None = None
    checked_revocations: bool = False

    @property
    def is_valid(self) -> bool:
        """Tell whether the certificate counts."""
        return self.state is State.VALID

    @property
    def words(self) -> str:
        """Return what was found in a sentence."""
        return STATE_WORDS[self.state]


def verify(
    text: str, *, keys: Sequence[PublicKey], revocations: RevocationList | None = None
) -> Verdict:
    """Verify the certificate in a text against published keys and, if given, revocations.

    Nothing that the text says is shown unless a known key signed it.
    """
    payload = find(text)
    parts = unpack(payload) if payload else None
    if parts is None:
        return Verdict(state=State.UNREADABLE)
    key_id, signature, signed, body = parts
    key = next((key for key in keys if key.id == key_id), None)
    if key is None:
        return Verdict(state=State.UNKNOWN_KEY, key_id=key_id)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return Verdict(state=State.FORGED, key_id=key_id)
    statement = statement_of(body)
    if statement is None:
        return Verdict(state=State.UNREADABLE, key_id=key_id)
    revocation = revocations.find(statement.number) if revocations else None
    return Verdict(
        state=_state(statement, key, revocation),
        key_id=key_id,
        statement=statement,
        revocation=revocation,
        checked_revocations=revocations is not None,
    )


def _state(statement: Statement, key: PublicKey, revocation: Revocation | None) -> State:
    if key.revoked_on is not None:
        return State.KEY_REVOKED
    if not key.signed_on(statement.issued_on):
        return State.OUT_OF_PERIOD
    return State.REVOKED if revocation else State.VALID
