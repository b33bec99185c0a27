"""Keys with which a phone seals what it keeps: one for an account and day, given back to it only.

A phone throws its key away after a day or at log-out; what was not sent stays there as cipher
text. When the same account logs in again it gets the key back and sends it. See decision 0010.
"""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.domain.work.models import PhoneKey
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

KEY_BYTES = 32
LIFE = timedelta(hours=24)
"""How long a phone may read what it keeps without having reached the server."""
KEPT_FOR = timedelta(days=60)
"""Twice as long as an operation may wait on a phone: afterwards nobody can read it."""
MOST = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key with its name: AES-256, base64."""

    code: str
    secret: str


def todays(*, by: Actor, at: datetime) -> Key:
    """Return the key that an account's phones seal with today."""
    on = at.astimezone(SHANGHAI).date()
    made = {
        "code": secrets.token_urlsafe(12),
        "secret": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        "made_at": at,
    }
    row, _ = PhoneKey.objects.get_or_create(account=by.id, on=on, defaults=made)
    return Key(code=row.code, secret=row.secret)


def earlier(*, codes: Collection[str], by: Actor) -> tuple[Key, ...]:
    """Return an account's own keys by their names; another's, or unknown ones, are left out."""
    rows = PhoneKey.objects.filter(account=by.id, code__in=list(codes)[:MOST]).order_by("on")
    return tuple(Key(code=row.code, secret=row.secret) for row in rows)


def forget_old(*, at: datetime) -> int:
    """Throw away keys of which no phone can have anything that would still be accepted."""
    gone, _ = PhoneKey.objects.filter(made_at__lt=at - KEPT_FOR).delete()
    return gone
