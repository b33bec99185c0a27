"""Carry over: what new lines add to the balances that are kept of accounts and months."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from django.db import connection

from dianliang.domain.ledger.models import Account, Line, Turnover

T = TypeVar("T")
BATCH = 2000
"""Rows of one statement, well below what either database takes in parameters."""


def carry_over(lines: Iterable[Line]) -> None:
    """Add what new lines move to the balances of accounts and months. The gate is held."""
    amounts: dict[int, int] = {}
    months: dict[tuple[int, date, str, str], list[int]] = {}
    for line in lines:
        held, amount = line.account_id, line.amount
        amounts[held] = amounts.get(held, 0) + amount
        key = (held, line.on.replace(day=1), line.team_code, line.unit_code)
        sums = months.setdefault(key, [0, 0, 0])
        sums[0 if amount > 0 else 1] += abs(amount)
        sums[2] += 1
    adapt = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        for chunk in chunks(sorted(amounts.items())):
            rows = ", ".join(["(%s, %s)"] * len(chunk))
            cursor.execute(_ADD.format(rows=rows), [value for pair in chunk for value in pair])
        for part in chunks(sorted(months.items())):
            rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(part))
            values = [(held, adapt(month), *whose, *sums) for (held, month, *whose), sums in part]
            cursor.execute(_TURN.format(rows=rows), [value for row in values for value in row])


_ADD = (
    f"UPDATE {Account._meta.db_table} SET amount = amount + moved.column2"  # noqa: S608 (ours)
    " FROM (VALUES {rows}) AS moved"
    f" WHERE {Account._meta.db_table}.id = moved.column1"
)
_TURN = (
    f"INSERT INTO {Turnover._meta.db_table} AS kept"  # noqa: S608 (a table of ours)
    " (account_id, month, team_code, unit_code, added, taken, lines) VALUES {rows}"
    " ON CONFLICT (account_id, month, team_code, unit_code) DO UPDATE SET"
    " added = kept.added + excluded.added, taken = kept.taken + excluded.taken,"
    " lines = kept.lines + excluded.lines"
)


def chunks(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """Cut rows into what one statement takes."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
