"""Rate the branches or people of a round: figures from records, scores, places, bands.

The same function serves the provisional page and the result that is frozen.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.measures import MEASURES
from dianliang.domain.appraisal.models import (
    Duty,
    Indicator,
    Mark,
    Round,
    RuleBook,
    TaskList,
)
from dianliang.domain.appraisal.operations.lists import branches_of
from dianliang.domain.appraisal.operations.rounds import Counted, Rated, Subject
from dianliang.domain.appraisal.scoring import band_of, rank, rounded, score_of
from dianliang.domain.branches.rules import belonging_on, is_alive
from dianliang.domain.workforce.models import Person
from dianliang.flows.appraisal.collecting import Collected, collect
from dianliang.flows.appraisal.sources import Found, Span
from dianliang.flows.appraisal.standing import records_of, scores, stands
from dianliang.kernel.calendar import SHANGHAI

Row = TypeVar("Row")
Held = tuple[tuple[int, int], Row]
"""A row with the keys of the branch and of the person that it belongs to."""
DUTIES, SPECIAL = "duties", "special"


@dataclass(frozen=True, slots=True)
class _Basis:
    """What figures are taken from."""

    collected: Collected
    sheets: Mapping[int, Sequence[tuple[TaskList, Decimal]]]
    special: Mapping[int, Sequence[Found]]
    marks: Mapping[tuple[int, str], Mark]
    members: Mapping[int, int]


def subjects(round_: Round, *, on: date) -> tuple[Subject, ...]:
    """Return who is rated: the branches alive on the period's last day, or their members.

    Before that day it is who is there today.
    """
    day = max(round_.since, min(on, round_.until))
    branches = {b.pk: b for b in branches_of(round_.unit.path) if is_alive(b, on=day)}
    if round_.edition.book.subject == RuleBook.Subject.BRANCH:
        return tuple(
            Subject(code=b.unit.code, name=b.unit.name, branch=b) for b in branches.values()
        )
    latest = belonging_on(on=day)
    people = Person.objects.in_bulk([p for p, b in latest.items() if b in branches])
    return tuple(
        Subject(
            code=person.number,
            name=person.name,
            branch=branches[latest[person.pk]],
            person=person,
        )
        for person in sorted(people.values(), key=lambda row: row.number)
    )


def rate(round_: Round, *, on: date) -> tuple[Rated, ...]:
    """Rate everybody of a round as records stand now, best first; equals share a place."""
    rated = subjects(round_, on=on)
    indicators = list(round_.edition.indicators.all())
    basis = _basis(round_, indicators, on=on)
    figures = {
        subject.code: {
            indicator.pk: _counted(indicator, subject, basis) for indicator in indicators
        }
        for subject in rated
    }
    totals = {
        code: sum((counted.score for counted in found.values()), Decimal(0))
        for code, found in figures.items()
    }
    places = rank(totals)
    bands = tuple(round_.edition.bands.values_list("name", "least"))
    rows = [
        Rated(
            subject=subject,
            figures=figures[subject.code],
            score=totals[subject.code],
            place=places[subject.code],
            band=band_of(totals[subject.code], bands),
        )
        for subject in rated
    ]
    return tuple(sorted(rows, key=lambda row: (row.place.place, row.subject.code)))


def _basis(round_: Round, indicators: Sequence[Indicator], *, on: date) -> _Basis:
    codes = {indicator.measure for indicator in indicators}
    span = Span(round_.unit.path, round_.since, round_.until)
    sheets, special = _of_duties(round_, on=on) if codes & {DUTIES, SPECIAL} else ([], [])
    is_of_people = round_.edition.book.subject == RuleBook.Subject.PERSON
    key = _person if is_of_people else _branch
    return _Basis(
        collected=collect(codes, span=span),
        sheets=_by(key, sheets),
        special=_by(key, special),
        marks={(mark.indicator_id, mark.subject): mark for mark in round_.marks.all()},
        members=Counter(belonging_on(on=max(round_.since, min(on, round_.until))).values()),
    )


def _branch(key: tuple[int, int]) -> int:
    return key[0]


def _person(key: tuple[int, int]) -> int:
    return key[1]


def _by(
    key: Callable[[tuple[int, int]], int], rows: Sequence[Held[Row]]
) -> Mapping[int, Sequence[Row]]:
    """Sort rows by who is rated; of a branch in the order of its people."""
    sorted_: dict[int, list[Row]] = defaultdict(list)
    for held, row in sorted(rows, key=lambda row: row[0]):
        sorted_[key(held)].append(row)
    return sorted_


def _of_duties(
    round_: Round, *, on: date
) -> tuple[list[Held[tuple[TaskList, Decimal]]], list[Held[Found]]]:
    """Return scores and special duties of the lists whose period lies in that of the round.

    They are of the round's unit, of one below it or above: of a branch that came from elsewhere,
    what it did by the lists of its old unit does not count here.
    """
    sheets: list[Held[tuple[TaskList, Decimal]]] = []
    special: list[Held[Found]] = []
    lists = TaskList.objects.filter(
        access.above_or_below(round_.unit.path), since__gte=round_.since, until__lte=round_.until
    )
    for task_list in lists.exclude(status="WITHDRAWN").select_related("edition"):
        duties = list(task_list.duties.filter(branch__unit__path__startswith=round_.unit.path))
        collected = records_of(task_list, duties, path=round_.unit.path)
        rows = [(duty, stands(duty, collected, on=on)) for duty in duties]
        for key, score in scores(rows, edition=task_list.edition).items():
            sheets.append((key, (task_list, score)))
        for duty, how in rows:
            if duty.kind == Duty.Kind.SPECIAL and how.done_on is not None:
                found = Found("duty", duty.number, duty.number, duty.title, how.done_on)
                special.append(((duty.branch_id, duty.person_id), found))
    return sheets, special


def _counted(indicator: Indicator, subject: Subject, basis: _Basis) -> Counted:
    value, records = _value(indicator, subject, basis)
    value = max(value, Decimal(0))
    if indicator.per == Indicator.Per.MEMBER and subject.person is None:
        value /= max(1, basis.members[subject.branch.pk])
    value = rounded(value)
    return Counted(
        value=value,
        score=score_of(value, full_at=indicator.full_at, weight=indicator.weight),
        records=records,
    )


def _value(
    indicator: Indicator, subject: Subject, basis: _Basis
) -> tuple[Decimal, Sequence[Sequence[object]]]:
    code, person = indicator.measure, subject.person
    if not code:
        mark = basis.marks.get((indicator.pk, subject.code))
        return (Decimal(mark.mark), [_marked(mark)]) if mark else (Decimal(0), ())
    key = subject.branch.pk if person is None else person.pk
    if code == DUTIES:
        return _sheet_value(basis.sheets.get(key, ()))
    if code == SPECIAL:
        found = basis.special.get(key, ())
    elif person is None:
        found = basis.collected.branch(code, subject.branch.pk)
    else:
        found = basis.collected.own(code, person.pk)
    total = Decimal(sum(row.quantity for row in found)) / MEASURES[code].per
    return total, tuple(row.kept() for row in found)


def _sheet_value(
    rows: Sequence[tuple[TaskList, Decimal]],
) -> tuple[Decimal, Sequence[Sequence[object]]]:
    """Return the mean of the sheets' scores, with the lists that they are of."""
    if not rows:
        return Decimal(0), ()
    by_list: dict[str, tuple[TaskList, list[Decimal]]] = {}
    for task_list, score in rows:
        by_list.setdefault(task_list.number, (task_list, []))[1].append(score)
    kept = []
    for number, (task_list, found) in sorted(by_list.items()):
        mean = rounded(sum(found, Decimal(0)) / len(found))
        words = f"{task_list.title}：{len(found)} 人，平均 {mean}"
        kept.append(["list", number, number, words, f"{task_list.until}", len(found)])
    return sum((score for _, score in rows), Decimal(0)) / len(rows), kept


def _marked(mark: Mark) -> list[object]:
    number = mark.record_number or f"{mark.assessor_name}"
    on = f"{mark.at.astimezone(SHANGHAI):%Y-%m-%d}"
    kind = mark.record_kind or "mark"
    return [kind, number, mark.record_number, f"{mark.assessor_name}：{mark.words}", on, mark.mark]
