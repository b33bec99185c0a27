"""How far a unit reaches: the areas that it and the units below it serve."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor


def areas_of(by: Actor) -> QuerySet[Area]:
    """Return the areas that the actor's units serve, with all that lies below them."""
    if not by.unit_path:
        return Area.objects.none()
    served = Area.objects.filter(unit__path__startswith=by.unit_path).values_list("path", flat=True)
    within = Q(pk__in=())
    for path in outermost(served):
        within |= Q(path__startswith=path)
    return Area.objects.filter(within)


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that lie below no other, so that a filter stays short."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return tuple(kept)
