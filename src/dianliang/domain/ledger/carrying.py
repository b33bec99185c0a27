"""Carry over: what new lines add to the balances that are kept of accounts, groups and months."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import connection

from dianliang.domain.ledger.models import Account, Entry, GroupTurnover, Line, Turnover

T = TypeVar("T")
BATCH = 2000
"""Rows of one statement, well below what either database takes in parameters."""


def carry_over(lines: Iterable[Line], entries: Iterable[Entry]) -> None:
    """Add what new lines of new entries move to what is kept. The gate is held."""
    counted = {entry.pk: (entry.book_id, entry.article_id) for entry in entries}
    amounts: dict[int, int] = {}
    months: dict[tuple[int, date, str, str], list[int]] = {}
    groups: dict[bool, dict[tuple[int, int | None, date, str, str], list[int]]] = {}
    for line in lines:
        held, amount = line.account_id, line.amount
        amounts[held] = amounts.get(held, 0) + amount
        month, team, unit = line.on.replace(day=1), line.team_code, line.unit_code
        _count(months.setdefault((held, month, team, unit), [0, 0, 0]), amount)
        if team or unit:
            book, article = counted[line.entry_id]
            group = groups.setdefault(article is not None, {})
            _count(group.setdefault((book, article, month, team, unit), [0, 0, 0]), amount)
    with connection.cursor() as cursor:
        for chunk in chunks(sorted(amounts.items())):
            rows = ", ".join(["(%s, %s)"] * len(chunk))
            cursor.execute(_ADD.format(rows=rows), [value for pair in chunk for value in pair])
    _store(_TURN, months)
    for are_pieces, group in groups.items():
        _store(_GROUP[are_pieces], group)


def _count(sums: list[int], amount: int) -> None:
    sums[0 if amount > 0 else 1] += abs(amount)
    sums[2] += 1


def _store(statement: str, kept: Mapping[tuple[Any, ...], list[int]]) -> None:
    """Add sums to the rows of their keys, in one order for all who post."""
    adapt = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        for part in chunks(sorted(kept.items())):
            values = [
                adapt(value) if isinstance(value, date) else value
                for key, sums in part
                for value in (*key, *sums)
            ]
            row = f"({', '.join(['%s'] * (len(values) // len(part)))})"
            cursor.execute(statement.format(rows=", ".join([row] * len(part))), values)


_ADD = (
    f"UPDATE {Account._meta.db_table} SET amount = amount + moved.column2"  # noqa: S608 (ours)
    " FROM (VALUES {rows}) AS moved"
    f" WHERE {Account._meta.db_table}.id = moved.column1"
)
_SUMS = (
    " added = kept.added + excluded.added, taken = kept.taken + excluded.taken,"
    " lines = kept.lines + excluded.lines"
)
_TURN = (
    f"INSERT INTO {Turnover._meta.db_table} AS kept"  # noqa: S608 (a table of ours)
    " (account_id, month, team_code, unit_code, added, taken, lines) VALUES {rows}"
    " ON CONFLICT (account_id, month, team_code, unit_code) DO UPDATE SET" + _SUMS
)
_GROUP = {
    are_pieces: (
        f"INSERT INTO {GroupTurnover._meta.db_table} AS kept"  # noqa: S608 (a table of ours)
        " (book_id, article_id, month, team_code, unit_code, added, taken, lines) VALUES {rows}"
        f" ON CONFLICT (book_id, {'article_id, ' * are_pieces}month, team_code, unit_code)"
        f" WHERE article_id IS {'NOT ' * are_pieces}NULL DO UPDATE SET" + _SUMS
    )
    for are_pieces in (False, True)
}
"""Of books without articles, and of those where pieces are counted."""


def chunks(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """Cut rows into what one statement takes."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
