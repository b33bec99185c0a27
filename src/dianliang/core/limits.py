"""How often one source may do something, and when it may try again."""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction

from dianliang.core.fields import blind_index
from dianliang.core.models import RateWindow
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


class TooManyError(DomainError):
    """The source did this too often; `retry_after_s` says how long to wait."""

    code = "limits.too-many"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def count(*, what: str, source: str, most: int, per: timedelta, at: datetime) -> None:
    """Count one more time; only a keyed fingerprint of the source is stored.

    Within a transaction it is part of it: what is undone was not done, and does not count.

    Raises:
        TooManyError: that is more than `most` in the current window of `per`.
    """
    seconds = int(per.total_seconds())
    began = int(at.timestamp()) // seconds * seconds
    key = f"{what}:{blind_index(source, context=what)[:32]}:{began}"
    if _one_more(key, ends_at=at + per) > most:
        wait = began + seconds - int(at.timestamp())
        raise TooManyError(
            Phrase("提交太频繁，请 %(minutes)s 分钟后再试。", minutes=max(1, -(-wait // 60))),
            retry_after_s=wait,
        )


@transaction.atomic(savepoint=False)
def _one_more(key: str, *, ends_at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, connection.ops.adapt_datetimefield_value(ends_at)])
        (times,) = cursor.fetchone()
    return int(times)


_COUNT = (
    f"INSERT INTO {RateWindow._meta.db_table} AS so_far"  # noqa: S608 (a table of ours)
    " (key, count, ends_at) VALUES (%s, 1, %s)"
    " ON CONFLICT (key) DO UPDATE SET count = so_far.count + 1 RETURNING count"
)
"""One round trip, and no two counts at once that both read the same number."""


def counted_here(what: str, *, source: str, at: datetime) -> int:
    """Count one more in the present minute, in this process only; return how many there were.

    For reads that come often: nothing is written, and a count may be forgotten.
    """
    name = hashlib.sha256(f"{what}:{source}".encode("utf-8", "replace")).hexdigest()
    key = f"limits:{name}:{int(at.timestamp()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key)
    except ValueError:  # dropped in between to make room
        return 1


def forget_old(*, at: datetime) -> int:
    """Delete counts whose window is over; return how many."""
    return RateWindow.objects.filter(ends_at__lt=at).delete()[0]
