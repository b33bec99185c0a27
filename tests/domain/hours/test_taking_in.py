"""Time comes in once, in two classes that are never mixed, each with the record it comes from."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from dianliang.core.models import AuditEvent
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations.taking_in import UnableToTakeInError
from tests import hours
from tests.hours import MORNING
from tests.town import NOON

pytestmark = pytest.mark.django_db


def test_a_record_names_its_source_and_waits_for_review(town):
    record = hours.taken(town, source=("visit", "SM-7"))

    assert (record.source_kind, record.source_number) == ("visit", "SM-7")
    assert (record.status, record.is_verified, record.minutes) == ("PENDING", True, 120)
    assert AuditEvent.objects.get(verb="hours.hourrecord.take_in").target_id == record.number


def test_the_same_person_and_source_a_second_time_changes_nothing(town):
    first = hours.taken(town, source=("visit", "SM-7"))
    again = hours.taken(town, source=("visit", "SM-7"), minutes=60)

    assert again == first
    assert HourRecord.objects.get().minutes == 120


def test_two_people_of_one_visit_have_a_record_each(town):
    hours.taken(town, "P1", source=("visit", "SM-7"))
    hours.taken(town, "P2", source=("visit", "SM-7"))

    assert HourRecord.objects.count() == 2


def test_what_is_declared_by_hand_is_never_verified_and_keeps_its_evidence(town):
    record = hours.declared(town)

    assert not record.is_verified
    assert record.source_number == record.number
    assert record.evidence.media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"ended_at": MORNING}, "ended_at"),
        ({"ended_at": MORNING + timedelta(hours=25)}, "ended_at"),
        ({"minutes": 0, "ended_at": MORNING + timedelta(hours=1)}, "minutes"),
        ({"minutes": 61, "ended_at": MORNING + timedelta(hours=1)}, "minutes"),
        ({"source": ("dream", "1")}, "source"),
    ],
)
def test_time_that_cannot_have_been_given_is_refused_with_person_and_source(town, told, field):
    with pytest.raises(UnableToTakeInError, match="王小明（P1") as refused:
        hours.taken(town, **told)

    assert refused.value.field == field
    assert not HourRecord.objects.exists()


def test_time_that_is_still_to_come_is_refused(town):
    with pytest.raises(UnableToTakeInError, match="还没有结束"):
        hours.declared(town, start=NOON)


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": -1},
        {"minutes": 1441},
        {"is_verified": True, "source_kind": "declared"},
        {"is_verified": True, "lacks_check_out": True},
        {"ended_at": MORNING},
        {"status": "PUBLISHED"},
    ],
)
def test_the_database_itself_keeps_the_shape(town, change):
    record = hours.taken(town)

    with pytest.raises(IntegrityError), transaction.atomic():
        HourRecord.objects.filter(pk=record.pk).update(**change)


def test_the_database_counts_a_source_once(town):
    record = hours.taken(town)
    record.pk, record.number = None, "SC-copy"

    with pytest.raises(IntegrityError), transaction.atomic():
        record.save(force_insert=True)
