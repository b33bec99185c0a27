"""Who reads an appeal: the handlers named for its desk, and who holds its link. Nobody else.

No role opens it: not an administrator's, not a commander's. Absent and forbidden look the same.
"""

from datetime import date

from django.db.models import Q, QuerySet

from dianliang.domain.intake.tokens import hashed
from dianliang.domain.voices.models import Desk, Handler, Voice
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

COUNTERS = frozenset({Role.PARTY_AFFAIRS, Role.COMMANDER})
"""Who reads the counts, and names the handlers."""


def desks_of(by: Actor, *, on: date) -> QuerySet[Desk]:
    """Return the desks for which the actor is a named handler on a day."""
    named = Handler.objects.filter(
        Q(until_on=None) | Q(until_on__gte=on),
        person__number=by.person_number or "-",
        from_on__lte=on,
    )
    return Desk.objects.filter(pk__in=named.values("desk_id"))


def to_handle(by: Actor, *, on: date) -> QuerySet[Voice]:
    """Return the appeals of the desks for which the actor is a named handler."""
    rows = Voice.objects.select_related("desk__unit", "handler")
    return rows.filter(desk_id__in=desks_of(by, on=on).values("pk"))


def voice_to_handle(number: str, *, by: Actor, on: date) -> Voice:
    """Return an appeal of the actor's desk.

    Raises:
        NotVisibleError: it is absent, or he is no handler of its desk.
    """
    found = None if "\0" in number else to_handle(by, on=on).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这条诉求。")
    return found


def voice_of(token: str) -> Voice:
    """Return the appeal that a link opens.

    Raises:
        NotVisibleError: none.
    """
    rows = Voice.objects.select_related("desk__unit", "handler")
    found = rows.exclude(token_hash="").filter(token_hash=hashed(token)).first()
    if found is None:
        raise NotVisibleError("没有找到这条诉求，请核对链接。")
    return found


def desks_to_count(by: Actor) -> QuerySet[Desk]:
    """Return the desks whose counts the actor reads, and whose handlers he names."""
    rows = Desk.objects.select_related("unit")
    if by.role not in COUNTERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)
