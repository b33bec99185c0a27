"""Carbon accounts and their entries as pages and flows need them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from dianliang.domain.energy import access
from dianliang.domain.energy.models import CarbonAccount, CarbonEntry
from dianliang.domain.energy.queries.factors import FactorRow, factor_row
from dianliang.kernel.actor import Actor

ACCOUNT_KINDS = dict(CarbonAccount.Kind.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A carbon account as lists need it."""

    number: str
    name: str
    kind: str
    kind_label: str
    boundary: str
    subject_number: str
    unit_code: str
    unit_name: str
    is_generated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry; `is_counted` unless it is reversed or reverses another."""

    number: str
    account: str
    place: str
    carrier: str
    scope: int
    category: int | None
    from_on: date
    until_on: date
    quantity: float
    quantity_unit: str
    share: float | None
    factor: FactorRow | None
    certificate: str
    document: str
    digest: str
    reverses: str
    reversed_by: str
    reason: str
    entered_by: str
    entered_at: datetime

    @property
    def is_counted(self) -> bool:
        """Tell whether it stands in sums."""
        return not (self.reverses or self.reversed_by)

    @property
    def co2_kg(self) -> float:
        """Return quantity × factor by place; 0 of a certificate."""
        return self.quantity * float(self.factor.value) if self.factor else 0.0

    @property
    def tonnes(self) -> float:
        """Return `co2_kg` in tonnes."""
        return self.co2_kg / 1000


def accounts(*, by: Actor) -> tuple[AccountRow, ...]:
    """Return the carbon accounts of the actor's units."""
    return tuple(account_row(account) for account in access.carbon_accounts(by))


def account(number: str, *, by: Actor) -> AccountRow:
    """Return one carbon account.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return account_row(access.carbon_account_to_see(number, by=by))


def of_subject(kind: str, number: str, *, by: Actor) -> tuple[AccountRow, ...]:
    """Return the carbon accounts about one subject that the actor may see."""
    rows = access.carbon_accounts(by).filter(kind=kind, subject_number=number)
    return tuple(account_row(account) for account in rows.order_by("number"))


def years(number: str, *, by: Actor) -> tuple[int, ...]:
    """Return the years of which an account has entries, latest first."""
    rows = _entries(by).filter(account__number=number)
    found = rows.order_by("-from_on").values_list("from_on__year", flat=True)
    return tuple(dict.fromkeys(found))


def entries(*, by: Actor, year: int | None = None, account: str = "") -> tuple[EntryRow, ...]:
    """Return the entries of a year, of one account or of all that the actor may see."""
    rows = _entries(by)
    rows = rows.filter(account__number=account) if account else rows
    rows = rows.filter(from_on__year=year) if year else rows
    return tuple(map(entry_row, rows))


def counted(
    *, places: Iterable[str] | None = None, year: int | None = None, by: Actor
) -> tuple[EntryRow, ...]:
    """Return the entries that stand in sums, of some places or all."""
    rows = _entries(by).filter(reverses=None, reversed_by=None)
    rows = rows if places is None else rows.filter(place__in=[*places])
    rows = rows.filter(from_on__year=year) if year else rows
    return tuple(map(entry_row, rows))


def account_row(row: CarbonAccount) -> AccountRow:
    """Return an account as lists need it."""
    return AccountRow(
        number=row.number,
        name=row.name,
        kind=row.kind,
        kind_label=ACCOUNT_KINDS[row.kind],
        boundary=row.boundary,
        subject_number=row.subject_number,
        unit_code=row.unit.code,
        unit_name=row.unit.name,
        is_generated=row.is_generated,
    )


def entry_row(row: CarbonEntry) -> EntryRow:
    """Return an entry as pages show it."""
    newer = getattr(row, "reversed_by", None)
    return EntryRow(
        number=row.number,
        account=row.account.number,
        place=row.place,
        carrier=row.carrier,
        scope=row.scope,
        category=row.category,
        from_on=row.from_on,
        until_on=row.until_on,
        quantity=row.quantity,
        quantity_unit=row.quantity_unit,
        share=row.share,
        factor=factor_row(row.factor) if row.factor else None,
        certificate=row.certificate,
        document=row.document,
        digest=row.digest,
        reverses=row.reverses.number if row.reverses else "",
        reversed_by=newer.number if newer else "",
        reason=row.reason,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def _entries(by: Actor) -> QuerySet[CarbonEntry]:
    rows = CarbonEntry.objects.filter(account__in=access.carbon_accounts(by))
    return rows.select_related("account", "factor", "reverses", "reversed_by").prefetch_related(
        "factor__checks"
    )
