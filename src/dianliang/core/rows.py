"""Rows of a list, made only as far as somebody looks: a page of them, their number, or all."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from django.db.models import Model, QuerySet
from django.db.models.expressions import OrderBy

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_IN_A_SHEET = 1_048_575
"""Rows below the headings of an Excel sheet."""
Stored = TypeVar("Stored", bound=Model)
Row = TypeVar("Row")
Found = TypeVar("Found", bound=QuerySet[Any, Any])


def in_order(found: Found) -> Found:
    """Order rows so that pages neither repeat nor miss one: as asked, else as their model says.

    Django drops a model's own order where a query counts or sums, and a database returns what an
    order calls equal in any order, another one for each page; so the key comes last. What is cut,
    joined or grouped already stays as it is.
    """
    query, meta = found.query, found.model._meta
    if query.is_sliced or query.combinator or query.values_select:
        return found
    asked = query.order_by or (tuple(meta.ordering or ()) if query.default_ordering else ())
    last = asked[-1] if asked else "pk"
    if not isinstance(last, str):
        is_down = isinstance(last, OrderBy) and last.descending
        ordered: Found = found.order_by(*asked, "-pk" if is_down else "pk")
        return ordered
    unique = {"pk", *(field.name for field in meta.fields if field.unique)}
    if asked and last.removeprefix("-") in unique:
        return found.order_by(*asked)
    return found.order_by(*asked, "-pk" if last.startswith("-") else "pk")


def first_of(
    found: QuerySet[Any, Row], most: int, *, is_whole: bool = False
) -> tuple[list[Row], int]:
    """Return the first rows of a list, or all, and how many more there are for a page to say."""
    if is_whole:
        return list(found), 0
    rows = list(found[: most + 1])
    return rows[:most], found.count() - most if len(rows) > most else 0


def all_for_sheet(found: QuerySet[Any, Row]) -> QuerySet[Any, Row]:
    """Return rows that are to be written to one sheet: all of them, or none.

    Raises:
        InvalidInputError: they are more than a sheet of a workbook takes.
    """
    count = found.count()
    if count > MOST_IN_A_SHEET:
        raise InvalidInputError(
            Phrase(
                "共 %(count)s 行，超过一张表能放的 %(most)s 行，请先缩小期间或范围再导出。",
                count=count,
                most=MOST_IN_A_SHEET,
            )
        )
    return found


class Rows(Sequence[Row], Generic[Stored, Row]):
    """What a query finds, as rows of a page. `build` gets the slice that is looked at."""

    def __init__(
        self,
        found: QuerySet[Stored],
        build: Callable[[QuerySet[Stored]], Sequence[Row]],
        *,
        total: int | None = None,
    ) -> None:
        """Keep the query; nothing is asked yet. `total` is their number where it is known."""
        self._found, self._build, self._total = in_order(found), build, total

    def __len__(self) -> int:
        """Count, once."""
        if self._total is None:
            self._total = self._found.count()
        return self._total

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        """Return one row or some in a row, asked of the database in one slice."""
        if isinstance(place, slice):
            return self._build(self._found[place])
        return self._build(self._found[place : place + 1])[0]

    def __iter__(self) -> Iterator[Row]:
        """Yield all."""
        return iter(self._build(self._found.all()))
