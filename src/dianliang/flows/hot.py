"""Find what many people speak of (热点问题), beside the requests: hourly, or when told to."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.insight import hot as insight
from dianliang.domain.intake.queries import reports as intake
from dianliang.engines import triage as engine
from dianliang.flows.privacy import ERASED
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import DomainError, NotYourTurnError
from dianliang.kernel.geo import GeoPoint

LOOK = "insight.hot"
WITHIN = timedelta(days=engine.WITHIN_DAYS)
MOST_REPORTS = 10_000
EVERY = timedelta(hours=1)
SEVERITY: Mapping[str, float] = {"normal": 1.0, "urgent": 2.0, "emergency": 3.0}
"""How many ordinary reports one of each urgency is worth; a danger counts as an emergency."""
ISSUE, NEED = "RD", "XQ"
"""An issue is numbered like the first need of it: `RD261124-0007` began with `XQ261124-0007`."""


class UnableToLookError(DomainError):
    """It is being looked for right now."""

    code = "insight.unable-to-look"


@transaction.atomic
def order(*, by: Actor, at: datetime) -> None:
    """Have hot issues looked for in the background.

    Raises:
        NotYourTurnError: only a dispatcher, or the clock, orders this.
        UnableToLookError: that goes on already.
    """
    if by.role not in {Role.DISPATCHER, Role.SYSTEM}:
        raise NotYourTurnError("只有调度员可以发起热点分析。")
    if jobs.enqueue_alone(LOOK, {}, by=by, at=at, max_attempts=2) is None:
        raise UnableToLookError("正在分析，完成后刷新本页即可看到结果。")


def is_looking() -> bool:
    """Tell whether a run is waiting or going on."""
    return jobs.is_going_on(LOOK)


def order_if_due(*, at: datetime) -> None:
    """Have it looked for when an hour has passed and somebody has reported something since."""
    last = BackgroundJob.objects.filter(kind=LOOK).order_by("-pk").first()
    if last is not None and (is_looking() or at - last.created_at < EVERY):
        return
    run = insight.latest_run()
    if run is not None and at - run.at < EVERY:
        return
    if intake.newest_report() > (run.newest_report if run else 0):
        jobs.enqueue_alone(LOOK, {}, by=SYSTEM, at=at, max_attempts=2)


@jobs.handler(LOOK)
def look_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Look, keep what was found, and forget runs that are old."""
    context.progress(0.1, "正在归并")
    run = look(by=SYSTEM, at=context.clock())
    return {"issues": len(run.issues), "reports": run.reports}


def look(*, by: Actor, at: datetime) -> insight.Run:
    """Look through the reports of the last weeks and keep what several people speak of.

    An issue keeps the number it had in the run before.
    """
    newest = intake.newest_report()
    read = [
        report
        for report in intake.reports(since=at - WITHIN, until=at, most=MOST_REPORTS)
        if report.text != ERASED  # else all that was erased in a village would be one matter
    ]
    before = insight.latest()
    found = engine.hot_issues(
        [_reported(report) for report in read],
        at=at,
        before=[_as_before(issue) for issue in before.issues] if before else (),
    )
    known = {report.id: report for report in read}
    run = insight.Run(
        at=at,
        made_by=by.name,
        reports=len(read),
        newest_report=newest,
        issues=tuple(_issue(issue, known) for issue in found),
    )
    insight.keep(run, by=by)
    insight.forget_old(at=at)
    return run


def _reported(report: intake.Report) -> engine.ReportedNeed:
    return engine.ReportedNeed(
        id=report.id,
        text=report.text,
        at=report.at,
        area_code=report.area_code,
        point=_point(report),
        service_code=report.service_code,
        reporter=report.reporter,
        severity=_severity(report),
    )


def _point(report: intake.Report) -> GeoPoint | None:
    if report.lat is None or report.lon is None:
        return None
    return GeoPoint(report.lat, report.lon)


def _severity(report: intake.Report) -> float:
    return SEVERITY["emergency" if report.is_danger else report.urgency]


def _issue(found: engine.HotIssue, known: Mapping[str, intake.Report]) -> insight.Issue:
    members = [known[id_] for id_ in found.need_ids]
    return insight.Issue(
        code=ISSUE + found.id.removeprefix(NEED),
        central=intake.number_of(found.central_id),
        reports=_numbered(members),
        reporters=found.reporters,
        heat=found.heat,
        trend=found.trend.value,
        area_code=found.area_code,
        place=found.place,
        point=found.point,
        first_at=found.first_at,
        last_at=found.last_at,
    )


def _numbered(members: Sequence[intake.Report]) -> tuple[insight.IssueReport, ...]:
    """Number the people within an issue: what is kept tells them apart here and nowhere else."""
    people: dict[str, int] = {}
    return tuple(
        insight.IssueReport(
            id=report.id,
            reporter=people.setdefault(report.reporter, len(people)),
            at=report.at,
            severity=_severity(report),
        )
        for report in members
    )


def _as_before(issue: insight.Issue) -> engine.HotIssue:
    return engine.HotIssue(
        id=NEED + issue.code.removeprefix(ISSUE),
        title="",
        central_id=issue.central,
        need_ids=tuple(report.id for report in issue.reports),
        reporters=issue.reporters,
        heat=issue.heat,
        trend=engine.Trend(issue.trend),
        area_code=issue.area_code,
        place=issue.place,
        point=issue.point,
        first_at=issue.first_at,
        last_at=issue.last_at,
        reasons=(),
    )
