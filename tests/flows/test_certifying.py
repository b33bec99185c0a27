"""The certificate on paper: its words, its code, and what a stranger needs to verify it."""

import io
import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from dianliang.core.models import AuditEvent
from dianliang.domain.hours import signing
from dianliang.domain.hours.models import HourRecord, ServiceCertificate
from dianliang.engines.attesting import State, find, read_keys, read_revocations, verify
from dianliang.flows import (
    certificate_keys,
    certificate_papers,
    certificate_proof,
    certifying,
    hours_desk,
)
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from tests import hours
from tests.hours import AFTER_NOTICE, IDENTITY
from tests.scanning import scanned

pytestmark = pytest.mark.django_db
ADDRESS = "https://dianliang.example/certificates/"


@pytest.fixture
def certificate(town):
    hours.published(town, hours.taken(town, minutes=90))
    return hours.certified(town)


@pytest.fixture
def own_secrets(settings, tmp_path):
    text = settings.SECRETS_FILE.read_text()
    settings.SECRETS_FILE = tmp_path / "secrets.json"
    settings.SECRETS_FILE.write_text(text)


def printed(town, certificate):
    name, content = certificate_papers.paper(
        number=certificate.number, address=ADDRESS, by=hours.officer(town), at=AFTER_NOTICE
    )
    assert name == f"{certificate.number}.pdf"
    return content


def test_the_paper_has_every_field_and_no_whole_number(town, certificate):
    words = "".join(
        page.extract_text() for page in PdfReader(BytesIO(printed(town, certificate))).pages
    )
    plain = re.sub(r"\s", "", words)

    for label in (
        "姓名",
        "证件类型",
        "证件号码",
        "志愿者编号",
        "签到核实时间1小时30分",
        "人工申报时间0小时",
        "志愿服务内容",
        "证明出具单位",
        "负责人",
        "经办人",
        "联系方式",
        "出具日期2026-11-28",
        "备注",
        certificate.number,
    ):
        assert label in plain, label
    assert IDENTITY not in plain


def test_the_text_on_the_paper_verifies_with_the_published_file_alone(town, certificate):
    words = "\n".join(
        page.extract_text() for page in PdfReader(BytesIO(printed(town, certificate))).pages
    )
    keys = read_keys(certificate_proof.keys_file(at=AFTER_NOTICE))

    verdict = verify(words, keys=keys)

    assert verdict.is_valid
    assert verdict.statement.number == certificate.number


def test_the_code_on_the_paper_is_scanned_and_verifies(certificate):
    picture = certificate_papers.code(certificate.payload, address=ADDRESS)

    text = scanned(Image.open(io.BytesIO(picture)))

    assert text == f"{ADDRESS}#{certificate.payload}"
    assert find(text) == certificate.payload


def test_a_revoked_certificate_is_on_the_signed_list_and_no_more_printed(town, certificate):
    by = hours.officer(town)
    certifying.revoke(
        number=certificate.number, cause="corrected", words="更正", by=by, at=AFTER_NOTICE
    )
    keys = read_keys(certificate_proof.keys_file(at=AFTER_NOTICE))
    text = certificate_proof.revocations_file(at=AFTER_NOTICE)

    listed = read_revocations(text, keys=keys)

    assert [entry.number for entry in listed.entries] == [certificate.number]
    assert verify(certificate.payload, keys=keys, revocations=listed).state is State.REVOKED
    assert certificate_proof.verify(certificate.payload, at=AFTER_NOTICE).state is State.REVOKED
    assert "王小明" not in text
    with pytest.raises(DomainError, match="已撤销"):
        printed(town, certificate)


def test_a_new_key_is_published_beside_the_old_one(town, certificate, own_secrets):
    old = certificate.key.key_id
    new = certificate_keys.renew(by=SYSTEM, at=AFTER_NOTICE)

    keys = json.loads(certificate_proof.keys_file(at=AFTER_NOTICE))["keys"]

    assert [key["id"] for key in keys] == [old, new]
    assert certificate_proof.verify(certificate.payload, at=AFTER_NOTICE).is_valid


def test_giving_up_the_key_in_use_puts_another_in_its_place(certificate, own_secrets):
    old = certificate.key.key_id

    new = certificate_keys.give_up(old, because="外泄", by=SYSTEM, at=AFTER_NOTICE)

    assert new == signing.present_id() != old
    verdict = certificate_proof.verify(certificate.payload, at=AFTER_NOTICE)
    assert verdict.state is State.KEY_REVOKED
    assert AuditEvent.objects.get(verb="hours.signingkey.give_up").target_id


def test_the_register_finds_by_number_and_name_in_the_own_units_only(town, certificate):
    def found(query, code="S1"):
        rows, _ = certifying.register(query=query, status="", by=hours.officer(town, code))
        return [row.number for row in rows]

    assert found(certificate.number[-4:]) == found("小明") == found("P1") == [certificate.number]
    assert found("老王") == []
    assert found("", "S2") == []
    with pytest.raises(NotVisibleError):
        certifying.file(certificate.number, by=hours.officer(town, "S2"), at=AFTER_NOTICE)


def test_reading_printing_and_exporting_the_register_are_on_record(town, certificate):
    by = hours.officer(town)
    certifying.file(certificate.number, by=by, at=AFTER_NOTICE)
    printed(town, certificate)
    assert certifying.register_book(by=by, at=AFTER_NOTICE).startswith(b"PK")

    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {f"hours.servicecertificate.{v}" for v in ("read", "print", "export")} <= verbs


def test_a_later_correction_shows_on_the_certificate(town, certificate):
    record = certificate.records.get()
    by = hours.officer(town)
    assert not certifying.file(certificate.number, by=by, at=AFTER_NOTICE).is_outdated

    hours_desk.correct(
        number=record.number, span=None, because="查实未到场", by=by, at=AFTER_NOTICE
    )

    assert certifying.file(certificate.number, by=by, at=AFTER_NOTICE).is_outdated


def test_lines_are_one_line_and_named_when_they_are_missing(town):
    hours.published(town, hours.taken(town))
    by = hours.officer(town)

    def issued(**told):
        return certifying.issue(person="P1", told=hours.particulars(**told), by=by, at=AFTER_NOTICE)

    for field in ("volunteer_number", "content", "issuer", "head", "handler", "contact"):
        with pytest.raises(InvalidInputError) as refused:
            issued(**{field: ""})
        assert refused.value.field == field
    assert not ServiceCertificate.objects.exists()
    assert issued(content="宣讲\n检查").content == "宣讲 检查"


def test_an_offer_is_what_this_unit_may_certify_from_the_first_day_on(town):
    first = hours.taken(town, start=hours.MORNING - timedelta(days=40))
    elsewhere = hours.taken(town, source=("visit", "SM-S2"), minutes=30, start=hours.MORNING)
    hours.published(town, first, elsewhere)
    HourRecord.objects.filter(pk=elsewhere.pk).update(unit=town.units["S2"])
    HourRecord.objects.bulk_create(
        HourRecord(
            number=f"SC-{n}",
            person=first.person,
            unit=first.unit,
            is_verified=True,
            source_kind="visit",
            source_number=f"SM-{n}",
            role="志愿者",
            started_at=hours.MORNING + timedelta(minutes=n),
            ended_at=hours.MORNING + timedelta(minutes=n + 1),
            minutes=1,
            status="PUBLISHED",
            published_at=AFTER_NOTICE,
            entered_at=AFTER_NOTICE,
        )
        for n in range(200)
    )

    offer = certifying.offer(person="P1", by=hours.officer(town))

    assert offer.form["from_on"] == "2026-10-11"
    assert offer.totals.total_min == 120 + 200
    (found,) = certifying.people(query="P1", by=hours.officer(town))
    assert found[3] == 120 + 200


def test_a_long_annex_says_how_much_it_leaves_out(town, certificate, monkeypatch):
    monkeypatch.setattr(certificate_papers, "MOST_DETAIL", 0)

    words = PdfReader(BytesIO(printed(town, certificate))).pages[-1].extract_text()

    assert "另有1条" in re.sub(r"\s", "", words)


def test_a_stranger_is_answered_while_no_key_may_sign(certificate, settings, tmp_path):
    settings.SECRETS_FILE, settings.CERTIFICATE_KEY = tmp_path / "lost.json", ""

    assert certificate_proof.verify(certificate.payload, at=AFTER_NOTICE).is_valid
