"""Task lists as pages show them: the lists, the matrix of one, its duties, one duty, one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.lifecycle import DUTY, LIST
from dianliang.domain.appraisal.measures import MEASURES, label_of, unit_of
from dianliang.domain.appraisal.models import Duty, TaskList
from dianliang.domain.appraisal.scoring import rounded
from dianliang.domain.branches import access as branches
from dianliang.flows.appraisal.rows import (
    BranchLine,
    Cell,
    Column,
    DutyList,
    DutyPage,
    DutyRow,
    EvidenceRow,
    ListRow,
    Matrix,
)
from dianliang.flows.appraisal.standing import (
    STATES,
    Stands,
    records_of,
    scores,
    stands,
)
from dianliang.kernel.actor import Actor

SPECIAL = "special"
ROWS_A_PAGE = 50
WITHOUT_A_HAND = frozenset({"settle", "miss"})
"""What closing a list does; nobody presses it."""
OF_THE_LIST = frozenset({"approve", "refuse"})
"""What whoever leads the list decides, not the branch."""


def lists(*, by: Actor) -> tuple[ListRow, ...]:
    """Return the task lists that concern the actor, latest first; counts are of his branches."""
    seen = Q(duties__branch__unit__path__startswith=by.unit_path or "-")
    rows = access.lists(by).annotate(
        n_all=Count("duties", filter=seen & ~Q(duties__status__in=["CANCELLED", "REFUSED"])),
        n_reported=Count("duties", filter=seen & Q(duties__status="REPORTED")),
        n_proposed=Count("duties", filter=seen & Q(duties__status="PROPOSED")),
    )
    # A query with sums has no order of its own.
    return tuple(_list_row(row) for row in rows.order_by("-since", "-number"))


def _list_row(row: TaskList) -> ListRow:
    held = vars(row)
    return ListRow(
        number=row.number,
        title=row.title,
        unit_name=row.unit.name,
        since=row.since,
        until=row.until,
        status=row.status,
        status_label=row.get_status_display(),
        edition=f"{row.edition}",
        duties=held.get("n_all", 0),
        waiting=held.get("n_reported", 0),
        proposed=held.get("n_proposed", 0),
        is_generated=row.is_generated,
    )


def scope_path(task_list_path: str, *, by: Actor) -> str:
    """Return the narrower of two paths, of which one begins with the other."""
    return max(task_list_path, by.unit_path, key=len)


def standing_of(task_list: TaskList, *, by: Actor, on: date) -> list[tuple[Duty, Stands]]:
    """Return the duties of a list in the actor's branches with how they stand."""
    path = scope_path(task_list.unit.path, by=by)
    rows = task_list.duties.filter(branch__unit__path__startswith=path)
    duties = list(rows.select_related("branch__unit", "person", "item"))
    collected = records_of(task_list, duties, path=path)
    return [(duty, stands(duty, collected, on=on)) for duty in duties]


def columns_of(task_list: TaskList) -> tuple[Column, ...]:
    """Return the columns of the matrix: the items in order, then the special ones."""
    items = [
        Column(
            key=f"{item.position}",
            title=item.title,
            post=item.post.name if item.post else "党员",
            weight=item.weight,
            source=label_of(item.measure) if item.measure else "",
        )
        for item in task_list.edition.items.select_related("post")
    ]
    extra = Column(key=SPECIAL, title="特色动作", post="", weight=0, source="")
    return (*items, extra)


def column_of(duty: Duty) -> str:
    """Return the column that a duty stands in."""
    return f"{duty.item.position}" if duty.item else SPECIAL


def matrix(number: str, *, by: Actor, on: date) -> Matrix:
    """Return a list as branches × items.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = access.list_to_see(number, by=by)
    return matrix_of(found, standing_of(found, by=by, on=on), by=by)


def matrix_of(found: TaskList, rows: Sequence[tuple[Duty, Stands]], *, by: Actor) -> Matrix:
    """Return duties of a list that were counted before as branches × items."""
    columns = columns_of(found)
    by_branch: dict[int, list[tuple[Duty, Stands]]] = defaultdict(list)
    for duty, how in rows:
        by_branch[duty.branch_id].append((duty, how))
    sheets = scores(rows, edition=found.edition)
    may_lead = branches.may_write(found.unit.path, by=by)
    verbs = LIST.verbs(found.status, role=by.role) if may_lead else ()
    return Matrix(
        row=_list_row(found),
        columns=columns,
        lines=tuple(
            sorted(
                (_line(own, columns, sheets) for own in by_branch.values()),
                key=lambda line: line.code,
            )
        ),
        late_percent=found.edition.late_percent,
        most_special=found.edition.most_special,
        may_lead=may_lead and found.status == "OPEN",
        may_propose=by.role in access.WRITERS and found.status == "OPEN",
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _line(
    own: Sequence[tuple[Duty, Stands]],
    columns: Sequence[Column],
    sheets: Mapping[tuple[int, int], Decimal],
) -> BranchLine:
    branch = own[0][0].branch
    counted = [(d, how) for d, how in own if how.state not in {"cancelled", "refused"}]
    cells = tuple(
        _cell(column.key, [how for duty, how in counted if column_of(duty) == column.key])
        for column in columns
    )
    found = [score for (branch_id, _), score in sheets.items() if branch_id == branch.pk]
    mean = sum(found, Decimal(0)) / len(found) if found else Decimal(0)
    return BranchLine(
        code=branch.unit.code,
        name=branch.unit.name,
        cells=cells,
        done=sum(cell.done for cell in cells),
        total=sum(cell.total for cell in cells),
        overdue=sum(cell.overdue for cell in cells),
        score=rounded(mean),
    )


def _cell(key: str, hows: Sequence[Stands]) -> Cell:
    return Cell(
        column=key,
        total=len(hows),
        done=sum(how.is_done for how in hows),
        late=sum(how.state == "late" for how in hows),
        overdue=sum(how.state in {"overdue", "missed"} for how in hows),
        waiting=sum(how.state in {"reported", "proposed"} for how in hows),
    )


def duty_rows(rows: Iterable[tuple[Duty, Stands]]) -> tuple[DutyRow, ...]:
    """Return duties as lists show them."""
    return tuple(_duty_row(duty, how) for duty, how in rows)


def _duty_row(duty: Duty, how: Stands) -> DutyRow:
    unit = unit_of(duty.measure) if duty.measure else ""
    return DutyRow(
        number=duty.number,
        title=duty.title,
        kind=duty.kind,
        kind_label=duty.get_kind_display(),
        branch_code=duty.branch.unit.code,
        branch_name=duty.branch.unit.name,
        person=duty.person.name,
        person_number=duty.person.number,
        post=duty.post_name,
        source=label_of(duty.measure) if duty.measure else "",
        target=f"{duty.least} {unit}" if unit else "",
        counted=said(how.counted, duty.measure) if unit else "",
        weight=duty.weight,
        due_on=duty.due_on,
        how=how,
    )


def said(quantity: int, measure: str) -> str:
    """Return a quantity in the unit that people speak in."""
    if measure not in MEASURES:
        return f"{quantity}"
    found = MEASURES[measure]
    shown = f"{rounded(Decimal(quantity) / found.per).normalize():f}"
    return f"{shown} {found.unit}"


def duty_list(
    number: str, *, branch: str, column: str, state: str, page: int, by: Actor, on: date
) -> DutyList:
    """Return duties of a list: of a branch, of an item, in a state, or all.

    Raises:
        NotVisibleError: the list is absent or another unit's.
    """
    found = access.list_to_see(number, by=by)
    rows = standing_of(found, by=by, on=on)
    names = {duty.branch.unit.code: duty.branch.unit.name for duty, _ in rows}
    kept = [
        (duty, how)
        for duty, how in rows
        if branch in {"", duty.branch.unit.code}
        and column in {"", column_of(duty)}
        and state in {"", how.state}
    ]
    pages = max(1, -(-len(kept) // ROWS_A_PAGE))
    first = (min(page, pages) - 1) * ROWS_A_PAGE
    return DutyList(
        row=_list_row(found),
        rows=duty_rows(kept[first : first + ROWS_A_PAGE]),
        total=len(kept),
        pages=pages,
        branches=tuple(sorted(names.items())),
        columns=columns_of(found),
    )


def states() -> tuple[tuple[str, str], ...]:
    """Return the states that duties can be filtered by."""
    return tuple(STATES.items())


def duty(number: str, *, by: Actor, on: date) -> DutyPage:
    """Return one duty.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.duty_to_see(number, by=by)
    collected = records_of(found.task_list, [found], path=found.branch.unit.path)
    how = stands(found, collected, on=on)
    may_write = branches.may_write(found.branch.unit.path, by=by)
    return DutyPage(
        row=_duty_row(found, how),
        list_number=found.task_list.number,
        list_title=found.task_list.title,
        words=found.words,
        decided_by=found.decided_by,
        records=how.records,
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
        may_prove=may_write and not found.measure and found.status in {"OPEN", "REPORTED"},
        verbs=_verbs(found, by=by) if may_write and found.task_list.status == "OPEN" else (),
    )


def _verbs(found: Duty, *, by: Actor) -> tuple[tuple[str, str], ...]:
    hidden = set(WITHOUT_A_HAND)
    if found.measure:
        hidden.add("report")
    if not by.reaches_unit(found.task_list.unit.path):
        hidden |= OF_THE_LIST
    rows = DUTY.verbs(found.status, role=by.role)
    return tuple((r.verb, r.label) for r in rows if r.verb not in hidden)
