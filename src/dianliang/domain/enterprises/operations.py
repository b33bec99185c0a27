"""Every write about firms: contracts and tariffs kept, runs and findings stored, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number, next_numbers
from dianliang.core.second_person import withdraw
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises.lifecycle import RUN
from dianliang.domain.enterprises.models import (
    AnalysisRun,
    Finding,
    FindingDecision,
    FindingVisit,
    FirmAnalysis,
    SupplyContract,
    TariffCheck,
    TariffVersion,
)
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

Values = Mapping[str, Any]


class UnableToAnalyseError(DomainError):
    """Firms cannot be analysed, or a finding not followed up, like this."""

    code = "enterprises.unable-to-analyse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run says of a firm: fields of its row, and of its findings in order."""

    customer: Customer
    row: Values
    findings: Sequence[Values] = ()


@transaction.atomic
def keep_tariff(*, values: Values, by: Actor, at: datetime) -> TariffVersion:
    """Keep a new version of a tariff (导入电价)."""
    made = TariffVersion.objects.create(
        **values,
        imported_by=by.name,
        imported_id=by.id,
        imported_person=by.person_number,
        imported_at=at,
    )
    audit.record("enterprises.tariffversion.import", target=made, by=by, at=at, after=str(made))
    return made


@transaction.atomic
def end_tariff(
    *, tariff: TariffVersion, valid_until: date, body: Values, by: Actor, at: datetime
) -> None:
    """Write down when a version ends, because another follows (电价到期).

    Nobody held the end against the document, so an earlier check of the version is void.
    """
    TariffVersion.objects.filter(pk=tariff.pk, valid_until=None).update(
        valid_until=valid_until, body=body
    )
    audit.record(
        "enterprises.tariffversion.end", target=tariff, by=by, at=at, after=f"{valid_until}"
    )
    if TariffCheck.objects.filter(tariff=tariff, withdrawn_at=None).exists():
        withdraw_check(tariff=tariff, words=f"写上了失效日 {valid_until}，需重新核对", by=by, at=at)


@transaction.atomic
def check_tariff(
    *, tariff: TariffVersion, document: str, words: str, by: Actor, at: datetime
) -> TariffCheck:
    """Confirm that a version says what its document says (核对电价), as another than its importer.

    Raises:
        UnableToAnalyseError: it is made for trying out, was checked, or by whom it was imported.
        InvalidInputError: the document or what was compared is not told.
    """
    if tariff.certainty == "generated":
        raise UnableToAnalyseError(Phrase("演示电价哪里都没有执行，没有文件可以对照。"))
    if by.is_who(
        account=tariff.imported_id, name=tariff.imported_by, person=tariff.imported_person
    ):
        raise UnableToAnalyseError(Phrase("导入人不能核对自己导入的电价，请由另一人来做。"))
    if TariffCheck.objects.filter(tariff=tariff, withdrawn_at=None).exists():
        raise UnableToAnalyseError(Phrase("这一版已经核对过。"))
    made = TariffCheck.objects.create(
        tariff=tariff,
        document=clean_text(document, field="document", label="对照的文件", most=200, least=4),
        words=clean_text(words, field="words", label="核对了什么", most=300, least=4),
        checked_by=by.id,
        checked_name=by.name,
        checked_person=by.person_number,
        checked_at=at,
    )
    audit.record(
        "enterprises.tariffversion.check",
        target=tariff,
        by=by,
        at=at,
        after=str(tariff),
        reason=made.words,
    )
    return made


@transaction.atomic
def withdraw_check(*, tariff: TariffVersion, words: str, by: Actor, at: datetime) -> None:
    """Take back that a version was held against its document (撤回核对); the check stays on record.

    Raises:
        UnableToAnalyseError: nobody checked it, or the check was withdrawn.
        InvalidInputError: no reason is told.
    """
    said = clean_text(words, field="reason", label="撤回原因", most=300, least=4)
    checks = TariffCheck.objects.filter(tariff=tariff)
    if not withdraw(checks, words=said, name=by.name, at=at):
        raise UnableToAnalyseError(Phrase("这一版现在没有核对可以撤回。"))
    audit.record(
        "enterprises.tariffversion.uncheck",
        target=tariff,
        by=by,
        at=at,
        after=str(tariff),
        reason=said,
    )


@transaction.atomic
def keep_contracts(*, rows: Sequence[tuple[Customer, Values]], by: Actor, at: datetime) -> int:
    """Keep how firms are supplied and billed (导入用电合同); what was known of them is replaced."""
    kept = []
    for customer, values in rows:
        found, _ = SupplyContract.objects.update_or_create(
            customer=customer, defaults={**values, "kept_by": by.name, "kept_at": at}
        )
        kept.append((found, customer.number))
    audit.record_each("enterprises.supplycontract.keep", targets=kept, by=by, at=at)
    return len(kept)


@transaction.atomic
def ask(
    *, unit: Unit, from_on: date, until_on: date, firms: int, by: Actor, at: datetime
) -> AnalysisRun:
    """Ask for an analysis of all firms of a unit (发起分析).

    Raises:
        UnableToAnalyseError: no firm has a contract, or another run has not ended.
    """
    if not firms:
        raise UnableToAnalyseError("还没有企业登记用电合同，请先导入企业用电表。")
    if AnalysisRun.objects.filter(unit=unit, status__in=["WAITING", "RUNNING"]).exists():
        raise UnableToAnalyseError("已有一次分析在进行，请等它完成。")
    made = AnalysisRun.objects.create(
        number=next_number("QN", at=at),
        unit=unit,
        from_on=from_on,
        until_on=until_on,
        firms=firms,
        asked_by=by.name,
        asked_at=at,
    )
    audit.record("enterprises.analysisrun.ask", target=made, by=by, at=at, after=made.status)
    return made


def begin(*, run: AnalysisRun, by: Actor, at: datetime) -> AnalysisRun:
    """Begin a run, or go on with one whose worker died."""
    return transitions.apply(run, "begin", lifecycle=RUN, by=by, at=at)


def tell(*, run: AnalysisRun, share: float, words: str) -> None:
    """Write down how far a run is."""
    AnalysisRun.objects.filter(pk=run.pk).update(share=share, words=words)


@transaction.atomic
def finish(
    *, run: AnalysisRun, results: Sequence[Result], engine_version: str, by: Actor, at: datetime
) -> AnalysisRun:
    """Store what a run says, once, with the version of the engine that said it.

    Raises:
        IllegalTransitionError, StaleStateError: it has ended already; nothing is stored.
    """
    done = [result for result in results if not result.row.get("problem")]
    transitions.apply(
        run,
        "finish",
        lifecycle=RUN,
        by=by,
        at=at,
        changes={
            "engine_version": engine_version,
            "share": 1.0,
            "words": "",
            "firms": len(results),
            "analysed": len(done),
            "low_cny": sum(result.row["low_cny"] for result in done),
            "high_cny": sum(result.row["high_cny"] for result in done),
            "finished_at": at,
        },
    )
    rows = FirmAnalysis.objects.bulk_create(
        [FirmAnalysis(run=run, customer=result.customer, **result.row) for result in results],
        batch_size=200,
    )
    count = sum(len(result.findings) for result in results)
    numbers = iter(next_numbers("QF", count=count, at=at) if count else ())
    Finding.objects.bulk_create(
        [
            Finding(number=next(numbers), analysis=row, place=place, **values)
            for row, result in zip(rows, results, strict=True)
            for place, values in enumerate(result.findings, start=1)
        ],
        batch_size=500,
    )
    return run


def give_up(*, run: AnalysisRun, words: str, by: Actor, at: datetime) -> AnalysisRun:
    """End a run that cannot be done, with the reason."""
    return transitions.apply(
        run, "give_up", lifecycle=RUN, by=by, at=at, note=words, changes={"words": words[:400]}
    )


@transaction.atomic
def decide(
    *, finding: Finding, verdict: str, words: str, by: Actor, at: datetime
) -> FindingDecision:
    """Accept or decline a finding (采纳、不采纳); an earlier decision stays on record.

    Raises:
        UnableToAnalyseError: it is declined without a reason, or no verdict is given.
        InvalidInputError: the reason is too long.
    """
    if verdict not in FindingDecision.Verdict.values:
        raise UnableToAnalyseError("请选择采纳或不采纳。", field="verdict")
    said = clean_text(words, field="words", label="理由", most=300)
    if verdict == FindingDecision.Verdict.DECLINED and not said:
        raise UnableToAnalyseError("不采纳请写明理由。", field="words")
    made = FindingDecision.objects.create(
        finding=finding,
        verdict=verdict,
        words=said,
        decided_by=by.id,
        decided_name=by.name,
        decided_at=at,
    )
    audit.record(
        "enterprises.finding.decide", target=finding, by=by, at=at, after=verdict, reason=said
    )
    return made


@transaction.atomic
def note_visit(*, finding: Finding, job: Job, by: Actor, at: datetime) -> FindingVisit:
    """Note the visit that a finding led to (上门核实)."""
    made = FindingVisit.objects.create(finding=finding, job=job, opened_by=by.name, opened_at=at)
    audit.record("enterprises.finding.visit", target=finding, by=by, at=at, after=job.number)
    return made
