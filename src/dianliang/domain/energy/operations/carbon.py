"""Every write about carbon accounts: opened, entered into, reversed; no entry is ever changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number, next_numbers
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy import access
from dianliang.domain.energy.models import CarbonAccount, CarbonEntry, Factor
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

ACCOUNT_PREFIX, ENTRY_PREFIX = "TZ", "TF"


class UnableToKeepCarbonError(DomainError):
    """The account or entry cannot be kept like this."""

    code = "energy.unable-to-keep-carbon"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """Activity data to be entered, in the unit of its factor; or a certificate, in kWh."""

    place: str
    carrier: str
    scope: int
    from_on: date
    until_on: date
    quantity: float
    quantity_unit: str
    share: float | None = None
    category: int | None = None
    factor: Factor | None = None
    certificate: str = ""
    document: str = ""
    digest: str = ""


@transaction.atomic
def open_account(
    *,
    name: str,
    kind: str,
    boundary: str,
    subject_number: str,
    unit: Unit,
    by: Actor,
    at: datetime,
    is_generated: bool = False,
) -> CarbonAccount:
    """Open an account for an entity (开立碳账户).

    Raises:
        UnableToKeepCarbonError: name, kind or boundary are missing, or the unit has one so named.
    """
    if not name.strip() or len(name) > 60:
        raise UnableToKeepCarbonError("请写账户名称，最多 60 个字。", field="name")
    if kind not in CarbonAccount.Kind.values:
        raise UnableToKeepCarbonError("请选择类型。", field="kind")
    if not boundary.strip() or len(boundary) > 300:
        message = "请写明核算边界（哪些场所、哪些能源），最多 300 个字。"
        raise UnableToKeepCarbonError(message, field="boundary")
    if CarbonAccount.objects.filter(unit=unit, name=name).exists():
        raise UnableToKeepCarbonError("本单位已有同名账户。", field="name")
    account = CarbonAccount.objects.create(
        number=next_number(ACCOUNT_PREFIX, at=at),
        name=name,
        kind=kind,
        boundary=boundary,
        subject_number=subject_number,
        unit=unit,
        opened_by=by.name,
        opened_at=at,
        is_generated=is_generated,
    )
    audit.record("energy.carbonaccount.open", target=account, by=by, at=at, after=name)
    return account


def hold(account: CarbonAccount) -> None:
    """Let nobody else enter into the account until this transaction ends."""
    CarbonAccount.objects.select_for_update().get(pk=account.pk)


@transaction.atomic
def enter(
    *, account: CarbonAccount, drafts: Sequence[EntryDraft], by: Actor, at: datetime
) -> list[CarbonEntry]:
    """Enter activity data and certificates; all or none. Whoever asks has checked them.

    Raises:
        IntegrityError: an entry breaks a constraint.
    """
    numbers = next_numbers(ENTRY_PREFIX, count=len(drafts), at=at) if drafts else []
    made = CarbonEntry.objects.bulk_create(
        CarbonEntry(
            number=number,
            account=account,
            entered_by=by.name,
            entered_at=at,
            **{name: getattr(draft, name) for name in EntryDraft.__slots__},
        )
        for number, draft in zip(numbers, drafts, strict=True)
    )
    targets = [(entry, account.number) for entry in made]
    audit.record_each("energy.carbonentry.enter", targets=targets, by=by, at=at)
    return made


@transaction.atomic
def reverse(*, entry: CarbonEntry, reason: str, by: Actor, at: datetime) -> CarbonEntry:
    """Take an entry out of every sum by one that reverses it (冲正); both stay readable.

    Raises:
        UnableToKeepCarbonError: there is no reason, or it is reversed, or reverses another.
    """
    if not reason.strip() or len(reason) > 200:
        raise UnableToKeepCarbonError("请写明冲正的原因，最多 200 个字。", field="reason")
    CarbonEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.reverses_id or CarbonEntry.objects.filter(reverses=entry).exists():
        raise UnableToKeepCarbonError("这条分录已经冲正。")
    columns = [f.attname for f in CarbonEntry._meta.local_fields if f.attname in COPIED]
    made = CarbonEntry.objects.create(
        **{name: getattr(entry, name) for name in columns},
        number=next_number(ENTRY_PREFIX, at=at),
        reverses=entry,
        reason=reason,
        entered_by=by.name,
        entered_at=at,
    )
    audit.record("energy.carbonentry.reverse", target=entry, by=by, at=at, reason=reason)
    return made


COPIED = frozenset(
    {
        *("account_id", "place", "carrier", "scope", "category", "from_on", "until_on", "quantity"),
        *("quantity_unit", "share", "factor_id", "certificate", "document", "digest"),
    }
)
"""What an entry that reverses another says again."""


def account_to_write(number: str, *, by: Actor) -> CarbonAccount:
    """Return an account that the actor enters into.

    Raises:
        NotVisibleError: it is absent, another's, or the actor only reads.
    """
    if by.role not in access.WRITERS:
        raise NotVisibleError("没有找到这个碳账户。")
    return access.carbon_account_to_see(number, by=by)
