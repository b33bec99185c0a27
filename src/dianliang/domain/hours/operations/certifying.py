"""Certify published hours (志愿服务记录证明, 民发〔2015〕149号), and take a certificate back."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours import signing
from dianliang.domain.hours.lifecycle import SERVICE_CERTIFICATE
from dianliang.domain.hours.models import HourRecord, ServiceCertificate
from dianliang.domain.hours.particulars import Particulars, UnableToCertifyError, mask_document
from dianliang.domain.workforce.models import Person
from dianliang.engines.attesting import Statement, encode
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase


def certifiable(
    person: Person, *, unit: Unit, from_on: date, until_on: date
) -> QuerySet[HourRecord]:
    """Return the published records of a person that began in a period, for a unit and below it.

    What was taken back and what takes it back are both there, and add up to nothing.
    """
    return HourRecord.objects.filter(
        person=person,
        unit__path__startswith=unit.path,
        status="PUBLISHED",
        started_at__gte=datetime.combine(from_on, time(), SHANGHAI),
        started_at__lt=datetime.combine(until_on + timedelta(days=1), time(), SHANGHAI),
    )


@transaction.atomic
def issue(
    *, person: Person, unit: Unit, told: Particulars, by: Actor, at: datetime
) -> ServiceCertificate:
    """Certify what a person gave in a period, and sign it.

    Raises:
        UnableToCertifyError: nothing was published in the period, it is not over, the document's
            number cannot be, the same is certified already, or the actor certifies himself.
        AttestingError: the words are too long for the code.
        NoSigningKeyError: the installation has no key.
    """
    on = at.astimezone(SHANGHAI).date()
    if by.person_number and by.person_number == person.number:
        raise UnableToCertifyError("不能给本人开具证明，请由其他人办理。", field="person")
    if not told.from_on <= told.until_on <= on:
        message = "服务起止日期应先起后止，且不晚于今天。"
        raise UnableToCertifyError(message, field="until_on")
    masked = mask_document(told.document_kind, _document_of(person, told))
    found = certifiable(person, unit=unit, from_on=told.from_on, until_on=told.until_on)
    # A correction of one of them waits until what is certified here is settled. What a correction
    # before us wrote is seen by the second look only.
    list(found.select_for_update(of=("self",)).order_by("pk"))
    records = list(found)
    verified = sum(record.minutes for record in records if record.is_verified)
    declared = sum(record.minutes for record in records if not record.is_verified)
    if verified + declared <= 0:
        message = "这段时间没有已公布的时长。证明只能依据已公布的时长开具。"
        raise UnableToCertifyError(message, field="from_on")
    _require_new(person, unit, told, verified_min=verified, declared_min=declared)
    private = signing.private_key()
    key = signing.kept(private, on=on)
    statement = Statement(
        number=next_number("ZM", at=at),
        name=person.whole_name,
        document_kind=str(ServiceCertificate.Document(told.document_kind).label),
        document_number=masked,
        volunteer_number=told.volunteer_number,
        from_on=told.from_on,
        until_on=told.until_on,
        verified_min=verified,
        declared_min=declared,
        content=told.content,
        issuer=told.issuer,
        head=told.head,
        handler=told.handler,
        contact=told.contact,
        issued_on=on,
        remarks=told.remarks,
    )
    certificate = _stored(statement, person=person, unit=unit, told=told, by=by, at=at)
    certificate.key, certificate.payload = key, encode(statement, key=private)
    certificate.save()
    certificate.records.set(records)
    after = f"{person.number} {verified}+{declared} 分钟"
    audit.record("hours.servicecertificate.issue", target=certificate, by=by, at=at, after=after)
    return certificate


def _require_new(person: Person, unit: Unit, told: Particulars, **minutes: int) -> None:
    words = {name: getattr(told, name) for name in ("from_on", "until_on", "content", "remarks")}
    same = ServiceCertificate.objects.filter(person=person, unit=unit, **words, **minutes)
    twin = same.filter(status="ISSUED", key__revoked_on=None).first()
    if twin is not None:
        message = Phrase(
            "同样的证明 %(number)s 已经出具，仍然有效；要换发请先撤销它。", number=twin.number
        )
        raise UnableToCertifyError(message, field="from_on")


def _document_of(person: Person, told: Particulars) -> str:
    """Return the number of the person's document: the one on file, if he showed the same.

    Raises:
        UnableToCertifyError: he showed another than the one on file.
    """
    shown = told.document_number.strip().upper()
    if not person.document or person.document_kind != told.document_kind:
        return shown
    if shown and shown != person.document:
        message = "证件号码与人员档案中登记的不符，请核对证件和人员。"
        raise UnableToCertifyError(message, field="document_number")
    return person.document


def _stored(
    statement: Statement,
    *,
    person: Person,
    unit: Unit,
    told: Particulars,
    by: Actor,
    at: datetime,
) -> ServiceCertificate:
    names = (
        "number",
        "document_number",
        "volunteer_number",
        "from_on",
        "until_on",
        "verified_min",
        "declared_min",
        "content",
        "issuer",
        "head",
        "handler",
        "contact",
        "remarks",
        "issued_on",
    )
    return ServiceCertificate(
        **{name: getattr(statement, name) for name in names},
        document_kind=told.document_kind,
        person=person,
        name=person.name,
        unit=unit,
        issued_at=at,
        issued_by=by.name,
    )


@transaction.atomic
def revoke(
    *, certificate: ServiceCertificate, cause: str, words: str, by: Actor, at: datetime
) -> ServiceCertificate:
    """Take a certificate back; the published list names it with the cause from now on.

    Raises:
        UnableToCertifyError: there is no cause that may be published, or no words.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if cause not in ServiceCertificate.Cause.values:
        raise UnableToCertifyError("请选择撤销的原因。", field="cause")
    if not words:
        raise UnableToCertifyError("请写明撤销的说明（不公开）。", field="words")
    return transitions.apply(
        certificate,
        "revoke",
        lifecycle=SERVICE_CERTIFICATE,
        by=by,
        at=at,
        note=words,
        changes={"revoked_at": at, "revoked_because": cause, "revoked_words": words},
    )
