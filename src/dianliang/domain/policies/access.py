"""Who may see policy lists, lead them, carry a duty out, and approve it."""

from django.db.models import Q, QuerySet

from dianliang.domain.policies.models import PolicyDuty, PolicyList
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.PARTY_AFFAIRS, Role.DISPATCHER})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR}
ABSENT, NO_DUTY = "没有找到这份政策清单。", "没有找到这项落实任务。"


def policies(by: Actor) -> QuerySet[PolicyList]:
    """Return the lists that the actor's units lead, or do or help with something of."""
    rows = PolicyList.objects.select_related("unit", "file")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    theirs = duties(by).values("policy")
    return rows.filter(Q(unit__path__startswith=by.unit_path) | Q(pk__in=theirs))


def duties(by: Actor) -> QuerySet[PolicyDuty]:
    """Return the duties that the actor's units do or help with, and those of lists they lead."""
    rows = PolicyDuty.objects.select_related("policy__unit", "measure__edition", "unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    helped = PolicyDuty.helpers.through.objects.filter(unit__path__startswith=by.unit_path)
    return rows.filter(
        Q(unit__path__startswith=by.unit_path)
        | Q(policy__unit__path__startswith=by.unit_path)
        | Q(pk__in=helped.values("policyduty_id"))
    )


def to_see(number: str, *, by: Actor) -> PolicyList:
    """Return a list that the actor may see.

    Raises:
        NotVisibleError: it is absent or no concern of his units.
    """
    found = None if "\0" in number else policies(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError(ABSENT)
    return found


def to_lead(number: str, *, by: Actor) -> PolicyList:
    """Return a list that the actor's units lead; see `to_see`."""
    found = to_see(number, by=by)
    if by.role not in WRITERS or not by.reaches_unit(found.unit.path):
        raise NotVisibleError(ABSENT)
    return found


def duty_to_see(number: str, *, by: Actor) -> PolicyDuty:
    """Return a duty that the actor may see; see `to_see`."""
    found = None if "\0" in number else duties(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError(NO_DUTY)
    return found


def duty_to_do(number: str, *, by: Actor) -> PolicyDuty:
    """Return a duty that the actor's units carry out or help with; see `to_see`."""
    found = duty_to_see(number, by=by)
    if not may_do(found, by=by):
        raise NotVisibleError(NO_DUTY)
    return found


def may_do(duty: PolicyDuty, *, by: Actor) -> bool:
    """Tell whether the actor adds evidence to a duty: his unit does it, or helps with it."""
    if by.role not in WRITERS:
        return False
    return by.reaches_unit(duty.unit.path) or any(
        by.reaches_unit(unit.path) for unit in duty.helpers.all()
    )


def may_decide(duty: PolicyDuty, *, by: Actor) -> bool:
    """Tell whether the actor approves a duty: he acts for a unit above, or for the list's own."""
    if by.role not in WRITERS or not by.unit_path:
        return False
    is_above = by.reaches_unit(duty.unit.path) and by.unit_path != duty.unit.path
    leads = by.reaches_unit(duty.policy.unit.path)
    return (is_above or leads) and by.id != duty.reported_by
