"""Certificates of skills: add, renew, withdraw, keep the scan, and list those that end."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce.models import Certificate, Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

HIGHEST_LEVEL = 9
LONGEST_YEARS = 30


class UnableToCertifyError(DomainError):
    """The certificate cannot be kept like this; `field` names what is wrong."""

    code = "workforce.unable-to-certify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a certificate says."""

    skill: Skill
    issued_on: date
    expires_on: date
    level: int = 1
    number: str = ""
    issuer: str = ""
    evidence: StoredFile | None = None


@transaction.atomic
def add_certificate(*, person: Person, proof: Proof, by: Actor, at: datetime) -> Certificate:
    """Keep a certificate of a person, or the new one after a renewal (登记证书、续证).

    Raises:
        UnableToCertifyError: its days or level make no sense, or it is there already.
    """
    _check(proof, on=_day(at))
    held = Certificate.objects.filter(person=person, skill=proof.skill)
    if held.filter(issued_on=proof.issued_on).exists():
        message = Phrase(
            "%(person)s在 %(on)s 发的“%(skill)s”证书已经登记，请核对发证日期。",
            person=person.name,
            on=proof.issued_on,
            skill=Phrase(proof.skill.name),
        )
        raise UnableToCertifyError(message, field="issued_on")
    verb = "renew_certificate" if held.exists() else "certify"
    row = Certificate.objects.create(
        person=person,
        skill=proof.skill,
        level=proof.level,
        number=proof.number,
        issuer=proof.issuer,
        issued_on=proof.issued_on,
        expires_on=proof.expires_on,
        evidence=proof.evidence,
    )
    _note(verb, row, by=by, at=at, reason=f"{proof.issued_on} 发，{proof.expires_on} 失效")
    return row


@transaction.atomic
def withdraw_certificate(
    *, certificate: Certificate, on: date, reason: str, by: Actor, at: datetime
) -> Certificate:
    """Let a certificate count no more from a day on, whatever its end (收回证书).

    Raises:
        UnableToCertifyError: the day lies ahead or before it was issued, or it was withdrawn.
    """
    today = _day(at)
    if not reason:
        raise UnableToCertifyError("请写明收回原因。", field="reason")
    if not certificate.issued_on <= on <= today:
        message = Phrase(
            "收回日期应在发证日期 %(issued_on)s 与今天之间。", issued_on=certificate.issued_on
        )
        raise UnableToCertifyError(message, field="on")
    rows = Certificate.objects.filter(pk=certificate.pk, withdrawn_on=None)
    if not rows.update(withdrawn_on=on, withdrawn_why=reason):
        raise UnableToCertifyError("这张证书已经收回。", field="certificate")
    certificate.withdrawn_on, certificate.withdrawn_why = on, reason
    _note("withdraw_certificate", certificate, by=by, at=at, reason=reason)
    return certificate


@transaction.atomic
def attach_evidence(
    *, certificate: Certificate, evidence: StoredFile, by: Actor, at: datetime
) -> Certificate:
    """Keep the scan of a certificate; one that was there before stays in the archive."""
    Certificate.objects.filter(pk=certificate.pk).update(evidence=evidence)
    certificate.evidence = evidence
    _note("attach_certificate", certificate, by=by, at=at)
    return certificate


def _check(proof: Proof, *, on: date) -> None:
    if proof.issued_on > on:
        raise UnableToCertifyError("发证日期不能晚于今天。", field="issued_on")
    if proof.expires_on <= proof.issued_on:
        raise UnableToCertifyError("证书的失效日期应晚于发证日期。", field="expires_on")
    if proof.expires_on.year - proof.issued_on.year > LONGEST_YEARS:
        message = Phrase(
            "证书有效期超过 %(longest_years)s 年，请核对失效日期。", longest_years=LONGEST_YEARS
        )
        raise UnableToCertifyError(message, field="expires_on")
    if not 1 <= proof.level <= HIGHEST_LEVEL:
        raise UnableToCertifyError(
            Phrase("等级应为 1 到 %(highest_level)s。", highest_level=HIGHEST_LEVEL), field="level"
        )


def _note(verb: str, row: Certificate, *, by: Actor, at: datetime, reason: str = "") -> None:
    audit.record(
        f"workforce.person.{verb}",
        target=row.person,
        by=by,
        at=at,
        after=f"{row.skill.name} {row.level} 级 {row.number}".strip(),
        reason=reason,
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
