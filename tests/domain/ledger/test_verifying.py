"""The check finds what does not agree, and says which."""

import pytest

from dianliang.domain.ledger.models import Account, GroupTurnover, Turnover
from dianliang.domain.ledger.verifying import verify
from tests.ledgers import build, give

pytestmark = pytest.mark.django_db


def test_books_that_agree_are_called_right():
    ledger = build()
    for person in ledger.people:
        give(person, 30)

    verdict = verify()

    assert verdict.is_right
    assert {book.code: (book.lines, book.total) for book in verdict.books}["volunteer_points"] == (
        6,
        0,
    )


def test_a_balance_that_somebody_changed_past_the_books_is_found():
    (person, *_) = build().people
    give(person, 30)
    Account.objects.filter(holder_code=person.number).update(amount=31)

    verdict = verify()

    assert not verdict.is_right
    assert [(fault.what, fault.which, fault.kept, fault.found) for fault in verdict.faults] == [
        ("账本", "志愿积分", 1, 0),
        ("账户", "P0", 31, 30),
    ]


def test_a_month_that_somebody_changed_past_the_books_is_found():
    (person, *_) = build().people
    give(person, 30)
    Turnover.objects.filter(account__holder_code=person.number).update(added=99)

    (fault,) = verify().faults
    assert (fault.what, fault.kept, fault.found) == ("月度", 99, 30)

    Turnover.objects.filter(account__holder_code=person.number).update(added=30)
    for changed, kept in ({"added": 98}, 98), ({"added": 30, "lines": 2}, 30):
        GroupTurnover.objects.update(**changed)
        (fault,) = verify().faults
        assert (fault.what, fault.which, fault.kept, fault.found) == (
            "队伍与单位月度",
            "AJ01",
            kept,
            30,
        )


def test_a_month_that_was_lost_is_found():
    ledger = build()
    give(ledger.people[0], 30)
    Turnover.objects.filter(account__holder_code="P0").delete()

    verdict = verify()

    assert [(fault.what, fault.which) for fault in verdict.faults] == [("月度行数", "P0")]
