"""A giver, a donor and a child may ask what is kept of them, and that it goes; sums stay."""

from datetime import date

import pytest

from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger import giving, pairing
from dianliang.domain.ledger.models import Gift, Pairing
from dianliang.domain.ledger.verifying import verify
from dianliang.flows import privacy
from dianliang.flows.ledgers import donation_rows
from dianliang.kernel.actor import SYSTEM
from tests import ledgers
from tests.ledgers import NOON, TODAY, officer

pytestmark = pytest.mark.django_db
PHONE = "13800001111"


@pytest.fixture
def world(town):
    return ledgers.Ledger(town.units["S1"], ())


def given(world):
    made = ledgers.drive(world)
    return made, giving.receive(
        drive=made,
        thing=giving.Thing(book="money", amount=5_000),
        giver=giving.Giver(
            kind="person",
            name="王大力",
            phone=PHONE,
            index=phone_key(PHONE),
            shown_name="王大力",
        ),
        on=TODAY,
        note="由邻居代交",
        by=officer(),
        at=NOON,
        key="k",
    )


def paired(world):
    child = ledgers.child(world)
    made = ledgers.pair(world, child)
    Pairing.objects.update(donor_phone=PHONE, donor_index=phone_key(PHONE))
    pairing.decide(pairing=made, verb="approve", by=officer("o2"), at=NOON)
    return made, child


def test_what_somebody_gave_is_handed_out_when_he_asks(world):
    given(world)
    paired(world)

    kept = privacy.export(phone=PHONE, reason="本人要求", by=SYSTEM, at=NOON)

    assert [(g["name"], g["what"]) for g in kept["gifts"]] == [("王大力", "50.00 元")]
    assert [p["name"] for p in kept["pairings"]] == ["陈爱心"]


def test_who_is_forgotten_leaves_the_sums_as_they_are(world):
    made, gift = given(world)

    privacy.erase(phone=PHONE, reason="本人要求", by=SYSTEM, at=NOON)

    gift = Gift.objects.get(pk=gift.pk)
    assert (gift.giver_name, gift.giver_phone, gift.giver_index, gift.note) == ("", "", "", "")
    page = donation_rows.public_drive(number=made.number)
    assert [(row.shown_name, row.what) for row in page.gifts] == [("爱心人士", "50.00 元")]
    assert verify().is_right


def test_a_pairing_is_ended_before_donor_or_child_is_forgotten(world):
    made, child = paired(world)
    for asked in ({"phone": PHONE}, {"customer": child.number}):
        with pytest.raises(privacy.UnableToEraseError, match=made.number):
            privacy.erase(**asked, reason="本人要求", by=SYSTEM, at=NOON)
    made.refresh_from_db()
    pairing.end(pairing=made, because="搬走", on=date(2026, 11, 24), by=officer(), at=NOON)
    privacy.erase(phone=PHONE, reason="本人要求", by=SYSTEM, at=NOON)
    privacy.erase(customer=child.number, reason="监护人要求", by=SYSTEM, at=NOON)

    made.refresh_from_db()
    assert (made.child, made.donor_name, made.donor_phone) == (None, "爱心人士", "")
