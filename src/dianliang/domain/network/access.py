"""Which villages somebody works for. Absent and foreign look the same."""

from django.db.models import QuerySet

from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def villages_of(by: Actor) -> QuerySet[Area]:
    """Return the villages that an actor's units serve, in tree order."""
    villages = Area.objects.filter(level=Area.Level.VILLAGE)
    return villages if by.unit_path == "/" else villages & areas_of(by)


def village_to_see(code: str, *, by: Actor) -> Area:
    """Return a village of the actor's.

    Raises:
        NotVisibleError: it is absent or somebody else's.
    """
    found = villages_of(by).select_related("parent").filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这个村社区。")
    return found
