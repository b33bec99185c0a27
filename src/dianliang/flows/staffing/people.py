"""Keep people: who they are, as what they serve, their certificates, hours and days away."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.core.papers import keep_paper
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import certifying, charges, crews, register, registering
from dianliang.domain.workforce import operations as workforce
from dianliang.domain.workforce.certifying import Proof
from dianliang.domain.workforce.models import (
    Absence,
    Certificate,
    Person,
    PersonRole,
    RoleKind,
)
from dianliang.domain.workforce.registering import Details, GuardianDetails
from dianliang.flows import crewday
from dianliang.flows.rosters import leaving
from dianliang.flows.staffing import parting
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A person as a form or a table tells of him. Texts and codes are checked here."""

    name: str
    unit_code: str
    phone: str = ""
    title: str = ""
    document_kind: str = ""
    document: str = ""
    born_on: date | None = None
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_relation: str = ""
    agreed_on: date | None = None


def take_in(*, asked: Asked, role_codes: Sequence[str], by: Actor, at: datetime) -> Person:
    """Write a new person down, with the roles he begins with today.

    Raises:
        InvalidInputError, UnableToRegisterError: a field makes no sense; it is named.
    """
    with transaction.atomic():
        person = registering.register_person(details=details_of(asked, by=by), by=by, at=at)
        for code in role_codes:
            registering.give_role(
                person=person,
                kind=_kind(code),
                valid_from=_day(at),
                valid_until=None,
                note="",
                by=by,
                at=at,
            )
    return person


def amend(*, number: str, asked: Asked, by: Actor, at: datetime) -> Person:
    """Put what is known of a person right; what is left empty of sealed details stays.

    Raises:
        NotVisibleError: absent, or another's.
        InvalidInputError, UnableToRegisterError: a field makes no sense; it is named.
    """
    person = register.person_to_change(number, by=by)
    return registering.amend_person(
        person=person, details=details_of(asked, by=by, known=person), by=by, at=at
    )


def details_of(asked: Asked, *, by: Actor, known: Person | None = None) -> Details:
    """Return what a form says as it can be kept.

    Raises:
        InvalidInputError: a field is missing or cannot be kept; it is named.
    """
    unit = register.units_of(by).filter(code=asked.unit_code).first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的单位。", field="unit_code")
    name = clean_text(asked.name, field="name", label="姓名", most=40, least=1)
    if known is not None and known.full_name and name == known.name:
        name = known.full_name
    phone = phone_of(asked.phone, field="phone", label="电话")
    document = clean_text(asked.document, field="document", label="证件号码", most=40)
    guardian = _guardian(asked, known)
    born_on = asked.born_on
    if known is not None:
        phone = phone or known.phone
        kind = asked.document_kind if document else known.document_kind
        document = document or known.document
        born_on = born_on or (date.fromisoformat(known.born) if known.born else None)
    else:
        kind = asked.document_kind
    return Details(
        name=name,
        unit=unit,
        phone=phone,
        title=clean_text(asked.title, field="title", label="岗位", most=24),
        document_kind=kind,
        document=document,
        born_on=born_on,
        guardian=guardian,
    )


def phone_of(text: str, *, field: str, label: str) -> str:
    """Return a phone number as it was written, if it can be one.

    Raises:
        InvalidInputError: it holds something else than digits, `+` and hyphens.
    """
    number = clean_text(text, field=field, label=label, most=24)
    plain = number.replace("-", "").replace(" ", "").removeprefix("+")
    if number and not (plain.isascii() and plain.isdigit() and len(plain) >= 5):
        raise InvalidInputError(
            Phrase("%(label)s只能包含数字和短横线，至少 5 位。", label=label), field=field
        )
    return number


def give_role(
    *,
    number: str,
    kind_code: str,
    valid_from: date,
    valid_until: date | None,
    note: str,
    by: Actor,
    at: datetime,
) -> PersonRole:
    """Note as what a person serves.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRegisterError: see the operation.
    """
    return registering.give_role(
        person=register.person_to_change(number, by=by),
        kind=_kind(kind_code),
        valid_from=valid_from,
        valid_until=valid_until,
        note=clean_text(note, field="note", label="备注", most=80),
        by=by,
        at=at,
    )


def end_role(*, number: str, role_id: str, on: date, by: Actor, at: datetime) -> PersonRole:
    """Note the last day on which a person serves as something.

    Raises:
        NotVisibleError, UnableToRegisterError: see the operation.
    """
    person = register.person_to_change(number, by=by)
    role = PersonRole.objects.filter(person=person, pk=_key(role_id)).first()
    if role is None:
        raise NotVisibleError("没有找到这项身份。")
    return registering.end_role(role=role, on=on, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A certificate as a form tells of it."""

    skill_code: str
    issued_on: date
    expires_on: date
    level: int = 1
    certificate_number: str = ""
    issuer: str = ""
    scan: bytes = b""


@transaction.atomic
def certify(*, number: str, shown: Shown, by: Actor, at: datetime) -> Certificate:
    """Keep a certificate, or the new one after a renewal, with its scan.

    Raises:
        NotVisibleError, InvalidInputError, UnableToCertifyError: see the operation.
    """
    person = register.person_to_change(number, by=by)
    skill = Skill.objects.filter(code=shown.skill_code).first()
    if skill is None:
        raise InvalidInputError("请选择技能。", field="skill")
    code = clean_text(shown.certificate_number, field="number", label="证书编号", most=40)
    proof = Proof(
        skill=skill,
        issued_on=shown.issued_on,
        expires_on=shown.expires_on,
        level=shown.level,
        number=code,
        issuer=clean_text(shown.issuer, field="issuer", label="发证机构", most=60),
        evidence=keep_paper(shown.scan, at=at, field="scan") if shown.scan else None,
    )
    return certifying.add_certificate(person=person, proof=proof, by=by, at=at)


def withdraw(
    *, number: str, certificate_id: str, on: date, reason: str, by: Actor, at: datetime
) -> Certificate:
    """Let a certificate count no more from a day on.

    Raises:
        NotVisibleError, InvalidInputError, UnableToCertifyError: see the operation.
    """
    row = _certificate(number, certificate_id, by=by)
    words = clean_text(reason, field="reason", label="收回原因", most=200, least=2)
    return certifying.withdraw_certificate(certificate=row, on=on, reason=words, by=by, at=at)


@transaction.atomic
def attach(
    *, number: str, certificate_id: str, scan: bytes, by: Actor, at: datetime
) -> Certificate:
    """Keep the scan of a certificate.

    Raises:
        NotVisibleError: absent, or another's.
        InvalidInputError: no PDF and no photo.
    """
    row = _certificate(number, certificate_id, by=by)
    file = keep_paper(scan, at=at, field="scan")
    return certifying.attach_evidence(certificate=row, evidence=file, by=by, at=at)


def tell_hours(
    *, number: str, slots: Sequence[tuple[int, time, time]], by: Actor, at: datetime
) -> None:
    """Write down at which hours of the week a person can come.

    Raises:
        NotVisibleError, UnableToRegisterError: see the operation.
    """
    person = register.person_to_change(number, by=by)
    registering.tell_hours(person=person, slots=slots, by=by, at=at)


@transaction.atomic
def report_absence(
    *, number: str, first_on: date, last_on: date, reason: str, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Note that a person is away; what his crews cannot do without him goes back.

    Returns the numbers of those visits.

    Raises:
        NotVisibleError: absent, or another's.
        UnableToReportAbsenceError: no reason, or the days make no sense.
    """
    person = register.person_to_change(number, by=by)
    workforce.report_absence(
        person=person, first_on=first_on, last_on=last_on, reason=reason, by=by, at=at
    )
    leaving.after_absence(person=person, first_on=first_on, last_on=last_on, by=by, at=at)
    theirs = crews.teams_of(person.number, on=first_on)
    why = f"{person.name}缺勤：{reason}"
    return crewday.hand_back(theirs, first_on=first_on, last_on=last_on, why=why, by=by, at=at)


def cancel_absence(*, number: str, absence_id: str, by: Actor, at: datetime) -> None:
    """Take an absence back.

    Raises:
        NotVisibleError, UnableToRegisterError: see the operation.
    """
    person = register.person_to_change(number, by=by)
    absence = Absence.objects.filter(person=person, pk=_key(absence_id)).first()
    if absence is None:
        raise NotVisibleError("没有找到这段缺勤。")
    registering.cancel_absence(absence=absence, by=by, at=at)


@transaction.atomic
def leave_office(*, number: str, on: date, reason: str, by: Actor, at: datetime) -> Person:
    """Note that a person serves no longer: his roles and memberships end, his areas are gaps.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHandOverError: see the operations.
    """
    person = register.person_to_change(number, by=by)
    words = clean_text(reason, field="reason", label="离岗原因", most=200, least=1)
    charges.leave_office(person=person, on=on, reason=words, by=by, at=at)
    parting.part(person=person, on=on, by=by, at=at)
    return person


def take_in_once(
    *, key: str, asked: Asked, role_codes: Sequence[str], by: Actor, at: datetime
) -> str:
    """Write a new person down as `take_in` does and return his number; a second press adds nobody.

    The same page may bring another person after going back: what was asked is part of the key.

    Raises:
        InvalidInputError, UnableToRegisterError: see `take_in`.
    """
    body = {**asdict(asked), "roles": sorted(role_codes), "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        return {"number": take_in(asked=asked, role_codes=role_codes, by=by, at=at).number}

    return str(idempotency.once(scope="person", key=pressed, body=body, at=at, act=act)["number"])


def follow_the_clock(*, at: datetime) -> int:
    """Let those who have come of age be people like all others, and party members be in time.

    Returns for how many something changed.
    """
    grown = registering.release_grown_up(on=_day(at), by=SYSTEM, at=at)
    return grown + registering.follow_party_roles(on=_day(at))


def _guardian(asked: Asked, known: Person | None) -> GuardianDetails | None:
    name = clean_text(asked.guardian_name, field="guardian", label="监护人姓名", most=40)
    phone = phone_of(asked.guardian_phone, field="guardian", label="监护人电话")
    before = getattr(known, "guardian", None) if known is not None else None
    if before is not None:
        name, phone = name or before.name, phone or before.phone
    agreed_on = asked.agreed_on or (before.agreed_on if before else None)
    if not (name or phone):
        return None
    if agreed_on is None:
        raise InvalidInputError("请填写监护人同意日期。", field="agreed_on")
    relation = clean_text(asked.guardian_relation, field="guardian", label="与本人关系", most=12)
    return GuardianDetails(
        name=name,
        phone=phone,
        relation=relation or (before.relation if before else ""),
        agreed_on=agreed_on,
    )


def _certificate(number: str, certificate_id: str, *, by: Actor) -> Certificate:
    person = register.person_to_change(number, by=by)
    rows = Certificate.objects.select_related("person", "skill")
    row = rows.filter(person=person, pk=_key(certificate_id)).first()
    if row is None:
        raise NotVisibleError("没有找到这张证书。")
    return row


def _kind(code: str) -> RoleKind:
    kind = RoleKind.objects.filter(code=code, is_active=True).first()
    if kind is None:
        raise InvalidInputError("请选择身份。", field="kind")
    return kind


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
