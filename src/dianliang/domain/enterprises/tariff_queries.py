"""Every read about tariffs, as frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dianliang.domain.enterprises.models import TariffVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """Who held a version against which document, and what was compared."""

    document: str
    words: str
    by: str
    at: datetime


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
        for one in TariffVersion.objects.select_related("check_made").order_by("code", "-version")
    )


def check_of(one: TariffVersion) -> CheckRow | None:
    """Return how a version was held against its document; None where nobody did."""
    made = getattr(one, "check_made", None)
    if made is None:
        return None
    return CheckRow(
        document=made.document, words=made.words, by=made.checked_name, at=made.checked_at
    )
