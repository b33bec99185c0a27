"""Who may see and write brands. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.brands.models import Brand
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.PARTY_AFFAIRS})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR, Role.DISPATCHER}


def brands(by: Actor) -> QuerySet[Brand]:
    """Return the brands of the actor's units."""
    rows = Brand.objects.select_related("unit", "branch__unit", "theme", "logo")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def brand_to_see(number: str, *, by: Actor) -> Brand:
    """Return a brand of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else brands(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个品牌。")
    return found


def public() -> QuerySet[Brand]:
    """Return the brands that everybody may see."""
    return Brand.objects.filter(is_public=True).select_related("unit", "branch__unit", "logo")


def brand_to_visit(number: str) -> Brand:
    """Return a brand that everybody may see; see `brand_to_see`."""
    found = None if "\0" in number else public().filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个品牌。")
    return found


def may_write(path: str, *, by: Actor) -> bool:
    """Tell whether the actor writes what belongs to a unit with this path."""
    return by.role in WRITERS and by.reaches_unit(path)
