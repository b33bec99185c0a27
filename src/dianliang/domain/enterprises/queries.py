"""Every read about firms, as frozen rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from dianliang.domain.customers.models import SEALED
from dianliang.domain.enterprises import access
from dianliang.domain.enterprises.lifecycle import LABELS
from dianliang.domain.enterprises.models import (
    AnalysisRun,
    Finding,
    FindingDecision,
    FirmAnalysis,
    SupplyContract,
    TariffVersion,
)
from dianliang.domain.work.models import PlannedStop
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of

UNREAD = tuple(f"customer__{name}" for name in SEALED if name != "name")
VIEWS = {"": "全部", "findings": "有发现", "unfit": "没有分析"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as its list shows it."""

    number: str
    from_on: date
    until_on: date
    status: str
    status_label: str
    share_percent: int
    words: str
    firms: int
    analysed: int
    low_cny: float
    high_cny: float
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    engine_version: str

    @property
    def last_on(self) -> date:
        """The last day that was analysed."""
        return self.until_on - timedelta(days=1)

    @property
    def is_going_on(self) -> bool:
        """Tell whether it has not ended."""
        return self.status in {"WAITING", "RUNNING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmRow:
    """A firm of a run, as the list shows it."""

    number: str
    name: str
    area_name: str
    unit_name: str
    tariff_code: str
    shape: str
    total_cny: float
    low_cny: float
    high_cny: float
    findings: tuple[str, ...]
    problem: str

    @property
    def share(self) -> float:
        """What could be saved at most, as a share of what is paid."""
        return self.high_cny / self.total_cny if self.total_cny else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What somebody made of a finding."""

    verdict: str
    label: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding with what people made of it; `body` is what the engine said.

    The visit's job waits to be planned (`job_waits`), or stands in a plan that the reader may see.
    """

    number: str
    body: Mapping[str, Any]
    decisions: tuple[DecisionRow, ...]
    job_number: str
    job_status: str
    job_waits: bool
    plan_number: str

    @property
    def decision(self) -> DecisionRow | None:
        """The decision that holds, if there is one."""
        return self.decisions[0] if self.decisions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmPage:
    """What a run says of one firm."""

    number: str
    name: str
    address: str
    area_name: str
    unit_name: str
    run: RunRow
    tariff_code: str
    way: str
    capacity_kva: float
    body: Mapping[str, Any]
    problem: str
    findings: tuple[FindingRow, ...]
    is_generated: bool
    may_write: bool


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
    body: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """Return what its page is asked for by."""
        return f"{self.code}.{self.version}"


def run_row(run: AnalysisRun) -> RunRow:
    """Return a run as a row."""
    return RunRow(
        number=run.number,
        from_on=run.from_on,
        until_on=run.until_on,
        status=run.status,
        status_label=LABELS[run.status],
        share_percent=round(100 * run.share),
        words=run.words,
        firms=run.firms,
        analysed=run.analysed,
        low_cny=run.low_cny,
        high_cny=run.high_cny,
        asked_by=run.asked_by,
        asked_at=run.asked_at,
        finished_at=run.finished_at,
        engine_version=run.engine_version,
    )


def runs(*, by: Actor, most: int = 20) -> tuple[RunRow, ...]:
    """Return the latest runs, the newest first."""
    return tuple(run_row(run) for run in access.runs(by).order_by("-pk")[:most])


def latest(*, by: Actor) -> RunRow | None:
    """Return the newest finished run that says something of the actor's firms."""
    mine = access.analyses(by).order_by("-run_id").values_list("run_id", flat=True).first()
    return None if mine is None else run_row(AnalysisRun.objects.get(pk=mine))


def ranked(*, run: str, view: str, kind: str, by: Actor) -> "QuerySet[FirmAnalysis, FirmAnalysis]":
    """Return what a run says of the actor's firms, the dearest first; rows by `firm_rows`."""
    rows = access.analyses(by).filter(run__number=run)
    if view == "findings":
        rows = rows.filter(high_cny__gt=0)
    elif view == "unfit":
        rows = rows.filter(shape="")
    if kind:
        rows = rows.filter(findings__kind=kind)
    found = Finding.objects.filter(is_counted=True).only("analysis_id", "kind", "place")
    return (
        rows.select_related("customer__area", "customer__unit")
        .defer("body", *UNREAD)
        .prefetch_related(Prefetch("findings", queryset=found.order_by("place")))
        .order_by("-high_cny", "pk")
    )


def firm_rows(rows: Sequence[FirmAnalysis]) -> list[FirmRow]:
    """Return rows of a list, two queries for all of them."""
    return [
        FirmRow(
            number=one.customer.number,
            name=one.customer.name,
            area_name=one.customer.area.name,
            unit_name=one.customer.unit.name if one.customer.unit else "",
            tariff_code=one.tariff_code,
            shape=one.shape,
            total_cny=one.total_cny,
            low_cny=one.low_cny,
            high_cny=one.high_cny,
            findings=tuple(finding.kind for finding in one.findings.all()),
            problem=phrase_of(one.problem),
        )
        for one in rows
    ]


def firm(number: str, *, run: str = "", by: Actor) -> FirmPage:
    """Return what a run, or the newest, says of a firm.

    Raises:
        NotVisibleError: the firm is absent or of another unit, or was never analysed.
    """
    customer = access.firm_to_see(number, by=by)
    rows = access.analyses(by).filter(customer=customer)
    if run:
        rows = rows.filter(run__number=run)
    one = rows.select_related("run", "customer__area", "customer__unit").order_by("-run_id").first()
    if one is None:
        raise NotVisibleError(access.ABSENT)
    return FirmPage(
        number=customer.number,
        name=customer.name,
        address=customer.address,
        area_name=one.customer.area.name,
        unit_name=one.customer.unit.name if one.customer.unit else "",
        run=run_row(one.run),
        tariff_code=one.tariff_code,
        way=one.way,
        capacity_kva=one.capacity_kva,
        body=one.body,
        problem=phrase_of(one.problem),
        findings=_findings(one, by=by),
        is_generated=customer.is_generated,
        may_write=by.role in access.WRITERS,
    )


def firm_of(finding: str, *, by: Actor) -> str:
    """Return the number of the firm that a finding is about.

    Raises:
        NotVisibleError: the finding is absent, or not the actor's to decide.
    """
    return access.finding_to_decide(finding, by=by).analysis.customer.number


def _findings(analysis: FirmAnalysis, *, by: Actor) -> tuple[FindingRow, ...]:
    related = analysis.findings.select_related("visit__job").prefetch_related("decisions")
    rows = list(related.order_by("place"))
    jobs = [one.visit.job_id for one in rows if hasattr(one, "visit")]
    stops = PlannedStop.objects.filter(
        job__in=jobs, plan__unit__path__startswith=by.unit_path, plan__status="PUBLISHED"
    )
    plans = dict(stops.order_by("pk").values_list("job", "plan__number")) if jobs else {}
    return tuple(_finding(one, plans) for one in rows)


def _finding(one: Finding, plans: Mapping[int, str]) -> FindingRow:
    names = ("kind", "low_cny", "high_cny", "rule", "group", "is_counted", "confidence")
    visit = getattr(one, "visit", None)
    return FindingRow(
        number=one.number,
        body={
            **{name: getattr(one, name) for name in names},
            "status": one.standing,
            "facts": one.facts,
            "points": one.points,
        },
        decisions=tuple(map(_decision, one.decisions.all())),
        job_number=visit.job.number if visit else "",
        job_status=visit.job.get_status_display() if visit else "",
        job_waits=visit is not None and visit.job.status == "OPEN",
        plan_number=plans.get(visit.job_id, "") if visit else "",
    )


def _decision(one: FindingDecision) -> DecisionRow:
    return DecisionRow(
        verdict=one.verdict,
        label=one.get_verdict_display(),
        words=one.words,
        by=one.decided_name,
        at=one.decided_at,
    )


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
            body=one.body,
        )
        for one in TariffVersion.objects.order_by("code", "-version")
    )


def contracts(*, by: Actor) -> int:
    """Return how many of the actor's firms have a contract."""
    return SupplyContract.objects.filter(customer__in=access.firms(by)).count()
