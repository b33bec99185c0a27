"""Who may read a talk, and who may know that it took place. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.talks.lifecycle import LEADERS
from dianliang.domain.talks.models import Talk
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

KNOWERS = frozenset({Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR})
"""Who sees that talks took place, never what was said."""


SEALED = ("occasion", "purpose", "notes", "outcome")
"""The columns of a talk that lists do not load."""


def to_read(by: Actor) -> QuerySet[Talk]:
    """Return the talks whose words the actor may read: his own two sides, and where he is named."""
    rows = Talk.objects.select_related("branch__unit", "leader", "person")
    if not by.person_number:
        return rows.none()
    mine = by.person_number
    return rows.filter(
        Q(leader__number=mine)
        | Q(person__number=mine)
        | Q(pk__in=Talk.objects.filter(readers__person__number=mine).values("pk"))
    )


def to_know(by: Actor) -> QuerySet[Talk]:
    """Return the talks of the actor's branches, without the sealed columns: they are not loaded."""
    rows = Talk.objects.select_related("branch__unit", "leader", "person")
    if by.role not in KNOWERS or not by.unit_path:
        return rows.none()
    unread = rows.filter(branch__unit__path__startswith=by.unit_path)
    return unread.defer(*SEALED)


def talk_to_read(number: str, *, by: Actor) -> Talk:
    """Return a talk that the actor may read.

    Raises:
        NotVisibleError: it is absent or not his to read.
    """
    found = None if "\0" in number else to_read(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次谈话。")
    return found


def talk_to_lead(number: str, *, by: Actor) -> Talk:
    """Return a talk that the actor leads; see `talk_to_read`."""
    found = talk_to_read(number, by=by)
    if found.leader.number != by.person_number or by.role not in LEADERS:
        raise NotVisibleError("没有找到这次谈话。")
    return found
