"""Secrets by which people follow a need without an account. Only their hash is stored."""

import hashlib
import re

from dianliang.core.fields import blind_index
from dianliang.domain.intake.models import Participant
from dianliang.kernel.errors import NotVisibleError


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def phone_key(phone: str) -> str:
    """Return by what a phone number is looked up, however it was written; nothing for none."""
    digits = re.sub(r"\D", "", phone)
    return blind_index(digits, context="participant.phone") if digits else ""


def participant(token: str) -> Participant:
    """Return who holds a token.

    Raises:
        NotVisibleError: nobody does.
    """
    found = (
        Participant.objects.select_related("need", "need__unit", "need__area", "need__service")
        .filter(token_hash=hashed(token))
        .first()
    )
    if found is None:
        raise NotVisibleError("没有找到这条需求，请核对链接。")
    return found
