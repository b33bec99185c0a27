"""Who may see and lead incidents, and write warnings. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.lifecycle import LEADERS
from dianliang.domain.incidents.models import AlertSource, Bulletin, Incident
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset(LEADERS)
READERS = WRITERS | {Role.PARTY_AFFAIRS, Role.AUDITOR}
FOLLOWERS = WRITERS | {Role.AUDITOR}
"""Who reads how an incident is dispatched and reviewed: who decides, and who traces it later."""
SOURCE_WRITERS = frozenset({Role.ADMINISTRATOR})
SOURCE_READERS = SOURCE_WRITERS | WRITERS


def _theirs(by: Actor) -> Q:
    """Return what belongs to the actor's units, or to a unit above them: orders go downwards."""
    parts = [part for part in by.unit_path.split("/") if part]
    above = ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts))]
    return Q(unit__path__startswith=by.unit_path) | Q(unit__path__in=above)


def incidents(by: Actor) -> QuerySet[Incident]:
    """Return the incidents of the actor's units and of the units above."""
    if by.role not in READERS or not by.unit_path:
        return Incident.objects.none()
    return Incident.objects.filter(_theirs(by)).select_related("unit", "commander")


def incident_to_see(number: str, *, by: Actor) -> Incident:
    """Return an incident.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = None if "\0" in number else incidents(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个事件。")
    return found


def may_lead(incident: Incident, *, by: Actor) -> bool:
    """Tell whether the actor decides about an incident: its own unit does, or one above."""
    return by.role in WRITERS and by.reaches_unit(incident.unit.path)


def incident_to_lead(number: str, *, by: Actor) -> Incident:
    """Return an incident that the actor decides about.

    Raises:
        NotVisibleError: it is absent, another unit's, or his only to read.
    """
    found = incident_to_see(number, by=by)
    if not may_lead(found, by=by):
        raise NotVisibleError("没有找到这个事件。")
    return found


def incident_to_follow(number: str, *, by: Actor) -> Incident:
    """Return an incident whose dispatch and review the actor reads: his unit's, or one below.

    Raises:
        NotVisibleError: it is absent, another unit's, or no matter of his role.
    """
    found = incident_to_see(number, by=by)
    if by.role not in FOLLOWERS or not by.reaches_unit(found.unit.path):
        raise NotVisibleError("没有找到这个事件。")
    return found


def bulletins(by: Actor) -> QuerySet[Bulletin]:
    """Return the warnings of the actor's units and of those above, newest first."""
    if by.role not in READERS or not by.unit_path:
        return Bulletin.objects.none()
    rows = Bulletin.objects.filter(_theirs(by))
    rows = rows.select_related("unit", "incident__unit", "answers", "answer")
    return rows.defer("content", "answers__content", "answer__content")


def bulletin_to_see(number: str, *, by: Actor) -> Bulletin:
    """Return a warning of ours.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = None if "\0" in number else bulletins(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这条发布的预警。")
    return found


def public_bulletins() -> QuerySet[Bulletin]:
    """Return the warnings that everybody may read: real ones, never those of a drill."""
    return Bulletin.objects.filter(purpose="Actual").order_by("-sent_at", "-pk")


def sources(by: Actor) -> QuerySet[AlertSource]:
    """Return the addresses that are asked for alerts."""
    if by.role not in SOURCE_READERS:
        return AlertSource.objects.none()
    return AlertSource.objects.select_related("unit")


def source_to_change(number: str, *, by: Actor) -> AlertSource:
    """Return an address that the actor may change.

    Raises:
        NotVisibleError: there is none of this number, or he changes none.
    """
    rows = sources(by) if by.role in SOURCE_WRITERS and "\0" not in number else None
    found = rows.filter(number=number).first() if rows is not None else None
    if found is None:
        raise NotVisibleError("没有找到这个预警来源。")
    return found


def unit_of(by: Actor) -> Unit | None:
    """Return the unit that an actor acts for."""
    return Unit.objects.filter(code=by.unit_code).first() if by.unit_code else None
