"""Open an account, take a table in, reverse an entry, state a year as a claim, print it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy import access
from dianliang.domain.energy.freshness import ENTRIES, digest_of_entries
from dianliang.domain.energy.models import CarbonAccount, CarbonEntry
from dianliang.domain.energy.operations import carbon as operations
from dianliang.domain.energy.queries.carbon import AccountRow, EntryRow, account_row
from dianliang.domain.energy.shapes import ClaimDraft, ClaimRow, EvidenceDraft
from dianliang.domain.enterprises.access import firm_to_see
from dianliang.engines.carbon import Basis
from dianliang.flows import claims
from dianliang.flows.carbon import reading
from dianliang.flows.carbon.reckoning import BASES, AccountPage, Reckoned, claim_key, page
from dianliang.integrations.documents.model import Document, Facts, Heading, Paragraph, Table
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined

ENGINE, VERSION = "engines.carbon", "1"
MOST_NAMED = 40
"""Entries that a claim names one by one; all of them are in its digest."""
PRINTERS = {"pdf": pdf, "docx": word}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """How many entries a table brought, and the latest year that they are of."""

    count: int
    year: int


@transaction.atomic
def open_account(
    *,
    name: str,
    kind: str,
    boundary: str,
    unit_code: str,
    by: Actor,
    at: datetime,
    subject_number: str = "",
    is_generated: bool = False,
) -> AccountRow:
    """Open a carbon account (开立碳账户).

    Raises:
        UnableToKeepCarbonError: something is missing, or there is one so named.
        NotVisibleError: the actor opens none, or not for this unit, or the firm is not his.
    """
    unit = Unit.objects.filter(code=unit_code).first()
    if unit is None or not by.reaches_unit(unit.path) or by.role not in access.WRITERS:
        raise NotVisibleError("没有找到这个单位。")
    if subject_number and kind == CarbonAccount.Kind.FIRM:
        firm_to_see(subject_number, by=by)
    made = operations.open_account(
        name=name.strip(),
        kind=kind,
        boundary=boundary,
        subject_number=subject_number,
        unit=unit,
        by=by,
        at=at,
        is_generated=is_generated,
    )
    return account_row(made)


def take_in(*, number: str, content: bytes, name: str, by: Actor, at: datetime) -> TakenIn:
    """Enter a whole table of activity data (导入活动数据); return what was entered.

    Raises:
        NotVisibleError: the account is absent, another's, or the actor only reads.
        UnreadableSheetError, InvalidRowsError: see `reading.read`; nothing is written.
    """
    operations.account_to_write(number, by=by)
    found = reading.read(content, name=name, today=at.astimezone(SHANGHAI).date())
    return enter(number=number, found=found, by=by, at=at)


@transaction.atomic
def enter(*, number: str, found: reading.Read, by: Actor, at: datetime) -> TakenIn:
    """Enter a table that was read (导入活动数据); return what was entered.

    Raises:
        NotVisibleError: the account is absent, another's, or the actor only reads.
        InvalidRowsError: see `reading.refuse_kept`; nothing is written.
    """
    account = operations.account_to_write(number, by=by)
    operations.hold(account)
    reading.refuse_kept(found, account=number)
    made = operations.enter(account=account, drafts=found.drafts, by=by, at=at)
    return TakenIn(count=len(made), year=max(entry.from_on.year for entry in made))


@transaction.atomic
def reverse(*, number: str, entry: str, reason: str, by: Actor, at: datetime) -> None:
    """Take an entry out of every sum (冲正).

    Raises:
        NotVisibleError: account or entry are absent, or another's.
        UnableToKeepCarbonError: there is no reason, or it is reversed already.
    """
    account = operations.account_to_write(number, by=by)
    found = CarbonEntry.objects.filter(account=account, number=entry).first()
    if found is None:
        raise NotVisibleError("没有找到这条分录。")
    operations.reverse(entry=found, reason=reason, by=by, at=at)


@transaction.atomic
def state_year(
    *, number: str, year: int, basis: str, reason: str, by: Actor, at: datetime
) -> ClaimRow:
    """State a year's emissions as a claim (登记年度排放); again only if they have changed.

    Raises:
        NotVisibleError: the account is absent or another's.
        InvalidInputError: it has nothing of this year, something is counted twice, or an entry
            cannot be reckoned.
        UnableToClaimError: see `claims.restate_claim`.
    """
    if basis not in set(Basis):
        raise InvalidInputError("请选择位置法或市场法。", field="basis")
    found = page(number=number, year=year, by=by)
    if found.reckoned is None or found.reckoned.year != year or not found.reckoned.lines:
        raise InvalidInputError(Phrase("%(year)s 年还没有分录。", year=year), field="year")
    if found.reckoned.doubles:
        doubles = joined("\n", found.reckoned.doubles)
        raise InvalidInputError(Phrase("有重复计算，请先冲正：\n%(doubles)s", doubles=doubles))
    if found.reckoned.refused:
        refused = joined("\n", found.reckoned.refused)
        raise InvalidInputError(Phrase("有分录算不出来，请先冲正：\n%(refused)s", refused=refused))
    draft = _draft(found, found.reckoned, Basis(basis))
    words = reason or "分录有变化，重新核算。"
    return claims.restate_claim(draft=draft, reason=words, by=by, at=at)


def _draft(found: AccountPage, told: Reckoned, basis: Basis) -> ClaimDraft:
    total = told.lines[-1].location if basis is Basis.LOCATION else told.lines[-1].market
    counted = [row for row in found.entries if row.is_counted]
    is_sure = told.has_uncertainty and total.low is not None
    reason = Phrase("活动数据没有给出不确定度。")
    codes = "、".join(factor.code for factor in told.factors)[:200]
    only = told.factors[0] if len(told.factors) == 1 and basis is Basis.LOCATION else None
    used = sum(row.quantity for row in counted if not row.certificate)
    return ClaimDraft(
        title=Phrase(
            "%(name)s %(period)s碳排放（%(basis)s）",
            name=found.row.name,
            period=told.period,
            basis=Phrase(BASES[basis]),
        ),
        kind="emission",
        value=total.value,
        measure="tCO2",
        low=total.low if is_sure else None,
        high=total.high if is_sure else None,
        confidence=0.95 if is_sure else None,
        no_interval="" if is_sure else reason,
        option="formula",
        method=Phrase(
            "GHG Protocol %(basis)s：活动数据 × 因子（%(codes)s）；"
            "不确定度按 IPCC 2006 卷 1 第 3 章合成。",
            basis=Phrase(BASES[basis]),
            codes=codes,
        ),
        engine=ENGINE,
        engine_version=VERSION,
        boundary=found.row.boundary,
        from_on=min(row.from_on for row in counted),
        until_on=max(row.until_on for row in counted),
        factor=only.code if only else "",
        activity=used if only else None,
        activity_unit=only.unit.partition("/")[2] if only else "",
        subject_kind="carbon_account",
        subject_number=found.row.number,
        subject_name=found.row.name,
        status="MEASURED" if is_sure else "ESTIMATED",
        findings=told.caveats,
        evidence=_evidence(counted),
        unit_code=found.row.unit_code,
        key=claim_key(found.row.number, told.year, basis),
        is_generated=found.row.is_generated,
    )


def _evidence(counted: list[EntryRow]) -> list[EvidenceDraft]:
    digest = digest_of_entries(counted)
    whole = EvidenceDraft(kind=ENTRIES, words=Phrase("%(n)d 条分录", n=len(counted)), digest=digest)
    rows = [
        EvidenceDraft(
            kind="carbon_entry",
            number=row.number,
            words=Phrase(
                "%(what)s %(first)s 至 %(until)s",
                what=f"{row.place} {row.carrier}",
                first=f"{row.from_on}",
                until=f"{row.until_on}",
            ),
        )
        for row in counted[:MOST_NAMED]
    ]
    return [whole, *rows]


def printed(*, number: str, year: int | None, form: str, by: Actor, at: datetime) -> bytes:
    """Return an account's year as PDF or Word; the printing is on record.

    Raises:
        NotVisibleError: it is absent or another's.
        InvalidInputError: it has no entries, or the form is unknown.
    """
    found = page(number=number, year=year, by=by)
    if form not in PRINTERS or found.reckoned is None or not found.reckoned.lines:
        raise InvalidInputError("还没有分录，没有可以打印的内容。")
    document = _document(found, found.reckoned, at.astimezone(SHANGHAI).date())
    target = access.carbon_account_to_see(number, by=by)
    audit.record(
        "energy.carbonaccount.print", target=target, by=by, at=at, after=str(found.reckoned.year)
    )
    return PRINTERS[form]([document], title=document.title, made_at=at)


def _document(found: AccountPage, told: Reckoned, on: date) -> Document:
    return Document(
        title=f"{found.row.name} {told.period}碳账户报告",
        issuer=found.row.unit_name,
        number=found.row.number,
        blocks=[
            Facts(_facts(found, told, on)),
            Heading("分范围排放"),
            Table(
                columns=["范围", "位置法", "市场法"],
                rows=[[one.label, one.location.words(), one.market.words()] for one in told.lines],
                numbers=frozenset({1, 2}),
            ),
            Heading("逐月与累计（位置法，tCO2）"),
            Table(
                columns=["月份", "当月", "累计"],
                rows=[
                    [f"{p.first_on:%Y-%m}", f"{p.co2_t:.3f}", f"{p.cumulative_t:.3f}"]
                    for p in told.curve
                ],
                numbers=frozenset({1, 2}),
            ),
            Heading("因子"),
            Table(
                columns=["因子", "数值", "版次", "来源"],
                rows=[
                    [f.name, f"{f.value.normalize():f} {f.unit}", str(f.edition), f.source]
                    for f in told.factors
                ],
                widths=(3, 2, 0.7, 4),
            ),
            Heading("重复计算检查"),
            Paragraph("；".join(told.doubles) or "没有发现同一处同一时段记在两处。"),
            *_refused(told),
            Heading("分录"),
            Table(
                columns=["编号", "地点", "品种", "起止", "数量", "因子或绿证"],
                rows=[_entry(row) for row in found.entries if row.is_counted],
                widths=(1.8, 2, 1, 2.4, 1.6, 2.6),
            ),
            Paragraph(
                "位置法按电网平均因子；市场法扣除已核销绿证，其余按剔除市场化非化石电量后的因子。"
                "区间为 95%，共用因子的误差、同一处同一品种各月的误差按完全相关合成。"
                + "".join(told.caveats),
                is_note=True,
            ),
        ],
    )


def _refused(told: Reckoned) -> list[Heading | Paragraph]:
    if not told.refused:
        return []
    return [Heading("未计入合计的分录"), Paragraph("；".join(told.refused))]


def _facts(found: AccountPage, told: Reckoned, on: date) -> list[tuple[str, str]]:
    total = told.lines[-1]
    generated = [("数据", "演示数据（生成的，不是真实用能）")] if found.row.is_generated else []
    return [
        *generated,
        ("核算边界", found.row.boundary),
        ("活动数据期", _covered(told)),
        ("位置法合计", total.location.words()),
        ("市场法合计", total.market.words()),
        ("绿证核销电量", told.certified.figure()),
        *_stated(found, told),
        ("编制日期", f"{on}"),
    ]


def _stated(found: AccountPage, told: Reckoned) -> list[tuple[str, str]]:
    """Say under which number each basis is stated, how far it is shown, and whether it is stale."""
    said = []
    for basis, label in BASES.items():
        row = found.claims.get(claim_key(found.row.number, told.year, basis))
        words = "没有登记为量化声明"
        if row is not None:
            words = f"{row.number}（{row.status_label}，{row.quantity.figure()}）"
            words += "；分录在登记后变了" if row.number in found.stale else ""
        said.append((f"{label}声明", words))
    return said


def _covered(told: Reckoned) -> str:
    rest = "" if told.is_whole else "（年未完，不是全年的数）"
    return f"{told.first_on} 至 {told.last_on}{rest}"


def _entry(row: EntryRow) -> list[str]:
    basis = row.certificate or (row.factor.series if row.factor else "")
    period = f"{row.from_on} 至 {row.until_on}"
    quantity = f"{row.quantity:,.1f} {row.quantity_unit}"
    return [row.number, row.place, row.carrier, period, quantity, basis]
