"""A published record is never changed: it is taken back, and told anew."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import correcting, publishing, reviewing
from dianliang.domain.hours.operations.correcting import UnableToCorrectError
from dianliang.domain.hours.operations.reviewing import UnableToReviewError
from dianliang.domain.ledger.models import Entry, Line
from dianliang.domain.ledger.queries import balance
from dianliang.flows import giving_hours
from tests import hours
from tests.hours import AFTER_NOTICE, MORNING
from tests.town import NOON

pytestmark = pytest.mark.django_db
NUMBERS = count()
LATER = AFTER_NOTICE + timedelta(days=9)


def corrected(town, record, *, minutes=60, start=MORNING, by=None):
    return correcting.tell_anew(
        record=record,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes),
        minutes=minutes,
        because="提前离开",
        by=by or hours.officer(town),
        at=AFTER_NOTICE,
    )


@pytest.fixture
def record(town):
    record = hours.taken(town)
    hours.published(town, record)
    return record


def test_the_wrong_record_stays_and_a_counter_entry_undoes_it(town, record):
    before = HourRecord.objects.filter(pk=record.pk).values().get()
    corrected(town, record)

    assert HourRecord.objects.filter(pk=record.pk).values().get() == before
    assert HourRecord.objects.get(reverses=record).minutes == -120
    assert balance(book="volunteer_hours", holder_kind="person", holder_code="P1") == 0


def test_the_right_one_is_reviewed_and_shown_before_it_counts(town, record):
    anew = corrected(town, record)
    assert (anew.status, anew.version, anew.source_number) == ("PENDING", 2, record.source_number)
    assert hours.minutes_of(record.person) == 0

    hours.announced(town, anew, at=AFTER_NOTICE)
    giving_hours.publish_due(at=LATER)

    assert hours.minutes_of(record.person) == 60


def test_within_check_in_and_check_out_it_stays_verified_beyond_it_does_not(town):
    first, second = hours.taken(town, "P1"), hours.taken(town, "P2")
    hours.published(town, first, second)

    assert corrected(town, first, minutes=60).is_verified
    assert not corrected(town, second, minutes=180).is_verified


def test_it_is_taken_back_once(town, record):
    corrected(town, record)

    with pytest.raises(UnableToCorrectError, match="已经冲销"):
        corrected(town, record)
    assert Entry.objects.count() == 2


def test_what_takes_back_is_not_itself_taken_back(town, record):
    counter = correcting.take_back(
        record=record, because="登记有误", by=hours.officer(town), at=AFTER_NOTICE
    )

    with pytest.raises(UnableToCorrectError):
        correcting.take_back(record=counter, because="x", by=hours.officer(town), at=AFTER_NOTICE)


def test_nobody_corrects_his_own_hours(town, record):
    with pytest.raises(UnableToReviewError, match="本人"):
        corrected(town, record, by=hours.officer(town, person="P1"))


def test_before_publication_there_is_nothing_to_take_back(town):
    with pytest.raises(UnableToCorrectError, match="不是已公布"):
        corrected(town, hours.taken(town))


def test_a_correction_that_cannot_be_leaves_everything_as_it_was(town, record):
    with pytest.raises(UnableToCorrectError, match="不超过起止"):
        correcting.tell_anew(
            record=record,
            started_at=MORNING,
            ended_at=MORNING + timedelta(hours=1),
            minutes=61,
            because="x",
            by=hours.officer(town),
            at=AFTER_NOTICE,
        )
    assert not HourRecord.objects.filter(reverses__isnull=False).exists()


steps = st.lists(
    st.tuples(st.sampled_from(["take", "correct", "back"]), st.integers(1, 90), st.booleans()),
    min_size=2,
    max_size=7,
)


@given(steps)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_records_ledger_and_certificate_always_say_the_same(town, story):
    """Whatever is published, corrected and taken back, in each class by itself."""
    number, at = f"P{next(NUMBERS)}", NOON
    person = hours.volunteer(town, number)
    mine = HourRecord.objects.filter(person=person)
    for place, (deed, minutes, is_verified) in enumerate(story):
        standing = mine.filter(status="PUBLISHED", reverses=None, reversal=None).first()
        if deed == "back" and standing is not None:
            correcting.take_back(record=standing, because="有误", by=hours.officer(town), at=at)
            continue
        if deed == "correct" and standing is not None:
            fresh = correcting.tell_anew(
                record=standing,
                started_at=standing.started_at,
                ended_at=standing.started_at + timedelta(minutes=minutes),
                minutes=minutes,
                because="更正",
                by=hours.officer(town),
                at=at,
            )
        else:
            start = MORNING - timedelta(days=20) + timedelta(hours=2 * place)
            told = {"start": start, "minutes": minutes, "is_verified": is_verified}
            fresh = hours.taken(town, number, source=("job", f"GD-{place}"), **told)
        at = shown_again(town, fresh, at)
        giving_hours.publish_due(at=at)

    lines = Line.objects.filter(account__holder_kind="person", account__holder_code=number)
    assert sum(line.amount for line in lines) == hours.minutes_of(person) >= 0
    if hours.minutes_of(person) == 0:
        return
    certificate = hours.certified(town, number, until_on=AFTER_NOTICE.date())
    for is_verified, minutes in (
        (True, certificate.verified_min),
        (False, certificate.declared_min),
    ):
        told = mine.filter(status="PUBLISHED", is_verified=is_verified)
        assert minutes == sum(record.minutes for record in told)
    assert certificate.verified_min + certificate.declared_min == hours.minutes_of(person)


def shown_again(town, record, at):
    by = hours.officer(town)
    reviewing.approve(record=record, words="已核实", by=by, at=at)
    notice = publishing.announce(
        unit=town.units["S1"],
        records=[record],
        working_days=3,
        calendar=hours.work_calendar(),
        by=by,
        at=at,
    )
    return notice.ends_at
