"""Local issues as their pages tell them: a board by state, and one issue whole."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.lifecycle import ISSUE, OPEN_ISSUES
from dianliang.domain.grid_projects.models import Issue, Project
from dianliang.domain.grid_projects.queries.timing import timing_of, told
from dianliang.domain.territory.queries import spoken_name
from dianliang.engines.scheduling import Lost
from dianliang.kernel.actor import Actor, are_surely_two
from dianliang.kernel.errors import NotVisibleError

VIEWS = {"open": "未解决", "late": "超时限", "solved": "待核实", "settled": "已了结", "all": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which issues are asked for."""

    view: str = "open"
    kind: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """An issue in a list. Days lost are of the project's end; None while it has no plan."""

    number: str
    project_number: str
    project_name: str
    kind_name: str
    place: str
    milestone: str
    blocks_from_on: date | None
    words: str
    unit_name: str
    status: str
    status_label: str
    reported_at: datetime
    reported_by: str
    accept_due_at: datetime
    due_at: datetime
    solved_at: datetime | None
    answer: str
    is_other_known: bool
    is_late: bool
    blocked_days: int | None
    low_days: int | None
    high_days: int | None

    @property
    def is_open(self) -> bool:
        """Tell whether it still stands in the way."""
        return self.status in OPEN_ISSUES

    @property
    def lost(self) -> str:
        """Return the days lost as one figure, or as the two between which they lie."""
        if self.low_days is None:
            return "—"
        same = self.low_days == self.high_days
        return f"{self.low_days}" if same else f"{self.low_days}~{self.high_days}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """Something that was said or shown."""

    words: str
    noted_at: datetime
    noted_by: str
    token: str
    is_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePage:
    """One issue whole."""

    row: IssueRow
    notes: tuple[NoteRow, ...]
    links: tuple[tuple[str, str], ...]
    verbs: tuple[tuple[str, str], ...]
    may_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueBoard:
    """Issues with how many each view holds."""

    rows: tuple[IssueRow, ...]
    counts: dict[str, int]


def issue_board(*, filters: Filters, by: Actor, at: datetime, on: date) -> IssueBoard:
    """Return the issues of an actor, those whose time is up first."""
    asked = access.issues(by)
    if filters.kind:
        asked = asked.filter(kind__code=filters.kind)
    if filters.project:
        asked = asked.filter(project__number=filters.project)
    found = list(asked)
    lost = _lost({issue.project_id for issue in found}, on=on)
    rows = sorted(
        (_row(issue, lost.get(issue.number), at=at) for issue in found),
        key=lambda row: (not row.is_late, row.due_at, row.number),
    )
    shown = {view: tuple(row for row in rows if _is_in(row, view)) for view in VIEWS}
    return IssueBoard(
        rows=shown[filters.view], counts={view: len(part) for view, part in shown.items()}
    )


def issues_of(project: Project, *, at: datetime, on: date) -> tuple[IssueRow, ...]:
    """Return all issues of a project, the latest first."""
    related = ("project", "kind", "area__parent", "milestone", "unit")
    lost = _lost({project.pk}, on=on)
    rows = project.issues.select_related(*related)
    return tuple(_row(issue, lost.get(issue.number), at=at) for issue in rows)


def issue_page(number: str, *, by: Actor, at: datetime, on: date) -> IssuePage:
    """Return one issue.

    Raises:
        NotVisibleError: absent, or another's.
    """
    issue = access.issue_to_see(number, by=by)
    may = access.may_handle(issue, by=by)
    lost = _lost({issue.project_id}, on=on)
    return IssuePage(
        row=_row(issue, lost.get(issue.number), at=at),
        notes=tuple(
            NoteRow(
                words=note.words,
                noted_at=note.noted_at,
                noted_by=note.noted_by,
                token=note.file.token if note.file else "",
                is_picture=bool(note.file and note.file.media_type.startswith("image/")),
            )
            for note in issue.notes.select_related("file")
        ),
        links=tuple((link.kind, link.target) for link in issue.links.all()),
        verbs=tuple((r.verb, r.label) for r in ISSUE.verbs(issue.status, role=by.role))
        if may
        else (),
        may_note=may and issue.status not in {"VERIFIED", "WITHDRAWN"},
    )


def note_file(number: str, token: str, *, by: Actor) -> tuple[str, str]:
    """Return token and type of a file of an issue that the actor sees.

    Raises:
        NotVisibleError: the issue or the file is not his to see.
    """
    issue = access.issue_to_see(number, by=by)
    note = issue.notes.select_related("file").filter(file__token=token.replace("\0", "")).first()
    if note is None or note.file is None:
        raise NotVisibleError("没有找到这个文件。")
    return note.file.token, note.file.media_type


def issue_of_need(need_number: str) -> Issue | None:
    """Return the issue that a need became."""
    asked = Issue.objects.filter(links__kind="need", links__target=need_number)
    return asked.select_related("project").first()


def _is_in(row: IssueRow, view: str) -> bool:
    return {
        "open": row.is_open,
        "late": row.is_open and row.is_late,
        "solved": row.status == "SOLVED",
        "settled": row.status in {"VERIFIED", "WITHDRAWN"},
        "all": True,
    }[view]


def _lost(projects: set[int], *, on: date) -> dict[str, Lost]:
    rows = told(Project.objects.filter(pk__in=projects))
    timings = [timing_of(project, on=on) for project in rows]
    return {code: lost for timing in timings if timing for code, lost in timing.lost.items()}


def _row(issue: Issue, lost: Lost | None, *, at: datetime) -> IssueRow:
    parent = issue.area.parent
    clock = issue.accept_due_at if issue.status == "REPORTED" else issue.due_at
    return IssueRow(
        number=issue.number,
        project_number=issue.project.number,
        project_name=issue.project.name,
        kind_name=issue.kind.name,
        place=f"{parent.name if parent else ''} {spoken_name(issue.area.name)}".strip(),
        milestone=issue.milestone.name if issue.milestone else "",
        blocks_from_on=issue.blocks_from_on,
        words=issue.words,
        unit_name=issue.unit.name,
        status=issue.status,
        status_label=issue.get_status_display(),
        reported_at=issue.reported_at,
        reported_by=issue.reported_by,
        accept_due_at=issue.accept_due_at,
        due_at=issue.due_at,
        solved_at=issue.solved_at,
        answer=issue.answer,
        is_other_known=are_surely_two(issue.solved_person, issue.verified_person),
        is_late=issue.status in OPEN_ISSUES and at > clock,
        blocked_days=lost.blocked_days if lost else None,
        low_days=lost.low_days if lost else None,
        high_days=lost.high_days if lost else None,
    )
