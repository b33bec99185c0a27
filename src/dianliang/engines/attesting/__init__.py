"""Statements about given hours that a stranger can verify: signed, scannable, without a network."""

from dianliang.engines.attesting._keys import (
    PublicKey,
    key_id_of,
    keys_document,
    public_bytes_of,
    read_keys,
)
from dianliang.engines.attesting._model import AttestingError, Statement
from dianliang.engines.attesting._payload import (
    END,
    MARK,
    MOST_CHARACTERS,
    decode,
    encode,
    find,
)
from dianliang.engines.attesting._revocations import (
    Revocation,
    RevocationList,
    read_revocations,
    revocations_document,
)
from dianliang.engines.attesting._verify import STATE_WORDS, State, Verdict, verify

__all__ = [
    "END",
    "MARK",
    "MOST_CHARACTERS",
    "STATE_WORDS",
    "AttestingError",
    "PublicKey",
    "Revocation",
    "RevocationList",
    "State",
    "Statement",
    "Verdict",
    "decode",
    "encode",
    "find",
    "key_id_of",
    "keys_document",
    "public_bytes_of",
    "read_keys",
    "read_revocations",
    "revocations_document",
    "verify",
]
