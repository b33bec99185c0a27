"""Grid projects as their pages tell them: a list with filters, and one project whole."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.lifecycle import OPEN_ISSUES, PROJECT
from dianliang.domain.grid_projects.models import Baseline, Member, Milestone, Project
from dianliang.domain.grid_projects.queries.timing import Timing, is_broken, timing_of, told
from dianliang.domain.territory.queries import spoken_name
from dianliang.kernel.actor import Actor, Role, are_surely_two
from dianliang.kernel.phrases import Phrase, joined

RUNNING = ("APPROVED", "BUILDING", "PAUSED")
VIEWS = {
    "all": "全部",
    "running": "在建",
    "late": "预计晚于计划",
    "blocked": "有属地问题",
    "done": "已投运",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which projects are asked for."""

    view: str = "all"
    kind: str = ""
    voltage: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One milestone. Variances are days, positive where it is or will be later than planned."""

    code: str
    name: str
    responsible: str
    after: tuple[str, ...]
    gate: str
    first_on: date | None
    planned_on: date | None
    forecast_on: date | None
    actual_on: date | None
    starts_on: date | None
    ends_on: date | None
    variance_days: int | None
    slack_days: int | None
    is_critical: bool
    open_issues: int
    may_reach: bool

    @property
    def after_words(self) -> str:
        """Return what it waits for in a row, each name to be translated by itself."""
        return joined("、", map(Phrase, self.after))

    @property
    def early_days(self) -> int:
        """Return by how many days it is sooner than planned."""
        return max(0, -(self.variance_days or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """Somebody in the task force."""

    key: int
    post_label: str
    name: str
    unit_name: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """One version of the plan.

    `is_other_known` tells whether personnel numbers show that another decided than proposed it.
    """

    version: int
    status: str
    status_label: str
    starts_on: date
    ends_on: date | None
    reason: str
    proposed_by: str
    decided_by: str
    is_other_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A project in a list; `variance_days` is of its last milestone against the plan in force."""

    number: str
    name: str
    kind_label: str
    voltage: str
    unit_name: str
    area_names: str
    status: str
    status_label: str
    leader: str
    planned_on: date | None
    ends_on: date | None
    variance_days: int | None
    first_variance_days: int | None
    next_step: str
    open_issues: int
    lost_days: int | None
    is_broken: bool

    @property
    def is_late(self) -> bool:
        """Tell whether it ends, or ended, later than planned."""
        return bool(self.variance_days and self.variance_days > 0)

    @property
    def early_days(self) -> int:
        """Return by how many days it is sooner than planned."""
        return max(0, -(self.variance_days or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Projects with how many each view holds."""

    rows: tuple[ProjectRow, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One project whole."""

    row: ProjectRow
    length_km: float | None
    capacity_mva: float | None
    budget_cny: Decimal | None
    feeder: str
    task_force: str
    pause_reason: str
    lessons: str
    steps: tuple[StepRow, ...]
    path: tuple[str, ...]
    members: tuple[MemberRow, ...]
    baselines: tuple[BaselineRow, ...]
    joint_days: int | None
    verbs: tuple[tuple[str, str], ...]
    is_generated: bool

    @property
    def proposed(self) -> BaselineRow | None:
        """Return the version that waits to be confirmed."""
        return next((row for row in self.baselines if row.status == "PROPOSED"), None)


def board(*, filters: Filters, by: Actor, on: date) -> Board:
    """Return the projects of an actor, those that will be latest first."""
    asked = access.visible(by)
    if filters.kind:
        asked = asked.filter(kind=filters.kind)
    if filters.voltage:
        asked = asked.filter(voltage=filters.voltage)
    if filters.q:
        words = filters.q
        asked = asked.filter(Q(name__icontains=words) | Q(number__icontains=words))
    rows = [row_of(project, on=on) for project in _whole(asked)]
    rows.sort(key=lambda row: (-(row.variance_days or 0), row.number))
    shown = {view: tuple(row for row in rows if _is_in(row, view)) for view in VIEWS}
    return Board(
        rows=shown[filters.view], counts={view: len(found) for view, found in shown.items()}
    )


MOST_WORST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the running projects of an actor stand against their plans; the latest by name."""

    running: int
    late: int
    blocked: int
    worst: tuple[ProjectRow, ...]


def standing(*, by: Actor, on: date) -> Standing | None:
    """Return how an actor's running projects stand, or nothing where he has none."""
    if by.role not in access.READERS:
        return None
    rows = [row_of(project, on=on) for project in _whole(access.own(by).filter(status__in=RUNNING))]
    if not rows:
        return None
    late = sorted(
        (row for row in rows if row.is_late),
        key=lambda row: (-(row.variance_days or 0), row.number),
    )
    return Standing(
        running=len(rows),
        late=len(late),
        blocked=sum(row.open_issues > 0 for row in rows),
        worst=tuple(late[:MOST_WORST]),
    )


def _whole(projects: QuerySet[Project]) -> QuerySet[Project]:
    return told(projects).prefetch_related("areas", "members__person", "members__unit")


def _is_in(row: ProjectRow, view: str) -> bool:
    return {
        "all": True,
        "running": row.status in RUNNING,
        "late": row.is_late and row.status in RUNNING,
        "blocked": row.open_issues > 0,
        "done": row.status in {"ENERGISED", "CLOSED"},
    }[view]


def row_of(project: Project, *, on: date) -> ProjectRow:
    """Return a project as a list shows it."""
    return _row(project, timing_of(project, on=on))


def _row(project: Project, timing: Timing | None) -> ProjectRow:
    milestones = list(project.milestones.all())
    last = max(timing.current.values()) if timing else None
    first = max(timing.first.values()) if timing else None
    ends = timing.schedule.ends_on if timing else None
    leader = next((m for m in _seated(project) if m.post == Member.Post.LEADER), None)
    waiting = next((row.name for row in milestones if row.actual_on is None), "")
    names = [spoken_name(area.name) for area in project.areas.all()]
    return ProjectRow(
        number=project.number,
        name=project.name,
        kind_label=project.get_kind_display(),
        voltage=project.voltage,
        unit_name=project.unit.name,
        area_names="、".join(names),
        status=project.status,
        status_label=project.get_status_display(),
        leader=_name(leader) if leader else "",
        planned_on=last,
        ends_on=ends,
        variance_days=(ends - last).days if ends and last else None,
        first_variance_days=(ends - first).days if ends and first else None,
        next_step=waiting,
        open_issues=sum(issue.status in OPEN_ISSUES for issue in project.issues.all()),
        lost_days=timing.joint_days if timing else None,
        is_broken=is_broken(project, timing),
    )


def card(number: str, *, by: Actor, on: date) -> Card:
    """Return one project of an actor.

    Raises:
        NotVisibleError: absent, or another's.
    """
    return card_of(access.project_to_see(number, by=by), role=by.role, on=on)


def card_of(project: Project, *, role: Role, on: date) -> Card:
    """Return one project whole; `role` decides what may be pressed."""
    project = _whole(Project.objects.select_related("unit", "task_force", "feeder")).get(
        pk=project.pk
    )
    timing = timing_of(project, on=on)
    hidden = {"start", "energise"}
    return Card(
        row=_row(project, timing),
        length_km=project.length_km,
        capacity_mva=project.capacity_mva,
        budget_cny=project.budget_cny,
        feeder=project.feeder.name if project.feeder else "",
        task_force=project.task_force.name if project.task_force else "",
        pause_reason=project.pause_reason,
        lessons=project.lessons,
        steps=tuple(_step(project, row, timing) for row in project.milestones.all()),
        path=timing.schedule.path if timing else (),
        members=tuple(_member(row) for row in project.members.all()),
        baselines=tuple(_baseline(row) for row in project.baselines.all()),
        joint_days=timing.joint_days if timing else None,
        verbs=tuple(
            (r.verb, r.label)
            for r in PROJECT.verbs(project.status, role=role)
            if r.verb not in hidden
        ),
        is_generated=project.is_generated,
    )


def _step(project: Project, row: Milestone, timing: Timing | None) -> StepRow:
    timed = timing.schedule.of(row.code) if timing else None
    planned = timing.current.get(row.code) if timing else None
    issues = [issue for issue in project.issues.all() if issue.milestone_id == row.pk]
    waits_for = list(row.after.all())
    return StepRow(
        code=row.code,
        name=row.name,
        responsible=row.responsible,
        after=tuple(earlier.name for earlier in waits_for),
        gate=row.gate,
        first_on=timing.first.get(row.code) if timing else None,
        planned_on=planned,
        forecast_on=row.forecast_on,
        actual_on=row.actual_on,
        starts_on=timed.starts_on if timed else None,
        ends_on=timed.ends_on if timed else None,
        variance_days=(timed.ends_on - planned).days if timed and planned else None,
        slack_days=timed.slack_days if timed else None,
        is_critical=bool(timed and timed.is_critical),
        open_issues=sum(issue.status in OPEN_ISSUES for issue in issues),
        may_reach=row.actual_on is None and all(earlier.actual_on for earlier in waits_for),
    )


def _seated(project: Project) -> list[Member]:
    return [row for row in project.members.all() if row.until_on is None]


def _name(row: Member) -> str:
    return row.person.name if row.person else row.organisation


def _member(row: Member) -> MemberRow:
    return MemberRow(
        key=row.pk,
        post_label=row.get_post_display(),
        name=_name(row),
        unit_name=row.unit.name if row.unit else "",
        from_on=row.from_on,
        until_on=row.until_on,
    )


def _baseline(row: Baseline) -> BaselineRow:
    return BaselineRow(
        version=row.version,
        status=row.status,
        status_label=row.get_status_display(),
        starts_on=row.starts_on,
        ends_on=max((day.planned_on for day in row.days.all()), default=None),
        reason=row.reason,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        is_other_known=are_surely_two(row.proposed_person, row.decided_person),
    )
