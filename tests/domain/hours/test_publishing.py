"""Three working days for everybody to see, then for good, and into the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import publishing, reviewing
from dianliang.domain.hours.operations.publishing import UnableToAnnounceError
from dianliang.domain.ledger.models import Entry, Line
from dianliang.domain.ledger.queries import balance
from dianliang.flows import giving_hours
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import IllegalTransitionError
from tests import hours
from tests.hours import AFTER_NOTICE
from tests.town import NOON

pytestmark = pytest.mark.django_db


def test_a_notice_lasts_three_working_days_after_its_own(town):
    """From Tuesday noon to the close of Friday."""
    notice = hours.announced(town, hours.taken(town))

    assert notice.ends_at == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def test_holidays_and_weekends_do_not_count(town):
    """From Wednesday 30 September over the National Day week to 12 October 2026."""
    record = hours.taken(town, start=datetime(2026, 9, 28, 1, 0, tzinfo=UTC))
    at = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)

    notice = hours.announced(town, record, at=at)
    calendar = work_calendar()
    days = [(at + timedelta(days=n)).date() for n in range(1, 30)]
    worked = [day for day in days if calendar.is_working_day(day)]

    assert notice.ends_at.date() == worked[2] >= datetime(2026, 10, 8).date()


def test_nothing_is_published_before_the_last_moment(town):
    record = hours.taken(town)
    notice = hours.announced(town, record)

    giving_hours.publish_due(at=notice.ends_at - timedelta(seconds=1))
    record.refresh_from_db()
    assert record.status == "ON_NOTICE"
    with pytest.raises(UnableToAnnounceError, match="没有满期"):
        publishing.close(notice=notice, by=SYSTEM, at=notice.ends_at - timedelta(seconds=1))

    giving_hours.publish_due(at=notice.ends_at)
    record.refresh_from_db()
    notice.refresh_from_db()
    assert (record.status, notice.status) == ("PUBLISHED", "CLOSED")


@pytest.mark.parametrize("days", [0, 2, 21])
def test_a_notice_is_neither_shorter_nor_endless(town, days):
    record = hours.taken(town)
    by = hours.officer(town)
    reviewing.approve(record=record, by=by, at=NOON)

    with pytest.raises(UnableToAnnounceError, match="3 到 20"):
        publishing.announce(
            unit=town.units["S1"],
            records=[record],
            working_days=days,
            calendar=work_calendar(),
            by=by,
            at=NOON,
        )


def test_what_nobody_reviewed_is_not_announced(town):
    with pytest.raises(IllegalTransitionError):
        publishing.announce(
            unit=town.units["S1"],
            records=[hours.taken(town)],
            working_days=3,
            calendar=work_calendar(),
            by=hours.officer(town),
            at=NOON,
        )


def test_published_hours_are_in_the_ledger_with_their_source_on_their_day(town):
    record = hours.taken(town, minutes=90)
    hours.published(town, record)

    entry = Entry.objects.get()
    assert (entry.source_kind, entry.source_number) == ("hours", record.number)
    assert entry.on == record.started_at.date()
    assert balance(book="volunteer_hours", holder_kind="person", holder_code="P1") == 90


def test_the_two_classes_stay_apart_in_the_ledger(town):
    hours.published(town, hours.taken(town, minutes=90), hours.declared(town, "P2", minutes=30))

    taken = dict(
        Line.objects.filter(account__holder_kind="outside").values_list(
            "account__holder_code", "amount"
        )
    )
    assert taken == {"verified": -90, "declared": -30}


def test_publishing_twice_enters_once(town):
    record = hours.taken(town)
    hours.published(town, record)

    giving_hours.publish_due(at=AFTER_NOTICE)

    assert Entry.objects.count() == HourRecord.objects.count() == 1
