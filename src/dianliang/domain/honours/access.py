"""Who may see and write calls, honours and media reports. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.honours.models import Call, Honour, MediaReport, Voter
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.PARTY_AFFAIRS})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR, Role.DISPATCHER}


def calls(by: Actor) -> QuerySet[Call]:
    """Return the calls of the actor's units."""
    rows = Call.objects.select_related("unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def calls_for(by: Actor) -> QuerySet[Call]:
    """Return the calls in which the actor may put forward or vote: of a unit at or above his."""
    rows = Call.objects.select_related("unit").exclude(status__in=["DRAFT", "CANCELLED"])
    if not by.person_number or not by.unit_path:
        return rows.none()
    entitled = Voter.objects.filter(person__number=by.person_number).values("call_id")
    above = [by.unit_path[: end + 1] for end, sign in enumerate(by.unit_path) if sign == "/"]
    return rows.filter(Q(unit__path__in=above) | Q(pk__in=entitled))


def honours(by: Actor) -> QuerySet[Honour]:
    """Return the honours of the actor's units."""
    rows = Honour.objects.select_related("unit", "person", "team", "held_by")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def reports(by: Actor) -> QuerySet[MediaReport]:
    """Return the media reports about the actor's units."""
    rows = MediaReport.objects.select_related("unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def call_to_see(number: str, *, by: Actor) -> Call:
    """Return a call of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else calls(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次评选。")
    return found


def call_to_join(number: str, *, by: Actor) -> Call:
    """Return a call in which the actor may put forward or vote; see `call_to_see`."""
    found = None if "\0" in number else calls_for(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次评选。")
    return found


def honour_to_see(number: str, *, by: Actor) -> Honour:
    """Return an honour of the actor's units; see `call_to_see`."""
    found = None if "\0" in number else honours(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这项荣誉。")
    return found


def may_write(path: str, *, by: Actor) -> bool:
    """Tell whether the actor writes what belongs to a unit with this path."""
    return by.role in WRITERS and by.reaches_unit(path)
