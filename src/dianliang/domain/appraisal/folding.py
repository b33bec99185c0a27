"""Of two people who are one: one duty for each item of a task list."""

from collections.abc import Mapping
from typing import Any

from dianliang.domain.appraisal.models import Duty, DutyEvidence
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person

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
            message = (
                f"两人都有任务“{idle.title}”的佐证（{mine.number}、{other.number}），一人只算一次。"
                "请先在考评中取消其中一项，再合并。"
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


FOLDS = (duties,)
