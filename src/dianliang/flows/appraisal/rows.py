"""What pages about task lists show, as frozen rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dianliang.flows.appraisal.standing import RecordRow, Stands


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A task list in the list of lists."""

    number: str
    title: str
    unit_name: str
    since: date
    until: date
    status: str
    status_label: str
    edition: str
    duties: int
    waiting: int
    proposed: int
    is_generated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a branch has done of one item."""

    column: str
    total: int
    done: int
    late: int
    overdue: int
    waiting: int

    @property
    def tone(self) -> str:
        """Return its colour."""
        if self.overdue:
            return "danger"
        if self.waiting:
            return "warn"
        return "good" if self.total and self.done == self.total else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchLine:
    """A branch's row of the matrix: cells in the order of columns, and the mean score."""

    code: str
    name: str
    cells: tuple[Cell, ...]
    done: int
    total: int
    overdue: int
    score: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the matrix: a position of the edition, or the special ones."""

    key: str
    title: str
    post: str
    weight: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A list as branches × items."""

    row: ListRow
    columns: tuple[Column, ...]
    lines: tuple[BranchLine, ...]
    late_percent: int
    most_special: int
    may_lead: bool
    may_propose: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """A duty as lists show it."""

    number: str
    title: str
    kind: str
    kind_label: str
    branch_code: str
    branch_name: str
    person: str
    person_number: str
    post: str
    source: str
    target: str
    counted: str
    weight: int
    due_on: date
    how: Stands

    @property
    def is_by_hand(self) -> bool:
        """Tell whether a person reports it."""
        return not self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyList:
    """Duties of a list, filtered and cut into pages."""

    row: ListRow
    rows: tuple[DutyRow, ...]
    total: int
    pages: int
    branches: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """What shows that a duty was done; `token` opens a file."""

    words: str
    token: str
    media_type: str
    record_kind: str
    record_number: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPage:
    """One duty with its records or evidence, and what may be done with it."""

    row: DutyRow
    list_number: str
    list_title: str
    words: str
    decided_by: str
    records: tuple[RecordRow, ...]
    evidence: tuple[EvidenceRow, ...]
    may_prove: bool
    verbs: tuple[tuple[str, str], ...]
