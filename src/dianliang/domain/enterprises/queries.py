"""Every read about firms, as frozen rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest, Round

from dianliang.domain.customers.models import SEALED, Customer
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
from dianliang.domain.enterprises.shapes import (
    DecisionRow,
    FindingRow,
    FirmPage,
    FirmRow,
    RunRow,
)
from dianliang.domain.work.models import PlannedStop
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of

UNREAD = tuple(f"customer__{name}" for name in SEALED if name != "name")
SUMMED = ("firms", "analysed", "low_cny", "high_cny")
VIEWS = {"": "全部", "findings": "有发现", "unfit": "没有分析"}


def _run_row(run: AnalysisRun, seen: Mapping[str, Any] | None = None) -> RunRow:
    """Return a run as a row; of a finished one `seen` counts the firms that the actor may see."""
    told = seen or {name: getattr(run, name) for name in SUMMED}
    return RunRow(
        number=run.number,
        from_on=run.from_on,
        until_on=run.until_on,
        status=run.status,
        status_label=LABELS[run.status],
        share_percent=round(100 * run.share),
        words=run.words,
        **{name: told[name] for name in SUMMED},
        asked_by=run.asked_by,
        asked_at=run.asked_at,
        finished_at=run.finished_at,
        engine_version=run.engine_version,
    )


def runs(*, by: Actor, most: int = 20) -> tuple[RunRow, ...]:
    """Return the latest runs, the newest first, each with the actor's firms only. Two queries."""
    found = list(access.runs(by).order_by("-pk")[:most])
    seen = _sums([run.pk for run in found], by=by)
    return tuple(_run_row(run, seen.get(run.pk)) for run in found)


def latest(*, by: Actor) -> RunRow | None:
    """Return the finished run that speaks for the actor's firms.

    The newest that was made for all of them, which a run of a part of them does not replace; nor
    does one of a few months replace a run that holds these months among others.
    """
    known = list(access.runs(by).filter(status="DONE").select_related("unit").order_by("-pk"))
    whole = [run for run in known if by.unit_path.startswith(run.unit.path)] or known
    here = next((run for run in whole if not any(_holds(other, run) for other in whole)), None)
    return None if here is None else _run_row(here, _sums([here.pk], by=by).get(here.pk))


def _holds(other: AnalysisRun, run: AnalysisRun) -> bool:
    is_longer = other.until_on - other.from_on > run.until_on - run.from_on
    return is_longer and other.from_on <= run.from_on and other.until_on >= run.until_on


def _sums(runs: Sequence[int], *, by: Actor) -> dict[int, dict[str, Any]]:
    """Return by run how many of the actor's firms it has, and what is open for them."""
    rows = _with_open(access.analyses(by).filter(run__in=runs)).order_by().values("run")
    summed = rows.annotate(
        firms=Count("pk"),
        analysed=Count("pk", filter=~Q(shape="")),
        low=Sum("open_low_cny"),
        high=Sum("open_high_cny"),
    )
    return {
        row["run"]: {
            "firms": row["firms"],
            "analysed": row["analysed"],
            "low_cny": row["low"],
            "high_cny": row["high"],
        }
        for row in summed
    }


def _with_open(rows: "QuerySet[FirmAnalysis, FirmAnalysis]") -> "QuerySet[Any, Any]":
    """Add what is open of each firm's sums: without the findings that somebody declined."""
    last = FindingDecision.objects.filter(finding=OuterRef("pk")).order_by("-pk")
    declined = (
        Finding.objects.filter(analysis=OuterRef("pk"), is_counted=True)
        .annotate(last=Subquery(last.values("verdict")[:1]))
        .filter(last=FindingDecision.Verdict.DECLINED)
        .order_by()
        .values("analysis")
    )
    return rows.annotate(
        **{
            f"open_{name}": Greatest(
                Round(
                    F(name) - Coalesce(Subquery(declined.annotate(n=Sum(name)).values("n")), 0.0), 2
                ),
                0.0,
            )
            for name in ("low_cny", "high_cny")
        }
    )


def ranked(*, run: str, view: str, kind: str, by: Actor) -> "QuerySet[Any, Any]":
    """Return what a run says of the actor's firms, the dearest first; rows by `firm_rows`.

    What somebody declined is no longer counted.
    """
    rows = _with_open(access.analyses(by).filter(run__number=run))
    if view == "findings":
        rows = rows.filter(open_high_cny__gt=0)
    elif view == "unfit":
        rows = rows.filter(shape="")
    if kind:
        rows = rows.filter(findings__kind=kind)
    found = Finding.objects.filter(is_counted=True).only("analysis_id", "kind", "place")
    return (
        rows.select_related("customer__area", "customer__unit")
        .defer("body", *UNREAD)
        .prefetch_related(Prefetch("findings", queryset=found.order_by("place")))
        .order_by("-open_high_cny", "pk")
    )


def firm_rows(rows: Sequence[Any]) -> list[FirmRow]:
    """Return rows of `ranked`, two queries for all of them."""
    return [
        FirmRow(
            number=one.customer.number,
            name=one.customer.name,
            area_name=one.customer.area.name,
            unit_name=one.customer.unit.name if one.customer.unit else "",
            tariff_code=one.tariff_code,
            shape=one.shape,
            total_cny=one.total_cny,
            low_cny=one.open_low_cny,
            high_cny=one.open_high_cny,
            findings=tuple(finding.kind for finding in one.findings.all()),
            problem=phrase_of(one.problem),
        )
        for one in rows
    ]


def named(number: str, *, by: Actor) -> tuple[str, str] | None:
    """Return number and name of a firm that the actor sees; None of any other."""
    found = access.firms(by).filter(number=number.replace("\0", "")).first()
    return (found.number, found.name) if found else None


def firm(number: str, *, run: str = "", by: Actor) -> FirmPage:
    """Return what a run says of a firm; without one, the run of its list, or the newest it is in.

    Raises:
        NotVisibleError: the firm is absent or of another unit, or was never analysed.
    """
    customer = access.firm_to_see(number, by=by)
    rows = _pages(access.analyses(by).filter(customer=customer))
    if run:
        one = rows.filter(run__number=run).first()
    else:
        shown = latest(by=by)
        one = rows.filter(run__number=shown.number).first() if shown else None
        one = one or rows.first()
    if one is None:
        raise NotVisibleError(access.ABSENT)
    return _page(one, within=by.unit_path, may_write=by.role in access.WRITERS)


def own_firm(customer: Customer) -> FirmPage | None:
    """Return what the newest finished run says of a firm, for the firm itself; None before any.

    A run of a few months does not replace one that holds these months among others.
    """
    rows = list(_pages(FirmAnalysis.objects.filter(run__status="DONE", customer=customer)))
    runs = [one.run for one in rows]
    one = next((one for one in rows if not any(_holds(run, one.run) for run in runs)), None)
    return _page(one, within="", may_write=False) if one else None


def _pages(rows: "QuerySet[FirmAnalysis, FirmAnalysis]") -> "QuerySet[Any, Any]":
    rows = rows.select_related("run", "customer__area", "customer__unit")
    return _with_open(rows).order_by("-run_id")


def _page(one: Any, *, within: str, may_write: bool) -> FirmPage:
    """Return a page; plans of jobs are told within a unit's path, to nobody without one."""
    customer = one.customer
    return FirmPage(
        number=customer.number,
        name=customer.name,
        address=customer.address,
        area_name=one.customer.area.name,
        unit_name=one.customer.unit.name if one.customer.unit else "",
        run=_run_row(one.run),
        tariff_code=one.tariff_code,
        way=one.way,
        capacity_kva=one.capacity_kva,
        body=_body(one),
        problem=phrase_of(one.problem),
        findings=_findings(one, within=within),
        has_demo_tariff=TariffVersion.objects.filter(
            code=one.tariff_code, certainty="generated"
        ).exists(),
        is_generated=customer.is_generated,
        may_write=may_write,
    )


def _body(one: Any) -> dict[str, Any]:
    """Return what the engine said, sentences as such, with the sums that are still open."""
    lines = [
        {**line, "name": phrase_of(line["name"]), "words": phrase_of(line["words"])}
        for line in one.body.get("lines", ())
    ]
    return {
        **one.body,
        "lines": lines,
        "versions": [phrase_of(told) for told in one.body.get("versions", ())],
        "low_cny": one.open_low_cny,
        "high_cny": one.open_high_cny,
    }


def firm_of(finding: str, *, by: Actor) -> str:
    """Return the number of the firm that a finding is about.

    Raises:
        NotVisibleError: the finding is absent, or not the actor's to decide.
    """
    return access.finding_to_decide(finding, by=by).analysis.customer.number


def place_of(finding: str, *, by: Actor) -> tuple[str, str]:
    """Return the numbers of the firm and the run that a finding is of.

    Raises:
        NotVisibleError: it is absent, or of a firm that is not the actor's.
    """
    rows = access.analyses(by).filter(findings__number=finding.replace("\0", ""))
    found = rows.values_list("customer__number", "run__number").first()
    if found is None:
        raise NotVisibleError("没有找到这项发现。")
    return found


def _findings(analysis: FirmAnalysis, *, within: str) -> tuple[FindingRow, ...]:
    related = analysis.findings.select_related("visit__job").prefetch_related("decisions")
    rows = list(related.order_by("place"))
    jobs = [one.visit.job_id for one in rows if hasattr(one, "visit")]
    stops = PlannedStop.objects.filter(
        job__in=jobs, plan__unit__path__startswith=within, plan__status="PUBLISHED"
    )
    is_asked = bool(jobs and within)
    plans = dict(stops.order_by("pk").values_list("job", "plan__number")) if is_asked else {}
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
        job_is_done=visit is not None and visit.job.status == "DONE",
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


def contracts(*, by: Actor) -> int:
    """Return how many of the actor's firms have a contract."""
    return SupplyContract.objects.filter(customer__in=access.firms(by)).count()
