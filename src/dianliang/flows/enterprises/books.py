"""The tariff library and firms' contracts, as they are brought in tables."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.checks import Checks, InvalidRowsError
from dianliang.domain.enterprises import access, operations
from dianliang.domain.enterprises.models import SupplyContract, TariffVersion
from dianliang.domain.enterprises.tariff_queries import check_of
from dianliang.engines.tariffs import (
    BadTariffError,
    Certainty,
    Tariff,
    Way,
    problems_of,
)
from dianliang.flows.enterprises import firm_files, tariff_files
from dianliang.flows.enterprises.firm_files import Supply
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of a table of tariffs: new versions, versions that end now, those known before."""

    new: int
    ended: int
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What came of a table of contracts: how many firms, and those whose meters are others now."""

    firms: int
    other_meters: tuple[str, ...]


def known_tariffs() -> list[Tariff]:
    """Return every version in the library; one that a second person checked says so."""
    rows = TariffVersion.objects.prefetch_related("checks")
    return [_known(one) for one in rows]


def _known(one: TariffVersion) -> Tariff:
    told = tariff_files.of_body(one.body)
    return replace(told, certainty=Certainty.PUBLISHED) if check_of(one) else told


def check_tariff(*, name: str, document: str, words: str, by: Actor, at: datetime) -> None:
    """Confirm a version ``code.version`` against its document, as another than its importer.

    Raises:
        NotVisibleError: it is not in the library, or the actor checks none.
        UnableToAnalyseError, InvalidInputError: see `operations.check_tariff`.
    """
    found = _to_check(name, by=by)
    operations.check_tariff(tariff=found, document=document, words=words, by=by, at=at)


def withdraw_check(*, name: str, words: str, by: Actor, at: datetime) -> None:
    """Take a check of a version ``code.version`` back, so that somebody can make another.

    Raises:
        NotVisibleError: it is not in the library, or the actor checks none.
        UnableToAnalyseError, InvalidInputError: see `operations.withdraw_check`.
    """
    operations.withdraw_check(tariff=_to_check(name, by=by), words=words, by=by, at=at)


def _to_check(name: str, *, by: Actor) -> TariffVersion:
    code, _, version = name.rpartition(".")
    is_number = version.isdecimal() and len(version) < 5 and "\0" not in code
    rows = TariffVersion.objects.filter(code=code, version=int(version)) if is_number else ()
    found = next(iter(rows), None)
    if found is None or not access.checks_tariffs(by):
        raise NotVisibleError("没有找到这个电价版本。")
    return found


@transaction.atomic
def bring_tariffs(*, content: bytes, name: str, by: Actor, at: datetime) -> Brought:
    """Take a file of tariffs into the library: whole, or not at all.

    A version that is known may only get an end; anything else about it needs a new version. The
    library is shared by all units, so only the top one changes it; and nobody vouches for his own
    typing, so no file says that it was compared with the notice.

    Raises:
        NotVisibleError: the actor is not of the top unit.
        InvalidInputError: the file or a tariff is wrong, a known version differs, a new one says
            that it was compared, or versions would overlap or leave a gap; everything is told.
        UnreadableSheetError, InvalidRowsError: a table is wrong.
    """
    if not access.keeps_tariffs(by):
        raise NotVisibleError("电价库各单位共用，只由县公司维护。")
    told = tariff_files.read(content, name=name)
    rows = {(one.code, one.version): one for one in TariffVersion.objects.select_for_update()}
    known = {key: tariff_files.of_body(row.body) for key, row in rows.items()}
    new, ended, same = [], [], 0
    for one in told:
        before = known.get((one.code, one.version))
        if before is None:
            _refuse_vouched(one)
            new.append(one)
        elif before == one:
            same += 1
        elif before.valid_until is None and replace(before, valid_until=one.valid_until) == one:
            ended.append(one)
        else:
            words = Phrase(
                "%(code)s 第 %(version)d 版已经导入过，内容不同：请用新的版本号。",
                code=one.code,
                version=one.version,
            )
            raise InvalidInputError(words, field="file")
        known[one.code, one.version] = one
    wrong = problems_of(list(known.values()))
    if wrong:
        raise InvalidInputError(BadTariffError(wrong).words, field="file")
    for one in ended:
        row = rows[one.code, one.version]
        assert one.valid_until is not None  # noqa: S101 (it differs from one that had none)
        operations.end_tariff(
            tariff=row,
            valid_until=one.valid_until,
            body=tariff_files.body(one),
            by=by,
            at=at,
        )
    for one in new:
        operations.keep_tariff(values=_values(one), by=by, at=at)
    return Brought(new=len(new), ended=len(ended), same=same)


def _refuse_vouched(one: Tariff) -> None:
    if one.certainty is Certainty.PUBLISHED:
        words = Phrase(
            "%(code)s 第 %(version)d 版：“已对照文件”不能由导入的人自己写，请改成“按理解录入”。",
            code=one.code,
            version=one.version,
        )
        raise InvalidInputError(words, field="file")


def _values(one: Tariff) -> dict[str, object]:
    names = (
        *("code", "version", "title", "region", "customer_class", "voltage"),
        *("valid_from", "valid_until", "source", "year"),
    )
    return {
        **{name: getattr(one, name) for name in names},
        "certainty": str(one.certainty),
        "body": tariff_files.body(one),
        "is_generated": one.certainty is Certainty.GENERATED,
    }


@transaction.atomic
def bring_contracts(*, content: bytes, name: str, by: Actor, at: datetime) -> Registered:
    """Take a table of firms' contracts in; what was known of a firm is replaced.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: the table, a firm that is not
            known, of another unit or of another name, an unknown tariff, a meter that another
            firm has.
    """
    checks = Checks(name)
    supplies = firm_files.read_into(checks, content)
    numbers = [one.number for one in supplies]
    firms = {one.number: one for one in access.firms(by).filter(number__in=numbers)}
    codes = set(TariffVersion.objects.values_list("code", flat=True))
    owners = _owners(numbers)
    wrong: list[str] = [*checks.found]
    for one in supplies:
        if one.number and one.number not in firms:
            words = "%(name)s：没有客户 %(number)s，或不在您的范围内；名称不从这张表改。"
            wrong.append(Phrase(words, name=name, number=one.number))
        elif one.number and _spelt(one.name) != _spelt(firms[one.number].name):
            wrong.append(
                Phrase(
                    "%(name)s：%(number)s 登记的名称是“%(known)s”，表里是“%(told)s”，"
                    "请核对编号和名称。",
                    name=name,
                    number=one.number,
                    known=firms[one.number].name,
                    told=one.name,
                )
            )
        if one.tariff and one.tariff not in codes:
            words = "%(name)s：%(number)s 的电价 %(code)s 不在电价库里，请先导入电价。"
            wrong.append(Phrase(words, name=name, number=one.number, code=one.tariff))
        wrong += [
            Phrase(
                "%(name)s：表号 %(meter)s 已属于 %(owner)s。",
                name=name,
                meter=meter,
                owner=owners[meter],
            )
            for meter in one.meters
            if meter in owners
        ]
    if wrong:
        raise InvalidRowsError(wrong)
    before = dict(
        SupplyContract.objects.filter(customer__number__in=numbers).values_list(
            "customer__number", "meters"
        )
    )
    rows = [(firms[one.number], contract_values(one)) for one in supplies]
    return Registered(
        firms=operations.keep_contracts(rows=rows, by=by, at=at),
        other_meters=tuple(
            one.number for one in supplies if {*before.get(one.number, one.meters)} != {*one.meters}
        ),
    )


def _spelt(name: str) -> str:
    """Return a name as it compares: no matter how wide its signs are, or whether it has spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def contract_table(*, by: Actor, at: datetime) -> bytes:
    """Return the table of contracts with what is known of the actor's firms; the trail keeps it.

    A firm without a contract has its number and name only; without firms there is an example.
    """
    rows = SupplyContract.objects.filter(customer__in=access.firms(by)).select_related("customer")
    known = {row.customer.number: replace(supply_of(row), name=row.customer.name) for row in rows}
    months = sorted({month for one in known.values() for month in one.kvarh})
    firms = access.firms(by).order_by("number")
    table = [
        firm_files.row_of(known[firm.number], months)
        if firm.number in known
        else [firm.number, firm.name]
        for firm in firms
    ]
    audit.record_about(
        "enterprises.supplycontract.export",
        target_type="enterprises.supplycontract",
        target_id=by.unit_code,
        by=by,
        at=at,
        after=str(len(table)),
    )
    return firm_files.template(table, months=months)


def _owners(numbers: Sequence[str]) -> dict[str, str]:
    """Return whose the meters of all other firms are."""
    rows = SupplyContract.objects.exclude(customer__number__in=numbers)
    return {
        meter: number
        for number, meters in rows.values_list("customer__number", "meters")
        for meter in meters
    }


def contract_values(one: Supply) -> dict[str, object]:
    """Return a contract as it is stored."""
    return {
        "meters": list(one.meters),
        "tariff_code": one.tariff,
        "way": str(one.way),
        "capacity_kva": one.capacity_kva,
        "contract_kw": one.contract_kw,
        "standard": one.standard,
        "roof_kwp": one.roof_kwp,
        "kvarh": dict(one.kvarh),
    }


def supply_of(row: SupplyContract) -> Supply:
    """Return a stored contract as the analysis takes it; names stay where they are kept."""
    return Supply(
        number=row.customer.number,
        name="",
        meters=tuple(row.meters),
        tariff=row.tariff_code,
        way=Way(row.way),
        capacity_kva=row.capacity_kva,
        contract_kw=row.contract_kw,
        standard=row.standard,
        roof_kwp=row.roof_kwp,
        kvarh=row.kvarh,
    )
