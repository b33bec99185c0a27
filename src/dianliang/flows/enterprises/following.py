"""What people make of a finding: accept or decline it, and go there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises import access, operations, queries
from dianliang.domain.enterprises.models import Finding, FindingDecision, FindingVisit
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.domain.enterprises.shapes import FirmPage
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations.jobs import open_job
from dianliang.flows.enterprises import papers
from dianliang.flows.enterprises.words import STATUS, TO_CHECK, told
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

VISIT_MINUTES, DUE_DAYS = 60, 30


@dataclass(frozen=True, slots=True)
class Printed:
    """A file with its name."""

    content: bytes
    name: str


def decide(*, number: str, verdict: str, words: str, by: Actor, at: datetime) -> FindingDecision:
    """Accept or decline a finding.

    Raises:
        NotVisibleError: it is absent, or not the actor's to decide.
        UnableToAnalyseError, InvalidInputError: see `operations.decide`.
    """
    finding = access.finding_to_decide(number, by=by)
    return operations.decide(finding=finding, verdict=verdict, words=words, by=by, at=at)


@transaction.atomic
def visit(*, number: str, by: Actor, at: datetime) -> Job:
    """Open a visit for a finding that was accepted; what to check stands on the job.

    Raises:
        NotVisibleError: it is absent, or not the actor's to decide.
        UnableToAnalyseError: it was not accepted, has a visit, or nobody knows where the firm is.
    """
    finding = access.finding_to_decide(number, by=by)
    Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    last = finding.decisions.order_by("-pk").first()
    if last is None or last.verdict != FindingDecision.Verdict.ACCEPTED:
        raise UnableToAnalyseError(Phrase("先采纳这项发现，再开上门工单。"))
    if FindingVisit.objects.filter(finding=finding).exists():
        raise UnableToAnalyseError(Phrase("这项发现已有上门工单。"))
    return sent(finding, window=None, by=by, at=at)


def sent(finding: Finding, *, window: TimeWindow | None, by: Actor, at: datetime) -> Job:
    """Open the visit of a finding, in a window that suits the firm where it named one.

    Raises:
        UnableToAnalyseError: nobody knows where the firm is, or whose it is.
    """
    firm = finding.analysis.customer
    unit = firm.unit or Unit.objects.filter(path=by.unit_path).first()
    lat, lon = firm.lat or firm.area.lat, firm.lon or firm.area.lon
    if unit is None or lat is None or lon is None:
        raise UnableToAnalyseError(Phrase("这户企业没有责任单位或位置，请先在客户档案里补上。"))
    said = told(finding.kind, finding.rule, finding.facts)
    job = open_job(
        title=f"用电分析上门：{said.title}",
        detail=f"{finding.number}：{said.words}（{STATUS}）",
        area=firm.area,
        point=GeoPoint(lat, lon),
        unit=unit,
        customer=firm,
        checklist=[str(one) for one in TO_CHECK[finding.kind]],
        duration_min=VISIT_MINUTES,
        windows=[window] if window else (),
        due_at=at + timedelta(days=DUE_DAYS),
        by=by,
        at=at,
    )
    operations.note_visit(finding=finding, job=job, by=by, at=at)
    return job


def report(*, number: str, run: str = "", form: str, by: Actor, at: datetime) -> Printed:
    """Print the two-page report of a firm, as PDF or Word; the trail keeps who took it.

    Raises:
        NotVisibleError: the firm is absent, of another unit, or never analysed.
        UnableToAnalyseError: it could not be analysed; the message says why.
    """
    return printed(queries.firm(number, run=run, by=by), form=form, by=by, at=at)


def printed(page: FirmPage, *, form: str, by: Actor, at: datetime) -> Printed:
    """Print the two-page report of what a page says; the trail keeps who took it.

    Raises:
        UnableToAnalyseError: the firm could not be analysed; the message says why.
    """
    if page.problem:
        raise UnableToAnalyseError(page.problem)
    document = papers.paper(
        number=f"{page.number}　{page.run.number}",
        name=page.name,
        period=f"{page.run.from_on:%Y-%m} 至 {page.run.last_on:%Y-%m}",
        way=page.way,
        capacity_kva=page.capacity_kva,
        body=page.body,
        findings=[{**one.body, "is_declined": one.is_declined} for one in page.findings],
        issuer=page.unit_name,
        is_generated=page.is_generated,
    )
    made = (word if form == "docx" else pdf)([document], title=papers.TITLE, made_at=at)
    audit.record_about(
        "enterprises.firmanalysis.export",
        target_type="customers.customer",
        target_id=page.number,
        by=by,
        at=at,
        after=f"{page.run.number} {form}",
    )
    return Printed(made, f"{page.number}-{page.run.number}.{form}")
