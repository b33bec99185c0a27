"""Objections: anybody may raise one, another person than before decides, and the notice waits."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import appealing, correcting, reviewing
from dianliang.domain.hours.operations.appealing import UnableToAppealError
from dianliang.flows import giving_hours
from tests import hours
from tests.hours import AFTER_NOTICE
from tests.town import NOON

pytestmark = pytest.mark.django_db


def objected(record, side="against", *, words="那天他不在", by=None, at=NOON):
    return appealing.appeal(
        record=record,
        side=side,
        words=words,
        name="张三",
        contact="19900001234",
        by=by,
        at=at,
    )


@pytest.fixture
def shown(town):
    record = hours.taken(town)
    hours.announced(town, record)
    return record


@pytest.fixture
def other(town):
    return hours.officer(town, name="o2")


def test_what_is_objected_to_waits_while_the_rest_is_published(town, shown):
    quiet = hours.taken(town, "P2")
    hours.announced(town, quiet)
    objected(shown)

    giving_hours.publish_due(at=AFTER_NOTICE)

    states = dict(HourRecord.objects.values_list("person__number", "status"))
    assert states == {"P1": "DISPUTED", "P2": "PUBLISHED"}


def test_dismissed_it_goes_back_on_notice_and_is_published(town, shown, other):
    appealing.dismiss(appeal=objected(shown), decision="签到记录属实", by=other, at=NOON)
    shown.refresh_from_db()
    assert shown.status == "ON_NOTICE"

    giving_hours.publish_due(at=AFTER_NOTICE)

    shown.refresh_from_db()
    assert (shown.status, shown.notice.status) == ("PUBLISHED", "CLOSED")


def test_while_one_of_two_is_open_it_goes_on_waiting(shown, other):
    first, second = objected(shown), objected(shown, words="他来得很晚")
    appealing.dismiss(appeal=first, decision="属实", by=other, at=NOON)
    shown.refresh_from_db()
    assert shown.status == "DISPUTED"

    appealing.dismiss(appeal=second, decision="属实", by=other, at=NOON)
    shown.refresh_from_db()
    assert shown.status == "ON_NOTICE"


def test_upheld_it_is_struck_before_it_ever_counted(town, shown, other):
    appealing.uphold(appeal=objected(shown), decision="查实未到场", by=other, at=NOON)

    giving_hours.publish_due(at=AFTER_NOTICE)
    shown.refresh_from_db()
    assert shown.status == "REJECTED"
    assert hours.minutes_of(shown.person) == 0


def test_upheld_after_publication_it_is_taken_back_and_itself_unchanged(town, other):
    record = hours.taken(town)
    hours.published(town, record)

    appeal = objected(record, at=AFTER_NOTICE)
    appealing.uphold(appeal=appeal, decision="查实未到场", by=other, at=AFTER_NOTICE)

    kept = HourRecord.objects.get(pk=record.pk)
    assert (kept.status, kept.minutes) == ("PUBLISHED", 120)
    assert kept.reversal.minutes == -120
    assert hours.minutes_of(record.person) == 0


def test_a_refusal_is_appealed_against_and_looked_at_again(town, other):
    record = hours.taken(town)
    reviewing.reject(record=record, words="未见签到", by=hours.officer(town), at=NOON)

    appealing.uphold(appeal=objected(record, "for"), decision="补查属实", by=other, at=NOON)

    record.refresh_from_db()
    assert record.status == "PENDING"


def test_the_reviewer_the_beneficiary_and_the_objector_do_not_decide(town, shown):
    objector = hours.officer(town, name="o3")
    appeal = objected(shown, by=objector)
    reviewer = hours.officer(town)
    beneficiary = hours.officer(town, name="o4", person="P1")

    for by in (reviewer, beneficiary, objector):
        for decide in (appealing.uphold, appealing.dismiss):
            with pytest.raises(UnableToAppealError):
                decide(appeal=appeal, decision="x", by=by, at=NOON)
    appeal.refresh_from_db()
    assert appeal.status == "OPEN"


def test_a_decision_wants_its_reason(shown, other):
    with pytest.raises(UnableToAppealError, match="理由"):
        appealing.dismiss(appeal=objected(shown), decision="", by=other, at=NOON)


@pytest.mark.parametrize("side", ["against", "for"])
def test_what_nobody_has_decided_yet_cannot_be_objected_to(town, side):
    with pytest.raises(UnableToAppealError):
        objected(hours.taken(town), side)


def test_five_open_objections_are_enough(shown):
    for n in range(appealing.MOST_OPEN):
        objected(shown, words=f"第 {n} 次说他不在")

    with pytest.raises(UnableToAppealError, match="等待处理"):
        objected(shown)


def test_the_trail_names_no_objector(shown):
    objected(shown)

    events = AuditEvent.objects.filter(verb="hours.appeal.make")
    assert "张三" not in str(list(events.values()))


def test_what_was_taken_back_meanwhile_can_still_be_found_right(town, shown, other):
    giving_hours.publish_due(at=AFTER_NOTICE)
    made = objected(shown, at=AFTER_NOTICE)
    correcting.take_back(record=shown, because="查实未到场", by=other, at=AFTER_NOTICE)

    appealing.uphold(appeal=made, decision="已冲销", by=other, at=AFTER_NOTICE)

    assert (made.status, hours.minutes_of(shown.person)) == ("UPHELD", 0)


def test_the_same_objection_sent_twice_is_one(shown):
    assert objected(shown) == objected(shown)
    assert shown.appeals.count() == 1
