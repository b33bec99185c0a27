"""Who may see and lead outreach. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.outreach.models import Batch, Channel, Outreach, Recipient
from dianliang.domain.outreach.phones import hashed
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.DISPATCHER, Role.PARTY_AFFAIRS})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR}
KEEPERS = frozenset({Role.ADMINISTRATOR})
"""Who sets up channels: where they lead is a matter of security."""
ABSENT = "没有找到这次触达。"


def outreaches(by: Actor) -> QuerySet[Outreach]:
    """Return the outreach of the actor's units."""
    rows = Outreach.objects.select_related("unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def to_see(number: str, *, by: Actor) -> Outreach:
    """Return an outreach of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else outreaches(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError(ABSENT)
    return found


def to_lead(number: str, *, by: Actor) -> Outreach:
    """Return an outreach that the actor leads; see `to_see`."""
    found = to_see(number, by=by)
    if by.role not in WRITERS:
        raise NotVisibleError(ABSENT)
    return found


def batch_to_fetch(number: str, *, by: Actor) -> Batch:
    """Return a batch that leaves as a file, for who leads its outreach; see `to_see`."""
    rows = Batch.objects.select_related("round__outreach__unit", "round__wording", "channel")
    found = None if "\0" in number else rows.filter(number=number, is_void=False).first()
    if found is None or found.channel.kind != Channel.Kind.FILE:
        raise NotVisibleError("没有找到这个批次。")
    to_lead(found.round.outreach.number, by=by)
    return found


def channels() -> QuerySet[Channel]:
    """Return the ways out that are in use."""
    return Channel.objects.filter(is_active=True)


def holder(token: str) -> Recipient:
    """Return who holds a link.

    Raises:
        NotVisibleError: nobody does.
    """
    rows = Recipient.objects.select_related("outreach__unit", "customer")
    found = rows.filter(token_hash=hashed(token)).first() if token else None
    if found is None:
        raise NotVisibleError("没有找到这条通知，请核对链接。")
    return found
