"""Who may see and who may write what of the branches. Absent and forbidden look the same."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from dianliang.domain.branches.models import (
    Alliance,
    Branch,
    Meeting,
    MeetingParty,
    Pairing,
    Secondment,
    Task,
    Topic,
    TopicLead,
)
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

Row = TypeVar("Row", bound=Model)
WRITERS = frozenset({Role.PARTY_AFFAIRS})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR, Role.DISPATCHER}


def branches(by: Actor) -> QuerySet[Branch]:
    """Return the branches of the actor's units."""
    rows = Branch.objects.select_related("unit__parent")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def pairings(by: Actor) -> QuerySet[Pairing]:
    """Return the pairings of the actor's branches, and those in which a unit of his is paired."""
    rows = Pairing.objects.select_related("branch__unit", "mode", "alliance")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    path = by.unit_path
    return rows.filter(
        Q(branch__unit__path__startswith=path) | Q(other_unit__path__startswith=path)
    )


def alliances(by: Actor) -> QuerySet[Alliance]:
    """Return the alliances of the actor's branches."""
    rows = Alliance.objects.select_related("branch__unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(branch__unit__path__startswith=by.unit_path)


def secondments(by: Actor) -> QuerySet[Secondment]:
    """Return who was sent by, or to, a unit of the actor."""
    rows = Secondment.objects.select_related("kind", "person", "from_unit", "branch__unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    path = by.unit_path
    return rows.filter(Q(branch__unit__path__startswith=path) | Q(from_unit__path__startswith=path))


def meetings(by: Actor) -> QuerySet[Meeting]:
    """Return the meetings that a unit of the actor called, or sat in."""
    rows = Meeting.objects.select_related("unit", "chair")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    sat = MeetingParty.objects.filter(unit__path__startswith=by.unit_path).values("meeting_id")
    return rows.filter(Q(unit__path__startswith=by.unit_path) | Q(pk__in=sat))


def tasks(by: Actor) -> QuerySet[Task]:
    """Return the tasks for which a unit of the actor is responsible, or that it handed out."""
    rows = Task.objects.select_related("unit", "person", "resolution__item__meeting__unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    path = by.unit_path
    return rows.filter(
        Q(unit__path__startswith=path) | Q(resolution__item__meeting__unit__path__startswith=path)
    )


def topics(by: Actor) -> QuerySet[Topic]:
    """Return the topics of the actor's branches, and those that a unit of his leads at a tier."""
    rows = Topic.objects.select_related("branch__unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    led = TopicLead.objects.filter(unit__path__startswith=by.unit_path).values("topic_id")
    return rows.filter(Q(branch__unit__path__startswith=by.unit_path) | Q(pk__in=led))


def branch_to_see(code: str, *, by: Actor) -> Branch:
    """Return a branch.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    return _one(branches(by).filter(unit__code=code), "没有找到这个支部。", code)


def pairing_to_see(number: str, *, by: Actor) -> Pairing:
    """Return a pairing; see `branch_to_see`."""
    return _one(pairings(by).filter(number=number), "没有找到这条结对。", number)


def pairing_to_lead(number: str, *, by: Actor) -> Pairing:
    """Return a pairing of the actor's own branch; who is only the other side reads it.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return _led(pairing_to_see(number, by=by), lambda row: row.branch.unit.path, by)


def alliance_to_see(number: str, *, by: Actor) -> Alliance:
    """Return an alliance; see `branch_to_see`."""
    return _one(alliances(by).filter(number=number), "没有找到这个联盟。", number)


def secondment_to_see(number: str, *, by: Actor) -> Secondment:
    """Return a secondment; see `branch_to_see`."""
    return _one(secondments(by).filter(number=number), "没有找到这条挂职。", number)


def meeting_to_see(number: str, *, by: Actor) -> Meeting:
    """Return a meeting; see `branch_to_see`."""
    return _one(meetings(by).filter(number=number), "没有找到这次会议。", number)


def meeting_to_lead(number: str, *, by: Actor) -> Meeting:
    """Return a meeting that the actor's unit called; who only sat in it reads it.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return _led(meeting_to_see(number, by=by), lambda row: row.unit.path, by)


def task_to_see(number: str, *, by: Actor) -> Task:
    """Return a task; see `branch_to_see`."""
    return _one(tasks(by).filter(number=number), "没有找到这项任务。", number)


def topic_to_see(number: str, *, by: Actor) -> Topic:
    """Return a topic; see `branch_to_see`."""
    return _one(topics(by).filter(number=number), "没有找到这个课题。", number)


def topic_to_lead(number: str, *, by: Actor) -> Topic:
    """Return a topic of the actor's own branch; who leads one tier of it reads it.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return _led(topic_to_see(number, by=by), lambda row: row.branch.unit.path, by)


def may_write(path: str, *, by: Actor) -> bool:
    """Tell whether the actor writes what belongs to a unit with this path."""
    return by.role in WRITERS and by.reaches_unit(path)


def _one(rows: QuerySet[Row], words: str, asked: str) -> Row:
    found = None if "\0" in asked else rows.first()  # PostgreSQL cannot even look for it
    if found is None:
        raise NotVisibleError(words)
    return found


def _led(row: Row, path: Callable[[Row], str], by: Actor) -> Row:
    if not by.reaches_unit(path(row)):
        raise NotVisibleError("没有找到这条记录。")
    return row
