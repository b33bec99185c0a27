"""How a duty stands today: by its records while the list runs, by what was written down after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dianliang.domain.appraisal.measures import MEASURES
from dianliang.domain.appraisal.models import Duty, Edition, ListItem, TaskList
from dianliang.domain.appraisal.operations.lists import Shown
from dianliang.domain.appraisal.scoring import Weighed, reached_on, sheet_score
from dianliang.flows.appraisal.collecting import Collected, collect
from dianliang.flows.appraisal.sources import Found, Span

STATES = {
    "done": "已完成",
    "late": "逾期完成",
    "open": "待完成",
    "overdue": "逾期",
    "reported": "待确认",
    "proposed": "待批准",
    "refused": "未批准",
    "missed": "未完成",
    "cancelled": "已取消",
}
TONES = {
    "done": "good",
    "late": "warn",
    "overdue": "danger",
    "missed": "danger",
    "reported": "warn",
    "proposed": "warn",
    "refused": "plain",
    "cancelled": "plain",
}
SCORED = frozenset({"OPEN", "REPORTED", "DONE", "MISSED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A record that counted, as pages show it."""

    kind: str
    number: str
    opens: str
    title: str
    on: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a duty stands: state, how much was counted, since when it is done, from which records."""

    state: str
    counted: int
    done_on: date | None
    days_late: int
    records: tuple[RecordRow, ...]

    @property
    def label(self) -> str:
        """Return the state in words."""
        return STATES[self.state]

    @property
    def tone(self) -> str:
        """Return the colour of its chip."""
        return TONES.get(self.state, "")

    @property
    def is_done(self) -> bool:
        """Tell whether it earns something."""
        return self.state in {"done", "late"}


def record_rows(kept: Iterable[Sequence[object]]) -> tuple[RecordRow, ...]:
    """Return the records that a frozen result keeps."""
    return tuple(
        RecordRow(
            kind=str(kind),
            number=str(number),
            opens=str(opens),
            title=str(title),
            on=str(on),
            quantity=int(str(quantity)),
        )
        for kind, number, opens, title, on, quantity in kept
    )


def measured_of(duties: Iterable[Duty]) -> set[str]:
    """Return the measures whose records have to be looked up: of duties that still run."""
    return {duty.measure for duty in duties if duty.measure and duty.status == "OPEN"}


def records_of(task_list: TaskList, duties: Iterable[Duty], *, path: str) -> Collected:
    """Return the records of a list's period for the branches of a unit and below."""
    span = Span(path, task_list.since, task_list.until)
    return collect(measured_of(duties), span=span)


def found_for(duty: Duty, collected: Collected) -> Sequence[Found]:
    """Return the records that count for a duty."""
    if duty.whose == ListItem.Whose.BRANCH:
        return collected.branch(duty.measure, duty.branch_id)
    return collected.own(duty.measure, duty.person_id)


def shown_by(duty: Duty, collected: Collected) -> Shown:
    """Return what records show of a duty with a measure."""
    found = found_for(duty, collected)
    return Shown(
        counted=max(0, sum(row.quantity for row in found)),
        done_on=reached_on(
            [(row.on, row.quantity) for row in found],
            least=duty.least * MEASURES[duty.measure].per,
        ),
        records=tuple(row.kept() for row in found),
    )


def stands(duty: Duty, collected: Collected, *, on: date) -> Stands:
    """Return how a duty stands on a day."""
    counted, done_on, kept = duty.counted or 0, duty.done_on, duty.records
    if duty.measure and duty.status == "OPEN":
        shown = shown_by(duty, collected)
        counted, done_on, kept = shown.counted, shown.done_on, [*map(list, shown.records)]
    state = _state(duty, done_on, on=on)
    days_late = (on - duty.due_on).days if state == "overdue" else 0
    return Stands(
        state=state,
        counted=counted,
        done_on=done_on,
        days_late=days_late,
        records=record_rows(kept),
    )


def _state(duty: Duty, done_on: date | None, *, on: date) -> str:
    if duty.status not in {"OPEN", "DONE"}:
        return duty.status.lower()
    if done_on is not None:
        return "late" if done_on > duty.due_on else "done"
    return "overdue" if on > duty.due_on else "open"


def score(rows: Iterable[tuple[Duty, Stands]], *, edition: Edition) -> Decimal:
    """Return the score of one person's duties of a list."""
    return sheet_score(
        (
            Weighed(
                weight=duty.weight,
                is_special=duty.kind == Duty.Kind.SPECIAL,
                is_done=how.is_done,
                is_late=how.state == "late",
            )
            for duty, how in rows
            if duty.status in SCORED
        ),
        late_percent=edition.late_percent,
        most_special=edition.most_special,
    )


def scores(
    rows: Iterable[tuple[Duty, Stands]], *, edition: Edition
) -> Mapping[tuple[int, int], Decimal]:
    """Return each person's score in each branch."""
    sheets: dict[tuple[int, int], list[tuple[Duty, Stands]]] = {}
    for duty, how in rows:
        if duty.status in SCORED:
            sheets.setdefault((duty.branch_id, duty.person_id), []).append((duty, how))
    return {key: score(found, edition=edition) for key, found in sheets.items()}
