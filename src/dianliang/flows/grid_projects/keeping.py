"""Open grid projects, plan them, move them on, and keep their task forces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q, QuerySet

from dianliang.domain.branches.models import Branch
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.models import (
    Baseline,
    Member,
    Milestone,
    Project,
    ProjectKind,
    StepTemplate,
    Voltage,
)
from dianliang.domain.grid_projects.operations import baselines, projects
from dianliang.domain.network.models import Feeder
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

KINDS = tuple((str(value), str(label)) for value, label in ProjectKind.choices)
VOLTAGES = tuple((str(value), str(label)) for value, label in Voltage.choices)
POSTS = tuple((str(value), str(label)) for value, label in Member.Post.choices)
BUILDERS = (Unit.Kind.COMPANY, Unit.Kind.STATION)
"""Who builds: a company or a station, so that the company's commander reaches each project."""
MOST_LENGTH_KM, MOST_CAPACITY_MVA, MOST_CNY = 500, 2000, Decimal(10_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form says of a project, as typed."""

    name: str
    kind: str
    voltage: str
    areas: tuple[str, ...]
    length_km: str = ""
    capacity_mva: str = ""
    budget_cny: str = ""
    feeder: str = ""
    task_force: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the forms offer an actor: codes with names."""

    kinds: tuple[tuple[str, str], ...]
    voltages: tuple[tuple[str, str], ...]
    posts: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    sitting: tuple[tuple[str, str], ...]
    task_forces: tuple[tuple[str, str], ...]


def choices(*, by: Actor, of: Project | None = None) -> Choices:
    """Return what an actor may choose from; a project may also keep what it has."""
    levels = [Area.Level.TOWNSHIP, Area.Level.VILLAGE]
    near = Q(pk__in=areas_of(by).filter(level__in=levels).values("pk"))
    kept = Q(pk__in=of.areas.values("pk")) if of else Q(pk__in=[])
    areas = Area.objects.filter(near | kept).select_related("parent").order_by("path")
    own = Unit.objects.filter(path__startswith=by.unit_path or "-")
    units = own.filter(kind__in=BUILDERS).order_by("path")
    forces = Branch.objects.filter(
        kind__in=[Branch.Kind.TASK_FORCE, Branch.Kind.TEMPORARY],
        status="ACTIVE",
        unit__path__startswith=by.unit_path or "-",
    ).select_related("unit")
    standing = [(row.unit.code, row.unit.name) for row in forces]
    if of is not None and of.task_force is not None:
        standing.append((of.task_force.code, of.task_force.name))
    return Choices(
        kinds=KINDS,
        voltages=VOLTAGES,
        posts=POSTS,
        areas=tuple((area.code, _place(area)) for area in areas),
        units=tuple((unit.code, unit.name) for unit in units),
        sitting=tuple((unit.code, unit.name) for unit in _may_sit(by).order_by("path")),
        task_forces=tuple(dict.fromkeys(standing)),
    )


def _place(area: Area) -> str:
    parent = area.parent.name if area.parent and area.level == Area.Level.VILLAGE else ""
    return f"{parent} {spoken_name(area.name)}".strip()


def open_project(*, asked: Asked, by: Actor, at: datetime) -> Project:
    """Take a project in.

    Raises:
        InvalidInputError, UnableToBuildError: a field makes no sense; it is named.
    """
    if by.role not in access.WRITERS:
        raise NotVisibleError("没有找到这个页面。")
    return projects.open_project(details=details_of(asked, by=by), by=by, at=at)


def details_of(asked: Asked, *, by: Actor, of: Project | None = None) -> projects.Details:
    """Return what a form or a row of a file says, checked; a project may keep what it has.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    kept = Q(pk__in=of.areas.values("pk")) if of else Q(pk__in=[])
    near = Q(pk__in=areas_of(by).values("pk"))
    areas = list(Area.objects.filter(near | kept, code__in=asked.areas))
    if len(areas) != len(set(asked.areas)):
        raise InvalidInputError("有乡镇或村不在本单位服务区域内，请重新选择。", field="areas")
    if asked.kind not in ProjectKind.values:
        raise InvalidInputError("请选择工程类型。", field="kind")
    if asked.voltage not in Voltage.values:
        raise InvalidInputError("请选择电压等级。", field="voltage")
    return projects.Details(
        name=clean_text(asked.name, field="name", label="工程名称", most=80, least=2),
        kind=asked.kind,
        voltage=asked.voltage,
        unit=_unit(asked.unit, by=by) if asked.unit else _owner(areas, by=by),
        areas=areas,
        length_km=_size(asked.length_km, "length_km", "线路长度", most=MOST_LENGTH_KM),
        capacity_mva=_size(asked.capacity_mva, "capacity_mva", "变电容量", most=MOST_CAPACITY_MVA),
        budget_cny=_money(asked.budget_cny),
        feeder=_feeder(asked.feeder, by=by, had=of.feeder if of else None),
        task_force=_task_force(asked.task_force, by=by, had=of.task_force if of else None),
    )


def _unit(code: str, *, by: Actor) -> Unit:
    found = None if "\0" in code else Unit.objects.filter(code=code, kind__in=BUILDERS).first()
    if found is None or not by.reaches_unit(found.path):
        raise InvalidInputError("请选择本单位范围内的供电公司或供电所。", field="unit")
    return found


def _owner(areas: Sequence[Area], *, by: Actor) -> Unit:
    """Return who builds where no unit is named: what serves all the areas, else the company.

    The company's commander reaches both, so there is always somebody to confirm a plan.
    """
    serving = {unit_for(service=None, area=area)[0] for area in areas}
    if len(serving) == 1:
        return _unit(serving.pop().code, by=by)
    company = Unit.objects.filter(kind=Unit.Kind.COMPANY).order_by("path").first()
    return _unit(company.code if company else "", by=by)


def _feeder(code: str, *, by: Actor, had: Feeder | None) -> Feeder | None:
    asked = code.strip()
    if had is not None and asked == had.code:
        return had
    if not asked:
        return None
    found = None if "\0" in asked else Feeder.objects.filter(code=asked).first()
    if found is None or (found.unit and not by.reaches_unit(found.unit.path)):
        raise InvalidInputError("没有这条线路，请填线路编码，或留空。", field="feeder")
    return found


def _task_force(code: str, *, by: Actor, had: Unit | None) -> Unit | None:
    if not code:
        return None
    if had is not None and code == had.code:
        return had
    known = dict(choices(by=by).task_forces)
    if code not in known:
        raise InvalidInputError("请选择在运行的工作专班或临时党支部。", field="task_force")
    return Unit.objects.get(code=code)


def _size(text: str, field: str, label: str, *, most: float) -> float | None:
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= most:
        message = Phrase(
            "%(label)s应填大于 0、不超过 %(most)s 的数字。", label=Phrase(label), most=most
        )
        raise InvalidInputError(message, field=field)
    return found


def _money(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= MOST_CNY:
        raise InvalidInputError("概算应填不小于 0 的金额（元）。", field="budget_cny")
    return found.quantize(Decimal("0.01"))


def suggested_days(*, number: str, starts_on: date, by: Actor) -> Mapping[str, date]:
    """Return the days that the template's usual lengths give a project from a day on."""
    project = access.project_to_see(number, by=by)
    usual = {row.step: row.usual_days for row in StepTemplate.objects.filter(kind=project.kind)}
    made: dict[str, date] = {}
    for row in project.milestones.prefetch_related("after").order_by("position"):
        begins = max((made[b.code] for b in row.after.all() if b.code in made), default=starts_on)
        made[row.code] = begins + timedelta(days=usual.get(row.code, 0))
    return made


def propose(
    *, number: str, starts_on: date, days: Mapping[str, date], reason: str, by: Actor, at: datetime
) -> Baseline:
    """Propose a baseline.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: see the operation.
    """
    project = access.project_to_keep(number, by=by)
    why = clean_text(reason, field="reason", label="原因", most=200, least=2)
    return baselines.propose(
        project=project, starts_on=starts_on, days=days, reason=why, by=by, at=at
    )


def decide(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Baseline:
    """Confirm or refuse the baseline that waits.

    Raises:
        NotVisibleError: absent, or another's.
        InvalidInputError, UnableToBuildError: none waits; see the operation.
    """
    project = access.project_to_decide(number, by=by)
    waiting = project.baselines.filter(status="PROPOSED").first()
    if waiting is None:
        raise projects.UnableToBuildError("没有待复核的基准计划。")
    if verb == "confirm":
        return baselines.confirm(baseline=waiting, by=by, at=at)
    why = clean_text(reason, field="reason", label="不通过的原因", most=200, least=2)
    return baselines.refuse(baseline=waiting, reason=why, by=by, at=at)


def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Project:
    """Approve, pause, resume, close or drop a project.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError, IllegalTransitionError: see the
            operation.
    """
    project = access.project_to_keep(number, by=by)
    why = clean_text(reason, field="reason", label="原因或总结", most=200)
    return projects.move(project=project, verb=verb, reason=why, by=by, at=at)


def reach(*, number: str, code: str, on: date, by: Actor, at: datetime) -> Milestone:
    """Write down the day of a milestone.

    Raises:
        NotVisibleError, UnableToBuildError, IllegalTransitionError: see the operation.
    """
    return projects.reach(milestone=_milestone(number, code, by=by), on=on, by=by, at=at)


def correct(*, number: str, code: str, on: date, reason: str, by: Actor, at: datetime) -> Milestone:
    """Correct the day of a milestone.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: see the operation.
    """
    why = clean_text(reason, field="reason", label="更正原因", most=200, least=2)
    row = _milestone(number, code, by=by)
    return projects.correct(milestone=row, on=on, reason=why, by=by, at=at)


def forecast(
    *, number: str, code: str, on: date | None, responsible: str, by: Actor, at: datetime
) -> Milestone:
    """Say when a milestone is expected, and who answers for it.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: see the operation.
    """
    who = clean_text(responsible, field="responsible", label="责任人或部门", most=40)
    row = _milestone(number, code, by=by)
    return projects.forecast(milestone=row, on=on, responsible=who, by=by, at=at)


def _milestone(number: str, code: str, *, by: Actor) -> Milestone:
    project = access.project_to_keep(number, by=by)
    found = project.milestones.filter(code=code.replace("\0", "")).first()
    if found is None:
        raise NotVisibleError("没有找到这个里程碑。")
    return found


def seat(
    *,
    number: str,
    post: str,
    person: str,
    unit: str,
    organisation: str,
    from_on: date,
    by: Actor,
    at: datetime,
) -> Member:
    """Take one of ours into the task force by number, or a post of another organisation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: see the operation.
    """
    project = access.project_to_keep(number, by=by)
    asked = clean_text(person, field="person", label="人员编号", most=24)
    somebody = Person.objects.filter(number=asked).first() if asked else None
    if asked and (somebody is None or not by.reaches_unit(somebody.unit.path)):
        raise InvalidInputError("没有这个人员编号，请核对，或填外单位名称与职务。", field="person")
    return projects.seat(
        project=project,
        post=post,
        person=somebody,
        unit=_sitting_unit(unit, by=by),
        organisation=clean_text(organisation, field="organisation", label="单位与职务", most=60),
        from_on=from_on,
        by=by,
        at=at,
    )


def _may_sit(by: Actor) -> QuerySet[Unit]:
    """Return the units that a seat may be of: the actor's, and those of the alliance."""
    own = Q(path__startswith=by.unit_path or "-") & ~Q(kind=Unit.Kind.BRANCH)
    return Unit.objects.filter(own | Q(kind=Unit.Kind.ALLIANCE))


def _sitting_unit(code: str, *, by: Actor) -> Unit | None:
    """Return whose seat it is: a unit of the actor's, or one of the alliance."""
    if not code:
        return None
    found = _may_sit(by).filter(code=code.replace("\0", "")).first()
    if found is None:
        raise InvalidInputError("没有这个单位，请选择本单位范围内的单位或联盟单位。", field="unit")
    return found


def leave(*, number: str, member: int, on: date, by: Actor, at: datetime) -> Member:
    """Let somebody leave the task force.

    Raises:
        NotVisibleError, UnableToBuildError: see the operation.
    """
    project = access.project_to_keep(number, by=by)
    found = project.members.select_related("project").filter(pk=member).first()
    if found is None:
        raise InvalidInputError("请选择这个专班的成员。", field="member")
    return projects.leave(member=found, on=on, by=by, at=at)


def state_norm(
    *, kind: str, voltage: str, days: int, source: str, from_on: date, by: Actor, at: datetime
) -> None:
    """State a norm duration with its source.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: see the operation.
    """
    if by.role not in access.WRITERS or not by.is_top:
        raise NotVisibleError("没有找到这个页面。")
    if kind not in ProjectKind.values or voltage not in Voltage.values:
        raise InvalidInputError("请选择工程类型和电压等级。", field="kind")
    told = clean_text(source, field="source", label="来源", most=200, least=4)
    values = {"kind": kind, "voltage": voltage, "days": days, "source": told, "from_on": from_on}
    if not 0 < days < 3000:
        raise InvalidInputError("参照工期应为 1 到 2999 天。", field="days")
    projects.state_norm(values=values, by=by, at=at)
