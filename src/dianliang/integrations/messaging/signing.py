"""Prove who wrote a body and when: HMAC-SHA256 over the moment and the body.

The header reads ``t=<seconds since 1970>,v1=<hex>``; what is signed is ``<t>.<body>``. A signature
is good for five minutes either way, so that what was overheard cannot be played again later.
"""

import hashlib
import hmac
import re
from datetime import datetime

HEADER = "X-Dianliang-Signature"
TOLERANCE_S = 300
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """Return the value of the header for a body."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(body, secret, seconds)}"


def is_signed(body: bytes, header: str, *, secret: str, at: datetime) -> bool:
    """Tell whether a header proves that who knows the secret wrote the body just now."""
    found = _FORM.fullmatch(header)
    if found is None or not secret:
        return False
    seconds = int(found[1])
    is_fresh = abs(at.timestamp() - seconds) <= TOLERANCE_S
    return hmac.compare_digest(found[2], _digest(body, secret, seconds)) and is_fresh


def _digest(body: bytes, secret: str, seconds: int) -> str:
    return hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
