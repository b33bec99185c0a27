"""Rows of a list, made only as far as somebody looks: a page of them, their number, or all."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from django.db.models import Model, QuerySet

Stored = TypeVar("Stored", bound=Model)
Row = TypeVar("Row")


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
        self._found, self._build, self._total = found, build, total

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
