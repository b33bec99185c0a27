"""Who may touch which visit. What is absent and what is not yours look the same."""

from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce import crews
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

FIELD_ROLES = frozenset({Role.STEWARD, Role.CAPTAIN})


def visit_of_own_team(number: str, *, by: Actor) -> Visit:
    """Return a visit of a team that the actor belonged to, or stood in for, on its day.

    Membership counts on the day of the visit, so that what was done offline can still be sent
    after somebody has changed teams. A visit that a new plan replaced by another of the same
    team stands for that other one: a re-plan must not undo what a team does offline.

    Raises:
        NotVisibleError: there is no such visit, or it is another team's.
    """
    visit = Visit.objects.select_related("team", "job").filter(number=number).first()
    is_own = (
        visit is not None
        and by.role in FIELD_ROLES
        and visit.team.code in crews.teams_of(by.person_number, on=visit.on)
    )
    if visit is None or not is_own:
        raise NotVisibleError(Phrase("没有上门单 %(number)s，或它不归您的队伍。", number=number))
    if visit.status != "WITHDRAWN":
        return visit
    successor = visit.job.visits.filter(team=visit.team, status__in=VISIT_OPEN)
    return successor.select_related("team", "job").first() or visit
