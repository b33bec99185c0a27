"""Of two people who are one: one duty for each item of a task list, one mark, his own standings."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from dianliang.domain.appraisal.models import Appeal, Duty, DutyEvidence, Mark, RuleBook, Standing
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person
from dianliang.kernel.phrases import Phrase

RANK: Mapping[str, int] = {"CANCELLED": 0, "REFUSED": 0, "MISSED": 1, "OPEN": 2, "DONE": 4}
"""Which of two stays: what is over without result goes before what is still to be done."""
REPORTED = 3


def duties(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep of two duties of one item the one that came further.

    Raises:
        UnableToFoldError: both are still going on and have evidence; both are named.
    """
    own = {
        (row.task_list_id, row.branch_id, row.item_id): row
        for row in Duty.objects.filter(person=kept, item__isnull=False)
    }
    dropped = []
    for other in Duty.objects.filter(person=gone, item__isnull=False).order_by("pk"):
        mine = own.get((other.task_list_id, other.branch_id, other.item_id))
        if mine is None:
            continue
        idle = other if _rank(other) <= _rank(mine) else mine
        if _is_going_on(idle) and idle.evidence.exists():
            message = Phrase(
                "两人各有一项相同的任务“%(title)s”（%(mine_number)s、"
                "%(other_number)s），都还在办理，合并后只能留一项，而 "
                "%(idle_number)s 已登记佐证。请先在任务清单里取消其中一项（说明原因"
                "），再合并。",
                title=idle.title,
                mine_number=mine.number,
                other_number=other.number,
                idle_number=idle.number,
            )
            raise UnableToFoldError(message)
        DutyEvidence.objects.filter(duty=idle).delete()
        dropped.append(f"{idle.number} {idle.get_status_display()}")
        idle.delete()
    return {"duties": dropped} if dropped else {}


def _rank(duty: Duty) -> int:
    return RANK.get(duty.status, REPORTED)


def _is_going_on(duty: Duty) -> bool:
    return duty.status in {"OPEN", "REPORTED"}


def marks(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Let marks count for the kept number; of two for one indicator the later one holds.

    Raises:
        UnableToFoldError: one of the two gave the other a mark.
    """
    between = Mark.objects.filter(
        Q(subject=kept.number, assessor_person=gone.number)
        | Q(subject=gone.number, assessor_person=kept.number)
    )
    told = between.select_related("round").first()
    if told is not None:
        message = Phrase(
            "一人在“%(round)s”（%(number)s）给另一人评过分，不会是同一个人。",
            round=told.round,
            number=told.round.number,
        )
        raise UnableToFoldError(Phrase("%(message)s请核对后再合并。", message=Phrase(message)))
    held = {(row.round_id, row.indicator_id): row for row in Mark.objects.filter(**_of(kept))}
    dropped = []
    for other in Mark.objects.filter(**_of(gone)).select_related("round", "indicator"):
        mine = held.get((other.round_id, other.indicator_id))
        if mine is not None:
            idle = min(mine, other, key=lambda row: row.at)
            dropped.append(f"{other.round.number} {other.indicator} {idle.mark}")
            idle.delete()
    Mark.objects.filter(**_of(gone)).update(subject=kept.number)
    return {"marks": dropped} if dropped else {}


def _of(person: Person) -> dict[str, str]:
    """Return how marks and appeals name a person; a branch's unit may have a code like it."""
    kind = RuleBook.Subject.PERSON
    return {"subject": person.number, "round__edition__book__subject": kind}


def standings(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Show what a result says of the old number with the kept one.

    A result that ranked both stays as it was: it says so of two, and both are the kept one's.
    """
    both = Standing.objects.filter(person=kept).values_list("result", flat=True)
    rows = Standing.objects.filter(person=gone, subject=gone.number)
    rows.exclude(result__in=list(both)).update(subject=kept.number)
    return {}


def appeals(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Let appeals be about the kept number.

    Raises:
        UnableToFoldError: two about one figure wait for a decision.
    """
    waiting = Appeal.objects.filter(status="OPEN")
    own = {(row.round_id, row.indicator_id): row for row in waiting.filter(**_of(kept))}
    for other in waiting.filter(**_of(gone)).select_related("round", "indicator"):
        mine = own.get((other.round_id, other.indicator_id))
        if mine is not None:
            message = Phrase(
                "两人都对“%(round)s”的“%(title)s”提出了申诉（%(mine_number)s、"
                "%(other_number)s），还没有裁定。请先裁定其中一条，再合并。",
                round=other.round,
                title=other.indicator.title,
                mine_number=mine.number,
                other_number=other.number,
            )
            raise UnableToFoldError(message)
    Appeal.objects.filter(**_of(gone)).update(subject=kept.number)
    return {}


FOLDS = (duties, marks, standings, appeals)
