"""How often one source may do something."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from dianliang.core import limits
from dianliang.core.models import RateWindow
from dianliang.kernel.calendar import SHANGHAI

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def count(source: str = "10.0.0.1", *, most: int = 2, at: datetime = NOON) -> None:
    limits.count(what="post", source=source, most=most, per=HOUR, at=at)


@pytest.mark.django_db
def test_one_more_than_allowed_is_told_when_to_come_back():
    count()
    count()
    with pytest.raises(limits.TooManyError) as refusal:
        count(at=NOON + timedelta(minutes=20))
    assert refusal.value.retry_after_s == 40 * 60

    count("10.0.0.2")
    count(at=NOON + HOUR)


@pytest.mark.django_db
def test_the_source_itself_is_not_stored():
    count("10.0.0.1")
    assert "10.0.0.1" not in RateWindow.objects.get().key


@pytest.mark.django_db(transaction=True)
def test_none_of_many_at_once_is_missed():
    def press(_: int) -> None:
        try:
            count(most=100)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(press, range(40)))

    assert RateWindow.objects.get().count == 40
