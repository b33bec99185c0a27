"""Numbers that people say on the phone: by the day in Shanghai, without gaps."""

from datetime import UTC, datetime, timedelta

import pytest

from dianliang.core.numbers import next_number

MIDNIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""When 2027 begins in Shanghai; elsewhere in the database it is still 2026."""


@pytest.mark.django_db
def test_numbers_begin_anew_with_the_year_in_shanghai():
    last = MIDNIGHT - timedelta(microseconds=1)

    given = [next_number("XQ", at=at) for at in (last, last, MIDNIGHT, last, MIDNIGHT)]

    assert given == [
        "XQ261231-0001",
        "XQ261231-0002",
        "XQ270101-0001",
        "XQ261231-0003",
        "XQ270101-0002",
    ]
