"""Two rows become one person: his hours and points are together, and can still be undone."""

import pytest

from dianliang.domain.hours.operations import correcting
from dianliang.domain.ledger import queries
from dianliang.domain.ledger.verifying import verify
from dianliang.domain.workforce.models import Person
from dianliang.flows.ledgers import balances, entries
from dianliang.flows.staffing import merging
from tests import hours, ledgers
from tests.hours import AFTER_NOTICE, MORNING

pytestmark = pytest.mark.django_db


def held(book, number):
    return queries.balance(book=book, holder_kind="person", holder_code=number)


def test_what_the_books_hold_of_both_is_the_kept_ones_and_is_undone_from_him(town):
    first = hours.taken(town, "P1")
    second = hours.taken(town, "P2", start=MORNING.replace(hour=6))
    hours.published(town, first, second)
    ledgers.give(Person.objects.get(number="P2"), 30)
    by = hours.officer(town)

    merging.merge(
        kept_number="P1", gone_number="P2", take=(), reason="同一人", by=by, at=AFTER_NOTICE
    )

    assert [held("volunteer_hours", n) for n in ("P1", "P2")] == [240, 0]
    assert [held("volunteer_points", n) for n in ("P1", "P2")] == [30, 0]
    page = balances.holder(
        book="volunteer_hours", kind="person", code="P2", since=None, until=None, page=1, by=by
    )
    assert page.name == "王小明"
    (moved,) = {line.source_number for line in page.lines if line.is_out}
    assert len(entries.entries_of(kind="merge", number=moved, by=by)) == 2
    second.refresh_from_db()
    correcting.take_back(record=second, because="查实未到场", by=by, at=AFTER_NOTICE)
    assert [held("volunteer_hours", n) for n in ("P1", "P2")] == [120, 0]
    assert verify().is_right
