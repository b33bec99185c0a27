"""Certificates of hours: whom to certify what, issue, register, revoke."""

import io
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from dianliang.core import audit
from dianliang.core.blanks import workbook
from dianliang.core.models import AuditEvent
from dianliang.core.rows import first_of
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours import access, queries
from dianliang.domain.hours.models import HourRecord, ServiceCertificate
from dianliang.domain.hours.operations import certifying
from dianliang.domain.hours.particulars import Particulars
from dianliang.domain.hours.queries import CertificateRow, HourRow, Totals
from dianliang.domain.insight import deeds
from dianliang.domain.workforce.models import Person
from dianliang.flows.hours_desk import person_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.text import clean_text

PAGE_ROWS = 100
MOST_EVENTS = 20
RECENT = 100
"""Records from whose content a form begins."""
STATUSES = {"": "全部", "ISSUED": "有效", "REVOKED": "已撤销"}
LABELS: tuple[tuple[str, str, int, int], ...] = (
    ("volunteer_number", "志愿者编号", 2, 24),
    ("content", "志愿服务内容", 2, 120),
    ("issuer", "证明出具单位", 2, 60),
    ("head", "负责人", 2, 20),
    ("handler", "经办人", 2, 20),
    ("contact", "联系方式", 5, 30),
    ("remarks", "备注", 0, 60),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What may be certified of a person, and what the form begins with."""

    person_number: str
    person_name: str
    unit_name: str
    totals: Totals
    documents: tuple[tuple[str, str], ...]
    has_document: bool
    form: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFile:
    """One certificate with everything that is known of it."""

    row: CertificateRow
    document_label: str
    volunteer_number: str
    content: str
    head: str
    handler: str
    contact: str
    remarks: str
    issued_at: datetime
    issued_by: str
    key_id: str
    payload: str
    revoked_at: datetime | None
    revoked_because: str
    revoked_words: str
    records: tuple[HourRow, ...]
    trail: tuple[tuple[datetime, str, str], ...]
    more_trail: int
    present: Totals
    causes: tuple[tuple[str, str], ...]
    may_revoke: bool

    @property
    def is_outdated(self) -> bool:
        """Tell whether the records behind it say something else by now."""
        said = (self.row.verified_min, self.row.declared_min)
        return said != (self.present.verified_min, self.present.declared_min)


def register(
    *, query: str, status: str, by: Actor, after: int = 0
) -> tuple[tuple[CertificateRow, ...], int]:
    """Return certificates of the actor's units, newest first, and where the next page begins.

    `query` looks for a number of a certificate, person or volunteer, or a part of a name.
    """
    found = access.certificates(by).select_related("person").order_by("-issued_at", "-pk")
    if status in {"ISSUED", "REVOKED"}:
        found = found.filter(status=status)
    if query:
        found = found.filter(
            Q(number__icontains=query)
            | Q(name__icontains=query)
            | Q(person__number=query)
            | Q(volunteer_number=query)
        )
    rows = list(found[after : after + PAGE_ROWS + 1])
    shown = tuple(queries.certificate_row(row) for row in rows[:PAGE_ROWS])
    return shown, after + PAGE_ROWS if len(rows) > PAGE_ROWS else 0


def offer(*, person: str, by: Actor) -> Offer:
    """Return what may be certified of a person.

    Raises:
        InvalidInputError: there is no such person in the actor's units.
    """
    found = person_of(person, by=by)
    unit = _issuing(by)
    records = HourRecord.objects.filter(person=found, unit__path__startswith=unit.path)
    published = records.filter(status="PUBLISHED").order_by("started_at")
    first, newest = published.first(), published.last()
    last = ServiceCertificate.objects.filter(unit=unit).order_by("-issued_at").first()
    own = ServiceCertificate.objects.filter(person=found).order_by("-issued_at").first()
    lately = published.exclude(content="").order_by("-started_at").values_list("content", flat=True)
    spoken = dict.fromkeys(lately[:RECENT])
    form = {
        "volunteer_number": own.volunteer_number if own else found.number,
        "content": "、".join([*spoken][:3])[:40],
        "issuer": last.issuer if last else unit.name,
        "head": last.head if last else "",
        "handler": by.name[:20],
        "contact": last.contact if last else unit.public_phone,
        "from_on": _day(first.started_at) if first else "",
        "until_on": _day(newest.started_at) if newest else "",
        "document_kind": _kind(found, own),
    }
    return Offer(
        person_number=found.number,
        person_name=found.name,
        unit_name=unit.name,
        totals=queries.totals(records),
        documents=tuple((str(v), str(label)) for v, label in ServiceCertificate.Document.choices),
        has_document=bool(found.document),
        form=form,
    )


def _kind(person: Person, last: ServiceCertificate | None) -> str:
    """Return the kind of document that a form begins with: the one on file, or the last one."""
    if person.document_kind in ServiceCertificate.Document.values:
        return person.document_kind
    return last.document_kind if last else ServiceCertificate.Document.IDENTITY_CARD


def issue(*, person: str, told: Particulars, by: Actor, at: datetime) -> ServiceCertificate:
    """Certify a person's published hours of a period.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        UnableToCertifyError, AttestingError, NoSigningKeyError: see the operation.
    """
    found = person_of(person, by=by)
    cleaned = {
        name: clean_text(getattr(told, name), field=name, label=label, least=least, most=most)
        for name, label, least, most in LABELS
    }
    one_line: dict[str, Any] = {name: " ".join(value.split()) for name, value in cleaned.items()}
    told = replace(told, **one_line)
    return certifying.issue(person=found, unit=_issuing(by), told=told, by=by, at=at)


def _issuing(by: Actor) -> Unit:
    """Return the unit that an actor certifies for: his own."""
    return Unit.objects.filter(path__startswith=by.unit_path or "-").order_by("path")[0]


def file(number: str, *, by: Actor, at: datetime, is_whole: bool = False) -> CertificateFile:
    """Return one certificate with what was done last to it, or all; opening it is on record.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    found = access.certificate_to_see(number, by=by)
    audit.record("hours.servicecertificate.read", target=found, by=by, at=at)
    present = certifying.certifiable(
        found.person, unit=found.unit, from_on=found.from_on, until_on=found.until_on
    )
    trail, more = _trail(found, is_whole=is_whole)
    return CertificateFile(
        row=queries.certificate_row(found),
        document_label=str(ServiceCertificate.Document(found.document_kind).label),
        volunteer_number=found.volunteer_number,
        content=found.content,
        head=found.head,
        handler=found.handler,
        contact=found.contact,
        remarks=found.remarks,
        issued_at=found.issued_at,
        issued_by=found.issued_by,
        key_id=found.key.key_id,
        payload=found.payload,
        revoked_at=found.revoked_at,
        revoked_because=_cause(found.revoked_because),
        revoked_words=found.revoked_words,
        records=queries.rows(found.records.order_by("started_at", "pk")),
        trail=trail,
        more_trail=more,
        present=queries.totals(present),
        causes=tuple((str(v), str(label)) for v, label in ServiceCertificate.Cause.choices),
        may_revoke=by.role in access.ISSUERS and found.status == "ISSUED",
    )


def _trail(
    found: ServiceCertificate, *, is_whole: bool
) -> tuple[tuple[tuple[datetime, str, str], ...], int]:
    """Return when who did what with a certificate, newest first, and how much more there is."""
    kind = found._meta.label_lower
    events = AuditEvent.objects.filter(target_type=kind, target_id=found.number)
    told = events.order_by("-pk").values_list("at", "actor_name", "verb")
    rows, more = first_of(told, MOST_EVENTS, is_whole=is_whole)
    return tuple((at, who, deeds.word(verb)) for at, who, verb in rows), more


def _cause(cause: str) -> str:
    return str(ServiceCertificate.Cause(cause).label) if cause else ""


def revoke(*, number: str, cause: str, words: str, by: Actor, at: datetime) -> ServiceCertificate:
    """Take a certificate back.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToCertifyError, IllegalTransitionError: see the operation.
    """
    found = access.certificate_to_see(number, by=by)
    words = clean_text(words, field="words", label="撤销说明", most=200, least=2)
    return certifying.revoke(certificate=found, cause=cause, words=words, by=by, at=at)


HEADINGS = (
    "证明编号",
    "姓名",
    "人员编号",
    "志愿者编号",
    "证件号码（遮盖）",
    "服务起",
    "服务止",
    "签到核实（分钟）",
    "人工申报（分钟）",
    "出具单位",
    "出具日期",
    "状态",
    "撤销原因",
)


def register_book(*, by: Actor, at: datetime) -> bytes:
    """Return the whole register as Excel; the export is on record."""
    out = io.BytesIO()
    book: Any = workbook(out)
    sheet = book.add_worksheet("证明登记簿")
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True, "bg_color": "#DCEBEA"}))
    found = access.certificates(by).select_related("person").order_by("number")
    for line, row in enumerate(found, start=1):
        sheet.write_row(line, 0, _cells(row))
    sheet.set_column(0, len(HEADINGS) - 1, 16)
    sheet.freeze_panes(1, 0)
    book.close()
    audit.record_about(
        "hours.servicecertificate.export",
        target_type="hours.servicecertificate",
        target_id="register",
        by=by,
        at=at,
        after=f"{len(found)} 份",
    )
    return out.getvalue()


def _cells(row: ServiceCertificate) -> list[str | int]:
    shown = queries.certificate_row(row)
    return [
        shown.number,
        shown.name,
        shown.person_number,
        row.volunteer_number,
        shown.document_number,
        shown.from_on.isoformat(),
        shown.until_on.isoformat(),
        shown.verified_min,
        shown.declared_min,
        shown.issuer,
        shown.issued_on.isoformat(),
        shown.status_label,
        _cause(row.revoked_because),
    ]


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"


def people(*, query: str, by: Actor) -> QuerySet[Person, tuple[str, str, str, int]]:
    """Find people of the actor's units: number, name, unit, and the minutes published there."""
    path = by.unit_path or "-"
    counts = Q(hour_records__status="PUBLISHED", hour_records__unit__path__startswith=path)
    found = Person.objects.filter(
        Q(number=query) | Q(name__icontains=query), unit__path__startswith=path
    ).annotate(minutes=Sum("hour_records__minutes", filter=counts, default=0))
    found = found if query else found.none()
    return found.order_by("number").values_list("number", "name", "unit__name", "minutes")
