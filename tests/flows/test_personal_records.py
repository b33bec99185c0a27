"""Who was talked with, rated and shown by evidence gets the words, and has them forgotten."""

import pytest

from dianliang.core.models import User
from dianliang.domain.appraisal.models import Appeal, DutyEvidence
from dianliang.domain.talks.models import Talk
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.models import Person
from dianliang.flows import privacy
from dianliang.flows.talks import leading
from dianliang.kernel.actor import SYSTEM
from tests.appraisals import appraised
from tests.honourworld import SAID, Honoured
from tests.partyworld import Party
from tests.town import NOON

PHONE = "19987650077"


@pytest.mark.django_db
def test_talks_evidence_and_ones_own_appeals_are_handed_out_once_and_forgotten(town):
    Party(town, NOON).branch("S1P", "S1")
    holder = appraised(town)["duty holder"]["number"]
    world = Honoured(town, NOON)
    talk, leader, _ = world.led()
    leading.hold(
        number=talk.number,
        held_on=world.on,
        notes="孩子没人接",
        due_on=world.on,
        by=leader,
        at=NOON,
    )
    person = Person.objects.get(number=holder)
    person.user = User.objects.create_user("holder", "x")
    person.phone, person.phone_index = PHONE, phone_key(PHONE)
    person.save()
    Talk.objects.update(person=person)
    Appeal.objects.update(made_by="user:holder")

    kept = privacy.export(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    served = kept["people"][0]["served"]
    (told,) = served["talks"]
    assert (told["purpose"], told["notes"], served["talks_led"]) == (SAID, "孩子没人接", [])
    assert [words for _, words, _ in served["rating_appeals"]] == ["少算了一项任务"]
    assert "学习照片" in f"{served['duties']}"
    assert "courses" in served
    assert "courses" not in kept["activities"]

    Person.objects.filter(pk=person.pk).update(is_active=False)
    privacy.erase(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    talk.refresh_from_db()
    shown = DutyEvidence.objects.get()
    assert {talk.purpose, shown.words, Appeal.objects.get().words} == {privacy.ERASED}
    assert (talk.notes, shown.file) == ("", None)
