"""Change the key that signs certificates, or give one up."""

from datetime import datetime

from django.db import transaction

from dianliang.core import audit, keys
from dianliang.domain.hours import signing
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI


@transaction.atomic
def renew(*, by: Actor, at: datetime) -> str:
    """Draw a new key and let it sign from now on; return its id. The old public key is kept.

    Servers may go on running: they look at the file of secrets whenever they sign.

    Raises:
        KeysError: the file of secrets cannot be written.
    """
    keys.draw_certificate_key()
    row = signing.kept(signing.private_key(), on=at.astimezone(SHANGHAI).date())
    audit.record("hours.signingkey.renew", target=row, by=by, at=at, after=row.key_id)
    return row.key_id


@transaction.atomic
def give_up(key_id: str, *, because: str, by: Actor, at: datetime) -> str:
    """Let nothing count any more that a key signed; a new key takes its place if it was in use.

    Returns the id of the key that signs now.

    Raises:
        NoSigningKeyError: there is no such key, or nobody says why.
        KeysError: the file of secrets cannot be written.
    """
    on = at.astimezone(SHANGHAI).date()
    row = signing.give_up(key_id, because=because, on=on)
    after = row.revoked_because
    audit.record("hours.signingkey.give_up", target=row, by=by, at=at, after=after)
    present = signing.present_id()
    return renew(by=by, at=at) if present == key_id else present
