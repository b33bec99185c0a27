"""Ask for what is locked, and let a second person decide."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.care.lifecycle import UNLOCK
from dianliang.domain.care.models import Unlock
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.text import clean_text

OPEN_FOR = timedelta(minutes=30)
"""How long what was approved stays open."""
ASKED_FOR = timedelta(hours=24)
"""A request that nobody answered in a day is asked anew."""
Purpose = Unlock.Purpose


class UnableToUnlockError(DomainError):
    """This needs a second person, or a request that still holds."""

    code = "care.unable-to-unlock"


@transaction.atomic
def ask(
    *,
    purpose: str,
    customer: Customer | None,
    unit: Unit,
    reason: str,
    by: Actor,
    at: datetime,
) -> Unlock:
    """Ask a second person to unlock something for the actor, as he acts for this unit.

    Raises:
        InvalidInputError: there is no reason.
        UnableToUnlockError: the actor's request for it is waiting already.
    """
    reason = clean_text(reason, field="reason", label="事由", most=200, least=2)
    same = Unlock.objects.filter(
        purpose=purpose, customer=customer, unit=unit, asked_by=by.id, status="ASKED"
    )
    for old in same.filter(asked_at__lte=at - ASKED_FOR):
        transitions.apply(old, "lapse", lifecycle=UNLOCK, by=by, at=at)
    try:
        with transaction.atomic():
            unlock = Unlock.objects.create(
                number=next_number("PZ", at=at),
                purpose=purpose,
                customer=customer,
                unit=unit,
                reason=reason,
                asked_by=by.id,
                asked_name=by.name,
                asked_at=at,
            )
    except IntegrityError as error:  # the database keeps one that waits, of two presses too
        message = "您的申请还在等待批准，请联系另一位调度员。"
        raise UnableToUnlockError(message, field="reason") from error
    audit.record(
        "care.unlock.ask", target=unlock, by=by, at=at, after=unlock.status, reason=_about(unlock)
    )
    return unlock


def _about(unlock: Unlock) -> str:
    whom = f" {unlock.customer.number}" if unlock.customer else ""
    return f"{unlock.get_purpose_display()}{whom}：{unlock.reason}"


@transaction.atomic
def decide(*, unlock: Unlock, verb: str, by: Actor, at: datetime) -> Unlock:
    """Grant or refuse what somebody else asked for; what is granted is open for half an hour.

    Raises:
        UnableToUnlockError: it is the actor's own request, or it is too old.
        IllegalTransitionError, StaleStateError: somebody decided already.
    """
    if unlock.asked_by == by.id:
        raise UnableToUnlockError("不能批准自己的申请，请由另一位调度员批准。")
    if at - unlock.asked_at >= ASKED_FOR:
        raise UnableToUnlockError("该申请已超过 24 小时，请申请人重新提出。")
    return transitions.apply(
        unlock,
        verb,
        lifecycle=UNLOCK,
        by=by,
        at=at,
        note=_about(unlock),
        changes={
            "decided_by": by.id,
            "decided_name": by.name,
            "expires_at": at + OPEN_FOR if verb == "grant" else None,
        },
    )


def standing(*, purpose: str, customer: Customer | None, by: Actor, at: datetime) -> Unlock | None:
    """Return what was granted to the actor and still holds, or nothing.

    What was granted to somebody for one unit opens nothing when he acts for another.
    """
    granted = Unlock.objects.filter(
        purpose=purpose,
        customer=customer,
        unit__code=by.unit_code,
        asked_by=by.id,
        status="GRANTED",
        expires_at__gt=at,
    )
    return granted.order_by("-pk").first()


def require(*, purpose: str, customer: Customer | None, by: Actor, at: datetime) -> Unlock:
    """Return what lets the actor see a locked thing now.

    Raises:
        UnableToUnlockError: nobody has granted it, or it is over.
    """
    found = standing(purpose=purpose, customer=customer, by=by, at=at)
    if found is None:
        message = (
            "未成年人的信息需要第二人批准后才能查看，批准后 30 分钟内有效。"
            if purpose == Purpose.MINOR
            else "导出明细需要第二人批准，批准后 30 分钟内有效、只能用一次。"
        )
        raise UnableToUnlockError(message, field="reason")
    return found


def use(*, unlock: Unlock, by: Actor, at: datetime) -> Unlock:
    """Use up what was granted: it opens once.

    Raises:
        StaleStateError: it was used meanwhile.
    """
    return transitions.apply(unlock, "use", lifecycle=UNLOCK, by=by, at=at, note=_about(unlock))
