"""Which villages somebody works for. Absent and foreign look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def villages_of(by: Actor) -> QuerySet[Area]:
    """Return the villages that an actor's units serve, in tree order."""
    villages = Area.objects.filter(level=Area.Level.VILLAGE)
    if not by.unit_path:
        return villages.none()
    if by.unit_path == "/":
        return villages
    served = Area.objects.filter(unit__path__startswith=by.unit_path).values_list("path", flat=True)
    within = Q(pk__in=())
    for path in set(served):
        within |= Q(path__startswith=path)
    return villages.filter(within)


def village_to_see(code: str, *, by: Actor) -> Area:
    """Return a village of the actor's.

    Raises:
        NotVisibleError: it is absent or somebody else's.
    """
    found = villages_of(by).select_related("parent").filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这个村社区。")
    return found
