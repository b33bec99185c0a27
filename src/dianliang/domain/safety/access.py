"""Who may see and handle a hazard. Absent and forbidden look the same."""

from typing import TypeVar

from django.db.models import QuerySet

from dianliang.domain.safety.models import Hazard, Inspection, Notice
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER})
Seen = TypeVar("Seen", Hazard, Inspection)


def visible(by: Actor) -> QuerySet[Hazard]:
    """Return the hazards that an actor may see: those of his units."""
    return _of_units(Hazard.objects.all(), by=by)


def hazard_to_see(number: str, *, by: Actor) -> Hazard:
    """Return a hazard that the actor may see.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    related = (
        "inspection__visit__job",
        "inspection__checklist__checklist",
        "notice",
        "area",
        "unit",
        "customer",
        "recheck_job",
    )
    rows = visible(by).select_related(*related, "repair_job", "before", "claim", "after")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这条隐患。")
    return found


def inspections(by: Actor) -> QuerySet[Inspection]:
    """Return the inspections that an actor may see: those of his units."""
    return _of_units(Inspection.objects.all(), by=by)


def _of_units(rows: QuerySet[Seen], *, by: Actor) -> QuerySet[Seen]:
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows if by.unit_path == "/" else rows.filter(unit__path__startswith=by.unit_path)


def notice_to_see(number: str, *, by: Actor) -> Notice:
    """Return a notice that the actor may see.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    rows = Notice.objects.filter(inspection__in=inspections(by))
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这份通知书。")
    return found


def notice_by_token(token: str) -> Notice:
    """Return the notice that a QR code stands for.

    Raises:
        NotVisibleError: no such notice was ever issued.
    """
    found = None if "\0" in token else Notice.objects.filter(token=token).first()
    if found is None:
        raise NotVisibleError("查无此通知书。")
    return found
