"""Who may see and plan guarded events. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.protection.models import Event
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.DISPATCHER})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR}


def visible(by: Actor) -> QuerySet[Event]:
    """Return the events of an actor's units, the latest first."""
    if by.role not in READERS or not by.unit_path:
        return Event.objects.none()
    return Event.objects.filter(unit__path__startswith=by.unit_path).select_related("unit")


def event_to_see(number: str, *, by: Actor) -> Event:
    """Return an event of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = visible(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次保电。")
    return found


def event_to_keep(number: str, *, by: Actor) -> Event:
    """Return an event that the actor may change.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
    """
    if by.role not in WRITERS:
        raise NotVisibleError("没有找到这次保电。")
    return event_to_see(number, by=by)
