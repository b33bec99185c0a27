"""Who may see and decide requests for resources. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.core.models import AuditEvent
from dianliang.domain.mobilisation.lifecycle import DECIDERS, READERS
from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError, NotYourTurnError


def requests(by: Actor) -> QuerySet[ResourceRequest]:
    """Return the requests of the actor's units."""
    rows = ResourceRequest.objects.select_related("unit", "kind", "rest_of", "incident")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def request_to_see(number: str, *, by: Actor) -> ResourceRequest:
    """Return a request of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else requests(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这张请求。")
    return found


def request_to_move(number: str, *, by: Actor) -> ResourceRequest:
    """Return a request that the actor may carry further: see `may_move`.

    Raises:
        NotVisibleError: it is absent or another's.
        NotYourTurnError: it is the matter of another team.
    """
    found = request_to_see(number, by=by)
    if not may_move(found, by=by):
        raise NotYourTurnError(
            "这张请求不是您提出的，也没有用到您的队伍，请由调度员或相关队长办理。"
        )
    return found


def may_move(request: ResourceRequest, *, by: Actor) -> bool:
    """Tell whether somebody decides, asked for it himself, or leads a team that it is about."""
    if by.role in DECIDERS:
        return True
    teams = {"team__code__in": by.team_codes, "ended_at": None}
    incident = request.incident
    return (
        request.assignments.filter(**teams).exists()
        or (incident is not None and incident.teams.filter(code__in=by.team_codes).exists())
        or AuditEvent.objects.filter(
            verb="mobilisation.resourcerequest.ask",
            target_type=ResourceRequest._meta.label_lower,
            target_id=request.number,
            actor_id=by.id,
        ).exists()
    )
