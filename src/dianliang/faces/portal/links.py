"""The secret link of a need, made from the key of its form: a form sent twice gets the same."""

import base64

from django.utils.crypto import salted_hmac


def follow_token(key: str, *, joins: str = "") -> str:
    """Return the follow token for a form's key; joining a need gives another than posting one."""
    made = salted_hmac("dianliang.portal.follow", f"{joins}:{key}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made[:18]).decode()


def volunteer_token(key: str) -> str:
    """Return the token of a personal link for a form's key."""
    made = salted_hmac("dianliang.portal.volunteer", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made[:18]).decode()


def voice_token(key: str) -> str:
    """Return the token of an employee's letter for a form's key."""
    made = salted_hmac("dianliang.portal.voice", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made[:18]).decode()
