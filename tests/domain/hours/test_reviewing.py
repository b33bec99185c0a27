"""A person who does not gain by it decides; a minute counts once."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.hours.lifecycle import COUNTS
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import reviewing
from dianliang.domain.hours.operations.reviewing import UnableToReviewError
from dianliang.domain.workforce.models import Absence
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, NotYourTurnError
from tests import hours
from tests.hours import MORNING
from tests.town import NOON

pytestmark = pytest.mark.django_db


def test_a_clean_record_is_approved_without_a_word(town):
    record = reviewing.approve(record=hours.taken(town), by=hours.officer(town), at=NOON)

    record.refresh_from_db()
    assert (record.status, record.reviewed_by_name) == ("APPROVED", "党建o1")


def test_nobody_reviews_his_own_hours(town):
    record = hours.taken(town, "P1")
    beneficiary = hours.officer(town, person="P1")

    for decide in (reviewing.approve, reviewing.reject):
        with pytest.raises(UnableToReviewError, match="本人"):
            decide(record=record, words="x", by=beneficiary, at=NOON)
    record.refresh_from_db()
    assert record.status == "PENDING"


def test_nobody_reviews_what_he_wrote_down_by_hand(town):
    clerk = hours.officer(town, name="clerk")
    record = hours.declared(town, by=clerk)

    with pytest.raises(UnableToReviewError, match="您登记"):
        reviewing.approve(record=record, words="x", by=clerk, at=NOON)
    reviewing.approve(record=record, by=hours.officer(town), at=NOON)


def test_a_reader_does_not_decide(town):
    by = town.actor("S1", Role.COMMANDER)

    with pytest.raises(NotYourTurnError):
        reviewing.approve(record=hours.taken(town), by=by, at=NOON)


def test_a_doubt_wants_words(town):
    record = hours.declared(town)
    day = MORNING.date()
    Absence.objects.create(person=record.person, first_on=day, last_on=day, reason="病假")

    with pytest.raises(UnableToReviewError, match="本人请假") as refused:
        reviewing.approve(record=record, by=hours.officer(town), at=NOON)
    assert refused.value.field == "words"
    reviewing.approve(record=record, words="假期已取消", by=hours.officer(town), at=NOON)
    record.refresh_from_db()
    assert record.review_words == "假期已取消"


def test_a_refusal_wants_a_reason_and_ends_it(town):
    record = hours.taken(town)
    with pytest.raises(UnableToReviewError, match="原因"):
        reviewing.reject(record=record, words="", by=hours.officer(town), at=NOON)

    reviewing.reject(record=record, words="当天不在", by=hours.officer(town), at=NOON)

    with pytest.raises(IllegalTransitionError):
        reviewing.approve(record=record, by=hours.officer(town), at=NOON)


def test_time_that_is_taken_cannot_count_twice_whatever_is_said(town):
    hours.announced(town, hours.taken(town))
    second = hours.taken(town, start=MORNING + timedelta(hours=1))

    with pytest.raises(UnableToReviewError, match="重叠 60 分钟"):
        reviewing.approve(record=second, words="确有其事", by=hours.officer(town), at=NOON)


def test_a_record_is_cut_to_what_does_not_overlap(town):
    hours.announced(town, hours.taken(town))
    second = hours.taken(town, start=MORNING + timedelta(hours=1))

    reviewing.approve(
        record=second,
        words="前一小时已计",
        started_at=MORNING + timedelta(hours=2),
        by=hours.officer(town),
        at=NOON,
    )

    second.refresh_from_db()
    assert (second.minutes, second.status) == (60, "APPROVED")


@pytest.mark.parametrize("shift", [timedelta(hours=-1), timedelta(hours=5)])
def test_a_cut_never_makes_a_record_longer(town, shift):
    record = hours.taken(town)

    with pytest.raises(UnableToReviewError, match="原时段"):
        reviewing.approve(
            record=record,
            words="x",
            started_at=record.started_at + shift,
            by=hours.officer(town),
            at=NOON,
        )


def test_a_cut_wants_words(town):
    record = hours.taken(town)

    with pytest.raises(UnableToReviewError, match="依据"):
        reviewing.approve(
            record=record,
            ended_at=MORNING + timedelta(hours=1),
            by=hours.officer(town),
            at=NOON,
        )


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), min_size=2, max_size=8))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_minute_of_a_person_ever_counts_twice(town, spans):
    """Whatever comes in, and whatever a reviewer presses."""
    HourRecord.objects.all().delete()
    for place, (start, length) in enumerate(spans):
        record = hours.taken(
            town,
            start=MORNING + timedelta(minutes=10 * start),
            minutes=10 * length,
            source=("job", f"GD-{place}"),
        )
        try:
            reviewing.approve(record=record, words="已核实", by=hours.officer(town), at=NOON)
        except UnableToReviewError:
            continue
    counted = list(HourRecord.objects.filter(status__in=COUNTS).order_by("started_at"))

    assert counted
    for earlier, later in itertools.pairwise(counted):
        assert earlier.ended_at <= later.started_at
