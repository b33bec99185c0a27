"""Who may see and keep the register of key customers. Absent and forbidden look the same."""

from datetime import date

from django.db.models import Q, QuerySet

from dianliang.domain.key_customers.models import BroughtTable, KeyCustomer, Watch
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.DISPATCHER})
CALLERS = WRITERS | {Role.COMMANDER}
"""Who may see whom to call at a key customer: who has a reason to call."""
READERS = CALLERS | {Role.AUDITOR}


def visible(by: Actor) -> QuerySet[KeyCustomer]:
    """Return the key customers that an actor's units answer for, those removed as well."""
    if by.role not in READERS or not by.unit_path:
        return KeyCustomer.objects.none()
    return KeyCustomer.objects.filter(unit__path__startswith=by.unit_path)


def in_force(on: date) -> Q:
    """Return the condition of being a key customer on a day: not removed, a temporary one in time.

    The last day of a temporary one belongs to it no more: periods are half-open.
    """
    is_there = Q(removed_on=None) | Q(removed_on__gt=on)
    return is_there & (Q(ends_on=None) | Q(begins_on__lte=on, ends_on__gt=on))


def customer_to_see(number: str, *, by: Actor) -> KeyCustomer:
    """Return a key customer of the actor's units.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    found = visible(by).select_related("area__parent", "unit", "checklist")
    one = found.filter(number=number).first()
    if one is None:
        raise NotVisibleError("没有找到这个重要客户。")
    return one


def customer_to_keep(number: str, *, by: Actor) -> KeyCustomer:
    """Return a key customer that the actor may change.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
    """
    if by.role not in WRITERS:
        raise NotVisibleError("没有找到这个重要客户。")
    return customer_to_see(number, by=by)


def customer_to_call(number: str, *, by: Actor) -> KeyCustomer:
    """Return a key customer whose contact the actor may see.

    Raises:
        NotVisibleError: it is absent, or the actor only reads the register.
    """
    if by.role not in CALLERS:
        raise NotVisibleError("没有找到这个重要客户。")
    return customer_to_see(number, by=by)


def watches(by: Actor) -> QuerySet[Watch]:
    """Return what is followed by the actor's units, the latest first."""
    if by.role not in READERS or not by.unit_path:
        return Watch.objects.none()
    return Watch.objects.filter(unit__path__startswith=by.unit_path).select_related("unit")


def watch_to_see(number: str, *, by: Actor) -> Watch:
    """Return a watch of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = watches(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次供电跟踪。")
    return found


def watch_to_keep(number: str, *, by: Actor) -> Watch:
    """Return a watch that the actor may change.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
    """
    if by.role not in WRITERS:
        raise NotVisibleError("没有找到这次供电跟踪。")
    return watch_to_see(number, by=by)


def tables(by: Actor) -> QuerySet[BroughtTable]:
    """Return the tables that the actor's units brought, the latest first, without their content."""
    if by.role not in WRITERS or not by.unit_path:
        return BroughtTable.objects.none()
    return BroughtTable.objects.filter(unit__path__startswith=by.unit_path).defer("body")


def table_to_see(number: str, *, by: Actor) -> BroughtTable:
    """Return a table that the actor's units brought.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = tables(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次导入。")
    return found
