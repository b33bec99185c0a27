"""Secrets by which people follow a need without an account. Only their hash is stored."""

import hashlib

from dianliang.domain.intake.models import Participant
from dianliang.kernel.errors import NotVisibleError


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


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
