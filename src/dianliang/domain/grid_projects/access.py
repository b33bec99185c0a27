"""Who may see and keep grid projects and local issues. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.grid_projects.models import Issue, Member, Project
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
DECIDERS = WRITERS | {Role.COMMANDER}
READERS = DECIDERS | {Role.PARTY_AFFAIRS, Role.AUDITOR}
MEMBERS = frozenset({Role.STEWARD, Role.CAPTAIN})
"""Who sees a project by sitting in its task force."""
HANDLERS = WRITERS | MEMBERS | {Role.ALLIANCE_UNIT}


def visible(by: Actor) -> QuerySet[Project]:
    """Return the projects that an actor may read: his own, and those whose issues are his unit's.

    Who answers for an issue has to know what it stands in the way of; see `own` for the others.
    """
    rows = Project.objects.select_related("unit", "task_force", "feeder")
    return rows.filter(Q(pk__in=own(by).values("pk")) | Q(pk__in=_asked(by).values("project_id")))


def own(by: Actor) -> QuerySet[Project]:
    """Return the projects of an actor's units, and those whose task force he or his unit is in."""
    rows = Project.objects.select_related("unit", "task_force", "feeder")
    sitting = _sitting(by)
    if sitting is not None:
        return rows.filter(pk__in=sitting.values("project_id"))
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def is_own(project: Project, *, by: Actor) -> bool:
    """Tell whether a project is of the actor's units or task forces, not only to be read."""
    return own(by).filter(pk=project.pk).exists()


def issues(by: Actor) -> QuerySet[Issue]:
    """Return the issues of the projects that an actor sees, and those that his unit is to solve."""
    related = ("project__unit", "kind", "area__parent", "milestone", "unit")
    seen = Q(project__in=own(by).values("pk")) | Q(pk__in=_asked(by).values("pk"))
    return Issue.objects.select_related(*related).filter(seen)


def project_to_see(number: str, *, by: Actor) -> Project:
    """Return a project.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else visible(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个工程。")
    return found


def project_to_keep(number: str, *, by: Actor) -> Project:
    """Return a project that the actor's desk keeps; see `project_to_see`."""
    return _kept(number, by=by, roles=WRITERS)


def project_to_decide(number: str, *, by: Actor) -> Project:
    """Return a project whose plans the actor may confirm; see `project_to_see`."""
    return _kept(number, by=by, roles=DECIDERS)


def project_to_report(number: str, *, by: Actor) -> Project:
    """Return a project about which the actor may report what stands in its way."""
    return _kept(number, by=by, roles=HANDLERS)


def issue_to_see(number: str, *, by: Actor) -> Issue:
    """Return an issue.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else issues(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个属地问题。")
    return found


def issue_to_handle(number: str, *, by: Actor) -> Issue:
    """Return an issue that the actor may act on: his desk's, his task force's, his unit's.

    Raises:
        NotVisibleError: it is absent or not the actor's to act on.
    """
    found = issue_to_see(number, by=by)
    if not may_handle(found, by=by):
        raise NotVisibleError("没有找到这个属地问题。")
    return found


def issue_to_assign(number: str, *, by: Actor) -> Issue:
    """Return an issue whose responsible unit the actor's desk may change.

    Raises:
        NotVisibleError: it is absent or not the actor's to assign.
    """
    if by.role not in WRITERS:
        raise NotVisibleError("没有找到这个属地问题。")
    return issue_to_see(number, by=by)


def may_handle(issue: Issue, *, by: Actor) -> bool:
    """Tell whether an actor who sees an issue may act on it; an alliance unit only on its own."""
    if by.role is Role.ALLIANCE_UNIT:
        return by.reaches_unit(issue.unit.path)
    return by.role in HANDLERS


def _kept(number: str, *, by: Actor, roles: frozenset[Role]) -> Project:
    if by.role not in roles:
        raise NotVisibleError("没有找到这个工程。")
    found = project_to_see(number, by=by)
    if not is_own(found, by=by):
        raise NotVisibleError("没有找到这个工程。")
    return found


def _asked(by: Actor) -> QuerySet[Issue]:
    """Return the issues that an actor's unit is to solve."""
    if by.role not in READERS | {Role.ALLIANCE_UNIT} or not by.unit_path:
        return Issue.objects.none()
    return Issue.objects.filter(unit__path__startswith=by.unit_path)


def _sitting(by: Actor) -> QuerySet[Member] | None:
    """Return what seats an actor has whose role gives none of the desks; None for a desk."""
    now = Member.objects.filter(until_on=None)
    if by.role in MEMBERS:
        return now.filter(person__number=by.person_number or "-")
    if by.role is Role.ALLIANCE_UNIT:
        return now.filter(unit__path__startswith=by.unit_path or "-")
    return None
