"""Who asks for a verified number to be replaced or withdrawn; another person does it."""

from dianliang.core.models import AuditEvent
from dianliang.domain.energy.models import Claim
from dianliang.kernel.actor import SYSTEM, Actor

KIND = Claim._meta.label_lower
VERIFY, CONTEST = f"{KIND}.verify", f"{KIND}.contest"
UNCONTEST = f"{KIND}.uncontest"


def contest_of(claim: Claim) -> AuditEvent | None:
    """Return what asks for a verified claim to be replaced or withdrawn (提出更正或撤回)."""
    if claim.status != "VERIFIED":
        return None
    rows = AuditEvent.objects.filter(
        target_type=KIND,
        target_id=claim.number,
        verb__in=[VERIFY, CONTEST, UNCONTEST],
        outcome=AuditEvent.Outcome.OK,
    )
    last = rows.order_by("-pk").first()
    return last if last is not None and last.verb == CONTEST else None


def did_ask(asked: AuditEvent, claim: Claim, *, by: Actor) -> bool:
    """Tell whether it was this person who asked, under whatever account."""
    return by.is_who(account=asked.actor_id, name=asked.actor_name, person=claim.contester_person)


def may_take_back(asked: AuditEvent, claim: Claim, *, by: Actor) -> bool:
    """Tell whether the actor may take back what was asked: his own, or what a computation asked."""
    return asked.actor_id == SYSTEM.id or did_ask(asked, claim, by=by)
