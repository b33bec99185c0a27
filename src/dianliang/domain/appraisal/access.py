"""Who may see and who may write what of appraisals. Absent and forbidden look the same."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from dianliang.domain.appraisal.models import Appeal, Duty, Round, RuleBook, TaskList
from dianliang.domain.branches import access as branches
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

Row = TypeVar("Row", bound=Model)
READERS, WRITERS = branches.READERS, branches.WRITERS


def above_or_below(path: str) -> Q:
    """Return what is of a unit, of one below it, or of one above: that concerns it too."""
    parts = path.strip("/").split("/")
    above = [f"/{'/'.join(parts[: end + 1])}/" for end in range(len(parts))]
    return Q(unit__path__startswith=path) | Q(unit__path__in=above)


def _seen(rows: QuerySet[Row], by: Actor) -> QuerySet[Row]:
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(above_or_below(by.unit_path))


def books(by: Actor) -> QuerySet[RuleBook]:
    """Return the rules of the actor's units and of those above."""
    return _seen(RuleBook.objects.select_related("unit"), by)


def lists(by: Actor) -> QuerySet[TaskList]:
    """Return the task lists of the actor's units and of those above."""
    return _seen(TaskList.objects.select_related("unit", "edition__book"), by)


def rounds(by: Actor) -> QuerySet[Round]:
    """Return the rounds of the actor's units and of those above."""
    return _seen(Round.objects.select_related("unit", "edition__book"), by)


def duties(by: Actor) -> QuerySet[Duty]:
    """Return the duties of the actor's branches, and his own in whatever role he works."""
    rows = Duty.objects.select_related(
        "task_list__unit", "task_list__edition", "branch__unit", "person"
    )
    own = Q(person__number=by.person_number) if by.person_number else Q(pk=None)
    if by.role in READERS and by.unit_path:
        return rows.filter(Q(branch__unit__path__startswith=by.unit_path) | own)
    return rows.filter(own)


def appeals(by: Actor) -> QuerySet[Appeal]:
    """Return the appeals of the actor's branches and their people."""
    rows = Appeal.objects.select_related("round__unit", "indicator", "branch__unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(branch__unit__path__startswith=by.unit_path)


def book_to_see(number: str, *, by: Actor) -> RuleBook:
    """Return a rule book.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    return _one(books(by).filter(number=number), "没有找到这项规则。", number)


def book_to_lead(number: str, *, by: Actor) -> RuleBook:
    """Return a rule book of the actor's own units.

    Raises:
        NotVisibleError: it is absent, another's, or one from above that he only reads.
    """
    found = book_to_see(number, by=by)
    _require_own(found.unit.path, by=by)
    return found


def list_to_see(number: str, *, by: Actor) -> TaskList:
    """Return a task list; see `book_to_see`."""
    return _one(lists(by).filter(number=number), "没有找到这份任务清单。", number)


def list_to_lead(number: str, *, by: Actor) -> TaskList:
    """Return a task list of the actor's own units; see `book_to_lead`."""
    found = list_to_see(number, by=by)
    _require_own(found.unit.path, by=by)
    return found


def duty_to_see(number: str, *, by: Actor) -> Duty:
    """Return a duty; see `book_to_see`."""
    return _one(duties(by).filter(number=number), "没有找到这项任务。", number)


def duty_to_lead(number: str, *, by: Actor) -> Duty:
    """Return a duty of a branch of the actor's, for party-affairs staff.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = duty_to_see(number, by=by)
    _require_own(found.branch.unit.path, by=by)
    return found


def own_duty(number: str, *, by: Actor) -> Duty:
    """Return a duty that the actor holds himself.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = duty_to_see(number, by=by)
    if not by.person_number or found.person.number != by.person_number:
        raise NotVisibleError("没有找到这项任务。")
    return found


def round_to_see(number: str, *, by: Actor) -> Round:
    """Return a round; see `book_to_see`."""
    return _one(rounds(by).filter(number=number), "没有找到这次考评。", number)


def round_to_lead(number: str, *, by: Actor) -> Round:
    """Return a round of the actor's own units; see `book_to_lead`."""
    found = round_to_see(number, by=by)
    _require_own(found.unit.path, by=by)
    return found


def appeal_to_decide(number: str, *, by: Actor) -> Appeal:
    """Return an appeal in a round of the actor's own units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = _one(appeals(by).filter(number=number), "没有找到这条申诉。", number)
    _require_own(found.round.unit.path, by=by)
    return found


def _one(rows: QuerySet[Row], words: str, asked: str) -> Row:
    found = None if "\0" in asked else rows.first()  # PostgreSQL cannot even look for it
    if found is None:
        raise NotVisibleError(words)
    return found


def _require_own(path: str, *, by: Actor) -> None:
    if not branches.may_write(path, by=by):
        raise NotVisibleError("没有找到这条记录。")
