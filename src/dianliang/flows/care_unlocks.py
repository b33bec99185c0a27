"""What waits for a second person: minors' files and exports in clear."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.care import access
from dianliang.domain.care.models import Unlock
from dianliang.domain.care.operations import unlocking
from dianliang.domain.customers.access import READERS
from dianliang.domain.directory.models import Unit
from dianliang.flows.care_files import Asked, asked_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Requests that wait, the oldest first; `export_open_until` where the reader may export."""

    waiting: tuple[Asked, ...]
    export_open_until: datetime | None


def queue(*, by: Actor, at: datetime) -> Queue:
    """Return what waits for a second person in the actor's units."""
    rows = access.unlocks(by).filter(status="ASKED", asked_at__gt=at - unlocking.ASKED_FOR)
    opened = unlocking.standing(purpose=Unlock.Purpose.EXPORT, customer=None, by=by, at=at)
    return Queue(
        waiting=tuple(
            asked_of(row, by=by) for row in rows.select_related("customer").order_by("pk")
        ),
        export_open_until=opened.expires_at if opened else None,
    )


def decide(*, number: str, verb: str, by: Actor, at: datetime) -> Unlock:
    """Grant or refuse somebody else's request.

    Raises:
        NotVisibleError: it is absent or of another unit.
        UnableToUnlockError, IllegalTransitionError, StaleStateError: see the operation.
    """
    if verb not in {"grant", "refuse"}:
        raise NotVisibleError("没有这个操作。")
    unlock = access.unlock_to_decide(number, by=by)
    return unlocking.decide(unlock=unlock, verb=verb, by=by, at=at)


def ask_for_export(*, reason: str, by: Actor, at: datetime) -> Unlock:
    """Ask a second person to let the actor export the register in clear, once.

    Raises:
        NotVisibleError: the actor has no register.
        InvalidInputError, UnableToUnlockError: see the operation.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in READERS or unit is None:
        raise NotVisibleError("没有可导出的特殊客户。")
    return unlocking.ask(
        purpose=Unlock.Purpose.EXPORT, customer=None, unit=unit, reason=reason, by=by, at=at
    )
