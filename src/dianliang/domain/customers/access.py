"""Who may see a customer's file. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.scope import areas_of
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER})
"""Alliance units and leaders see counts, not persons: consent is given to the power company."""

MINORS = frozenset({Customer.SpecialKind.LEFT_BEHIND_CHILD})
"""Whose details stay locked until a second person approves (PIPL, article 31)."""


def visible(by: Actor) -> QuerySet[Customer]:
    """Return the special customers that an actor may see: see `within`."""
    if by.role not in READERS or not by.unit_path:
        return Customer.objects.none()
    return Customer.objects.filter(within(by), special_level__isnull=False)


def within(by: Actor, *, prefix: str = "") -> Q:
    """Return which customers are the actor's: of his units, or of none where his units serve.

    Nobody may fall off every list because a table left his unit empty. `prefix` leads from the
    model that is asked to the customer.
    """
    if by.unit_path == "/":
        return Q()
    units = Unit.objects.filter(path__startswith=by.unit_path) if by.unit_path else ()
    own = Q(**{f"{prefix}unit__in": units})
    return own | Q(**{f"{prefix}unit__isnull": True, f"{prefix}area__in": areas_of(by)})


def file_to_see(number: str, *, by: Actor) -> Customer:
    """Return a special customer whose file the actor may open.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = visible(by).select_related("area", "unit").filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这位特殊客户。")
    return found
