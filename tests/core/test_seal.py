"""The sealed trail notices whatever is done to it."""

from datetime import timedelta

import pytest

from dianliang.core import audit, seal
from dianliang.core.models import AuditEvent, AuditSeal
from dianliang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(noon):
    """Five events under two seals."""
    for batch in range(2):
        for number in range(3 - batch):
            audit.record_about(
                "test.act",
                target_type="test",
                target_id=str(number),
                by=SYSTEM,
                at=noon + timedelta(hours=batch),
            )
        seal.seal_settled(at=noon + timedelta(hours=batch, minutes=11))
    return noon


def test_an_untouched_trail_is_sound(trail):
    verdict = seal.verify()

    assert verdict.is_sound
    assert (verdict.seals, verdict.sealed_events, verdict.unsealed_events) == (2, 5, 0)


def test_young_events_wait_for_their_seal(trail):
    audit.record_about(
        "test.act", target_type="test", target_id="9", by=SYSTEM, at=trail + timedelta(hours=3)
    )
    seal.seal_settled(at=trail + timedelta(hours=3, minutes=1))

    assert seal.verify().unsealed_events == 1


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: AuditEvent.objects.filter(target_id="1").update(actor_name="他人"),
        lambda: AuditEvent.objects.first().delete(),
        lambda: AuditEvent.objects.last().delete(),
        lambda: AuditSeal.objects.first().delete(),
        lambda: AuditSeal.objects.update(signature="00" * 64),
        lambda: AuditSeal.objects.filter(first_id__gt=1).update(previous_hash="f" * 64),
    ],
)
def test_any_tampering_breaks_the_chain(trail, tamper):
    tamper()

    assert not seal.verify().is_sound
