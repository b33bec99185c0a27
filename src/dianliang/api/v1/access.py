"""Who asks: by a token, for what it may be used, and how often."""

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from dianliang.api.clock import now
from dianliang.core import limits
from dianliang.flows import tokens
from dianliang.flows.tokens import Bearer
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError

HANDLERS = frozenset({Role.DISPATCHER, Role.ALLIANCE_UNIT})
READERS = HANDLERS | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
MOST_PER_MINUTE = 600
STRANGERS_ON_RECORD = 60
"""Refused strangers that go on record in a minute and process; a flood must not fill the disk."""


class ScopeError(DomainError):
    """The token was not given for this."""

    code = "access.scope"


class TokenAuth(HttpBearer):
    """Who acts, by the token in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> Bearer | None:
        """Return who acts and for what, or nothing for a token unknown, ended or revoked."""
        del request
        return tokens.bearer_of(token, on=now().astimezone(SHANGHAI).date())


class Throttle(BaseThrottle):
    """So many requests a minute for each program, counted in each process by itself.

    The library's own counts in an attribute that threads would share.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Count one more request; tell whether it was not too many."""
        source = bearer(request).actor.id
        return limits.counted_here("v1", source=source, at=now()) <= MOST_PER_MINUTE

    def wait(self) -> float:
        """Return how many seconds are left of this minute."""
        return 60 - now().timestamp() % 60


def bearer(request: HttpRequest) -> Bearer:
    """Return who sent the request."""
    found: Bearer = request.auth  # type: ignore[attr-defined]  # set by TokenAuth
    return found


def actor(request: HttpRequest, scope: str, *, roles: frozenset[Role] = READERS) -> Actor:
    """Return who asks; for a role that has no business here nothing is there.

    Raises:
        ScopeError: the token was not given for this.
        NotVisibleError: the role is another one.
    """
    found = bearer(request)
    if scope not in found.scopes:
        label = tokens.SCOPES[scope]
        raise ScopeError(f"这个令牌没有“{label}”权限（{scope}），请管理员另发。", field="scope")
    if found.actor.role not in roles:
        raise NotVisibleError("没有找到。")
    return found.actor


def put_on_record(request: HttpRequest, *, reason: str) -> None:
    """Record that a program was refused; of strangers, so many a minute."""
    at = now()
    found = getattr(request, "auth", None)
    if isinstance(found, Bearer):
        tokens.deny(path=request.path, reason=reason, by=found.actor, at=at)
        return
    if limits.counted_here("v1", source="strangers", at=at) <= STRANGERS_ON_RECORD:
        tokens.deny(path=request.path, reason=reason, at=at)
