"""Which villages somebody works for. Absent and foreign look the same."""

from collections.abc import Iterable

from django.db.models import QuerySet

from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def villages_of(by: Actor) -> QuerySet[Area]:
    """Return the villages that an actor's units serve, in tree order."""
    villages = Area.objects.filter(level=Area.Level.VILLAGE)
    return villages if by.unit_path == "/" else villages & areas_of(by)


def with_cells(villages: Iterable[int]) -> dict[int, int]:
    """Return the village of each area: its own, and of each grid cell in it. One query.

    A transformer, a customer or a job may be written down at a cell; it is its village's.
    """
    homes = {pk: pk for pk in villages}
    cells = Area.objects.filter(parent_id__in=homes, level=Area.Level.GRID)
    return homes | {pk: homes[above] for pk, above in cells.values_list("pk", "parent_id") if above}


def village_to_see(code: str, *, by: Actor) -> Area:
    """Return a village of the actor's.

    Raises:
        NotVisibleError: it is absent or somebody else's.
    """
    found = villages_of(by).select_related("parent").filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这个村社区。")
    return found
