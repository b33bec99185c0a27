"""Who may see and decide requests for resources. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.mobilisation.lifecycle import READERS
from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


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
