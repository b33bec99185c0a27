"""Two people at the same moment: a minute counts once, an objection is not overrun."""

from datetime import timedelta

import pytest

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import (
    appealing,
    correcting,
    publishing,
    reviewing,
    taking_in,
)
from dianliang.domain.hours.particulars import UnableToCertifyError
from dianliang.domain.ledger.models import Entry
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import StaleStateError
from tests import hours
from tests import town as town_builder
from tests.hours import AFTER_NOTICE, MORNING
from tests.meeting import while_open
from tests.town import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db):
    return town_builder.build()


def test_two_reviewers_at_once_never_count_a_minute_twice(town):
    first = hours.taken(town)
    second = hours.taken(town, start=MORNING + timedelta(hours=1))

    def approve(record, name):
        def act():
            mine = HourRecord.objects.select_related("person").get(pk=record.pk)
            by = hours.officer(town, name=name)
            reviewing.approve(record=mine, words="已核实", by=by, at=NOON)

        return act

    outcomes = while_open(approve(first, "o1"), approve(second, "o2"))

    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        reviewing.UnableToReviewError,
    ]
    assert sorted(HourRecord.objects.values_list("status", flat=True)) == ["APPROVED", "PENDING"]


def test_the_same_source_taken_in_twice_at_once_is_one_record(town):
    person = hours.volunteer(town)

    def take():
        taking_in.take_in(
            person=person,
            source=("visit", "SM-7"),
            unit=town.units["S1"],
            started_at=MORNING,
            ended_at=MORNING + timedelta(hours=1),
            minutes=60,
            is_verified=True,
            role="志愿者",
            by=SYSTEM,
            at=NOON,
        )

    assert while_open(take, take) == [None, None]
    assert HourRecord.objects.count() == 1


def test_an_objection_that_comes_first_is_not_published_over(town):
    record = hours.taken(town)
    notice = hours.announced(town, record)

    def objects():
        appealing.appeal(
            record=record,
            side="against",
            words="不在",
            name="张三",
            contact="19900001234",
            by=None,
            at=AFTER_NOTICE,
        )

    def publishes():
        publishing.close(notice=notice, by=SYSTEM, at=AFTER_NOTICE)

    outcomes = while_open(objects, publishes)

    record.refresh_from_db()
    assert outcomes[0] is None
    assert outcomes[1] is None or isinstance(outcomes[1], StaleStateError)
    assert (record.status, Entry.objects.count()) == ("DISPUTED", 0)


def test_a_record_is_taken_back_once_by_two_at_once(town):
    record = hours.taken(town)
    hours.published(town, record)

    def back(name):
        def act():
            mine = HourRecord.objects.select_related("person").get(pk=record.pk)
            by = hours.officer(town, name=name)
            correcting.take_back(record=mine, because="查实未到场", by=by, at=AFTER_NOTICE)

        return act

    outcomes = while_open(back("o1"), back("o2"))

    assert outcomes[0] is None
    assert isinstance(outcomes[1], correcting.UnableToCorrectError)
    assert HourRecord.objects.filter(reverses=record).count() == 1


def test_what_is_being_certified_is_not_taken_back_in_the_same_moment(town):
    record = hours.taken(town)
    hours.published(town, record)

    def back():
        mine = HourRecord.objects.select_related("person").get(pk=record.pk)
        by = hours.officer(town, name="o2")
        correcting.take_back(record=mine, because="查实未到场", by=by, at=AFTER_NOTICE)

    outcomes = while_open(back, lambda: hours.certified(town))

    assert outcomes[0] is None
    assert isinstance(outcomes[1], UnableToCertifyError)
