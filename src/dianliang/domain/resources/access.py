"""Who may see and write gear and stores. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.directory.models import Unit
from dianliang.domain.resources.models import Item, Loan, Resource, StockCount, Store
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

KEEPERS = frozenset({Role.DISPATCHER})
"""Who writes gear and stores of his units down, lends and counts."""
READERS = KEEPERS | {Role.COMMANDER, Role.AUDITOR, Role.PARTY_AFFAIRS}
TAKERS = frozenset({Role.STEWARD, Role.CAPTAIN, Role.DISPATCHER})
"""Who takes things out of a store and brings them back, by himself."""


def resources(by: Actor) -> QuerySet[Resource]:
    """Return the gear of the actor's units."""
    rows = Resource.objects.select_related("kind", "unit", "holder", "store")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def resource_to_see(number: str, *, by: Actor) -> Resource:
    """Return a piece of gear of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else resources(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这件装备。")
    return found


def resource_to_keep(number: str, *, by: Actor) -> Resource:
    """Return a piece of gear that the actor may write; see `resource_to_see`."""
    if by.role not in KEEPERS:
        raise NotVisibleError("没有找到这件装备。")
    return resource_to_see(number, by=by)


def lendable(by: Actor) -> QuerySet[Resource]:
    """Return the free gear of other units under the same roof, which the actor may ask for."""
    rows = Resource.objects.filter(status="FREE").select_related("kind", "unit", "store")
    if by.role not in KEEPERS or not by.unit_path.strip("/"):
        return rows.none()
    roof = f"/{by.unit_path.strip('/').split('/')[0]}/"
    own = Q(unit__path__startswith=by.unit_path)
    return rows.filter(unit__path__startswith=roof).exclude(own)


def loans(by: Actor) -> QuerySet[Loan]:
    """Return the loans in which the actor's units lend or borrow."""
    rows = Loan.objects.select_related("resource__kind", "lender", "borrower")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    mine = Q(lender__path__startswith=by.unit_path) | Q(borrower__path__startswith=by.unit_path)
    return rows.filter(mine)


def loan_to_see(number: str, *, by: Actor) -> Loan:
    """Return a loan of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else loans(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这张借用单。")
    return found


def stores(by: Actor) -> QuerySet[Store]:
    """Return the stores that the actor's units keep."""
    rows = Store.objects.select_related("unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def store_to_see(code: str, *, by: Actor) -> Store:
    """Return a store of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in code else stores(by).filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这个仓库。")
    return found


def store_to_keep(code: str, *, by: Actor) -> Store:
    """Return a store that the actor may write; see `store_to_see`."""
    if by.role not in KEEPERS:
        raise NotVisibleError("没有找到这个仓库。")
    return store_to_see(code, by=by)


def store_to_take_from(code: str, *, by: Actor) -> Store:
    """Return a store of the actor's units, or of those above them: whose door he may open.

    Raises:
        NotVisibleError: it is absent, closed, or another's.
    """
    rows = Store.objects.filter(is_active=True).select_related("unit")
    found = None if "\0" in code else rows.filter(code=code).first()
    if found is None or by.role not in TAKERS or not by.unit_path:
        raise NotVisibleError("没有找到这个仓库。")
    path = found.unit.path
    if not (path.startswith(by.unit_path) or by.unit_path.startswith(path)):
        raise NotVisibleError("没有找到这个仓库。")
    return found


def items(by: Actor) -> QuerySet[Item]:
    """Return the items that the actor's units, or those above them, have written down."""
    if by.role not in READERS or not by.unit_path:
        return Item.objects.none()
    above = Unit.objects.filter(path__in=_paths_to(by.unit_path)).values("pk")
    mine = Q(unit__path__startswith=by.unit_path) | Q(unit_id__in=above)
    return Item.objects.filter(mine).select_related("unit")


def _paths_to(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[: n + 1])}/" for n in range(len(parts))]


def count_to_see(number: str, *, by: Actor) -> StockCount:
    """Return a stock-taking of a store of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    rows = StockCount.objects.filter(store__in=stores(by)).select_related("store__unit")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这张盘点单。")
    return found
