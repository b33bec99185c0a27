"""Hot issues as they are kept: each run as it was found, what people said about an issue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import TruncDate

from dianliang.core import audit
from dianliang.domain.insight.models import HotIssue, HotMark, HotRun
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint

KEPT = timedelta(days=90)
"""Older runs go, but for the last of each day."""
STATES: dict[str, str] = dict(HotMark.State.choices)
TRENDS: dict[str, str] = dict(HotIssue.Trend.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReport:
    """A report within an issue. `reporter` tells its people apart within this issue only."""

    id: str
    reporter: int
    at: datetime
    severity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A hot issue of one run: which reports, and the figures of all of them."""

    code: str
    central: str
    reports: tuple[IssueReport, ...]
    reporters: int
    heat: float
    trend: str
    area_code: str
    place: str
    point: GeoPoint | None
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run with what it found, hottest first."""

    at: datetime
    made_by: str
    reports: int
    newest_report: int
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a person said about an issue."""

    code: str
    state: str
    state_label: str
    note: str
    heat: float
    at: datetime
    by_name: str
    unit_path: str


@transaction.atomic
def keep(run: Run, *, by: Actor) -> HotRun:
    """Keep what one run found, with its event."""
    row = HotRun.objects.create(
        at=run.at, made_by=run.made_by, reports=run.reports, newest_report=run.newest_report
    )
    codes = {issue.area_code for issue in run.issues}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "pk"))
    HotIssue.objects.bulk_create(
        HotIssue(
            run=row,
            code=issue.code,
            central=issue.central,
            reports=[[r.id, r.reporter, r.at.isoformat(), r.severity] for r in issue.reports],
            reporters=issue.reporters,
            heat=issue.heat,
            trend=issue.trend,
            area_id=areas.get(issue.area_code),
            place=issue.place[:60],
            lat=issue.point.lat if issue.point else None,
            lon=issue.point.lon if issue.point else None,
            first_at=issue.first_at,
            last_at=issue.last_at,
        )
        for issue in run.issues
    )
    found = f"{len(run.issues)} 个热点，{run.reports} 条反映"
    audit.record("insight.hotrun.look", target=row, by=by, at=run.at, after=found)
    return row


def forget_old(*, at: datetime) -> int:
    """Delete the runs older than `KEPT`, but for the last of each day; return how many."""
    old = HotRun.objects.filter(at__lt=at - KEPT)
    days = old.annotate(day=TruncDate("at", tzinfo=SHANGHAI)).order_by().values("day")
    last = [row["last"] for row in days.annotate(last=Max("pk"))]
    return old.exclude(pk__in=last).delete()[0]


@transaction.atomic
def mark(*, code: str, state: str, note: str, heat: float, by: Actor, at: datetime) -> HotMark:
    """Write down that a person knows of an issue, or works on it.

    Raises:
        InvalidInputError: there is no such mark.
    """
    if state not in STATES:
        raise InvalidInputError("请选择“已知悉”或“正在处理”。", field="state")
    row = HotMark.objects.create(
        code=code,
        state=state,
        note=note,
        heat=heat,
        at=at,
        by_id=by.id,
        by_name=by.name,
        unit_path=by.unit_path,
    )
    audit.record_about(
        f"insight.hotmark.{state}",
        target_type="insight.hotmark",
        target_id=code,
        by=by,
        at=at,
        after=STATES[state],
        reason=note,
    )
    return row


def latest_run() -> HotRun | None:
    """Return when was last looked, and until where; without what was found."""
    return HotRun.objects.order_by("-at", "-pk").first()


def latest() -> Run | None:
    """Return the latest run with all that it found; two queries."""
    row = latest_run()
    if row is None:
        return None
    issues = row.issues.select_related("area").order_by("-heat", "code")
    return Run(
        at=row.at,
        made_by=row.made_by,
        reports=row.reports,
        newest_report=row.newest_report,
        issues=tuple(_issue(issue) for issue in issues),
    )


def _issue(row: HotIssue) -> Issue:
    return Issue(
        code=row.code,
        central=row.central,
        reports=tuple(_report(*told) for told in row.reports),
        reporters=row.reporters,
        heat=row.heat,
        trend=row.trend,
        area_code=row.area.code if row.area else "",
        place=row.place,
        point=None if row.lat is None or row.lon is None else GeoPoint(row.lat, row.lon),
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _report(id_: str, reporter: int, at: str, severity: Any) -> IssueReport:
    return IssueReport(
        id=id_, reporter=reporter, at=datetime.fromisoformat(at), severity=float(severity)
    )


def marks(codes: Iterable[str], *, by: Actor) -> dict[str, Mark]:
    """Return the last mark of each issue that concerns an actor.

    What somebody above him or below him said, not what a neighbour did: its words are not his.
    """
    last: dict[str, Mark] = {}
    for row in HotMark.objects.filter(code__in=set(codes)).order_by("at", "pk"):
        if by.reaches_unit(row.unit_path) or by.unit_path.startswith(row.unit_path):
            last[row.code] = Mark(
                code=row.code,
                state=row.state,
                state_label=STATES[row.state],
                note=row.note,
                heat=row.heat,
                at=row.at,
                by_name=row.by_name,
                unit_path=row.unit_path,
            )
    return last
