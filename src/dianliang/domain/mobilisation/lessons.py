"""What is to be done better next time (经验教训): note it, settle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.lifecycle import LESSON, LESSON_LABELS
from dianliang.domain.mobilisation.models import Lesson
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """A lesson as pages show it; `is_late` when its day has passed and nothing came of it."""

    number: str
    words: str
    action: str
    owner: str
    due_on: date
    status: str
    status_label: str
    outcome: str
    noted_by: str
    is_late: bool
    verbs: tuple[tuple[str, str], ...]


@transaction.atomic
def note(
    *,
    incident: Incident,
    words: str,
    action: str,
    owner: Person,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Lesson:
    """Note what was learnt, what is to be done, by whom and until when."""
    made = Lesson.objects.create(
        number=next_number("JX", at=at),
        incident=incident,
        words=words,
        action=action,
        owner=owner,
        due_on=due_on,
        noted_by=by.name,
        noted_at=at,
    )
    audit.record(
        "mobilisation.lesson.note", target=made, by=by, at=at, after="OPEN", reason=incident.number
    )
    return made


def settle(*, lesson: Lesson, verb: str, outcome: str, by: Actor, at: datetime) -> Lesson:
    """Say what came of a lesson: done, or given up.

    Raises:
        InvalidInputError: nobody says what came of it.
        IllegalTransitionError, StaleStateError: it was settled before.
    """
    if not outcome:
        raise InvalidInputError("请写明落实情况。", field="outcome")
    changes = {"outcome": outcome, "ended_at": at}
    return transitions.apply(
        lesson, verb, lifecycle=LESSON, by=by, at=at, note=outcome, changes=changes
    )


def lesson_of(incident: Incident, number: str) -> Lesson:
    """Return a lesson of an incident.

    Raises:
        NotVisibleError: there is none.
    """
    found = None if "\0" in number else Lesson.objects.filter(incident=incident, number=number)
    lesson = found.first() if found is not None else None
    if lesson is None:
        raise NotVisibleError("没有找到这条经验教训。")
    return lesson


def rows(incident: Incident, *, may: bool, by: Actor, on: date) -> Sequence[LessonRow]:
    """Return the lessons of an incident, those due first at the top."""
    found = Lesson.objects.filter(incident=incident).select_related("owner")
    return [
        LessonRow(
            number=row.number,
            words=row.words,
            action=row.action,
            owner=row.owner.name,
            due_on=row.due_on,
            status=row.status,
            status_label=LESSON_LABELS[row.status],
            outcome=row.outcome,
            noted_by=row.noted_by,
            is_late=row.status == "OPEN" and row.due_on < on,
            verbs=tuple((v.verb, v.label) for v in LESSON.verbs(row.status, role=by.role))
            if may
            else (),
        )
        for row in found
    ]
