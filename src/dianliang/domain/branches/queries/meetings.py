"""Joint meetings and their tasks as pages and minutes show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from dianliang.domain.branches import access
from dianliang.domain.branches.lifecycle import MEETING, TASK
from dianliang.domain.branches.models import AgendaItem, Branch, Meeting, Resolution, Task
from dianliang.domain.branches.operations.meetings import is_loose
from dianliang.domain.branches.rules import of_branches
from dianliang.kernel.actor import Actor

MEETING_VIEWS = {"open": "筹备与待销号", "closed": "已销号", "all": "全部"}
TASK_VIEWS = {
    "open": "办理中",
    "late": "逾期",
    "reported": "待确认",
    "closed": "已办结",
    "all": "全部",
}
GOING_ON = frozenset({"OPEN", "REPORTED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting as lists need it."""

    number: str
    title: str
    unit_name: str
    held_at: datetime
    place: str
    status: str
    status_label: str
    parties: tuple[str, ...]
    resolutions: int
    tasks: int
    closed: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """What shows that a task was done; `token` opens a file."""

    words: str
    token: str
    media_type: str
    record_kind: str
    record_number: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task as lists need it."""

    number: str
    title: str
    unit_name: str
    person: str
    due_on: date
    days_late: int
    status: str
    status_label: str
    closed_on: date | None
    resolution: str
    resolution_words: str
    meeting: str
    meeting_title: str
    is_generated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFile:
    """One task with its evidence and what may be done with it."""

    row: TaskRow
    evidence: tuple[EvidenceRow, ...]
    may_write: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionRow:
    """What was decided; `is_loose` when it has neither a task nor a reason for none."""

    number: str
    words: str
    no_task_reason: str
    is_loose: bool
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item of the agenda with what came of it."""

    key: int
    position: int
    title: str
    presenter: str
    discussion: str
    resolutions: tuple[ResolutionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFile:
    """One meeting with everything that is known of it."""

    row: MeetingRow
    chair: str
    people: tuple[str, ...]
    guests: str
    items: tuple[ItemRow, ...]
    created_by: str
    closed_at: datetime | None
    may_write: bool
    verbs: tuple[tuple[str, str], ...]

    @property
    def loose(self) -> tuple[str, ...]:
        """Return the numbers of the resolutions that nobody has followed."""
        return tuple(r.number for item in self.items for r in item.resolutions if r.is_loose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows cut by one view, with the counts of all views."""

    rows: tuple[MeetingRow, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """Tasks cut by one view, with the counts of all views."""

    rows: tuple[TaskRow, ...]
    counts: Mapping[str, int]


def meetings(*, view: str, by: Actor, on: date) -> Listed:
    """Return the meetings of the actor's units, latest first."""
    path = "items__resolutions"
    late = Q(**{f"{path}__tasks__status__in": GOING_ON, f"{path}__tasks__due_on__lt": on})
    found = (
        access.meetings(by)
        .prefetch_related("parties")
        .annotate(
            n_resolutions=Count(path, distinct=True),
            n_tasks=Count(
                f"{path}__tasks",
                filter=~Q(**{f"{path}__tasks__status": "CANCELLED"}),
                distinct=True,
            ),
            n_closed=Count(
                f"{path}__tasks", filter=Q(**{f"{path}__tasks__status": "CLOSED"}), distinct=True
            ),
            n_late=Count(f"{path}__tasks", filter=late, distinct=True),
        )
        .order_by("-held_at", "-pk")
    )
    rows = tuple(_row(row, counts=_counts(row)) for row in found)
    cuts = {
        "open": tuple(r for r in rows if r.status in {"DRAFT", "HELD"}),
        "closed": tuple(r for r in rows if r.status == "CLOSED"),
        "all": rows,
    }
    return Listed(
        rows=cuts.get(view, cuts["open"]), counts={name: len(cut) for name, cut in cuts.items()}
    )


def _counts(row: Meeting) -> tuple[int, int, int, int]:
    held = vars(row)
    return held["n_resolutions"], held["n_tasks"], held["n_closed"], held["n_late"]


def _row(row: Meeting, *, counts: tuple[int, int, int, int]) -> MeetingRow:
    resolutions, tasks, closed, late = counts
    return MeetingRow(
        number=row.number,
        title=row.title,
        unit_name=row.unit.name,
        held_at=row.held_at,
        place=row.place,
        status=row.status,
        status_label=row.get_status_display(),
        parties=tuple(party.name for party in row.parties.all()),
        resolutions=resolutions,
        tasks=tasks,
        closed=closed,
        late=late,
    )


def meeting(number: str, *, by: Actor, on: date) -> MeetingFile:
    """Return one meeting.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.meeting_to_see(number, by=by)
    items = tuple(
        _item(item, on=on)
        for item in found.items.prefetch_related(
            "resolutions__tasks__unit", "resolutions__tasks__person"
        )
    )
    tasks = [t for i in items for r in i.resolutions for t in r.tasks if t.status != "CANCELLED"]
    counts = (
        sum(len(item.resolutions) for item in items),
        len(tasks),
        sum(task.status == "CLOSED" for task in tasks),
        sum(task.days_late > 0 for task in tasks),
    )
    may_write = access.may_write(found.unit.path, by=by)
    verbs = MEETING.verbs(found.status, role=by.role) if may_write else ()
    return MeetingFile(
        row=_row(found, counts=counts),
        chair=found.chair.name if found.chair else "",
        people=tuple(person.name for person in found.people.order_by("number")),
        guests=found.guests,
        items=items,
        created_by=found.created_by,
        closed_at=found.closed_at,
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _item(item: AgendaItem, *, on: date) -> ItemRow:
    return ItemRow(
        key=item.pk,
        position=item.position,
        title=item.title,
        presenter=item.presenter,
        discussion=item.discussion,
        resolutions=tuple(_resolution(row, item, on=on) for row in item.resolutions.all()),
    )


def _resolution(row: Resolution, item: AgendaItem, *, on: date) -> ResolutionRow:
    return ResolutionRow(
        number=row.number,
        words=row.words,
        no_task_reason=row.no_task_reason,
        is_loose=is_loose(row),
        tasks=tuple(_task(task, row, item.meeting, on=on) for task in row.tasks.all()),
    )


def _task(row: Task, resolution: Resolution, held: Meeting, *, on: date) -> TaskRow:
    return TaskRow(
        number=row.number,
        title=row.title,
        unit_name=row.unit.name,
        person=row.person.name,
        due_on=row.due_on,
        days_late=max(0, (on - row.due_on).days) if row.status in GOING_ON else 0,
        status=row.status,
        status_label=row.get_status_display(),
        closed_on=row.closed_on,
        resolution=resolution.number,
        resolution_words=resolution.words,
        meeting=held.number,
        meeting_title=held.title,
        is_generated=row.is_generated,
    )


def tasks(*, view: str, by: Actor, on: date, branch: str = "") -> TaskList:
    """Return the tasks of the actor's units, or of one branch, what is due first on top."""
    found = access.tasks(by).order_by("due_on", "number")
    if branch:
        key = Branch.objects.filter(unit__code=branch).values_list("pk", flat=True)
        found = found.filter(of_branches(key))
    rows = tuple(_task(row, row.resolution, row.resolution.item.meeting, on=on) for row in found)
    cuts = {
        "open": tuple(r for r in rows if r.status in GOING_ON),
        "late": tuple(r for r in rows if r.days_late),
        "reported": tuple(r for r in rows if r.status == "REPORTED"),
        "closed": tuple(r for r in rows if r.status == "CLOSED"),
        "all": rows,
    }
    return TaskList(
        rows=cuts.get(view, cuts["open"]), counts={name: len(cut) for name, cut in cuts.items()}
    )


def task(number: str, *, by: Actor, on: date) -> TaskFile:
    """Return one task.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.task_to_see(number, by=by)
    held = found.resolution.item.meeting
    may_write = _may_write(found, by=by)
    verbs = TASK.verbs(found.status, role=by.role) if may_write else ()
    return TaskFile(
        row=_task(found, found.resolution, held, on=on),
        evidence=tuple(
            EvidenceRow(
                words=row.words,
                token=row.file.token if row.file else "",
                media_type=row.file.media_type if row.file else "",
                record_kind=row.record_kind,
                record_number=row.record_number,
                added_by=row.added_by,
                added_at=row.added_at,
            )
            for row in found.evidence.select_related("file")
        ),
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _may_write(found: Task, *, by: Actor) -> bool:
    paths = (found.unit.path, found.resolution.item.meeting.unit.path)
    return any(access.may_write(path, by=by) for path in paths)
