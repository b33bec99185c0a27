"""Grid projects of the demo county, rows 003-11 and 000-09: finished, being built, and planned.

Everything is written through the operations, each at the day on which it would have happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from dianliang.domain.branches.models import Branch
from dianliang.domain.grid_projects.models import (
    Issue,
    IssueKind,
    Milestone,
    NormDuration,
    Project,
    StepTemplate,
)
from dianliang.domain.grid_projects.operations import baselines, issues, projects
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person
from dianliang.flows.demo.county import County, serving
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

SECOND = Actor(
    id="user:commander", name="指挥长", role=Role.COMMANDER, unit_path="/", area_path="/"
)
CHECKER = Actor(
    id="demo:checker", name="工程复核岗（演示）", role=Role.DISPATCHER, unit_path="/", area_path="/"
)
NORM_DAYS = 250


@dataclass(frozen=True, slots=True)
class Plot:
    """One project: when it was taken in, how each step compares with its usual length, who leads.

    `factor` stretches the steps after the start; `late` are steps that took so many days longer.
    """

    name: str
    kind: str
    voltage: str
    began_days_ago: int
    factor: float = 1.0
    led: bool = False
    late: tuple[tuple[str, int, str], ...] = ()
    rebased: bool = False


PLOTS = (
    Plot("110 千伏甲变电站", "substation", "110kV", 640, 0.62, True, (("land", 25, "land"),)),
    Plot("110 千伏乙变电站", "substation", "110kV", 610, 0.87, True, (("base", 8, "noise"),)),
    Plot("110 千伏丙变电站", "substation", "110kV", 900, 1.05, False, (("land", 60, "land"),)),
    Plot("110 千伏丁变电站", "substation", "110kV", 820, 1.1),
    Plot("110 千伏戊变电站", "substation", "110kV", 760, 0.95, False, (("base", 30, "access"),)),
    Plot("110 千伏己变电站", "substation", "110kV", 330, 1.0, True, (("install", 40, "trees"),)),
    Plot("35 千伏庚线", "line", "35kV", 300, 1.0, True, (("land", 45, "trees"),), True),
    Plot("10 千伏辛线改造", "renewal", "10kV", 95, 1.0, True, (("land", 20, "compensation"),)),
    Plot("10 千伏壬线改造", "renewal", "10kV", 210, 1.0),
    Plot("10 千伏癸线入地", "cable", "10kV", 130, 1.0, True, (("land", 45, "crossing"),)),
    Plot("10 千伏子线改造", "renewal", "10kV", 12),
)


def build_projects(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write the projects, their task forces, plans, milestones and local issues."""
    today = at.astimezone(SHANGHAI).date()
    force = Branch.objects.filter(kind=Branch.Kind.TASK_FORCE, status="ACTIVE").first()
    usual = _templates()
    for place, plot in enumerate(PLOTS):
        villages = rng.sample(county.villages, 2)
        project = _opened(county, plot, villages, place, force, by=by, today=today)
        _lead(project, plot, rng=rng, by=by, today=today)
        _run(project, plot, usual[plot.kind], county, by=by, today=today)
    Issue.objects.filter(project__is_generated=True).update(is_generated=True)
    NormDuration.objects.create(
        kind="substation",
        voltage="110kV",
        from_on=today - timedelta(days=1000),
        days=NORM_DAYS,
        source="演示用数，由系统生成，不是任何标准",
        entered_by=by.name,
        entered_at=at,
        is_generated=True,
    )


def _templates() -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in StepTemplate.objects.all():
        found.setdefault(row.kind, {})[row.step] = row.usual_days
    return found


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), SHANGHAI)


def _opened(
    county: County,
    plot: Plot,
    villages: list[Area],
    place: int,
    force: Branch | None,
    *,
    by: Actor,
    today: date,
) -> Project:
    is_large = plot.kind in {"substation", "line"}
    details = projects.Details(
        name=f"{plot.name}（演示）",
        kind=plot.kind,
        voltage=plot.voltage,
        unit=county.company if is_large else serving(county, villages[0]),
        areas=villages,
        length_km=None if plot.kind == "substation" else 4.5 + place,
        capacity_mva=63.0 if plot.kind == "substation" else None,
        budget_cny=Decimal(48_000_000 if is_large else 2_600_000) + 10_000 * place,
        task_force=force.unit if force and plot.name.endswith("己变电站") else None,
        is_generated=True,
    )
    began = today - timedelta(days=plot.began_days_ago)
    return projects.open_project(details=details, by=by, at=_noon(began))


def _lead(project: Project, plot: Plot, *, rng: Random, by: Actor, today: date) -> None:
    """Seat a task force: a leader of ours, the town, and whoever logs in as steward."""
    if not plot.led:
        return
    began = today - timedelta(days=plot.began_days_ago)
    path = project.unit.path
    people = list(
        Person.objects.filter(unit__path__startswith=path, is_active=True, minor_until=None)[:20]
    )
    if not people:
        return
    seats: list[tuple[str, Person | None, str]] = [
        ("leader", rng.choice(people), ""),
        ("policy", None, "县自然资源和规划局 用地科负责人"),
        ("local", None, "镇政府 分管副镇长"),
    ]
    steward = Person.objects.filter(user__username="steward").first()
    if steward is not None:
        seats.append(("liaison", steward, ""))
    for post, person, organisation in seats:
        projects.seat(
            project=project,
            post=post,
            person=person,
            unit=None,
            organisation=organisation,
            from_on=began,
            by=by,
            at=_noon(began),
        )


def _run(
    project: Project,
    plot: Plot,
    usual: Mapping[str, int],
    county: County,
    *,
    by: Actor,
    today: date,
) -> None:
    """Plan a project by its template and let it go on until today."""
    began = today - timedelta(days=plot.began_days_ago)
    rows = list(project.milestones.prefetch_related("after").order_by("position"))
    planned = _days(rows, usual, began)
    _base(project, planned, began, "第一版（按通常用时）", by=by, on=began)
    if plot.began_days_ago < 30:
        return
    projects.move(project=project, verb="approve", reason="", by=by, at=_noon(began))
    late = {step: (days, kind) for step, days, kind in plot.late}
    reached: dict[str, date] = {}
    started = False
    for row in rows:
        begins = max((reached[b.code] for b in row.after.all() if b.code in reached), default=began)
        if any(b.code not in reached for b in row.after.all()):
            continue
        days = round(usual[row.code] * (plot.factor if started else 1.0))
        more, kind = late.get(row.code, (0, ""))
        on = begins + timedelta(days=days + more)
        if kind and begins < today:
            _hinder(row, kind, begins, min(on, today), county, is_over=on <= today, by=by)
        if on <= today:
            projects.reach(milestone=row, on=on, by=by, at=_noon(on))
            reached[row.code] = on
            started = started or row.gate == "start"
    if plot.rebased:
        later = {code: on + timedelta(days=40) for code, on in planned.items()}
        on = today - timedelta(days=20)
        _base(project, later, began, "线路改径，经批准顺延 40 天", by=by, on=on)


def _days(rows: list[Milestone], usual: Mapping[str, int], began: date) -> dict[str, date]:
    made: dict[str, date] = {}
    for row in rows:
        begins = max((made[b.code] for b in row.after.all()), default=began)
        made[row.code] = begins + timedelta(days=usual[row.code])
    return made


def _base(
    project: Project, days: Mapping[str, date], began: date, reason: str, *, by: Actor, on: date
) -> None:
    made = baselines.propose(
        project=project, starts_on=began, days=days, reason=reason, by=by, at=_noon(on)
    )
    baselines.confirm(baseline=made, by=SECOND, at=_noon(on))


def _hinder(
    row: Milestone,
    kind: str,
    first: date,
    last: date,
    county: County,
    *,
    is_over: bool,
    by: Actor,
) -> None:
    """Report an issue of a step that takes longer, and settle it where the step was reached."""
    area = row.project.areas.order_by("path")[0]
    since = first + timedelta(days=min(5, max(0, (last - first).days - 1)))
    report = issues.Report(
        kind=IssueKind.objects.get(code=kind),
        area=area,
        words="村里对占地和通行有不同意见，需要上门协调（演示）",
        unit=serving(county, area),
        milestone=row,
        blocks_from_on=since,
        is_generated=True,
    )
    issue = issues.report(project=row.project, report=report, by=by, at=_noon(since))
    accepted = _noon(since + timedelta(days=1)) if since < last else _noon(since)
    issues.move(issue=issue, verb="accept", words="", by=by, at=accepted)
    issues.move(issue=issue, verb="handle", words="专班与村两委上门协调", by=by, at=accepted)
    if is_over:
        answer = "已签补偿协议，恢复施工（演示）"
        issues.solve(issue=issue, answer=answer, by=by, at=_noon(last))
        issues.verify(issue=issue, by=CHECKER, at=_noon(last))
