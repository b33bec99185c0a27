"""What can receive a message, and by what a telephone is found though it is sealed."""

import base64
import hashlib
import re

from dianliang.core.fields import blind_index
from dianliang.domain.workforce.keys import phone_digits

_MOBILE = re.compile(r"1[3-9]\d{9}")
"""Numbers of the mainland's public mobile networks (工信部 numbering plan): 11 digits."""
TOKEN_BYTES = 12
"""96 bits: short enough for a message, too many to guess."""


def mobile(text: str) -> str:
    """Return a mobile number as eleven digits, or nothing where the text holds none."""
    digits = phone_digits(text)
    return digits if _MOBILE.fullmatch(digits) else ""


def index_of(text: str) -> str:
    """Return by what a mobile number is looked up, however it was written; nothing for none."""
    digits = mobile(text)
    return blind_index(digits, context="outreach.phone") if digits else ""


def token_of(number: str, serial: int) -> str:
    """Return the secret of a recipient's link: made anew from the key each time, never stored."""
    made = blind_index(f"{number}:{serial}", context="outreach.link")
    return base64.urlsafe_b64encode(bytes.fromhex(made)[:TOKEN_BYTES]).decode()


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
