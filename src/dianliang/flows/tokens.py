"""Secrets by which programs act as an account: for some things, until a day, until taken back."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import ApiToken, AuditEvent, User
from dianliang.flows import identity
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

PREFIX = "dl_"
BYTES = 24
SCOPES = {
    "read": "查询",
    "post": "提出、跟踪和评价需求",
    "handle": "办理需求、派工单",
    "plan": "排计划、发布计划",
    "alert": "送预警",
}
UNKNOWN = Actor(id="program", name="未知程序", role=Role.RESIDENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who sent a secret, and what it may be used for."""

    actor: Actor
    scopes: frozenset[str]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """What may be known of a secret."""

    username: str
    name: str
    scopes: tuple[str, ...]
    expires_on: date
    last_used_on: date | None
    is_revoked: bool


@transaction.atomic
def issue(
    *,
    username: str,
    name: str,
    expires_on: date,
    scopes: Collection[str] = tuple(SCOPES),
    by: Actor = SYSTEM,
    at: datetime,
) -> str:
    """Return a new secret for an account; it is shown once and cannot be read again.

    Raises:
        InvalidInputError: there is no such account, it has no name, or a scope is unknown.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise InvalidInputError(
            Phrase("没有启用的账号 %(username)s。", username=username), field="username"
        )
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InvalidInputError(
            Phrase("权限应为 %(scopes)s 中的一个或几个。", scopes=joined("、", SCOPES)),
            field="scopes",
        )
    secret = PREFIX + secrets.token_urlsafe(BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=clean_text(name, field="name", label="用途", most=60, least=1),
        digest=_digest(secret),
        scopes=" ".join(scope for scope in SCOPES if scope in scopes),
        created_at=at,
        expires_on=expires_on,
    )
    reason = f"{user} {name} {token.scopes}"
    audit.record("core.apitoken.issue", target=token, by=by, at=at, reason=reason)
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


def issued() -> tuple[TokenRow, ...]:
    """Return all tokens, newest first, without their secrets."""
    return tuple(
        TokenRow(
            username=token.user.username,
            name=token.name,
            scopes=tuple(token.scopes.split()),
            expires_on=token.expires_on,
            last_used_on=token.last_used_on,
            is_revoked=token.revoked_at is not None,
        )
        for token in ApiToken.objects.select_related("user").order_by("-pk")
    )


def bearer_of(secret: str, *, on: date) -> Bearer | None:
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
    actor = identity.actor_of(token.user, on=on)
    if actor is None:
        return None
    return Bearer(actor=actor, scopes=frozenset(token.scopes.split()), name=token.name)


def deny(*, path: str, reason: str, by: Actor = UNKNOWN, at: datetime) -> None:
    """Put on record that a program was refused."""
    audit.record_about(
        "api.denied",
        target_type="api",
        target_id=quote(path)[-64:],
        by=by,
        at=at,
        reason=reason,
        outcome=AuditEvent.Outcome.DENIED,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
