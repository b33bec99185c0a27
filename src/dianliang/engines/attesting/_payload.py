"""A statement as text: signed (Ed25519), short, and written in one way only.

Bytes are ``key id (4) | signature (64) | fields``. The fields stand one to a line in GB 18030,
where a Chinese character takes two bytes rather than three. Base32 goes into a QR code's
alphanumeric mode at 5.5 bits a character, three quarters of what base64 needs in byte mode, and
every character of it may stand in an address.
"""

import base64
import binascii
import re
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dianliang.engines.attesting._keys import key_id_of, public_bytes_of
from dianliang.engines.attesting._model import DAYS, NAMES, NUMBERS, AttestingError, Statement
from dianliang.kernel.phrases import Phrase

MARK, END = "DLZM1.", "."
"""Before and after a payload; the digit is the version of the format."""
CONTEXT = b"dianliang.hours.certificate.1\0"
"""Signed with the fields, so that no signature over anything else can pass for this one."""
CHARSET = "gb18030"
KEY_ID_BYTES, SIGNATURE_BYTES = 4, 64
MOST_CHARACTERS = 520
"""With an address of 40 characters before it this is a QR code of version 15, level M: 77 modules
and 24 mm wide, a module has 0.3 mm, which a phone still reads from paper (ISO/IEC 18004)."""
MOST_READ = 100_000
"""Of a text that somebody pastes; a payload is a two-hundredth of it."""
_FRAMED = re.compile(re.escape(MARK) + r"([A-Z2-7\s]*)" + re.escape(END))


def encode(statement: Statement, *, key: Ed25519PrivateKey) -> str:
    """Return the signed text of a statement.

    Raises:
        AttestingError: a field holds a line break or a character that no file can hold, or the
            text would be too long for a QR code; the message says by how much.
    """
    fields = [_written(name, getattr(statement, name)) for name in NAMES]
    try:
        body = "\n".join(fields).encode(CHARSET)
    except UnicodeEncodeError as error:
        raise AttestingError("证明内容里有无法保存的字符，请删除后再开具。") from error
    head = bytes.fromhex(key_id_of(public_bytes_of(key)))
    raw = head + key.sign(CONTEXT + head + body) + body
    text = f"{MARK}{_base32(raw)}{END}"
    if len(text) > MOST_CHARACTERS:
        # A Chinese character is two bytes, and five bytes are eight characters.
        over = -(-(len(text) - MOST_CHARACTERS) * 5 // 16)
        message = Phrase(
            "证明内容太长，二维码放不下。请把服务内容或备注缩短约 %(over)s 个字。", over=over
        )
        raise AttestingError(message, field="content")
    return text


def _written(name: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat().replace("-", "")
    text = str(value)
    if "\n" in text or "\r" in text:
        raise AttestingError("证明的每一栏只能写一行，请去掉换行。", field=name)
    return text


def find(text: str) -> str | None:
    """Return the payload within a text: scanned, pasted or copied from a document; else None.

    Line breaks and spaces inside are a document's, and left out. Of several the first counts.
    """
    found = _FRAMED.search(text[:MOST_READ])
    if found is None:
        return None
    return MARK + "".join(found.group(1).split()) + END


def unpack(payload: str) -> tuple[str, bytes, bytes, bytes] | None:
    """Return key id, signature, signed bytes and fields; None if it is no payload of ours.

    One statement has one text: a last character with other unused bits is refused, else a
    changed text could still verify.
    """
    inner = payload.removeprefix(MARK).removesuffix(END)
    if payload != MARK + inner + END:
        return None
    try:
        raw = base64.b32decode(inner + "=" * (-len(inner) % 8))
    except (binascii.Error, ValueError):
        return None
    if _base32(raw) != inner or len(raw) <= KEY_ID_BYTES + SIGNATURE_BYTES:
        return None
    head, rest = raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:]
    signature, body = rest[:SIGNATURE_BYTES], rest[SIGNATURE_BYTES:]
    return head.hex(), signature, CONTEXT + head + body, body


def decode(payload: str) -> Statement | None:
    """Return what a payload says, without asking who signed it; None if it cannot be read."""
    parts = unpack(payload)
    return statement_of(parts[3]) if parts else None


def statement_of(body: bytes) -> Statement | None:
    """Return what the signed fields say; None if they cannot be read."""
    try:
        values = body.decode(CHARSET).split("\n")
        pairs = zip(NAMES, values, strict=True)
        read: dict[str, Any] = {name: _read(name, value) for name, value in pairs}
    except ValueError:
        return None
    return Statement(**read)


def _read(name: str, value: str) -> str | int | date:
    if name in DAYS:
        return date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    return int(value) if name in NUMBERS else value


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=")
