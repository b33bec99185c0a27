"""A certificate states published hours and nothing else, carries masked numbers, and verifies."""

import json
from datetime import date

import pytest
from django.db import connection

from dianliang.core import keys
from dianliang.core.models import AuditEvent
from dianliang.domain.hours import signing
from dianliang.domain.hours.models import HourRecord, ServiceCertificate, SigningKey
from dianliang.domain.hours.operations import certifying
from dianliang.domain.hours.particulars import UnableToCertifyError, mask_document
from dianliang.domain.hours.signing import NoSigningKeyError
from dianliang.engines.attesting import AttestingError, State, decode, verify
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, NotYourTurnError
from tests import hours
from tests.hours import AFTER_NOTICE, IDENTITY

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(town):
    hours.published(town, hours.taken(town, minutes=90), hours.declared(town, "P2", minutes=30))


@pytest.fixture
def own_secrets(settings, tmp_path):
    """Keys that a test may change."""
    text = settings.SECRETS_FILE.read_text()
    settings.SECRETS_FILE = tmp_path / "secrets.json"
    settings.SECRETS_FILE.write_text(text)


def test_it_states_the_two_classes_apart_and_names_its_records(town, served):
    certificate = hours.certified(town)

    assert (certificate.verified_min, certificate.declared_min) == (90, 0)
    assert [r.person.number for r in certificate.records.all()] == ["P1"]
    assert hours.certified(town, "P2").declared_min == 30


def test_its_text_says_what_the_paper_says_and_verifies(town, served):
    certificate = hours.certified(town)

    verdict = verify(certificate.payload, keys=signing.public_keys())

    assert verdict.is_valid
    said = verdict.statement
    for name in ("number", "name", "document_number", "content", "issuer", "verified_min"):
        assert getattr(said, name) == getattr(certificate, name)
    assert said.document_kind == "居民身份证"


def test_the_whole_number_of_the_document_is_nowhere(town, served):
    certificate = hours.certified(town)

    assert decode(certificate.payload).document_number == "3305**********1238"
    stored = ServiceCertificate.objects.filter(pk=certificate.pk).values().get()
    trail = list(AuditEvent.objects.values())
    assert IDENTITY not in json.dumps([stored, trail], default=str)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("identity_card", "330523199001011233"),
        ("identity_card", "33052319900101123"),
        ("passport", "E1"),
        ("passport", "E 12345678"),
        ("something", "12345678"),
    ],
)
def test_a_number_that_cannot_be_one_is_refused(kind, number):
    with pytest.raises(UnableToCertifyError):
        mask_document(kind, number)


def test_other_documents_keep_their_ends():
    assert mask_document("passport", "e12345678") == "E******78"


def test_only_published_hours_of_the_period_are_certified(town):
    hours.taken(town)
    with pytest.raises(UnableToCertifyError, match="没有已公布"):
        hours.certified(town)

    hours.published(town, HourRecord.objects.get())
    with pytest.raises(UnableToCertifyError, match="没有已公布"):
        hours.certified(town, until_on=date(2026, 11, 19))
    assert hours.certified(town, from_on=date(2026, 11, 20), until_on=date(2026, 11, 20))


def test_nobody_certifies_himself(town, served):
    with pytest.raises(UnableToCertifyError, match="本人"):
        certifying.issue(
            person=hours.volunteer(town),
            unit=town.units["S1"],
            told=hours.particulars(),
            by=hours.officer(town, person="P1"),
            at=AFTER_NOTICE,
        )


def test_words_that_the_code_cannot_hold_leave_nothing_behind(town, served):
    with pytest.raises(AttestingError, match="缩短"):
        hours.certified(town, content="讲" * 110)

    assert not ServiceCertificate.objects.exists()


def revoked(town, certificate, cause="corrected", words="时长更正", role=Role.PARTY_AFFAIRS):
    by = town.actor("S1", role)
    return certifying.revoke(
        certificate=certificate, cause=cause, words=words, by=by, at=AFTER_NOTICE
    )


def test_it_is_revoked_with_a_cause_once(town, served):
    certificate = hours.certified(town)
    with pytest.raises(UnableToCertifyError, match="原因"):
        revoked(town, certificate, cause="因为")
    with pytest.raises(NotYourTurnError):
        revoked(town, certificate, role=Role.DISPATCHER)

    revoked(town, certificate)

    certificate.refresh_from_db()
    assert certificate.status == "REVOKED"
    with pytest.raises(IllegalTransitionError):
        revoked(town, certificate)


def test_a_new_key_signs_from_now_on_and_the_old_one_is_kept(town, served, own_secrets):
    before = hours.certified(town)
    keys.draw_certificate_key()
    after = hours.certified(town, remarks="换钥之后")

    public = signing.public_keys()
    assert before.key_id != after.key_id
    assert SigningKey.objects.get(pk=before.key_id).valid_until == date(2026, 11, 28)
    for certificate in (before, after):
        assert verify(certificate.payload, keys=public).is_valid


def test_a_key_given_up_takes_all_it_signed_with_it(town, served, own_secrets):
    certificate = hours.certified(town)
    name = certificate.key.key_id
    signing.give_up(name, because="密钥文件外泄", on=date(2026, 11, 28))

    assert verify(certificate.payload, keys=signing.public_keys()).state is State.KEY_REVOKED
    with pytest.raises(NoSigningKeyError, match="已停用"):
        hours.certified(town)
    with pytest.raises(NoSigningKeyError):
        signing.give_up(name, because="again", on=date(2026, 11, 28))


def test_an_installation_without_a_key_says_what_to_do(town, served, own_secrets, settings):
    text = json.loads(settings.SECRETS_FILE.read_text())
    del text["certificate_key"]
    settings.SECRETS_FILE.write_text(json.dumps(text))

    with pytest.raises(NoSigningKeyError, match="dianliang keys certificate"):
        hours.certified(town)


def test_the_number_on_file_is_used_and_another_one_refused(town, served):
    person = hours.volunteer(town)
    person.document_kind, person.document, person.document_index = "passport", "E12345678", "x"
    person.save()

    certificate = hours.certified(town, document_kind="passport", document_number="")
    assert certificate.document_number == "E******78"
    with pytest.raises(UnableToCertifyError, match="登记的不符"):
        hours.certified(town, document_kind="passport", document_number="E99999999")


def test_the_whole_name_of_a_minor_is_on_his_paper_and_nowhere_in_clear(town, served):
    person = hours.volunteer(town)
    person.name, person.full_name = "王**", "王小明"
    person.save()

    certificate = hours.certified(town)

    assert decode(certificate.payload).name == "王小明"
    assert certificate.name == "王**"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload FROM hours_servicecertificate WHERE id = %s", [certificate.pk]
        )
        assert "DLZM1" not in cursor.fetchone()[0]


def test_the_same_is_certified_once_until_it_is_taken_back(town, served):
    first = hours.certified(town)

    with pytest.raises(UnableToCertifyError, match=first.number):
        hours.certified(town)
    certifying.revoke(
        certificate=first,
        cause="replaced",
        words="换发",
        by=hours.officer(town),
        at=AFTER_NOTICE,
    )
    assert hours.certified(town).number != first.number
