"""Who may see, state and verify numbers. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.energy.lifecycle import RECORDERS
from dianliang.domain.energy.models import Claim
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset(RECORDERS)
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
FACTOR_WRITERS = frozenset({Role.ADMINISTRATOR})


def claims(by: Actor) -> QuerySet[Claim]:
    """Return the claims of the actor's units."""
    rows = Claim.objects.select_related("unit")
    if by.role not in READERS | {Role.SYSTEM} or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def claim_to_see(number: str, *, by: Actor) -> Claim:
    """Return a claim of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else claims(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这条量化声明。")
    return found
