"""Who serves gets all that is kept of his service; who was given something may be forgotten."""

from datetime import timedelta

import pytest

from dianliang.core.files import keep_image
from dianliang.core.models import StoredFile
from dianliang.domain.ledger import giving, granting, verifying
from dianliang.domain.ledger.models import Grant
from dianliang.domain.programs.models import Course, Enrolment
from dianliang.domain.rosters.models import Roster, Shift, Turn
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.models import Person
from dianliang.flows import privacy
from dianliang.kernel.actor import SYSTEM
from tests import hours, ledgers
from tests.core.test_files import photo
from tests.ledgers import TODAY, give, officer
from tests.town import NOON

pytestmark = pytest.mark.django_db
PHONE = "13900009876"


def export(**asked):
    return privacy.export(**asked, reason="本人要求", by=SYSTEM, at=NOON)


def test_hours_certificates_courses_turns_and_points_are_handed_out(town):
    record = hours.taken(town)
    hours.published(town, record)
    certificate = hours.certified(town)
    person = Person.objects.get(number="P1")
    Person.objects.filter(pk=person.pk).update(phone=PHONE, phone_index=phone_key(PHONE))
    course = Course.objects.create(
        number="KC-1", title="急救", unit=town.units["S1"], created_by="x", created_at=NOON
    )
    Enrolment.objects.create(course=course, person=person, enrolled_at=NOON)
    roster = Roster.objects.create(
        number="ZB-1",
        title="节日值守",
        purpose="watch",
        unit=town.units["S1"],
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=8),
        created_by="x",
        created_at=NOON,
    )
    shift = Shift.objects.create(
        roster=roster, position=1, starts_at=NOON, ends_at=NOON + timedelta(hours=8)
    )
    Turn.objects.create(shift=shift, person=person, is_live=True)
    give(person, 5)

    (kept,) = export(phone=PHONE)["people"]

    served = kept["served"]
    assert [row["number"] for row in served["hours"]] == [record.number]
    assert [row[0] for row in served["service_certificates"]] == [certificate.number]
    assert served["courses"][0][0] == "急救"
    assert served["turns"][0][0] == "节日值守"
    assert [row[2] for row in served["ledger"]] == ["2.0 小时", "5 积分"]
    assert served["is_party_member"] is False


@pytest.fixture
def grant(town):
    """A family that is to get school money."""
    world = ledgers.Ledger(town.units["S1"], ())
    made = ledgers.drive(world)
    ledgers.gift(made)
    return granting.ask(
        drive=made,
        thing=giving.Thing(book="money", amount=5_000),
        beneficiary=granting.Beneficiary(name="李苦瓜家", shown_name="李某家"),
        words="李苦瓜的学费",
        by=officer(),
        at=NOON,
    )


def test_who_was_given_something_is_forgotten_once_it_is_settled_and_sums_stay(grant):
    told = export(grant=grant.number)["grants"]
    assert [(row["name"], row["what"]) for row in told] == [("李苦瓜家", "50.00 元")]
    with pytest.raises(privacy.UnableToEraseError, match=grant.number):
        privacy.erase(grant=grant.number, reason="本人要求", by=SYSTEM, at=NOON)
    granting.approve(grant=grant, by=officer("o2"), at=NOON)
    grant.refresh_from_db()
    proof = keep_image(photo(), at=NOON)
    granting.hand_out(grant=grant, on=TODAY, proof=proof, by=officer(), at=NOON)

    privacy.erase(grant=grant.number, reason="本人要求", by=SYSTEM, at=NOON)

    row = Grant.objects.get()
    assert (row.beneficiary, row.shown_name, row.proof) == ("受益人", "受益人", None)
    assert "李" not in row.words
    assert not StoredFile.objects.filter(pk=proof.pk).exists()
    assert (row.amount, row.status) == (5_000, "HANDED_OUT")
    assert verifying.verify().is_right
