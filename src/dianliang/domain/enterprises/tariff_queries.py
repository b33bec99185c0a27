"""Every read about tariffs, as frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dianliang.domain.enterprises.models import TariffVersion
from dianliang.kernel.actor import are_surely_two


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """Who held a version against which document, what was compared, and who took it back.

    `is_other_known` tells whether personnel numbers show that it was not its importer.
    """

    document: str
    words: str
    by: str
    at: datetime
    is_other_known: bool
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawn_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffRow:
    """A version of a tariff; `body` holds hours and prices."""

    code: str
    version: int
    title: str
    region: str
    customer_class: str
    voltage: str
    valid_from: date
    valid_until: date | None
    certainty: str
    source: str
    year: int
    imported_by: str
    imported_at: datetime
    check: CheckRow | None
    body: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """Return what its page is asked for by."""
        return f"{self.code}.{self.version}"


def tariffs() -> tuple[TariffRow, ...]:
    """Return all versions of all tariffs, the newest of each first. They are public notices."""
    return tuple(
        TariffRow(
            code=one.code,
            version=one.version,
            title=one.title,
            region=one.region,
            customer_class=one.customer_class,
            voltage=one.voltage,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            certainty=one.certainty,
            source=one.source,
            year=one.year,
            imported_by=one.imported_by,
            imported_at=one.imported_at,
            check=check_of(one),
            body=one.body,
        )
        for one in TariffVersion.objects.prefetch_related("checks").order_by("code", "-version")
    )


def check_of(one: TariffVersion) -> CheckRow | None:
    """Return how a version was held against its document; None where nobody did."""
    return next((row for row in checks_of(one) if row.withdrawn_at is None), None)


def checks_of(one: TariffVersion) -> tuple[CheckRow, ...]:
    """Return every check of a version, the latest first, with those that were withdrawn."""
    return tuple(
        CheckRow(
            document=made.document,
            words=made.words,
            by=made.checked_name,
            at=made.checked_at,
            is_other_known=are_surely_two(one.imported_person, made.checked_person),
            withdrawn_by=made.withdrawn_by,
            withdrawn_at=made.withdrawn_at,
            withdrawn_words=made.withdrawn_words,
        )
        for made in one.checks.all()
    )
