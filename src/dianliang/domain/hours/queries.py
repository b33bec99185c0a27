"""What others may know about hours: of a person, of a unit, and by class and period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from dianliang.domain.hours.lifecycle import CERTIFICATE_LABELS, HOUR_LABELS
from dianliang.domain.hours.models import HourRecord, ServiceCertificate
from dianliang.kernel.calendar import SHANGHAI

MOST_ROWS = 200


def hours_words(minutes: int) -> str:
    """Return minutes as people say them: ``12 小时 30 分``; below zero with a minus."""
    sign, minutes = ("-" if minutes < 0 else ""), abs(minutes)
    hours, rest = divmod(minutes, 60)
    return f"{sign}{hours} 小时 {rest} 分" if rest else f"{sign}{hours} 小时"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Published time in minutes, the two classes apart. What was taken back is off."""

    verified_min: int
    declared_min: int

    @property
    def total_min(self) -> int:
        """Return both together."""
        return self.verified_min + self.declared_min


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRow:
    """One record as lists show it."""

    number: str
    person_number: str
    person_name: str
    team_name: str
    unit_name: str
    is_verified: bool
    source_label: str
    source_number: str
    role: str
    content: str
    started_at: datetime
    ended_at: datetime
    minutes: int
    words: str
    status: str
    status_label: str
    review_words: str
    is_taken_back: bool
    takes_back: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """One certificate as lists show it."""

    number: str
    name: str
    person_number: str
    document_number: str
    from_on: date
    until_on: date
    verified_min: int
    declared_min: int
    issuer: str
    issued_on: date
    status: str
    status_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPerson:
    """What a volunteer may see of his own hours and certificates."""

    totals: Totals
    rows: tuple[HourRow, ...]
    more: int
    certificates: tuple[CertificateRow, ...]


def of_person(person_number: str, *, is_whole: bool = False) -> OfPerson:
    """Return a person's published time, his records, newest first, and his certificates."""
    records = HourRecord.objects.filter(person__number=person_number)
    mine = ServiceCertificate.objects.filter(person__number=person_number).order_by("-issued_at")
    in_order = records.order_by("-started_at", "-pk")
    return OfPerson(
        totals=totals(records),
        rows=rows(in_order if is_whole else in_order[:MOST_ROWS]),
        more=0 if is_whole else max(0, records.count() - MOST_ROWS),
        certificates=tuple(certificate_row(row) for row in mine.select_related("person")),
    )


def totals(records: QuerySet[HourRecord]) -> Totals:
    """Return the published time of some records, the two classes apart."""
    found = records.filter(status="PUBLISHED").aggregate(
        verified=Sum("minutes", filter=Q(is_verified=True), default=0),
        declared=Sum("minutes", filter=Q(is_verified=False), default=0),
    )
    return Totals(verified_min=found["verified"], declared_min=found["declared"])


def counts(records: QuerySet[HourRecord]) -> Mapping[str, int]:
    """Return how many records are in each state."""
    found = records.order_by().values_list("status").annotate(n=Count("pk"))
    return {**dict.fromkeys(HOUR_LABELS, 0), **dict(found)}


def in_period(
    records: QuerySet[HourRecord], *, since: date | None, until: date | None
) -> QuerySet[HourRecord]:
    """Leave the records that began from one day to another, both included."""
    if since is not None:
        records = records.filter(started_at__gte=datetime.combine(since, time(), SHANGHAI))
    if until is not None:
        end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
        records = records.filter(started_at__lt=end)
    return records


def rows(records: QuerySet[HourRecord]) -> tuple[HourRow, ...]:
    """Return records as lists show them, in their order. Takes one query."""
    told = records.select_related("person", "team", "unit", "reverses", "reversal")
    return tuple(row_of(record) for record in told)


def row_of(record: HourRecord) -> HourRow:
    """Return a record as lists show it."""
    return HourRow(
        number=record.number,
        person_number=record.person.number,
        person_name=record.person.name,
        team_name=record.team.name if record.team else "",
        unit_name=record.unit.name,
        is_verified=record.is_verified,
        source_label=str(HourRecord.Source(record.source_kind).label),
        source_number=record.source_number,
        role=record.role,
        content=record.content,
        started_at=record.started_at,
        ended_at=record.ended_at,
        minutes=record.minutes,
        words=hours_words(record.minutes),
        status=record.status,
        status_label=HOUR_LABELS[record.status],
        review_words=record.review_words,
        is_taken_back=hasattr(record, "reversal"),
        takes_back=record.reverses.number if record.reverses else "",
        version=record.version,
    )


def certificate_row(row: ServiceCertificate) -> CertificateRow:
    """Return a certificate as lists show it."""
    return CertificateRow(
        number=row.number,
        name=row.name,
        person_number=row.person.number,
        document_number=row.document_number,
        from_on=row.from_on,
        until_on=row.until_on,
        verified_min=row.verified_min,
        declared_min=row.declared_min,
        issuer=row.issuer,
        issued_on=row.issued_on,
        status=row.status,
        status_label=CERTIFICATE_LABELS[row.status],
    )
