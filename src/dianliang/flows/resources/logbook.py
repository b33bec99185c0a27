"""The log of a store: who took what for what, of the last 24 hours or of any days."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dianliang.domain.resources import access
from dianliang.domain.resources.models import Movement
from dianliang.domain.resources.queries import stock as book
from dianliang.domain.resources.queries.stock import LogFilters
from dianliang.kernel.actor import Actor

KINDS = {str(code): str(label) for code, label in Movement.Kind.choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What moved in a store: `rows` to be paged, each movement with what came back of it."""

    code: str
    name: str
    unit_name: str
    items: tuple[tuple[str, str], ...]
    rows: QuerySet[Movement]
    sums: tuple[tuple[str, str, int, int], ...]


def log(*, code: str, filters: LogFilters, by: Actor) -> Log:
    """Return the log of a store.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    store = access.store_to_see(code, by=by)
    found = book.movements(store=store, filters=filters)
    return Log(
        code=store.code,
        name=store.name,
        unit_name=store.unit.name,
        items=tuple(
            (row.item.code, f"{row.item}")
            for row in store.stocks.select_related("item").order_by("item__code")
        ),
        rows=book.with_returns(found),
        sums=book.sums(found),
    )
