"""Who may see and handle a need. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.models import Decision, Need, NeedJob
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

HANDLERS = frozenset({Role.DISPATCHER, Role.ALLIANCE_UNIT})
REVIEWERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
READERS = HANDLERS | {
    Role.COMMANDER,
    Role.PARTY_AFFAIRS,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
}


def visible(by: Actor) -> QuerySet[Need]:
    """Return the needs that an actor may see: of his units, or with a job for them.

    A unit that handed a need over goes on seeing it, so that nothing gets lost between two.
    """
    if by.role not in READERS or not by.unit_path:
        return Need.objects.none()
    if by.unit_path == "/":
        return Need.objects.all()
    units = Unit.objects.filter(path__startswith=by.unit_path).values("pk")
    with_a_job = NeedJob.objects.filter(job__unit__in=units).values("need")
    return Need.objects.filter(
        Q(unit__in=units) | Q(handed_over_from__in=units) | Q(pk__in=with_a_job)
    )


def need_to_see(number: str, *, by: Actor) -> Need:
    """Return a need that the actor may see.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    related = ("unit", "unit__parent", "area", "service", "handler", "handed_over_from", "site")
    found = visible(by).select_related(*related).filter(number=number)
    need = None if "\0" in number else found.first()  # PostgreSQL cannot even look for it
    if need is None:
        raise NotVisibleError("没有找到这条需求。")
    return need


def need_to_recall(number: str, *, by: Actor) -> Need:
    """Return a need that the actor's unit offered to another and may still take back.

    Raises:
        NotVisibleError: it is absent, or his unit did not offer it.
    """
    need = need_to_see(number, by=by)
    giver = need.handed_over_from or need.unit
    if by.role not in HANDLERS or not by.reaches_unit(giver.path):
        raise NotVisibleError("没有找到这条需求。")
    return need


def need_to_note(number: str, *, by: Actor) -> Need:
    """Return a need that the actor works on, be it only with a job of it.

    Raises:
        NotVisibleError: it is absent, or not his to see or to handle.
    """
    need = need_to_see(number, by=by)
    if by.role not in HANDLERS:
        raise NotVisibleError("没有找到这条需求。")
    return need


def need_to_handle(number: str, *, by: Actor) -> Need:
    """Return a need that the actor may act on: it is his unit's now.

    Raises:
        NotVisibleError: it is absent, foreign, or his unit gave it away.
    """
    need = need_to_see(number, by=by)
    if by.role not in HANDLERS or not by.reaches_unit(need.unit.path):
        raise NotVisibleError("没有找到这条需求。")
    return need


def reviewable(by: Actor) -> QuerySet[Need]:
    """Return the needs whose category an actor may decide: those that his units have now."""
    if by.role not in REVIEWERS or not by.unit_path:
        return Need.objects.none()
    if by.unit_path == "/":
        return Need.objects.all()
    units = Unit.objects.filter(path__startswith=by.unit_path).values("pk")
    return Need.objects.filter(unit__in=units)


def need_to_review(number: str, *, by: Actor) -> Need:
    """Return a need whose category the actor may decide.

    Raises:
        NotVisibleError: it is absent, or not his to decide.
    """
    related = ("unit", "area", "service")
    found = reviewable(by).select_related(*related).filter(number=number)
    need = None if "\0" in number else found.first()  # PostgreSQL cannot even look for it
    if need is None:
        raise NotVisibleError("没有找到这条需求。")
    return need


def need_to_take_back(number: str, *, by: Actor) -> Need:
    """Return a need about whose category the actor himself has said something.

    His own choice may have given it to another unit; a slip can be taken back all the same.

    Raises:
        NotVisibleError: it is absent, or he has said nothing.
    """
    own = Decision.objects.filter(by_id=by.id).values("suggestion__need")
    need = (
        Need.objects.filter(number=number, pk__in=own)
        .select_related("unit", "area", "service")
        .first()
    )
    if by.role not in REVIEWERS or need is None:
        raise NotVisibleError("没有找到这条需求。")
    return need
