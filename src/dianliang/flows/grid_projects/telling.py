"""What pages and the wall tell of grid projects: one whole, and the figure of all with its n."""

from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.models import IssueKind, NormDuration
from dianliang.domain.grid_projects.queries.claims import Claim, claim_of
from dianliang.domain.grid_projects.queries.issues import IssueRow, issues_of
from dianliang.domain.grid_projects.queries.projects import Card, Filters, board, card_of
from dianliang.kernel.actor import Actor

DONE = frozenset({"ENERGISED", "CLOSED"})
RUNNING = frozenset({"APPROVED", "BUILDING", "PAUSED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPage:
    """One project with its issues and what may be claimed of its time."""

    card: Card
    issues: tuple[IssueRow, ...]
    claim: Claim
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Variance against the first plan, in days and with how many projects it is of.

    `done_median_days` is negative where half of them were sooner; None without any.
    """

    done_count: int
    done_median_days: float | None
    done_low_days: int | None
    done_high_days: int | None
    early_count: int
    running_count: int
    late_count: int
    open_issues: int
    lost_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NormRow:
    """A norm duration with its source."""

    kind_label: str
    voltage: str
    from_on: date
    days: int
    source: str
    entered_by: str
    is_generated: bool


def project_page(*, number: str, by: Actor, at: datetime, on: date) -> ProjectPage:
    """Return one project of an actor with all that its page tells.

    Raises:
        NotVisibleError: absent, or another's.
    """
    project = access.project_to_see(number, by=by)
    return ProjectPage(
        card=card_of(project, role=by.role, on=on),
        issues=issues_of(project, at=at, on=on),
        claim=claim_of(project.number, reach=by.unit_path),
        is_own=access.is_own(project, by=by),
    )


def figure(*, by: Actor, on: date) -> Figure:
    """Return the figure of all projects of an actor."""
    rows = board(filters=Filters(), by=by, on=on).rows
    done = [
        row.first_variance_days
        for row in rows
        if row.status in DONE and row.first_variance_days is not None
    ]
    running = [row for row in rows if row.status in RUNNING]
    return Figure(
        done_count=len(done),
        done_median_days=median(done) if done else None,
        done_low_days=min(done, default=None),
        done_high_days=max(done, default=None),
        early_count=sum(days < 0 for days in done),
        running_count=len(running),
        late_count=sum(row.is_late for row in running),
        open_issues=sum(row.open_issues for row in rows),
        lost_days=sum(row.lost_days or 0 for row in rows),
    )


def kinds() -> tuple[tuple[str, str], ...]:
    """Return the kinds of issues in use."""
    return tuple((k.code, k.name) for k in IssueKind.objects.filter(is_active=True))


def norms() -> tuple[NormRow, ...]:
    """Return all norm durations, the newest version of each first."""
    rows = NormDuration.objects.order_by("kind", "voltage", "-from_on")
    return tuple(
        NormRow(
            kind_label=row.get_kind_display(),
            voltage=row.voltage,
            from_on=row.from_on,
            days=row.days,
            source=row.source,
            entered_by=row.entered_by,
            is_generated=row.is_generated,
        )
        for row in rows
    )
