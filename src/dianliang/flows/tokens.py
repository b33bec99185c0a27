"""Secrets by which programs act as an account."""

import hashlib
import secrets
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import ApiToken, User
from dianliang.flows import identity
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text

PREFIX = "dl_"
BYTES = 24


@transaction.atomic
def issue(*, username: str, name: str, expires_on: date, by: Actor = SYSTEM, at: datetime) -> str:
    """Return a new secret for an account; it is shown once and cannot be read again.

    Raises:
        InvalidInputError: there is no such account, or it has no name.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise InvalidInputError(f"没有启用的账号 {username}。", field="username")
    secret = PREFIX + secrets.token_urlsafe(BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=clean_text(name, field="name", label="用途", most=60, least=1),
        digest=_digest(secret),
        created_at=at,
        expires_on=expires_on,
    )
    audit.record("core.apitoken.issue", target=token, by=by, at=at, reason=f"{user} {name}")
    return secret


@transaction.atomic
def revoke(*, username: str, name: str, by: Actor = SYSTEM, at: datetime) -> int:
    """Make the tokens of an account under a name useless; return how many there were."""
    found = ApiToken.objects.filter(user__username=username, name=name, revoked_at=None)
    for token in found:
        audit.record(
            "core.apitoken.revoke", target=token, by=by, at=at, reason=f"{username} {name}"
        )
    return found.update(revoked_at=at)


def actor_of(secret: str, *, on: date) -> Actor | None:
    """Return who acts by a secret on a day, or None if it is unknown, ended or revoked."""
    token = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(secret), revoked_at=None, expires_on__gt=on, user__is_active=True)
        .first()
    )
    if token is None:
        return None
    if token.last_used_on != on:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=on)
    return identity.actor_of(token.user, on=on)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
