"""One person's sheets and ratings: for who leads the branch, and for himself."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.models import Appeal, Duty, Standing, TaskList
from dianliang.domain.branches.rules import posts_held
from dianliang.domain.workforce import merging
from dianliang.domain.workforce.models import Person
from dianliang.flows.appraisal.pages import duty_rows
from dianliang.flows.appraisal.rows import DutyRow
from dianliang.flows.appraisal.standing import records_of, score, stands
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

MOST_SHEETS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one person does by one list in one branch, and the score."""

    number: str
    key: str
    title: str
    branch_name: str
    since: date
    until: date
    status: str
    status_label: str
    rows: tuple[DutyRow, ...]
    score: Decimal
    may_propose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRow:
    """How a person, or his branch, came out of a round; the latest edition of the result."""

    round: str
    title: str
    since: date
    until: date
    subject: str
    name: str
    score: Decimal
    place: int
    sharing: int
    band: str
    edition: int
    status_label: str
    can_appeal: bool
    figures: tuple[tuple[int, str, str, Decimal, Decimal, int], ...]
    """Position, dimension, title, value, score and weight of each indicator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person: sheets, ratings by period, appeals; what is due is counted."""

    number: str
    name: str
    unit_name: str
    sheets: tuple[Sheet, ...]
    ratings: tuple[RatingRow, ...]
    appeals: tuple[tuple[str, str, str, str, str], ...]
    due: int
    overdue: int


def person(number: str, *, by: Actor, on: date) -> PersonPage:
    """Return the sheets of somebody in the actor's branches.

    Raises:
        NotVisibleError: he is absent, another's, or nothing is known of him here.
    """
    found = merging.found_by(number.replace("\0", ""))
    rows = list(access.duties(by).filter(person=found)) if found else []
    if found is None or not rows:
        raise NotVisibleError("没有找到这个人的任务。")
    return _page(found, rows, is_own=False, by=by, on=on)


def own(*, by: Actor, on: date) -> PersonPage | None:
    """Return one's own sheets; None for an account that is linked to nobody."""
    found = Person.objects.filter(number=by.person_number or "-").select_related("unit").first()
    if found is None:
        return None
    rows = list(access.duties(by).filter(person=found))
    return _page(found, rows, is_own=True, by=by, on=on)


def _page(found: Person, rows: list[Duty], *, is_own: bool, by: Actor, on: date) -> PersonPage:
    by_sheet: dict[tuple[int, int], list[Duty]] = defaultdict(list)
    for duty in rows:
        if duty.task_list.status != "WITHDRAWN":
            by_sheet[duty.task_list_id, duty.branch_id].append(duty)
    latest = sorted(
        by_sheet.values(), key=lambda own: (own[0].task_list.since, own[0].pk), reverse=True
    )
    sheets = tuple(_sheet(duties, is_own=is_own, on=on) for duties in latest[:MOST_SHEETS])
    told = [row.how.state for sheet in sheets for row in sheet.rows]
    made = Appeal.objects.filter(subject=found.number) if is_own else Appeal.objects.none()
    appeals = made.select_related("round", "indicator")
    return PersonPage(
        number=found.number,
        name=found.name,
        unit_name=found.unit.name,
        sheets=sheets,
        ratings=ratings(found, by=by, is_own=is_own),
        appeals=tuple(
            (
                row.number,
                row.round.title,
                row.indicator.title,
                row.get_status_display(),
                row.because,
            )
            for row in appeals
        ),
        due=sum(state in {"open", "overdue"} for state in told),
        overdue=told.count("overdue"),
    )


def _sheet(duties: list[Duty], *, is_own: bool, on: date) -> Sheet:
    first = duties[0]
    task_list: TaskList = first.task_list
    collected = records_of(task_list, duties, path=first.branch.unit.path)
    rows = [(duty, stands(duty, collected, on=on)) for duty in duties]
    rows.sort(key=lambda row: (row[0].due_on, row[0].pk))
    is_open = task_list.status == "OPEN"
    return Sheet(
        number=task_list.number,
        key=f"{task_list.number}/{first.branch.unit.code}",
        title=task_list.title,
        branch_name=first.branch.unit.name,
        since=task_list.since,
        until=task_list.until,
        status=task_list.status,
        status_label=task_list.get_status_display(),
        rows=duty_rows(rows),
        score=score(rows, edition=task_list.edition),
        may_propose=is_own
        and is_open
        and bool(posts_held(first.person, branch=first.branch, on=on)),
    )


def ratings(found: Person, *, by: Actor, is_own: bool) -> tuple[RatingRow, ...]:
    """Return how somebody came out of each round, latest first; the last edition counts."""
    mine = Q() if is_own else Q(branch__unit__path__startswith=by.unit_path or "-")
    rows = (
        Standing.objects.filter(mine, person=found)
        .select_related("result__round")
        .prefetch_related("figures__indicator")
        .order_by("-result__round__since", "-result__edition")
    )
    latest: dict[int, Standing] = {}
    for row in rows:
        latest.setdefault(row.result.round_id, row)
    return tuple(_rating(row, is_own=is_own) for row in latest.values())


def _rating(row: Standing, *, is_own: bool) -> RatingRow:
    held = row.result.round
    return RatingRow(
        round=held.number,
        title=held.title,
        since=held.since,
        until=held.until,
        subject=row.subject,
        name=row.name,
        score=row.score,
        place=row.place,
        sharing=row.sharing,
        band=row.band,
        edition=row.result.edition,
        status_label=held.get_status_display(),
        can_appeal=is_own and held.status == "SHOWN",
        figures=tuple(
            (
                figure.indicator.position,
                figure.indicator.dimension,
                figure.indicator.title,
                figure.value,
                figure.score,
                figure.indicator.weight,
            )
            for figure in row.figures.all()
        ),
    )
