"""Who may see a customer's file. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.customers.models import Customer
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER})
"""Alliance units and leaders see counts, not persons: consent is given to the power company."""

MINORS = frozenset({Customer.SpecialKind.LEFT_BEHIND_CHILD})
"""Whose details stay locked until a second person approves (PIPL, article 31)."""


def visible(by: Actor) -> QuerySet[Customer]:
    """Return the special customers that an actor may see: those of his units."""
    if by.role not in READERS or not by.unit_path:
        return Customer.objects.none()
    special = Customer.objects.filter(special_level__isnull=False)
    return special if by.unit_path == "/" else special.filter(unit__path__startswith=by.unit_path)


def file_to_see(number: str, *, by: Actor) -> Customer:
    """Return a special customer whose file the actor may open.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = visible(by).select_related("area", "unit").filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这位特殊客户。")
    return found
