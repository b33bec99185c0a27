"""Readable numbers without gaps: what a person says on the phone instead of a database key."""

from datetime import datetime

from django.db import connection, transaction

from dianliang.core.models import Counter
from dianliang.kernel.calendar import SHANGHAI


def next_number(prefix: str, *, at: datetime) -> str:
    """Give out the next number of the day, such as ``XQ261124-0007``.

    Runs in the business transaction, so that a number that was given out belongs to a stored
    record: an auditor can read a gap as a loss.
    """
    return next_numbers(prefix, count=1, at=at)[0]


@transaction.atomic(savepoint=False)
def next_numbers(prefix: str, *, count: int, at: datetime) -> list[str]:
    """Give out the next numbers of the day in one go; see `next_number`."""
    name = f"{prefix}{at.astimezone(SHANGHAI):%y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [name, count])
        (value,) = cursor.fetchone()
    return [f"{name}-{number:04d}" for number in range(value - count + 1, value + 1)]


_NEXT = (
    f"INSERT INTO {Counter._meta.db_table} AS counter"  # noqa: S608 (a table of ours)
    " (name, value) VALUES (%s, %s)"
    " ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value"
)
"""One round trip: the row stays locked from here to the commit, and others wait for it."""
