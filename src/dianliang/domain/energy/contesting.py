"""Who asks for a verified number to be replaced or withdrawn; another person does it."""

from dianliang.core.models import AuditEvent
from dianliang.domain.energy.models import Claim

KIND = Claim._meta.label_lower
VERIFY, CONTEST = f"{KIND}.verify", f"{KIND}.contest"


def contest_of(claim: Claim) -> AuditEvent | None:
    """Return what asks for a verified claim to be replaced or withdrawn (提出更正或撤回)."""
    if claim.status != "VERIFIED":
        return None
    rows = AuditEvent.objects.filter(
        target_type=KIND,
        target_id=claim.number,
        verb__in=[VERIFY, CONTEST],
        outcome=AuditEvent.Outcome.OK,
    )
    last = rows.order_by("-pk").first()
    return last if last is not None and last.verb == CONTEST else None
