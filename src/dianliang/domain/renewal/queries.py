"""What others may know about the rebuilding of villages (千村改造)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from dianliang.domain.directory.scope import areas_of
from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.renewal.models import Delay, IndicatorKind, Project, Reading, Stage, Step
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayRow:
    """Why a stage takes longer."""

    cause: str
    cause_label: str
    words: str
    planned_before: date
    planned_after: date
    noted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One stage of one village.

    `late_days` counts from the planned day to the day on which it ended, or today.
    `slipped_days` is how far the plan has moved back since it was first made.
    """

    code: str
    name: str
    status: str
    status_label: str
    party: str
    party_label: str
    responsible: str
    planned_on: date | None
    first_planned_on: date | None
    begun_on: date | None
    done_on: date | None
    late_days: int
    slipped_days: int
    delays: tuple[DelayRow, ...]
    verbs: tuple[tuple[str, str], ...]

    @property
    def is_late(self) -> bool:
        """Tell whether the day has passed and the stage is not done."""
        return self.status != "DONE" and self.late_days > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """An indicator before and after; `change` is signed, `is_better` empty until both are known."""

    code: str
    name: str
    unit: str
    better_label: str
    method: str
    most: float | None
    before: float | None
    before_on: date | None
    after: float | None
    after_on: date | None
    change: float | None
    is_better: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRow:
    """One village on the board."""

    number: str
    area_code: str
    area_path: str
    name: str
    town_name: str
    batch: str
    unit_name: str
    steps: tuple[StepRow, ...]
    opened_by: str

    @property
    def current(self) -> StepRow | None:
        """Return the first stage that is not done."""
        return next((step for step in self.steps if step.status != "DONE"), None)

    @property
    def is_done(self) -> bool:
        """Tell whether all stages are done."""
        return bool(self.steps) and self.current is None

    @property
    def late_days(self) -> int:
        """Return by how many days the latest of its open stages is late."""
        return max((step.late_days for step in self.steps if step.is_late), default=0)

    @property
    def latest_delay(self) -> DelayRow | None:
        """Return the last reason that was given for a stage that is not done."""
        told = [d for step in self.steps if step.status != "DONE" for d in step.delays]
        return told[-1] if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageFile:
    """One village with everything that is known of its rebuilding."""

    row: VillageRow
    readings: tuple[ReadingRow, ...]

    @property
    def missing_after(self) -> int:
        """Return how many indicators have not been measured after the work."""
        return sum(reading.after is None for reading in self.readings)


def of_village(*, area: Area, on: date) -> VillageFile | None:
    """Return the rebuilding of a village, or None if it was never taken in."""
    project = told(Project.objects.filter(area=area)).first()
    return _file(project, on=on, role=Role.SYSTEM) if project else None


def file(code: str, *, by: Actor, on: date) -> VillageFile:
    """Return the rebuilding of one village of the actor.

    Raises:
        NotVisibleError: absent, or another's.
    """
    return _file(to_change(code, by=by), on=on, role=by.role)


def to_change(code: str, *, by: Actor) -> Project:
    """Return the project of a village of the actor, by the village's code.

    Raises:
        NotVisibleError: absent, or another's.
    """
    project = told(visible(by).filter(area__code=code)).first()
    if project is None:
        raise NotVisibleError("没有找到这个村的改造项目。")
    return project


def step_to_change(code: str, stage_code: str, *, by: Actor) -> Step:
    """Return one stage of a village of the actor.

    Raises:
        NotVisibleError: absent, or another's.
    """
    steps = Step.objects.select_related("stage", "project__area").filter(project__in=visible(by))
    step = steps.filter(project__area__code=code, stage__code=stage_code).first()
    if step is None:
        raise NotVisibleError("没有找到这个阶段。")
    return step


def visible(by: Actor) -> QuerySet[Project]:
    """Return the projects in the villages that the actor's units serve."""
    if by.role not in READERS:
        return Project.objects.none()
    return Project.objects.filter(area__in=areas_of(by))


def told(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Have projects fetched with all that a row tells."""
    found = projects.select_related("area__parent", "unit").order_by("area__path")
    return found.prefetch_related("steps__stage", "steps__delays")


def _file(project: Project, *, on: date, role: Role) -> VillageFile:
    known = {reading.kind_id: reading for reading in project.readings.all()}
    kinds = IndicatorKind.objects.filter(is_active=True)
    return VillageFile(
        row=village_row(project, on=on, role=role),
        readings=tuple(_reading(kind, known.get(kind.pk)) for kind in kinds),
    )


def village_row(project: Project, *, on: date, role: Role) -> VillageRow:
    """Return a village as the board shows it; `role` decides what may be pressed."""
    steps = sorted(project.steps.all(), key=lambda step: step.stage.position)
    return VillageRow(
        number=project.number,
        area_code=project.area.code,
        area_path=project.area.path,
        name=spoken_name(project.area.name),
        town_name=project.area.parent.name if project.area.parent else "",
        batch=project.batch,
        unit_name=project.unit.name,
        steps=tuple(
            _step(step, steps[:place], steps[place + 1 :], on=on, role=role)
            for place, step in enumerate(steps)
        ),
        opened_by=project.opened_by,
    )


def _step(
    step: Step, before: Sequence[Step], after: Sequence[Step], *, on: date, role: Role
) -> StepRow:
    until = step.done_on or on
    first, planned = step.first_planned_on, step.planned_on
    return StepRow(
        code=step.stage.code,
        name=step.stage.name,
        status=step.status,
        status_label=step.get_status_display(),
        party=step.party,
        party_label=step.get_party_display(),
        responsible=step.responsible,
        planned_on=planned,
        first_planned_on=first,
        begun_on=step.begun_on,
        done_on=step.done_on,
        late_days=max(0, (until - planned).days) if planned else 0,
        slipped_days=max(0, (planned - first).days) if planned and first else 0,
        delays=tuple(_delay(delay) for delay in step.delays.all()),
        verbs=tuple(
            (r.verb, r.label)
            for r in STEP.verbs(step.status, role=role)
            if _is_next(r.verb, step.stage, before, after)
        ),
    )


def _is_next(verb: str, stage: Stage, before: Sequence[Step], after: Sequence[Step]) -> bool:
    """Tell whether a button makes sense now; the operation decides."""
    if verb == "send_back":
        return not any(step.needs_earlier for step in after)
    free = {"DONE", "RUNNING"} if verb == "begin" and stage.may_overlap else {"DONE"}
    return {step.status for step in before} <= free


def _delay(delay: Delay) -> DelayRow:
    return DelayRow(
        cause=delay.cause,
        cause_label=delay.get_cause_display(),
        words=delay.words,
        planned_before=delay.planned_before,
        planned_after=delay.planned_after,
        noted_by=delay.noted_by,
    )


def _reading(kind: IndicatorKind, reading: Reading | None) -> ReadingRow:
    before, after = (reading.before, reading.after) if reading else (None, None)
    change = after - before if before is not None and after is not None else None
    better: bool | None = None
    if change is not None:
        gain = -change if kind.better == IndicatorKind.Better.LOWER else change
        better = gain >= 0
    return ReadingRow(
        code=kind.code,
        name=kind.name,
        unit=kind.unit,
        better_label=kind.get_better_display(),
        method=kind.method,
        most=kind.most,
        before=before,
        before_on=reading.before_on if reading else None,
        after=after,
        after_on=reading.after_on if reading else None,
        change=change,
        is_better=better,
    )
