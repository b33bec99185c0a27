"""The secret link of a need, made from the key of its form: a form sent twice gets the same."""

import base64

from django.utils.crypto import salted_hmac


def follow_token(key: str, *, joins: str = "") -> str:
    """Return the follow token for a form's key; joining a need gives another than posting one."""
    return _token("dianliang.portal.follow", f"{joins}:{key}")


def volunteer_token(key: str) -> str:
    """Return the token of a personal link for a form's key."""
    return _token("dianliang.portal.volunteer", key)


def voice_token(key: str) -> str:
    """Return the token of an employee's letter for a form's key."""
    return _token("dianliang.portal.voice", key)


def _token(salt: str, key: str) -> str:
    made = salted_hmac(salt, key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made[:18]).decode()
